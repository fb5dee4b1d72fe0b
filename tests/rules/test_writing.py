"""When a reminder is due, and when a message has nothing to say any more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.messages import MessageChannel
from workqueue.rules.states import CallbackState
from workqueue.rules.writing import REMINDERS, Obstacle, is_pointless, is_reminder_due, sentence

AT = datetime(2026, 3, 11, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def is_due(event: BookingEvent, *, before: timedelta, booked: timedelta) -> bool:
    return is_reminder_due(event, at=AT, said_at=AT - booked, now=AT - before)


@pytest.mark.parametrize(
    ("event", "before", "booked", "expected"),
    [
        (BookingEvent.DAY_BEFORE, 24 * HOUR, 48 * HOUR, True),
        (BookingEvent.DAY_BEFORE, 24.1 * HOUR, 48 * HOUR, False),
        (BookingEvent.DAY_BEFORE, 24 * HOUR, 25 * HOUR, False),
        (BookingEvent.DAY_BEFORE, 24 * HOUR, 26 * HOUR, True),
        (BookingEvent.DAY_BEFORE, 2 * HOUR, 48 * HOUR, False),
        (BookingEvent.HOUR_BEFORE, HOUR, 3 * HOUR, True),
        (BookingEvent.HOUR_BEFORE, HOUR, 2 * HOUR, False),
        (BookingEvent.HOUR_BEFORE, 0 * HOUR, 48 * HOUR, False),
    ],
)
def test_a_reminder_comes_in_time_and_not_to_who_has_just_booked(
    event: BookingEvent, before: timedelta, booked: timedelta, expected: bool
) -> None:
    assert is_due(event, before=before, booked=booked) is expected


@given(st.integers(-60, 3000), st.integers(0, 6000))
def test_the_two_reminders_are_never_due_together(before: int, booked: int) -> None:
    due = [
        is_due(event, before=timedelta(minutes=before), booked=timedelta(minutes=booked))
        for event in REMINDERS
    ]
    assert sum(due) <= 1


def pointless(event: BookingEvent, *, before: timedelta = 24 * HOUR, **said: object) -> bool:
    known = {"state": CallbackState.BOOKED, "is_newest": True} | said
    return is_pointless(event, at=AT, now=AT - before, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize("event", BookingEvent)
def test_what_is_so_is_said(event: BookingEvent) -> None:
    is_over = event in {BookingEvent.CANCELLED, BookingEvent.CALLED_OFF}
    assert not pointless(event, state=CallbackState.CANCELLED if is_over else CallbackState.BOOKED)


@pytest.mark.parametrize("event", [BookingEvent.BOOKED, BookingEvent.MOVED, BookingEvent.REHOMED, *REMINDERS])
def test_what_was_moved_called_off_or_is_past_is_not_announced(event: BookingEvent) -> None:
    assert pointless(event, is_newest=False)
    assert pointless(event, state=CallbackState.CANCELLED)
    assert pointless(event, before=timedelta(0))


def test_an_apology_comes_late_but_not_after_the_call() -> None:
    assert not pointless(BookingEvent.MISSED, before=-HOUR)
    assert pointless(BookingEvent.MISSED, before=-HOUR, state=CallbackState.MET)


def test_a_days_reminder_does_not_come_beside_the_hours() -> None:
    assert not pointless(BookingEvent.DAY_BEFORE, before=3 * HOUR)
    assert pointless(BookingEvent.DAY_BEFORE, before=2 * HOUR)


@pytest.mark.parametrize("channel", MessageChannel)
@pytest.mark.parametrize("obstacle", sorted(set(Obstacle) - {Obstacle.NO_CONSENT, Obstacle.LOST_BEFORE}))
def test_each_obstacle_is_said(channel: MessageChannel, obstacle: Obstacle) -> None:
    assert sentence(obstacle, channel).endswith(".")
