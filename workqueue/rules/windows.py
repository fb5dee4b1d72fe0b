"""At which moments a person may be called, wherever they may be.

The hours are rules (`rules/contact_rules.py`), read by the clock where the person is; where that place is not
certain, the hour has to suit in all possible ones (12 CFR 1006.6(b)(1)(i) with its comment).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as phone_zones

from workqueue.rules.business_days import is_federal_holiday
from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.clocks import NEVER, day_begins, first_moment, not_past_a_change, zone_info
from workqueue.rules.contact_rules import FEDERAL, HOUSE, ClosedDays, ContactRule, Hours
from workqueue.rules.places import WHOLE_COUNTRY, zones_of_place

RINGS = frozenset({ContactChannel.CALL, ContactChannel.TEXT})
"""What disturbs whoever is at home: closed days are days without these."""

MOST_STEPS = 400
"""Openings looked at before it is said that there is none: a few a day, for weeks."""


def candidate_zones(e164s: Sequence[str], state: str, zip_code: str) -> tuple[str, ...]:
    """Return in order every zone the numbers and the address point to; the whole country's if none does."""
    return zones_of_person(e164s, [(state, zip_code)])


def zones_of_person(
    e164s: Iterable[str], places: Iterable[tuple[str, str]], stated_zone: str = ""
) -> tuple[str, ...]:
    """Return in order every zone a person may be in, by their numbers and their states and ZIP codes.

    Where they say they are is knowledge and stands alone (12 CFR 1006.6(b)(1)(i)); when nothing says
    anything, all zones of the country count.
    """
    if stated_zone:
        return (stated_zone,)
    zones = frozenset[str]().union(
        *(zones_of_place(state, zip_code) for state, zip_code in places),
        *(zones_of_number(each) for each in e164s),
    )
    return tuple(sorted(zones or WHOLE_COUNTRY))


@lru_cache(maxsize=100_000)
def zones_of_number(e164: str) -> frozenset[str]:
    """Return the zones of a number's exchange; none for one that is toll-free, unknown or of no place.

    Abroad, a mobile is of no place within its country: it has all the zones that libphonenumber names for it.
    """
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return frozenset()
    is_north_american = number.country_code == 1
    if is_north_american and not phonenumbers.is_number_geographical(number):
        return frozenset()
    return frozenset(phone_zones.time_zones_for_number(number)) - {phone_zones.UNKNOWN_TIMEZONE}


def everywhere(rules: Iterable[ContactRule], collects_as: CollectsAs) -> tuple[ContactRule, ...]:
    """Return the hours and closed days that hold for every call of this office, whomever it is to."""
    return hours_of(rules, collects_as, ContactChannel.CALL)


def hours_of(
    rules: Iterable[ContactRule],
    collects_as: CollectsAs,
    channel: ContactChannel,
    places: Iterable[str] = (),
) -> tuple[ContactRule, ...]:
    """Return the hours and closed days of one medium: what holds everywhere, and what in these places."""
    reaching = {FEDERAL, HOUSE, *places}
    return tuple(
        rule
        for rule in rules
        if rule.jurisdiction in reaching
        and rule.basis(collects_as) is not None
        and (
            (isinstance(rule.parameters, ClosedDays) and channel in RINGS)
            or (isinstance(rule.parameters, Hours) and channel in rule.parameters.channels)
        )
    )


def is_open(zones: Iterable[str], rules: Sequence[ContactRule], at: datetime) -> bool:
    """Return whether hours and closed days of the rules suit in every zone at this moment.

    Looked at moment by moment: 18 o'clock in New York is 9 o'clock tomorrow in Guam, and both suit. No zones
    at all means that nobody is called, so any hour will do.
    """
    return all(_is_open_in(at.astimezone(zone_info(zone)), rules) for zone in zones)


def next_open(zones: Sequence[str], rules: Sequence[ContactRule], at: datetime) -> datetime | None:
    """Return the first moment from `at` on that suits in every zone; None for zones that never meet."""
    moment = at
    for _ in range(MOST_STEPS):
        opening = max((_shut_until(zone_info(zone), rules, moment) for zone in zones), default=moment)
        if opening == moment:
            return moment.astimezone(at.tzinfo)
        moment = opening
    return None


def _is_open_in(local: datetime, rules: Sequence[ContactRule]) -> bool:
    day = local.date()
    return not any(rule.is_in_force(day) and is_shut(rule.parameters, local) for rule in rules)


def _shut_until(zone: ZoneInfo, rules: Sequence[ContactRule], at: datetime) -> datetime:
    local = at.astimezone(zone)
    in_force = (rule.parameters for rule in rules if rule.is_in_force(local.date()))
    return max((shut_until(each, local) or at for each in in_force), default=at)


def is_shut(limit: object, local: datetime) -> bool:
    """Return whether hours or closed days forbid a call at this time of the person's clock."""
    if isinstance(limit, Hours):
        return local.weekday() in limit.weekdays and not limit.opens <= local.time() < limit.closes
    return isinstance(limit, ClosedDays) and is_closed_on(limit, local.date())


def is_closed_on(limit: ClosedDays, day: date) -> bool:
    return (
        day.weekday() in limit.weekdays
        or day in limit.days
        or (limit.is_closed_on_federal_holidays and is_federal_holiday(day))
    )


def shut_until(limit: object, local: datetime) -> datetime | None:
    """Return a moment before which the limit does not allow a call in this zone; None while it does."""
    if not is_shut(limit, local):
        return None
    zone = local.tzinfo
    if not isinstance(zone, ZoneInfo):
        return NEVER
    tomorrow = local.date() + timedelta(days=1)
    if not isinstance(limit, Hours):
        opening = day_begins(tomorrow, zone)
    elif local.time() < limit.opens:
        opening = first_moment(local.date(), limit.opens, zone, after=local)
    else:
        # Of a day the rule is silent about, midnight will do.
        opens = limit.opens if tomorrow.weekday() in limit.weekdays else time.min
        opening = first_moment(tomorrow, opens, zone)
    return not_past_a_change(local, opening, zone)
