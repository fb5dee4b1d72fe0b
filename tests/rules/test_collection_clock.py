"""The clocks from a first bill: the vectors of the office's reference, and both edges of every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules import collection_clock as clock
from workqueue.rules.collection_clock import NoticeGiven, medicare_clock
from workqueue.rules.notices import NoticeKind
from workqueue.rules.state_timers import EXTRAORDINARY, STATE_TIMERS, CollectionStep, timers_for

DAY = timedelta(days=1)
DAY_0 = date(2026, 1, 15)


def statement(on: date) -> NoticeGiven:
    return NoticeGiven(NoticeKind.STATEMENT, on)


def notice(on: date, deadline_on: date | None) -> NoticeGiven:
    return NoticeGiven(NoticeKind.COLLECTION_NOTICE, on, deadline_on)


def test_the_120_and_240_days_of_a_first_statement() -> None:
    assert clock.no_action_before(DAY_0) == date(2026, 5, 15)
    assert clock.application_ends_on(DAY_0) == date(2026, 9, 12)


def test_only_a_later_deadline_in_a_notice_moves_the_end_of_applications() -> None:
    earlier, later = (notice(date(2026, 8, 20), on) for on in (date(2026, 9, 11), date(2026, 9, 20)))
    assert clock.application_ends_on(DAY_0, [earlier]) == date(2026, 9, 12)
    assert clock.application_ends_on(DAY_0, [earlier, later]) == date(2026, 9, 20)


def test_of_several_episodes_the_most_recent_first_statement_counts() -> None:
    older = [statement(DAY_0), statement(date(2026, 6, 1))]
    newer = [statement(date(2026, 2, 20))]
    assert clock.day_zero([older]) == DAY_0
    assert clock.day_zero([older, newer]) == date(2026, 2, 20)
    assert clock.day_zero([older, []]) is None
    assert clock.day_zero([]) is None


def test_a_notice_leaves_action_free_thirty_days_later() -> None:
    sent = date(2026, 5, 20)
    assert clock.action_after(notice(sent, date(2026, 6, 19))) == date(2026, 6, 19)
    # A longer deadline is a promise, and kept; a shorter one is no notice.
    assert clock.action_after(notice(sent, date(2026, 7, 1))) == date(2026, 7, 1)
    assert clock.action_after(notice(sent, date(2026, 6, 18))) is None
    assert clock.action_after(notice(sent, None)) is None
    assert clock.action_after(statement(sent)) is None


def test_summary_and_oral_effort_count_thirty_days_too() -> None:
    given_on = [NoticeGiven(NoticeKind.PLAIN_SUMMARY, date(2026, 5, 20) + n * DAY) for n in (3, 0)]
    assert clock.evidence_allows_on(given_on, NoticeKind.PLAIN_SUMMARY) == date(2026, 6, 19)
    assert clock.evidence_allows_on(given_on, NoticeKind.ORAL_EFFORT) is None


@pytest.mark.parametrize(("billed", "may"), [(139_999, False), (140_000, True), (140_001, True)])
def test_an_estimate_may_be_disputed_from_400_dollars_above_it(billed: int, may: bool) -> None:
    assert clock.may_dispute_estimate(billed, 100_000) is may


def test_a_dispute_about_an_estimate_starts_within_120_days_of_the_initial_bill() -> None:
    assert clock.estimate_dispute_ends_on(date(2026, 2, 10)) == date(2026, 6, 10)


def test_medicare_asks_for_120_days_of_effort_that_a_payment_starts_anew() -> None:
    first = date(2026, 2, 10)
    assert medicare_clock(first, decided_on=None).uncollectible_on == date(2026, 6, 10)
    paid = medicare_clock(first, decided_on=None, paid_on=[date(2026, 4, 1)])
    assert paid.uncollectible_on == date(2026, 7, 30)
    again = medicare_clock(first, decided_on=None, paid_on=[date(2026, 7, 30), date(2026, 4, 1)])
    assert again.uncollectible_on == date(2026, 11, 27)


@pytest.mark.parametrize(("day", "restarts"), [(-1, False), (0, True), (120, True), (121, False)])
def test_only_a_payment_within_the_effort_starts_it_anew(day: int, restarts: bool) -> None:
    first = date(2026, 2, 10)
    found = medicare_clock(first, decided_on=None, paid_on=[first + day * DAY])
    assert found.uncollectible_on == first + (120 + (day if restarts else 0)) * DAY


@pytest.mark.parametrize(("days", "in_time"), [(0, True), (120, True), (121, False)])
def test_medicare_wants_the_first_bill_within_120_days_of_the_remittance(
    days: int,
    in_time: bool,
) -> None:
    decided = date(2026, 1, 5)
    assert medicare_clock(decided + days * DAY, decided_on=decided).is_billed_in_time is in_time
    assert medicare_clock(decided, decided_on=None).is_billed_in_time is None


def test_an_overpayment_goes_back_within_sixty_days() -> None:
    assert clock.overpayment_due_on(date(2026, 3, 10)) == date(2026, 5, 9)


@given(st.lists(st.integers(0, 400)), st.integers(0, 400))
def test_a_payment_more_never_shortens_the_effort(paid: list[int], more: int) -> None:
    first = date(2026, 2, 10)
    days = [first + n * DAY for n in paid]
    until = medicare_clock(first, decided_on=None, paid_on=days).uncollectible_on
    assert (
        medicare_clock(first, decided_on=None, paid_on=[*days, first + more * DAY]).uncollectible_on >= until
    )


@pytest.mark.parametrize(
    ("state", "days", "covers", "tag"),
    [
        ("CA", 180, {"placement", "sale", "credit_reporting", "suit"}, "V2"),
        ("MD", 240, {"suit", "credit_reporting"}, "V2"),
        ("CO", 182, {"sale", "credit_reporting", "denied_care", "suit"}, "K"),
        ("NY", 180, {"placement", "sale", "suit"}, "K"),
        ("WA", 120, {"placement", "sale"}, "V2"),
        ("IL", 60, {"suit"}, "K"),
        ("ND", 45, {"placement", "sale", "suit"}, "V2"),
    ],
)
def test_the_states_that_make_a_hospital_wait(state: str, days: int, covers: set[str], tag: str) -> None:
    (timer,) = [each for each in STATE_TIMERS if each.state == state]
    assert (timer.days, set(timer.covers), timer.tag) == (days, covers, tag)
    assert timer.citation


def test_a_row_covers_what_it_names_and_nothing_else() -> None:
    assert timers_for({"MD", "IL", "TX"}, CollectionStep.PLACEMENT) == ()
    assert [each.state for each in timers_for({"MD", "CA"}, CollectionStep.SUIT)] == ["CA", "MD"]
    assert CollectionStep.PLACEMENT not in EXTRAORDINARY


def test_a_state_that_counts_from_the_service_too_waits_for_both() -> None:
    (timer,) = timers_for({"ND"}, CollectionStep.SALE)
    bill = date(2026, 3, 1)
    assert timer.earliest_on(bill, bill) == bill + 90 * DAY
    assert timer.earliest_on(bill, bill - 60 * DAY) == bill + 45 * DAY
    assert timer.earliest_on(bill, None) == bill + 45 * DAY
