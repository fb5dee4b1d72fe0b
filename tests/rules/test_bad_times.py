"""Times and places at which a person asked not to be called."""

from collections.abc import Iterable
from datetime import time

import pytest

from workqueue.rules.bad_times import END, EVERY_DAY, in_words, inconvenience, objection
from workqueue.rules.states import PhonePlace


def test_what_is_left_open_is_every_day_and_the_whole_of_it() -> None:
    morning = inconvenience((), None, time(10), "")
    assert (morning.weekdays, morning.from_time, morning.until_time) == (EVERY_DAY, time(0), time(10))
    sundays = inconvenience((6,), None, None, "")
    assert (sundays.weekdays, sundays.until_time) == (frozenset({6}), END)
    assert inconvenience((), time(20), time(0), "").until_time == END


def test_a_place_without_days_or_hours_is_meant_as_such() -> None:
    assert inconvenience((), None, None, "work").is_a_place
    assert inconvenience((), None, None, "work").place is PhonePlace.WORK
    assert not inconvenience((0,), None, None, "work").is_a_place
    assert not inconvenience((), time(9), None, "work").is_a_place
    assert not inconvenience((), time(9), None, "").is_a_place


@pytest.mark.parametrize(
    ("weekdays", "from_time", "until_time", "place", "field"),
    [
        ((), None, None, "", "from_time"),
        ((0, 1, 2, 3, 4, 5, 6), None, None, "", "from_time"),
        ((), time(12), time(12), "", "until_time"),
        ((), time(21), time(9), "", "until_time"),
        ((), time(12), time(13), "", None),
        ((), None, None, "home", None),
        ((5, 6), None, None, "", None),
        ((7,), time(12), None, "", "weekdays"),
    ],
)
def test_it_has_to_be_some_time_and_not_always(
    weekdays: tuple[int, ...], from_time: time | None, until_time: time | None, place: str, field: str | None
) -> None:
    found = objection(inconvenience(weekdays, from_time, until_time, place))
    assert (found[0] if found else None) == field


@pytest.mark.parametrize(
    ("weekdays", "from_time", "until_time", "place", "words"),
    [
        (range(5), time(9), time(17), "work", "Mon to Fri, 9 AM to 5 PM, at work"),
        ((), None, None, "work", "At work"),
        ((6,), None, None, "", "Sun"),
        ((0, 2), time(12, 30), time(0), "mobile", "Mon, Wed, 12:30 PM to midnight, on the mobile number"),
        ((), None, time(0, 5), "home", "12 AM to 12:05 AM, at home"),
    ],
)
def test_it_is_one_line(
    weekdays: Iterable[int], from_time: time | None, until_time: time | None, place: str, words: str
) -> None:
    assert in_words(inconvenience(weekdays, from_time, until_time, place)) == words
