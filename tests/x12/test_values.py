"""Money and dates are read exactly, or not at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.x12.values import AmountError, Cents, Dates, Procedures, Repeats, dollars, parse_days


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("500", 50_000), ("500.00", 50_000), ("12.5", 1_250), (".5", 50), ("5.", 500), ("0", 0), ("", 0),
        ("-1.27", -127), ("-.01", -1), ("+3", 300), ("007", 700), ("1.100", 110), ("1E2", 10_000),
        (" 12.00 ", 1_200),
        ("9999999999999.99", 999_999_999_999_999),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_cent(text: str, cents: int) -> None:
    assert Cents()[text] == cents


@pytest.mark.parametrize(
    "text",
    ["INVALID", "WO", "1_000", "1,000", "12.345", "--1", "1-", "NaN", "Infinity", "{{AMOUNT}}", "1E99", "٣",
     "1" * 41,
     "10000000000000.00", "0x10", "1 2", "."],
)  # fmt: skip
def test_what_is_no_amount_of_whole_cents_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        Cents()[text]


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_every_amount_written_in_dollars_is_read_back(cents: int) -> None:
    assert Cents()[dollars(cents)] == cents


def test_amounts_stay_exact_when_the_table_was_emptied_in_between() -> None:
    table = Cents()
    assert [table[str(number)] for number in range(40_000)] == [number * 100 for number in range(40_000)]
    assert len(table) < 20_000


@pytest.mark.parametrize(
    ("text", "day"),
    [("20250131", date(2025, 1, 31)), ("20240229", date(2024, 2, 29)), ("200112051000", date(2001, 12, 5)),
     ("250131", date(2025, 1, 31)), ("20002316", None), ("20250229", None),
     ("99991231", None), ("00010101", None), ("", None), ("XXXXXXXX", None),
     ("2025-1-1", None), ("٢٠٢٥٠١٠١", None)],
)  # fmt: skip
def test_a_day_is_a_day_of_the_calendar_or_none(text: str, day: date | None) -> None:
    assert Dates()[text] == day


def test_a_range_of_days_has_a_first_and_a_last() -> None:
    assert parse_days("20250101-20250103") == (date(2025, 1, 1), date(2025, 1, 3))
    assert parse_days("20250101") == (date(2025, 1, 1), date(2025, 1, 1))
    assert parse_days("20250101-") == (date(2025, 1, 1), None)
    assert parse_days("") == (None, None)


def test_a_procedure_has_qualifier_code_and_modifiers() -> None:
    assert Procedures(":")["HC:99213:25:59"] == ("HC", "99213", ("25", "59"))
    assert Procedures(">")["HC:99213"] == ("HC:99213", "", ())
    assert Procedures(":")[""] == ("", "", ())


def test_repeats_are_numbered_from_one() -> None:
    repeats = Repeats()
    assert [repeats.ordinal(key) for key in ("a", "b", "a", "a", "b", "c")] == [1, 1, 2, 3, 2, 1]
    assert all(repeats.ordinal(f"claim {number}") == 1 for number in range(20_000))
    assert all(repeats.ordinal(f"claim {number}") == 2 for number in range(0, 20_000, 97))
