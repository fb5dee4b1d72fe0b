"""Which passwords are accepted."""

import pytest

from workqueue.rules.passwords import LONGEST, SHORTEST, check
from workqueue.rules.refusals import Invalid


@pytest.mark.parametrize(
    "password",
    [
        "eleven char",
        "x" * (LONGEST + 1),
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "Password1234",
        "correct horse battery staple",
        "benedikt likes tea",
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        check(password, "benedikt")


@pytest.mark.parametrize("password", ["twelve chars", "Zwölf große Bären", "7" * 4 + "six more words" * 8])
def test_a_long_enough_password_of_any_characters_is_accepted(password: str) -> None:
    assert SHORTEST <= len(password) <= LONGEST
    check(password, "ana")


def test_a_short_username_may_occur_in_a_password() -> None:
    check("a banana for lunch", "ana")
