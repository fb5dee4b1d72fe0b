"""The free times that a rep reads out to somebody who wants a call: a few a day, at different hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.slots import spread
from workqueue.services.booking import times
from workqueue.services.booking.times import Wish
from workqueue.services.contacting import zones_of_patient


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that can be promised."""

    at: datetime
    is_own: bool = False
    """Whoever asks could make the call themselves."""


@dataclass(frozen=True, slots=True)
class FreeDay:
    """The free times of one day where the person is."""

    day: date
    times: tuple[FreeTime, ...]


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """What is offered to one person."""

    days: tuple[FreeDay, ...]
    zone: str
    """By whose clock they read."""
    ahead_days: int


def free_times(
    session: Session, wish: Wish, *, rep_id: int, now: datetime, besides: int | None = None
) -> FreeTimes:
    """Return a few free times of the next days; `besides` is a callback that is to be moved."""
    zones = zones_of_patient(session, wish.person_id)
    zone = zones[0] if zones else OFFICE_ZONE
    offer = times.offer(session, wish, now=now, besides=besides)
    found = [FreeTime(slot.at, rep_id in slot.rep_ids) for slot in spread(offer.soonest(), zone)]
    return FreeTimes(_by_day(found, zone), zone, offer.rules.ahead_days)


def told(nearest: Iterable[datetime], zone: str) -> tuple[FreeDay, ...]:
    """Return the times that a refusal names."""
    return _by_day([FreeTime(at) for at in nearest], zone)


def _by_day(found: Iterable[FreeTime], zone: str) -> tuple[FreeDay, ...]:
    clock = ZoneInfo(zone)
    days = groupby(found, key=lambda each: each.at.astimezone(clock).date())
    return tuple(FreeDay(day, tuple(each)) for day, each in days)
