"""At which moments a person may be called, wherever they may be.

Before 8 in the morning and after 9 in the evening, by the clock where the person is, is presumed inconvenient
(12 CFR 1006.6(b)(1)(i)); where that place is not certain, the hour has to suit in all possible ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as phone_zones

from workqueue.rules.places import WHOLE_COUNTRY, zones_of_place

OPENS = time(8, 0)
CLOSES = time(21, 0)
HOURS_CITATION = "12 CFR 1006.6(b)(1)(i)"

DAYS_AHEAD = 4
"""The openings of so many days are tried; apart from clock changes each day is like the one before."""


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


def is_open(zones: Iterable[str], at: datetime) -> bool:
    """Return whether it is between 8 and 21 o'clock in every zone at this moment.

    Looked at moment by moment: 18 o'clock in New York is 9 o'clock tomorrow in Guam, and both suit. No zones
    at all means that nobody is called, so any hour will do.
    """
    return all(is_open_in(zone, at) for zone in zones)


def is_open_in(zone: str, at: datetime) -> bool:
    return OPENS <= at.astimezone(ZoneInfo(zone)).time() < CLOSES


def next_open(zones: Sequence[str], at: datetime) -> datetime | None:
    """Return the first moment from `at` on that suits in every zone; None for zones that never meet."""
    if is_open(zones, at):
        return at
    # What is closed opens when the last of its zones does.
    return next((moment for moment in sorted(_openings(zones, at)) if is_open(zones, moment)), None)


def _openings(zones: Iterable[str], at: datetime) -> Iterator[datetime]:
    for zone in zones:
        local = at.astimezone(ZoneInfo(zone))
        for days in range(DAYS_AHEAD):
            opening = datetime.combine(local.date() + timedelta(days=days), OPENS, local.tzinfo)
            if opening > at:
                yield opening.astimezone(at.tzinfo)
