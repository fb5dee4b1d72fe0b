"""Doors without a password: so many tries, then a wait, whichever process counts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON
from workqueue.models import DoorAttempt
from workqueue.models.booking import Door
from workqueue.rules.refusals import TooManyAttempts
from workqueue.services.booking import doors
from workqueue.services.booking.doors import LIMITS, WINDOW

SECOND = timedelta(seconds=1)
PLACE = "203.0.113.0/24"


def test_after_so_many_tries_the_next_is_looked_at_when_the_oldest_is_past(session: Session) -> None:
    most = LIMITS[Door.CODE].of_place
    for number in range(most):
        doors.knock(session, Door.CODE, PLACE, now=NOON + number * SECOND)
    with pytest.raises(TooManyAttempts) as refused:
        doors.knock(session, Door.CODE, PLACE, now=NOON + most * SECOND)
    opens_at = NOON + most * SECOND + timedelta(seconds=refused.value.wait_seconds)
    assert NOON + WINDOW < opens_at <= NOON + WINDOW + 2 * SECOND
    doors.knock(session, Door.CODE, PLACE, now=opens_at)


def test_what_is_refused_costs_no_row(session: Session) -> None:
    most = LIMITS[Door.CODE].of_place
    for _ in range(most + 10):
        try:
            doors.knock(session, Door.CODE, PLACE, now=NOON)
        except TooManyAttempts:
            continue
    assert session.scalar(select(func.count()).select_from(DoorAttempt)) == most


def test_places_and_doors_are_counted_apart_and_what_opened_is_not_counted(session: Session) -> None:
    for _ in range(LIMITS[Door.CODE].of_place + 1):
        doors.opened(session, doors.knock(session, Door.CODE, PLACE, now=NOON))
    for _ in range(LIMITS[Door.CODE].of_place):
        doors.knock(session, Door.CODE, PLACE, now=NOON)
    doors.knock(session, Door.CODE, "198.51.100.0/24", now=NOON)
    doors.knock(session, Door.LINK, PLACE, now=NOON)
