"""Call windows: the vectors of the office's reference, section 1.5, computed by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rules import FEDERAL
from workqueue.rules.first_contact_rules import FIRST_HOURS, FIRST_RULES
from workqueue.rules.places import WHOLE_COUNTRY, state_code
from workqueue.rules.windows import candidate_zones, everywhere, is_open, next_open

NEW_YORK = ZoneInfo("America/New_York")
HOURS = [rule for rule in FIRST_HOURS if rule.jurisdiction == FEDERAL]
"""Eight to nine on every day, as the vectors have it; the office's own days come in tests of their own."""
WINTER, SUMMER = (2026, 1, 15), (2026, 7, 15)


@pytest.mark.parametrize(
    ("zones", "day", "opens", "closes"),
    [
        (("America/New_York", "America/Los_Angeles"), WINTER, 11, 21),
        (("America/New_York", "America/Los_Angeles"), SUMMER, 11, 21),
        (("America/New_York", "America/Phoenix"), WINTER, 10, 21),
        (("America/New_York", "America/Phoenix"), SUMMER, 11, 21),
        (("America/New_York", "Pacific/Honolulu"), WINTER, 13, 21),
        (("America/New_York", "Pacific/Honolulu"), SUMMER, 14, 21),
        (("America/Puerto_Rico", "America/Los_Angeles"), WINTER, 11, 20),
        (("America/Puerto_Rico", "America/Los_Angeles"), SUMMER, 11, 21),
        (WHOLE_COUNTRY, WINTER, 13, 21),
        (WHOLE_COUNTRY, SUMMER, 14, 21),
    ],
)
def test_the_window_of_several_zones_is_what_suits_in_all(
    zones: tuple[str, ...], day: tuple[int, int, int], opens: int, closes: int
) -> None:
    open_hours = [hour for hour in range(24) if is_open(zones, HOURS, datetime(*day, hour, tzinfo=NEW_YORK))]
    assert open_hours == list(range(opens, closes))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)],
)
@pytest.mark.parametrize("day", ["2026-01-15", "2026-03-08", "2026-11-01"])
def test_the_edges_are_wall_clock_also_on_days_the_clock_changes(
    day: str, clock: str, *, expected: bool
) -> None:
    at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK)
    assert is_open(["America/New_York"], HOURS, at) is expected
    assert is_open(["America/New_York"], HOURS, at.astimezone(UTC)) is expected


def test_new_york_and_guam_meet_although_their_dates_differ() -> None:
    zones = ("America/New_York", "Pacific/Guam")
    assert is_open(zones, HOURS, datetime(2026, 1, 15, 23, 0, tzinfo=UTC))
    assert next_open(zones, HOURS, datetime(2026, 1, 15, 13, 0, tzinfo=UTC)) == datetime(
        2026, 1, 15, 22, tzinfo=UTC
    )


def test_work_that_needs_no_call_is_always_open() -> None:
    at = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
    assert is_open((), FIRST_HOURS, at)
    assert next_open((), FIRST_HOURS, at) == at


@pytest.mark.parametrize(
    ("day", "opens_utc"), [("2026-03-07", 13), ("2026-03-08", 12), ("2026-10-31", 12), ("2026-11-01", 13)]
)
def test_next_opening_follows_the_clock_change(day: str, opens_utc: int) -> None:
    at = datetime.fromisoformat(f"{day}T00:30:00").replace(tzinfo=NEW_YORK).astimezone(UTC)
    opening = next_open(["America/New_York"], HOURS, at)
    assert opening == datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=UTC) + timedelta(
        hours=opens_utc
    )


def test_zones_that_never_meet_have_no_opening() -> None:
    zones = ("America/Los_Angeles", "Europe/Athens", "Australia/Sydney")
    assert next_open(zones, HOURS, datetime(2026, 1, 15, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("2026-03-10 07:59", False),
        ("2026-03-10 08:00", True),
        ("2026-03-10 19:59", True),
        ("2026-03-10 20:00", False),
        ("2026-03-14 08:59", False),
        ("2026-03-14 09:00", True),
        ("2026-03-14 16:59", True),
        ("2026-03-14 17:00", False),
        ("2026-03-15 12:00", False),
        ("2026-11-26 12:00", False),
        ("2026-11-27 12:00", True),
        ("2026-07-03 12:00", False),
    ],
)
def test_the_office_keeps_days_and_holidays_of_its_own(clock: str, *, expected: bool) -> None:
    at = datetime.fromisoformat(clock).replace(tzinfo=NEW_YORK)
    assert is_open(["America/New_York"], FIRST_HOURS, at) is expected


def test_over_a_long_weekend_the_next_opening_is_tuesday() -> None:
    friday_night = datetime(2026, 9, 5, 17, 0, tzinfo=NEW_YORK)  # a Saturday; Monday is Labor Day
    opening = next_open(["America/New_York", "America/Los_Angeles"], FIRST_HOURS, friday_night)
    assert opening == datetime(2026, 9, 8, 11, 0, tzinfo=NEW_YORK)


def test_only_rules_that_bind_everybody_make_a_window() -> None:
    assert {rule.jurisdiction for rule in everywhere(FIRST_RULES, CollectsAs.FIRST_PARTY)} == {"US", "HOUSE"}


def test_a_hundred_windows_are_looked_at_in_a_moment() -> None:
    """The lanes ask at every lease; the bound is generous, a slow machine is not what it is about."""
    zones = [tuple(sorted({*pair})) for pair in zip(WHOLE_COUNTRY * 17, WHOLE_COUNTRY[1:] * 20, strict=False)]
    at, begun = datetime(2026, 3, 10, 17, 0, tzinfo=UTC), process_time()
    for each in zones[:100]:
        is_open(each, FIRST_HOURS, at)
    assert process_time() - begun < 0.05


def test_the_rules_in_force_are_those_of_the_day() -> None:
    ended = [replace(rule, effective_to=date(2026, 3, 9)) for rule in HOURS]
    night = datetime(2026, 3, 10, 3, 0, tzinfo=NEW_YORK)
    assert is_open(["America/New_York"], ended, night)
    assert not is_open(["America/New_York"], ended, night - timedelta(days=1))


@given(
    hours=st.integers(0, 365 * 24 * 2),
    zones=st.lists(st.sampled_from([*WHOLE_COUNTRY, "Pacific/Guam", "America/Puerto_Rico"]), max_size=4),
)
def test_next_opening_is_open_and_nothing_before_it_is(hours: int, zones: list[str]) -> None:
    at = datetime(2026, 1, 1, 0, 17, tzinfo=UTC) + timedelta(hours=hours)
    opening = next_open(zones, HOURS, at)
    if opening is None:
        return
    assert is_open(zones, HOURS, opening)
    assert opening >= at
    for minutes in range(1, min(int((opening - at).total_seconds() // 60), 1500), 15):
        assert not is_open(zones, HOURS, opening - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("e164s", "state", "zip_code", "expected"),
    [
        (["+16172530000"], "MA", "02139", ("America/New_York",)),
        (["+16172530000"], "Massachusetts", "", ("America/New_York",)),
        (["+16502530000"], "MA", "02139", ("America/Los_Angeles", "America/New_York")),
        (["+16502530000", "+18083331234"], "", "", ("America/Los_Angeles", "Pacific/Honolulu")),
        # Toll-free, premium, personal and impossible numbers point to no place.
        (["+18005550123", "+19005551234", "+15005550006", "x"], "TX", "77002", ("America/Chicago",)),
        ([], "TX", "", ("America/Chicago", "America/Denver")),
        ([], "TX", "79901", ("America/Denver",)),
        ([], "TX", "79845", ("America/Chicago", "America/Denver")),
        ([], "tennessee", "37402", ("America/Chicago", "America/New_York")),
        ([], "TN", "37203-1234", ("America/Chicago",)),
        ([], "AZ", "86503", ("America/Denver", "America/Phoenix")),
        ([], "AZ", "85004", ("America/Phoenix",)),
        ([], "", "02139", ("America/New_York",)),
        # An address that contradicts itself may be either.
        ([], "MA", "90210", ("America/Los_Angeles", "America/New_York")),
        ([], "GU", "96910", ("Pacific/Guam",)),
        ([], "", "96799", ("Pacific/Pago_Pago",)),
        ([], "HI", "96701", ("Pacific/Honolulu",)),
        (["+442079460000"], "NY", "10001", ("America/New_York", "Europe/London")),
    ],
)  # fmt: skip
def test_every_place_a_person_may_be_in_counts(
    e164s: list[str], state: str, zip_code: str, expected: tuple[str, ...]
) -> None:
    assert candidate_zones(e164s, state, zip_code) == expected


@pytest.mark.parametrize(
    ("state", "zip_code"), [("", ""), ("ZZ", "abcde"), ("AE", "09012"), ("?", "1"), ("", "00000")]
)
def test_of_an_unknown_place_the_whole_country_counts(state: str, zip_code: str) -> None:
    assert candidate_zones(["+18005550123"], state, zip_code) == WHOLE_COUNTRY


@given(state=st.text(max_size=30), zip_code=st.text(max_size=12), number=st.text(max_size=20))
def test_whatever_is_typed_gives_known_zones_in_order(state: str, zip_code: str, number: str) -> None:
    zones = candidate_zones([number], state, zip_code)
    assert zones
    assert list(zones) == sorted(set(zones))
    assert all(ZoneInfo(zone) for zone in zones)


def test_states_are_known_by_letters_and_by_name() -> None:
    assert state_code("ma") == state_code(" Massachusetts ") == "MA"
    assert state_code("Puerto Rico") == "PR"
    assert state_code("Bavaria") is None
