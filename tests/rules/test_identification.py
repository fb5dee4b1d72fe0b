"""Two identifiers, one of them not known to everybody at the same table."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.call_states import Identifier
from workqueue.rules.identification import KnownPerson, compare, read_date

BIRTH, ZIP, ACCOUNT, SSN = (
    Identifier.BIRTH_DATE,
    Identifier.ZIP,
    Identifier.ACCOUNT_NUMBER,
    Identifier.SSN_LAST4,
)
KNOWN = KnownPerson(date(1960, 3, 9), frozenset({"60601-1234"}), frozenset({"AC-100482", "AC-7"}), "1234")


@pytest.mark.parametrize(
    ("stated", "is_enough"),
    [
        ({BIRTH: "3/9/1960", ACCOUNT: "ac 100482"}, True),
        ({BIRTH: "1960-03-09", SSN: "1234"}, True),
        ({ZIP: "60601", ACCOUNT: "AC-7"}, True),
        ({ACCOUNT: "AC-7", SSN: "1234"}, True),
        ({BIRTH: "3/9/1960", ZIP: "60601"}, False),
        ({ACCOUNT: "AC-7"}, False),
        ({BIRTH: "9/3/1960", ACCOUNT: "AC-7"}, False),
        ({BIRTH: "", ACCOUNT: "AC-7", SSN: "  "}, False),
        ({}, False),
    ],
)
def test_two_have_to_match_and_one_be_other_than_birth_date_and_zip(
    stated: dict[Identifier, str], is_enough: bool
) -> None:
    assert compare(stated, KNOWN).is_enough is is_enough


def test_it_is_said_which_matched_and_which_did_not() -> None:
    answers = compare({BIRTH: "3/9/1960", ZIP: "10001", ACCOUNT: ""}, KNOWN)
    assert (answers.matched, answers.wrong) == ({BIRTH}, {ZIP})


def test_what_the_office_does_not_know_never_matches_and_is_not_asked() -> None:
    nobody = KnownPerson()
    assert nobody.can_be_asked == ()
    assert not compare(dict.fromkeys(Identifier, ""), nobody).matched
    assert not compare({SSN: "0000", ZIP: "00000", ACCOUNT: "0", BIRTH: "1/1/2000"}, nobody).matched


@pytest.mark.parametrize("text", ["13/1/1960", "2/30/1960", "1960", "yesterday", "1/2/3/4", "0/0/0000"])
def test_what_is_no_day_matches_none(text: str) -> None:
    assert read_date(text) is None


@given(st.dictionaries(st.sampled_from(Identifier), st.text(max_size=80)))
def test_no_answer_whatever_breaks_the_comparison(stated: dict[Identifier, str]) -> None:
    answers = compare(stated, KNOWN)
    assert not answers.matched & answers.wrong
