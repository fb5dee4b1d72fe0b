"""The time until a horizon, cut into slots in which nothing begins or falls due."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workqueue.rules.business_days import add_business_days, business_day_from, office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.shifts import Duty

HOUR = timedelta(hours=1)
HOURLY_DAYS = 2
"""Callbacks of so many days ahead are looked at by the hour, later ones by the day: people's hours of next
week are not that certain, and each hour makes the network larger. Our own default."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots in order, each within one day of the office."""

    starts_at: tuple[datetime, ...]
    days: tuple[date, ...]
    ends_at: datetime

    def of(self, moment: datetime) -> int:
        """Return the slot that holds a moment: the first for what is past, none (their number) for later."""
        if moment >= self.ends_at:
            return len(self.days)
        return max(bisect_right(self.starts_at, moment) - 1, 0)

    def last_of(self, day: date) -> int:
        """Return the last slot of a day; before the first there is none (-1)."""
        return bisect_right(self.days, day) - 1

    def first_of(self, day: date) -> int:
        return self.days.index(day)


def horizon(today: date, days: int) -> date:
    """Return the last of the next working days; today is the first where it is one."""
    return add_business_days(business_day_from(today), days - 1)


def slots_until(last_on: date, *, now: datetime, hours_at: Iterable[datetime] = ()) -> Slots:
    """Cut the time from now to the end of a day at midnights and around the hours of these moments."""
    today = office_day(now)
    ends_at = office_midnight(last_on + timedelta(days=1))
    midnights = (office_midnight(today + timedelta(days=each)) for each in range((last_on - today).days + 1))
    hours = (edge for each in hours_at for edge in (hour_of(each), hour_of(each) + HOUR))
    cuts = {now, *(edge for edge in (*midnights, *hours) if now < edge < ends_at)}
    starts_at = tuple(sorted(cuts))
    return Slots(starts_at, tuple(map(office_day, starts_at)), ends_at)


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def minutes_by_slot(slots: Slots, duties: Iterable[Duty], productive_percent: int) -> list[int]:
    """Return the minutes for tasks that stretches at work leave in each slot, rounded down."""
    edges: Sequence[datetime] = (*slots.starts_at, slots.ends_at)
    found = [0.0] * len(slots.days)
    for duty in duties:
        for slot in range(slots.of(duty.span.begins_at), len(found)):
            begins_at = max(duty.span.begins_at, edges[slot])
            ends_at = min(duty.span.ends_at, edges[slot + 1])
            if begins_at >= ends_at:
                break
            found[slot] += (ends_at - begins_at).total_seconds() / 60 * duty.worked_share
    return [int(each * productive_percent / 100) for each in found]
