"""Drawing a sample at random so that anybody can draw it again.

Each piece of work gets a ticket, SHA-256 over the seed and its number; the smallest tickets are drawn. The
seed is random and made when the draw is, so nobody can know a ticket before; every piece of work has the same
chance; and whoever knows the seed and the numbers draws the same. `services/quality_sampling.py` does the
same in SQL, for all reps at once.
"""

from collections.abc import Iterable
from hashlib import sha256


def ticket(seed: str, number: int) -> bytes:
    """Return the ticket of the piece of work with this number."""
    return sha256(f"{seed}:{number}".encode()).digest()


def draw(numbers: Iterable[int], seed: str, count: int) -> tuple[int, ...]:
    """Return so many of the numbers, or all when there are fewer, in the order in which they are drawn."""
    return tuple(sorted(set(numbers), key=lambda number: ticket(seed, number))[: max(count, 0)])


def fingerprint(numbers: Iterable[int]) -> str:
    """Return SHA-256 over the set drawn from: the numbers in order, with commas between them."""
    return sha256(",".join(map(str, sorted(set(numbers)))).encode()).hexdigest()
