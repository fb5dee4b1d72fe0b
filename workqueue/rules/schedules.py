"""When a report is sent: every working day, every week or every month, at an hour of the office."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from workqueue.rules.business_days import is_business_day
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.clocks import first_moment, zone_info
from workqueue.rules.words import WEEKDAYS

LAST_DAY_OF_EVERY_MONTH = 28


class Every(StrEnum):
    """How often."""

    WORKING_DAY = "working_day"
    WEEK = "week"
    MONTH = "month"


EVERY: dict[Every, str] = {
    Every.WORKING_DAY: "Every working day",
    Every.WEEK: "Every week",
    Every.MONTH: "Every month",
}


def next_moment(every: Every, day: int, at: time, *, after: datetime) -> datetime:
    """Return the first moment after `after` at which the report is due.

    `day` is the day of the week (Monday 0) or of the month (1 to 28); for working days it is not looked at.
    """
    zone = zone_info(OFFICE_ZONE)
    on = after.astimezone(zone).date()
    while True:
        if _is_due_on(every, day, on):
            moment = first_moment(on, at, zone)
            if moment > after:
                return moment
        on += timedelta(days=1)


def words(every: Every, day: int) -> str:
    """Say how often: `every Monday`, `on day 3 of every month`."""
    if every is Every.WEEK:
        return f"every {WEEKDAYS[day]}"
    return "every working day" if every is Every.WORKING_DAY else f"on day {day} of every month"


def _is_due_on(every: Every, day: int, on: date) -> bool:
    if every is Every.WEEK:
        return on.weekday() == day
    return is_business_day(on) if every is Every.WORKING_DAY else on.day == day
