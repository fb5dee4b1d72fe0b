"""Promises, working days and telephone numbers."""

from datetime import UTC, date, datetime

import pytest

from workqueue.rules.business_days import (
    add_business_days,
    business_day_from,
    is_business_day,
    office_midnight,
)
from workqueue.rules.phones import NotAPhone, is_dialable, to_e164
from workqueue.rules.promises import PromiseState, grace_on, objection, state_of

TODAY = date(2026, 3, 10)


def test_grace_is_three_working_days() -> None:
    assert grace_on(date(2026, 3, 13)) == date(2026, 3, 18)
    # Thanksgiving is no working day.
    assert grace_on(date(2026, 11, 24)) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("amount", "due", "field"),
    [
        (5_000, date(2026, 3, 10), None),
        (5_000, date(2026, 4, 9), None),
        (5_000, date(2026, 4, 10), "due_on"),
        (5_000, date(2026, 3, 9), "due_on"),
        (0, date(2026, 3, 11), "amount_cents"),
        (10_001, date(2026, 3, 11), "amount_cents"),
        (10_000, date(2026, 3, 11), None),
    ],
)
def test_a_promise_is_of_what_is_owed_within_thirty_days(amount: int, due: date, field: str | None) -> None:
    found = objection(amount, due, owed_cents=10_000, today=TODAY)
    assert (found[0] if found else None) == field


@pytest.mark.parametrize(
    ("paid", "today", "expected"),
    [
        (0, date(2026, 3, 18), PromiseState.OPEN),
        (4_999, date(2026, 3, 18), PromiseState.PARTIAL),
        (5_000, date(2026, 3, 18), PromiseState.KEPT),
        (4_999, date(2026, 3, 19), PromiseState.BROKEN),
        (5_000, date(2026, 3, 19), PromiseState.KEPT),
    ],
)
def test_whether_it_was_kept_is_told_by_the_money(paid: int, today: date, expected: PromiseState) -> None:
    state = state_of(
        amount_cents=5_000, paid_cents=paid, grace_on=date(2026, 3, 18), is_cancelled=False, today=today
    )
    assert state is expected


def test_a_promise_called_off_is_neither_kept_nor_broken() -> None:
    state = state_of(amount_cents=1, paid_cents=9, grace_on=TODAY, is_cancelled=True, today=TODAY)
    assert state is PromiseState.CANCELLED


def test_weekends_and_federal_holidays_are_no_working_days() -> None:
    assert not is_business_day(date(2026, 7, 3))  # Independence Day, observed
    assert not is_business_day(date(2021, 12, 31))  # New Year's Day 2022, observed
    assert business_day_from(date(2026, 3, 14)) == date(2026, 3, 16)
    assert add_business_days(date(2026, 3, 13), 1) == date(2026, 3, 16)


def test_an_office_day_begins_at_its_own_midnight_in_winter_and_summer() -> None:
    assert office_midnight(date(2026, 1, 5)) == datetime(2026, 1, 5, 5, tzinfo=UTC)
    assert office_midnight(date(2026, 7, 6)) == datetime(2026, 7, 6, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["(312) 555-0123", "312-555-0123", "+1 312 555 0123", "1.312.555.0123"])
def test_numbers_are_kept_in_one_form_however_they_are_written(text: str) -> None:
    assert to_e164(text) == "+13125550123"


@pytest.mark.parametrize("text", ["", "no number", "555-0123", "+1 900 555 1234", "0" * 40])
def test_what_cannot_be_dialled_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotAPhone) as refusal:
        to_e164(text)
    assert refusal.value.sentence.endswith(".")
    assert not is_dialable(text)
