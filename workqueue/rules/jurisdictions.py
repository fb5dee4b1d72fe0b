"""The states and cities whose law may reach a person.

All that an address or a number points to, as with the zones: of rules that differ the strictest is kept,
because each one is looked at (regulation and EDI, 1.5). Where a person says they are changes the hour, not
the law of their home.
"""

from collections.abc import Iterable
from functools import lru_cache

from workqueue.rules.area_codes import NEW_YORK_CITY, STATES
from workqueue.rules.places import state_code, state_of_zip

NYC = "NYC"

# Manhattan, Staten Island, the Bronx; of 110, which is Nassau's, two offices of Queens; Queens and Brooklyn.
_CITY_ZIPS = ((10000, 10499), (11004, 11005), (11100, 11499), (11600, 11699))


def jurisdictions(state: str, zip_code: str, e164s: Iterable[str] = ()) -> frozenset[str]:
    """Return the two letters of each state or territory, and NYC; none for a place nobody knows."""
    codes = [each[2:5] for each in e164s if each.startswith("+1") and len(each) == len("+12125550100")]
    return _laws(state, zip_code, frozenset(codes))


@lru_cache(maxsize=10_000)
def _laws(state: str, zip_code: str, codes: frozenset[str]) -> frozenset[str]:
    found = {state_code(state), state_of_zip(zip_code), NYC if _is_in_the_city(zip_code) else None}
    found.update(STATES.get(code) for code in codes)
    found.update(NYC for code in codes if code in NEW_YORK_CITY)
    return frozenset(each for each in found if each is not None)


def _is_in_the_city(zip_code: str) -> bool:
    digits = zip_code.strip()[:5]
    if state_of_zip(zip_code) != "NY":
        return False
    return any(first <= int(digits) <= last for first, last in _CITY_ZIPS)
