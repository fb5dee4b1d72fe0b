"""ZIP codes and states as people type them, and those that contradict each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.places import NotAState, NotAZip, contradiction, read_state, read_zip, zones_of_place


@pytest.mark.parametrize(
    ("text", "kept"),
    [("60601", "60601"), (" 60601-1234 ", "60601-1234"), ("606011234", "60601-1234"), ("09012", "09012"),
     ("96799", "96799"), ("00601", "00601")],
)  # fmt: skip
def test_a_zip_code_is_kept_as_letters_carry_it(text: str, kept: str) -> None:
    assert read_zip(text) == kept


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "five digits"), ("6060", "five digits"), ("606011", "five digits"), ("ABCDE", "five digits"),
     ("SW1A 1AA", "five digits"), ("٦٠٦٠١", "five digits"), ("00000", "No post office"),
     ("99999", "No post office"), ("00400", "No post office")],
)  # fmt: skip
def test_nonsense_is_refused(text: str, says: str) -> None:
    with pytest.raises(NotAZip, match=says):
        read_zip(text)


@pytest.mark.parametrize(("text", "code"), [("il", "IL"), (" illinois ", "IL"), ("Guam", "GU"), ("ae", "AE")])
def test_a_state_is_known_by_letters_or_name(text: str, code: str) -> None:
    assert read_state(text) == code


@pytest.mark.parametrize("text", ["", "ZZ", "Ontario", "I L"])
def test_another_state_is_refused(text: str) -> None:
    with pytest.raises(NotAState, match="two letters"):
        read_state(text)


def test_a_zip_code_of_another_state_is_said_and_both_places_count() -> None:
    said = contradiction("IL", "46402")
    assert "46402 is in IN, not in IL" in said
    assert zones_of_place("IL", "46402") >= zones_of_place("IL", "") | zones_of_place("IN", "46402")
    assert contradiction("IL", "60601") == ""
    assert contradiction("Illinois", "") == ""
    assert contradiction("", "60601") == ""


@given(st.text(max_size=20))
def test_any_text_is_a_zip_code_or_a_refusal(text: str) -> None:
    try:
        kept = read_zip(text)
    except NotAZip:
        return
    assert read_zip(kept) == kept
