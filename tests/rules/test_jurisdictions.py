"""Whose law may reach a person: by address, by ZIP code, by area code."""

import phonenumbers
import pytest
from phonenumbers import geocoder

from workqueue.rules.area_codes import NEW_YORK_CITY, STATES
from workqueue.rules.jurisdictions import jurisdictions
from workqueue.rules.places import state_code

NAMED_OTHERWISE = {"Washington State": "WA", "Washington D.C.": "DC"}


@pytest.mark.parametrize(
    ("state", "zip_code", "e164s", "expected"),
    [
        ("MA", "02139", [], {"MA"}),
        ("Massachusetts", "", [], {"MA"}),
        ("", "02139-4307", [], {"MA"}),
        # Both count where they contradict each other.
        ("MA", "90210", [], {"MA", "CA"}),
        ("TX", "77002", ["+16172530000"], {"TX", "MA"}),
        ("TX", "77002", ["+16172530000", "+13042530000"], {"TX", "MA", "WV"}),
        # Toll-free, foreign and unknown numbers are of no state.
        ("TX", "77002", ["+18005550123", "+442079460000", "+19995550123", "x"], {"TX"}),
        ("", "", ["+12025550123"], {"DC"}),
        ("DC", "20001", [], {"DC"}),
        ("PR", "00901", [], {"PR"}),
        ("", "", ["+17875550123"], {"PR"}),
        ("GU", "96910", [], {"GU"}),
        ("", "", [], set()),
        ("?", "1", ["+1617"], set()),
    ],
)
def test_every_place_counts(state: str, zip_code: str, e164s: list[str], expected: set[str]) -> None:
    assert jurisdictions(state, zip_code, e164s) == expected


@pytest.mark.parametrize(
    "zip_code",
    [
        "10001",
        "10128",
        "10282",
        "10301",
        "10451",
        "11004",
        "11005",
        "11101",
        "11201",
        "11375",
        "11432",
        "11691",
        "11201-1234",
    ],
)
def test_the_city_of_new_york_is_known_by_its_zip_codes(zip_code: str) -> None:
    assert jurisdictions("NY", zip_code) == {"NY", "NYC"}


@pytest.mark.parametrize(
    "zip_code", ["11001", "11003", "11020", "11501", "11550", "11701", "10501", "10601", "12207", "14201"]
)
def test_nassau_westchester_and_upstate_are_not_the_city(zip_code: str) -> None:
    assert jurisdictions("NY", zip_code) == {"NY"}


@pytest.mark.parametrize("code", sorted(NEW_YORK_CITY))
def test_numbers_of_the_city_are_under_its_rules(code: str) -> None:
    assert jurisdictions("NJ", "07030", [f"+1{code}5550123"]) == {"NJ", "NY", "NYC"}


def test_area_codes_agree_with_the_library_wherever_it_names_a_state() -> None:
    named = 0
    for code in map(str, range(201, 990)):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{code}5550123"))
        words = geocoder.description_for_number(number, "en", region="US")
        state = NAMED_OTHERWISE.get(words) or state_code(words.rpartition(", ")[2])
        if state and phonenumbers.region_code_for_number(number) == "US":
            named += 1
            assert STATES.get(code) == state, code
    assert named > 300
