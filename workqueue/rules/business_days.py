"""Working days of the office: not weekends, not federal holidays as they are observed."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from workqueue.rules.calendar import OFFICE_ZONE


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and not is_federal_holiday(day)


def is_federal_holiday(day: date) -> bool:
    """Return whether it is one (5 USC 6103), or the weekday on which one is observed."""
    return day in _holidays(day.year)


def add_business_days(day: date, count: int) -> date:
    """Return the working day that comes `count` working days after this day."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def business_day_from(day: date) -> date:
    """Return the day itself, or the next working day."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def office_midnight(day: date) -> datetime:
    """Return the moment at which an office day begins."""
    return datetime.combine(day, time.min, ZoneInfo(OFFICE_ZONE)).astimezone(UTC)


@cache
def _holidays(year: int) -> frozenset[date]:
    # New Year's Day that falls on a Saturday is observed in the year before.
    return frozenset(holidays.country_holidays("US", years=[year, year + 1]))
