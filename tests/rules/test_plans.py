"""Payment plans: over how many payments, on which days, and that they add up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.plans import (
    CREDITOR_NOTICE,
    LEAST_CENTS,
    PlanState,
    most_instalments,
    needs_creditor_notice,
    objection,
    schedule,
    state_of,
)

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("total", "most"),
    [
        (4_999, 1),
        (5_000, 2),
        (49_999, 6),
        (50_000, 12),
        (149_999, 12),
        (150_000, 24),
        (499_999, 24),
        (500_000, 36),
        (10**9, 36),
    ],
)
def test_a_larger_balance_may_take_longer(total: int, most: int) -> None:
    assert most_instalments(total) == most


@pytest.mark.parametrize(
    ("total", "instalments", "due_on", "field"),
    [
        (30_000, 6, TODAY, None),
        (30_000, 6, TODAY + timedelta(days=30), None),
        (30_000, 6, TODAY + timedelta(days=31), "due_on"),
        (30_000, 6, TODAY - timedelta(days=1), "due_on"),
        (30_000, 7, TODAY, "instalments"),
        (30_000, 1, TODAY, "instalments"),
        (12_400, 5, TODAY, "instalments"),
        (12_400, 4, TODAY, None),
        (4_999, 2, TODAY, "instalments"),
        (0, 2, TODAY, "instalments"),
    ],
)
def test_a_plan_is_short_enough_large_enough_and_begins_within_thirty_days(
    total: int, instalments: int, due_on: date, field: str | None
) -> None:
    found = objection(total, instalments, due_on, today=TODAY)
    assert (found[0] if found else None) == field


@given(
    total=st.integers(2 * LEAST_CENTS, 10**8),
    data=st.data(),
    first=st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_the_payments_add_up_grow_and_come_once_a_month(total: int, data: st.DataObject, first: date) -> None:
    count = data.draw(st.integers(2, most_instalments(total)))
    parts = schedule(total, count, first)
    amounts = [each.amount_cents for each in parts]
    assert sum(amounts) == total
    assert max(amounts) - min(amounts) <= 1
    assert min(amounts) >= LEAST_CENTS
    assert [each.cumulative_cents for each in parts] == [sum(amounts[: at + 1]) for at in range(count)]
    assert parts[0].due_on == first
    months = [each.due_on.year * 12 + each.due_on.month for each in parts]
    assert months == list(range(months[0], months[0] + count))
    assert all(each.due_on.day <= first.day for each in parts)


def test_the_last_of_a_short_month_stands_for_the_thirty_first() -> None:
    due = [each.due_on for each in schedule(40_000, 4, date(2027, 12, 31))]
    assert due == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


def test_more_than_four_payments_say_what_regulation_z_may_ask() -> None:
    assert not needs_creditor_notice(4)
    assert needs_creditor_notice(5)
    assert "1026.2(a)(17)" in CREDITOR_NOTICE
    assert "policy until" in CREDITOR_NOTICE


@pytest.mark.parametrize(
    ("paid", "missed", "is_cancelled", "expected"),
    [
        (0, 0, False, PlanState.ALIVE),
        (10_000, 1, False, PlanState.ALIVE),
        (10_000, 2, False, PlanState.DEFAULT),
        (30_000, 0, False, PlanState.KEPT),
        (30_000, 2, True, PlanState.CANCELLED),
    ],
)
def test_two_missing_payments_are_a_default(
    paid: int, missed: int, is_cancelled: bool, expected: PlanState
) -> None:
    state = state_of(is_cancelled=is_cancelled, total_cents=30_000, paid_cents=paid, missed=missed)
    assert state is expected
