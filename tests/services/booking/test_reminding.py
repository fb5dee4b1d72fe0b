"""Reminders come a day and an hour ahead, once, and to nobody who moved, cancelled or has just booked."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, make_hold
from tests.services.booking.desk import Asking, booked, first_slots
from tests.services.booking.office import emails, somebody_to_write_to, texts, written
from workqueue.models import Callback
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.holds import HoldKind
from workqueue.services.booking import promising, reminding

HOUR = timedelta(hours=1)


@pytest.fixture
def asking(session: Session) -> Asking:
    return somebody_to_write_to(session)


def far_slots(session: Session, asking: Asking) -> list[datetime]:
    """Return times on the day after tomorrow, a Thursday."""
    found = first_slots(session, asking, 200)
    return [each for each in found if each >= NOON + 48 * HOUR][:3]


def look(session: Session, *moments: datetime) -> list[BookingEvent | None]:
    """Let the sweeper look at each of these moments; return what reminders were written."""
    for moment in moments:
        reminding.remind(session, now=moment)
    return [each.event for each in emails(session) if each.event in {*REMINDERS}]


REMINDERS = (BookingEvent.DAY_BEFORE, BookingEvent.HOUR_BEFORE)


def test_a_day_and_an_hour_ahead_however_often_the_sweeper_looks(session: Session, asking: Asking) -> None:
    at = far_slots(session, asking)[0]
    booked(session, asking, at)
    moments = [at - hours * HOUR for hours in (30, 24, 23, 20, 2, 1, 0.5, 0, -1)]
    assert look(session, *moments) == [*REMINDERS]
    assert [each.event for each in texts(session)] == [BookingEvent.BOOKED, *REMINDERS]
    assert "First words" in texts(session)[-1].body


def test_who_moves_the_call_is_reminded_of_its_new_time_only(session: Session, asking: Asking) -> None:
    first, second, _ = far_slots(session, asking)
    booked(session, asking, first)
    assert look(session, first - 24 * HOUR) == [BookingEvent.DAY_BEFORE]
    promising.move(session, asking.link, at=second, now=first - 10 * HOUR)
    assert look(session, first - HOUR, second - HOUR) == [*REMINDERS]
    assert emails(session)[-1].callback_sequence == 1


def test_who_cancels_is_not_reminded(session: Session, asking: Asking) -> None:
    at = far_slots(session, asking)[0]
    booked(session, asking, at)
    promising.cancel(session, asking.link, now=NOON)
    assert look(session, at - 24 * HOUR, at - HOUR) == []


def test_who_booked_shortly_before_is_not_reminded(session: Session, asking: Asking) -> None:
    at = first_slots(session, asking)[0]
    booked(session, asking, at)
    assert look(session, NOON, at - HOUR / 2) == []


def test_nobody_under_a_hold_is_reminded(session: Session, asking: Asking) -> None:
    at = far_slots(session, asking)[0]
    booked(session, asking, at)
    make_hold(session, account=asking.account, kind=HoldKind.CEASE, until_at=NOON + 90 * 24 * HOUR)
    before = len(written(session))
    look(session, at - 24 * HOUR, at - HOUR)
    assert len(written(session)) == before


def test_who_speaks_spanish_is_reminded_in_spanish(session: Session, asking: Asking) -> None:
    at = far_slots(session, asking)[0]
    promise = booked(session, asking, at)
    asking.patient.language = "es"
    session.get_one(Callback, promise.callback_id).language = ""
    look(session, at - HOUR)
    assert texts(session)[-1].body.startswith("Recuerde: Sample Services le llama el jue 12 mar")
