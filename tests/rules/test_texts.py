"""Which numbers get texts, and into how many pieces a text is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.texts import can_get_texts, segments, shortest_that_fits


@pytest.mark.parametrize(
    ("e164", "is_able"),
    [
        ("+13122210142", True),
        ("+18005550142", False),
        ("+442079460958", False),
        ("+4915123456789", False),
        ("nonsense", False),
    ],
)
def test_texts_go_where_a_mobile_may_be_in_this_country(e164: str, is_able: bool) -> None:
    assert can_get_texts(e164) is is_able


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("á" + "a" * 69, 1),
        ("á" + "a" * 70, 2),
        ("á" + "a" * 134, 3),
        ("\U0001f600" * 35, 1),
        ("\U0001f600" * 36, 2),
    ],
)
def test_a_text_is_cut_as_telephones_cut_it(text: str, pieces: int) -> None:
    assert segments(text) == pieces


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_words_never_take_fewer_pieces(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)


def test_the_fullest_that_fits_one_piece_is_taken_else_the_shortest() -> None:
    assert shortest_that_fits(["a" * 200, "b" * 160, "c"]) == "b" * 160
    assert shortest_that_fits(["a" * 400, "b" * 200, "c" * 190]) == "c" * 190
