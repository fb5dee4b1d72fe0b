"""Time is cut at midnights of the office and around the hours of callbacks."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.calendar import office_day
from workqueue.rules.deadline_slots import horizon, minutes_by_slot, slots_until
from workqueue.rules.shifts import Duty, Span

NOW = datetime(2026, 12, 1, 17, 20, tzinfo=UTC)
"""A Tuesday, 12:20 in New York."""
TUESDAY = date(2026, 12, 1)


def test_the_first_of_the_next_working_days_is_today() -> None:
    assert horizon(TUESDAY, 1) == TUESDAY
    assert horizon(TUESDAY, 10) == date(2026, 12, 14)
    assert horizon(date(2026, 12, 5), 1) == date(2026, 12, 7), "a Saturday begins with Monday"
    assert horizon(date(2026, 12, 24), 2) == date(2026, 12, 28), "Christmas is no working day"


def test_without_callbacks_a_slot_is_a_day_and_the_first_begins_now() -> None:
    slots = slots_until(date(2026, 12, 3), now=NOW)
    assert slots.days == (TUESDAY, date(2026, 12, 2), date(2026, 12, 3))
    assert slots.starts_at[0] == NOW
    assert slots.of(NOW - timedelta(days=3)) == 0
    assert slots.of(datetime(2026, 12, 2, 5, tzinfo=UTC)) == 1, "midnight of the office"
    assert slots.of(slots.ends_at) == 3, "what is released later is in none"
    assert [slots.last_of(date(2026, 12, day)) for day in (1, 3, 9)] == [0, 2, 2]
    assert slots.last_of(date(2026, 11, 30)) == -1


def test_the_hour_of_a_callback_is_a_slot_of_its_own() -> None:
    callback = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)
    slots = slots_until(TUESDAY, now=NOW, hours_at=[callback])
    hours = [NOW, callback.replace(minute=0), callback.replace(hour=20, minute=0)]
    assert list(slots.starts_at) == hours
    assert slots.of(callback) == 1


def test_minutes_at_work_fall_into_the_slots_they_are_in() -> None:
    slots = slots_until(date(2026, 12, 2), now=NOW)
    shift = Duty(Span(NOW - timedelta(hours=4), NOW + timedelta(hours=4)), 1.0)
    night = Duty(
        Span(datetime(2026, 12, 2, 3, tzinfo=UTC), datetime(2026, 12, 2, 7, tzinfo=UTC)), worked_share=0.5
    )
    assert minutes_by_slot(slots, [shift, night], 80) == [int((240 + 60) * 0.8), int(60 * 0.8)]


@given(st.lists(st.datetimes(datetime(2026, 11, 30), datetime(2026, 12, 9), timezones=st.just(UTC))))  # noqa: DTZ001
def test_slots_are_in_order_and_each_within_one_day(moments: list[datetime]) -> None:
    slots = slots_until(date(2026, 12, 4), now=NOW, hours_at=moments)
    assert list(slots.starts_at) == sorted(set(slots.starts_at))
    edges = [*slots.starts_at, slots.ends_at]
    for begins_at, ends_at, day in zip(edges, edges[1:], slots.days, strict=False):
        assert office_day(begins_at) == office_day(ends_at - timedelta(seconds=1)) == day
    for moment in moments:
        if NOW <= moment < slots.ends_at:
            slot = slots.of(moment)
            assert edges[slot] <= moment < edges[slot + 1]
            assert edges[slot + 1] - edges[slot] <= timedelta(hours=1)
