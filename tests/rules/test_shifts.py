"""When people are at work."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.refusals import Invalid
from workqueue.rules.shifts import (
    USUAL_WEEK,
    Shift,
    SkillLevel,
    Span,
    absence_span,
    check_week,
    expected_minutes,
    minutes_by_day,
    on_duty,
    task_minutes,
)

NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_the_usual_week_has_five_days_of_eight_hours_work() -> None:
    week = Span(at(6, 1, 4), at(6, 8, 4))
    assert sum(duty.minutes for duty in on_duty(USUAL_WEEK, NEW_YORK, [], week)) == pytest.approx(5 * 8 * 60)


def test_hours_are_those_of_the_clock_where_the_person_works() -> None:
    day = Span(at(6, 1), at(6, 2))
    assert [duty.span.begins_at for duty in on_duty(USUAL_WEEK, CHICAGO, [], day)] == [at(6, 1, 13)]


def test_nobody_works_on_a_federal_holiday() -> None:
    assert on_duty(USUAL_WEEK, NEW_YORK, [], Span(at(5, 25, 4), at(5, 26, 4))) == []


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 8, 3), (11, 1, 5)])
def test_a_night_shift_is_longer_or_shorter_when_the_clocks_change(month: int, day: int, hours: int) -> None:
    night = [Shift(6, time(0), time(4))]
    found = on_duty(night, NEW_YORK, [], Span(at(month, day), at(month, day + 1, 12)))
    assert [duty.minutes for duty in found] == [hours * 60]


def test_an_absence_is_cut_out_of_the_shift() -> None:
    day = Span(at(6, 1), at(6, 2))
    away = [Span(at(6, 1, 14), at(6, 1, 15)), Span(at(6, 1, 14, 30), at(6, 1, 16))]
    found = on_duty([Shift(0, time(8), time(16))], NEW_YORK, away, day)
    assert [(each.span.begins_at, each.span.ends_at) for each in found] == [
        (at(6, 1, 12), at(6, 1, 14)),
        (at(6, 1, 16), at(6, 1, 20)),
    ]


def test_a_shift_holds_from_its_first_to_its_last_day() -> None:
    shift = Shift(0, time(8), time(9), from_on=date(2026, 6, 8), until_on=date(2026, 6, 15))
    month = Span(at(6, 1), at(6, 30))
    assert [duty.span.begins_at.day for duty in on_duty([shift], NEW_YORK, [], month)] == [8, 15]


def test_a_part_of_the_minutes_is_for_tasks() -> None:
    duties = on_duty(USUAL_WEEK, NEW_YORK, [], Span(at(6, 1, 4), at(6, 2, 4)))
    assert task_minutes(duties, 80) == 384


def test_who_is_learning_takes_longer_and_who_knows_it_well_is_faster() -> None:
    assert [expected_minutes(10, level) for level in SkillLevel] == [15, 10, 9]


@pytest.mark.parametrize(
    ("shifts", "says"),
    [
        ([Shift(0, time(9), time(9))], "ends after it begins"),
        ([Shift(0, time(9), time(10), 60)], "break"),
        ([Shift(2, time(9), time(12)), Shift(2, time(11), time(13))], "overlap"),
        ([Shift(day, time(hour), time(hour + 1)) for day in range(5) for hour in (8, 10, 12)], "at most"),
    ],
)
def test_a_week_nobody_can_work_is_refused(shifts: list[Shift], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        check_week(shifts)


def spans() -> st.SearchStrategy[Span]:
    moments = st.integers(0, 14 * 24 * 4).map(lambda quarter: at(6, 1) + timedelta(minutes=15 * quarter))
    return st.lists(moments, min_size=2, max_size=2, unique=True).map(lambda two: Span(*sorted(two)))


@given(between=spans(), away=st.lists(spans(), max_size=5))
def test_work_and_absence_never_meet_and_together_make_the_shift(between: Span, away: list[Span]) -> None:
    here = on_duty(USUAL_WEEK, NEW_YORK, away, between)
    whole = on_duty(USUAL_WEEK, NEW_YORK, [], between)
    for duty in here:
        assert between.begins_at <= duty.span.begins_at < duty.span.ends_at <= between.ends_at
        assert not any(
            duty.span.begins_at < gone.ends_at and gone.begins_at < duty.span.ends_at for gone in away
        )
    quarters = [
        minute
        for duty in whole
        for minute in range(int(duty.span.minutes) // 15)
        if not any(
            gone.begins_at <= duty.span.begins_at + timedelta(minutes=15 * minute) < gone.ends_at
            for gone in away
        )
    ]
    assert sum(duty.span.minutes for duty in here) == 15 * len(quarters)


def test_an_absence_of_days_lasts_to_the_midnight_after_the_last() -> None:
    span = absence_span("America/Denver", date(2026, 3, 7), date(2026, 3, 8))
    # The second of these days has 23 hours.
    assert (span.begins_at, span.minutes) == (at(3, 7, 7), 47 * 60)


def test_an_absence_of_hours_begins_and_ends_at_the_persons_own_clock() -> None:
    span = absence_span("Pacific/Guam", date(2026, 3, 10), date(2026, 3, 10), time(9), time(11))
    assert (span.begins_at, span.minutes) == (at(3, 9, 23), 120)


def test_minutes_of_a_day_are_those_of_the_persons_own_day() -> None:
    # A late shift in Guam ends in the UTC day after it.
    week = [Shift(weekday, time(6), time(22)) for weekday in range(2)]
    duties = on_duty(week, "Pacific/Guam", [], Span(at(3, 8), at(3, 11)))
    found = minutes_by_day(duties, "Pacific/Guam", 50)
    assert found == {date(2026, 3, 9): 480, date(2026, 3, 10): 480}
