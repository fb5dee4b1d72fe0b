"""Password hashes: argon2id, with a cap on how many are computed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workqueue.rules.refusals import Unavailable

# OWASP's least for argon2id: 19 MiB, two passes, one lane. Verifying rehashes whatever is weaker.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Each hash takes 19 MiB and a core: a burst of sign-ins must not take either from those who work.
AT_ONCE = 2
WAIT_SECONDS = 5

_turns = BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    with _turn():
        return HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether the password is the kept one; without a kept one take just as long, and say no."""
    with _turn():
        try:
            is_same = HASHER.verify(kept or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return is_same and bool(kept)


def is_outdated(kept: str) -> bool:
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody signs in with this")


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        _turns.release()
