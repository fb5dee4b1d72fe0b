"""The clock on the wall where a person is, exact also in the nights in which it is put forward or back."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

NEVER = datetime.max.replace(tzinfo=UTC)
"""Later than every moment: what waiting alone does not bring."""


@cache
def zone_info(name: str) -> ZoneInfo:
    """Return the zone of this name."""
    # ZoneInfo itself holds on to eight zones and reads the others from disk again.
    return ZoneInfo(name)


class Moment(NamedTuple):
    """A moment, and what the clocks of some zones show at it."""

    at: datetime
    locals: tuple[datetime, ...]
    days: tuple[date, ...]


def moment_in(at: datetime, zones: Iterable[ZoneInfo]) -> Moment:
    """Return the moment as each of the zones shows it."""
    local = tuple(at.astimezone(zone) for zone in zones)
    return Moment(at, local, tuple(each.date() for each in local))


def first_moment(day: date, clock: time, zone: ZoneInfo, after: datetime | None = None) -> datetime:
    """Return the first moment, later than `after`, at which the zone's clock is at least so far that day.

    A time that the clock jumps over comes at the jump; of one that comes twice the second counts if the first
    is past.
    """
    first, second = (datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        return _change_between(second, first, zone)
    return second if after is not None and first <= after else first


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    return first_moment(day, time.min, zone)


def not_past_a_change(at: datetime, later: datetime, zone: ZoneInfo) -> datetime:
    """Return `later`, or the moment before it at which the clock is put back and shows earlier times."""
    before, after = at.astimezone(zone).utcoffset(), later.astimezone(zone).utcoffset()
    is_put_back = before is not None and after is not None and after < before
    return _change_between(at, later, zone) if is_put_back else later


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the second at which the clock is changed between two moments that keep different times."""
    start = low.astimezone(UTC).replace(microsecond=0)
    offset, step = start.astimezone(zone).utcoffset(), timedelta(seconds=1)
    below, above = 0, int((high - start) / step) + 1
    while above - below > 1:
        middle = (below + above) // 2
        if (start + middle * step).astimezone(zone).utcoffset() == offset:
            below = middle
        else:
            above = middle
    return start + above * step


def clock_words(clock: time) -> str:
    """Write a time as `8 AM` or `7:30 AM`; the end of the day is midnight."""
    if clock == time.max:
        return "midnight"
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{clock.hour % 12 or 12}{minutes} {'AM' if clock.hour < 12 else 'PM'}"


def place_words(zone: str) -> str:
    """Write a zone by its city: `New York`."""
    return zone.rpartition("/")[2].replace("_", " ")
