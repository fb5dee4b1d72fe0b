"""When a task comes up again after something was logged of it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workqueue.rules.business_days import add_business_days, business_day_from
from workqueue.rules.disposition_facts import Disposition
from workqueue.rules.places import EASTERN

PAYER_DATE_SLACK = 3
"""Working days a payer gets after its own date before it is asked again (office reference 5.3)."""

BEFORE_DEADLINE_DAYS = 7
"""Left to the usual wait, a task comes back at least so long before its deadline."""


def next_look_on(
    disposition: Disposition, given_on: date | None, *, deadline_on: date | None, today: date
) -> date | None:
    """Return the day on which the task comes up again; None when something else decides."""
    if given_on is not None and not disposition.takes_forecast:
        return given_on
    if given_on is not None:
        latest = today + timedelta(days=disposition.latest_days)
        usual = min(add_business_days(given_on, PAYER_DATE_SLACK), latest)
    elif disposition.wait_business_days:
        usual = add_business_days(today, disposition.wait_business_days)
    elif disposition.wait_days:
        usual = business_day_from(today + timedelta(days=disposition.wait_days))
    else:
        return None
    if deadline_on is None or disposition.meets_deadline or usual < deadline_on or deadline_on <= today:
        return usual
    return max(deadline_on - timedelta(days=BEFORE_DEADLINE_DAYS), today + timedelta(days=1))


def date_objection(
    disposition: Disposition, given_on: date, *, deadline_on: date | None, today: date
) -> str | None:
    """Return why this date cannot stand; None when it can."""
    if given_on <= today:
        return "Choose a day after today."
    if disposition.takes_forecast:
        return None
    if disposition.latest_days and given_on > today + timedelta(days=disposition.latest_days):
        return f"Choose a day within the next {disposition.latest_days} days."
    if deadline_on and today <= deadline_on < given_on and not disposition.meets_deadline:
        return f"The deadline is {deadline_on.isoformat()}; choose an earlier day."
    return None


BUSY_FOR = timedelta(hours=1)
"""A busy line is tried again after so long (office reference 5.3)."""

# Morning, evening, afternoon: whoever is out at one time of day may be in at the next.
_DAYPARTS = ((time(8), time(12), time(17, 30)), (time(12), time(17), time(9)), (time(17), time(21), time(13)))


def retry_at(at: datetime, zones: tuple[str, ...], days: int) -> datetime:
    """Return a moment so many days later, in another part of the person's day than this call."""
    zone = ZoneInfo(zones[0] if zones else EASTERN)
    local = at.astimezone(zone)
    clock = next((other for start, end, other in _DAYPARTS if start <= local.time() < end), time(9))
    day = business_day_from(local.date() + timedelta(days=days))
    return datetime.combine(day, clock, zone).astimezone(at.tzinfo)
