"""The clock where a person is, in the nights in which it jumps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.clocks import clock_words, day_begins, first_moment, not_past_a_change

NEW_YORK = ZoneInfo("America/New_York")
FORWARD, BACK = date(2026, 3, 8), date(2026, 11, 1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "after", "expected"),
    [
        (date(2026, 3, 7), "08:00", None, "2026-03-07 13:00"),
        (FORWARD, "08:00", None, "2026-03-08 12:00"),
        # 2:30 is jumped over: the clock goes from 1:59:59 to 3.
        (FORWARD, "02:30", None, "2026-03-08 07:00"),
        (FORWARD, "02:00", None, "2026-03-08 07:00"),
        (FORWARD, "03:00", None, "2026-03-08 07:00"),
        (BACK, "08:00", None, "2026-11-01 13:00"),
        # 1:30 comes twice.
        (BACK, "01:30", None, "2026-11-01 05:30"),
        (BACK, "01:30", "2026-11-01 05:30", "2026-11-01 06:30"),
        (BACK, "01:30", "2026-11-01 06:15", "2026-11-01 06:30"),
    ],
)
def test_the_first_moment_of_a_time(day: date, clock: str, after: str | None, expected: str) -> None:
    found = first_moment(day, time.fromisoformat(clock), NEW_YORK, utc(after) if after else None)
    assert found == utc(expected)


def test_a_day_that_begins_in_a_gap_begins_at_the_jump() -> None:
    # In Havana the clock goes from midnight to 1 on this Sunday.
    assert day_begins(FORWARD, ZoneInfo("America/Havana")) == utc("2026-03-08 05:00")


def test_between_two_moments_the_clock_put_back_is_not_passed_over() -> None:
    at, later = utc("2026-11-01 05:45"), utc("2026-11-01 13:00")
    assert not_past_a_change(at, later, NEW_YORK) == utc("2026-11-01 06:00")
    assert not_past_a_change(utc("2026-11-01 06:00"), later, NEW_YORK) == later
    assert not_past_a_change(utc("2026-03-08 05:00"), utc("2026-03-08 12:00"), NEW_YORK) == utc(
        "2026-03-08 12:00"
    )


@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    clock=st.times().map(lambda each: each.replace(microsecond=0)),
    name=st.sampled_from(
        ["America/New_York", "America/Adak", "America/Phoenix", "Pacific/Guam", "Australia/Lord_Howe"]
    ),
)
def test_at_the_first_moment_the_clock_shows_the_time_and_a_second_earlier_it_does_not(
    day: date, clock: time, name: str
) -> None:
    zone = ZoneInfo(name)
    found = first_moment(day, clock, zone)
    local, earlier = found.astimezone(zone), (found - timedelta(seconds=1)).astimezone(zone)
    assert (local.date(), local.time() >= clock) == (day, True)
    assert (earlier.date(), earlier.time()) < (day, clock)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("08:00", "8 AM"), ("07:30", "7:30 AM"), ("12:00", "12 PM"), ("21:00", "9 PM"), ("00:00", "12 AM")],
)
def test_times_are_written_as_people_say_them(clock: str, expected: str) -> None:
    assert clock_words(time.fromisoformat(clock)) == expected
