"""Password hashes."""

import threading
from time import thread_time

import pytest

from workqueue.rules.refusals import Unavailable
from workqueue.services import passwords


def test_a_hash_says_argon2id_with_at_least_the_recommended_cost() -> None:
    kept = passwords.hashed("twelve chars")
    assert kept.startswith("$argon2id$")
    assert "m=19456,t=2,p=1" in kept
    assert passwords.is_right(kept, "twelve chars")
    assert not passwords.is_right(kept, "twelve char")


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_without_a_usable_hash_no_password_is_right(kept: str | None) -> None:
    assert not passwords.is_right(kept, "nobody signs in with this")


def test_an_unknown_person_takes_as_much_work_as_a_wrong_password() -> None:
    kept = passwords.hashed("twelve chars")
    passwords.is_right(None, "warmed up")

    def least(of: str | None) -> float:
        times = []
        for _ in range(5):
            start = thread_time()
            passwords.is_right(of, "wrong")
            times.append(thread_time() - start)
        return min(times)

    assert 0.4 < least(None) / least(kept) < 2.5


def test_no_more_than_the_cap_are_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    inside, leave = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with passwords._turn():
            inside.release()
            leave.wait(5)

    holders = [threading.Thread(target=hold) for _ in range(passwords.AT_ONCE)]
    for each in holders:
        each.start()
    for _ in holders:
        assert inside.acquire(timeout=5)
    with pytest.raises(Unavailable):
        passwords.hashed("twelve chars")
    leave.set()
    for each in holders:
        each.join()
    assert passwords.hashed("twelve chars")
