"""Which times can be promised for a callback."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workqueue.rules.refusals import Invalid
from workqueue.rules.shifts import Span
from workqueue.rules.slots import (
    LIMITS,
    STEPS,
    RepTime,
    Slot,
    SlotRules,
    beginnings,
    capacity,
    check,
    nearest,
    objections,
    seats,
    slots,
    spread,
    when_somebody_works,
)

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MORNING = (Span(NINE, NINE + 12 * QUARTER),)
ALL_OF_US = SlotRules(share_percent=100)


def offered(
    reps: Sequence[RepTime], rules: SlotRules = ALL_OF_US, *, length: timedelta = QUARTER, count: int = 16
) -> list[Slot]:
    begins = [NINE + number * QUARTER for number in range(count)]
    return list(slots(reps, rules, length=length, is_legal=lambda _: True, begins=begins))


def test_a_slot_is_offered_while_somebody_is_on_duty_for_all_of_it() -> None:
    found = offered([RepTime(1, MORNING)], length=2 * QUARTER)
    assert [slot.at for slot in found] == [NINE + number * QUARTER for number in range(11)]


def test_what_is_promised_to_somebody_is_not_promised_again() -> None:
    busy = (Span(NINE + QUARTER, NINE + 2 * QUARTER),)
    assert NINE + QUARTER not in [slot.at for slot in offered([RepTime(1, MORNING, busy)])]


def test_the_rep_with_fewer_callbacks_comes_first() -> None:
    busy = (Span(NINE + 8 * QUARTER, NINE + 9 * QUARTER),)
    assert offered([RepTime(1, MORNING, busy), RepTime(2, MORNING)])[0].rep_ids == (2, 1)


def test_only_who_speaks_the_language_is_asked() -> None:
    assert offered([RepTime(1, MORNING, speaks=False)]) == []


def test_a_time_the_law_does_not_allow_is_not_offered() -> None:
    found = slots(
        [RepTime(1, MORNING)], ALL_OF_US, length=QUARTER, is_legal=lambda at: at > NINE, begins=[NINE]
    )
    assert list(found) == []


def test_some_of_the_reps_stay_free_for_who_calls() -> None:
    busy = (Span(NINE, NINE + QUARTER),)
    four = [RepTime(1, MORNING, busy), RepTime(2, MORNING, busy), RepTime(3, MORNING), RepTime(4, MORNING)]
    assert NINE not in [slot.at for slot in offered(four, SlotRules(share_percent=50))]
    assert NINE in [slot.at for slot in offered(four, SlotRules(share_percent=75))]


@pytest.mark.parametrize(("present", "share", "most"), [(0, 50, 0), (1, 10, 1), (3, 50, 1), (10, 25, 2)])
def test_a_time_takes_a_share_of_those_who_are_there_and_one_at_least(
    present: int, share: int, most: int
) -> None:
    assert capacity(present, share) == most


def test_slots_begin_at_full_steps_and_not_too_soon() -> None:
    found = list(beginnings(SlotRules(ahead_days=1), NINE + timedelta(minutes=7)))
    assert found[0] == NINE + timedelta(minutes=45)
    assert {at.minute for at in found} == {0, 15, 30, 45}
    assert found[-1] <= NINE + timedelta(days=1, minutes=7)


def test_a_team_may_take_none_for_the_same_day() -> None:
    midnight = NINE + timedelta(hours=19)
    found = list(beginnings(SlotRules(allows_same_day=False), NINE, day_ends_at=midnight))
    assert found[0] == midnight


def test_the_times_nearest_to_the_one_that_is_gone_are_offered_in_order() -> None:
    found = [Slot(NINE + number * QUARTER, (1,)) for number in (0, 3, 5, 20)]
    assert [slot.at for slot in nearest(found, NINE + 4 * QUARTER, 3)] == [
        NINE,
        NINE + 3 * QUARTER,
        NINE + 5 * QUARTER,
    ]


def some_spans(most: int) -> st.SearchStrategy[tuple[Span, ...]]:
    quarters = st.tuples(st.integers(-4, 16), st.integers(1, 6))
    spans = quarters.map(lambda two: Span(NINE + two[0] * QUARTER, NINE + (two[0] + two[1]) * QUARTER))
    return st.lists(spans, max_size=most).map(tuple)


@given(
    reps=st.lists(st.tuples(some_spans(2), some_spans(3), st.booleans()), max_size=5),
    share=st.integers(1, 100),
)
def test_whoever_is_offered_is_there_and_free_and_the_share_is_never_passed(
    reps: list[tuple[tuple[Span, ...], tuple[Span, ...], bool]], share: int
) -> None:
    team = [RepTime(number, duties, busy, speaks) for number, (duties, busy, speaks) in enumerate(reps)]
    for slot in offered(team, SlotRules(share_percent=share)):
        span = Span(slot.at, slot.at + QUARTER)
        for rep_id in slot.rep_ids:
            rep = team[rep_id]
            assert rep.speaks
            assert any(
                each.begins_at <= span.begins_at and span.ends_at <= each.ends_at for each in rep.duties
            )
            assert not any(
                each.begins_at < span.ends_at and span.begins_at < each.ends_at for each in rep.busy
            )


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=6),
    st.lists(st.integers(-5, 90), max_size=40).map(sorted),
)
def test_beginnings_at_which_nobody_works_are_left_out_and_no_others(
    duties: list[tuple[int, int]], begins: list[int]
) -> None:
    spans = [Span(NINE + first * QUARTER, NINE + (first + length) * QUARTER) for first, length in duties]
    reps = [RepTime(number, (span,)) for number, span in enumerate(spans)]
    moments = [NINE + number * QUARTER for number in begins]
    works = [at for at in moments if any(span.begins_at <= at < span.ends_at for span in spans)]
    assert list(when_somebody_works(reps, moments)) == works


def test_slots_begin_on_the_step_and_nowhere_in_between() -> None:
    assert ALL_OF_US.may_begin(NINE + QUARTER)
    assert not ALL_OF_US.may_begin(NINE + timedelta(minutes=7))
    assert not ALL_OF_US.may_begin(NINE + timedelta(microseconds=1))


def test_a_few_times_a_day_are_offered_at_different_hours() -> None:
    begins = [
        datetime(2026, 3, day, hour, minute, tzinfo=UTC)
        for day in (10, 11, 12)
        for hour in range(12, 24)
        for minute in (0, 30)
    ]
    found = list(spread([Slot(at, (1,)) for at in begins], "America/New_York", days=2))
    clock = ZoneInfo("America/New_York")
    assert [(slot.at.day, slot.at.astimezone(clock).hour) for slot in found] == [
        (10, 8),
        (10, 11),
        (10, 15),
        (11, 8),
        (11, 11),
        (11, 15),
    ]


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        (0, "to come"),
        (-15, "to come"),
        (15, None),
        (20, "every 15 minutes"),
        (14 * 24 * 60, None),
        (14 * 24 * 60 + 15, "next 14 days"),
    ],
)
def test_a_call_is_promised_for_the_coming_days_at_full_steps(minutes: int, sentence: str | None) -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    found = SlotRules().objection(now + timedelta(minutes=minutes), now)
    assert (found is None) if sentence is None else (sentence in (found or ""))


DAY = Span(NINE - timedelta(hours=9), NINE + timedelta(hours=15))


def one_after_the_other(rep: RepTime, rules: SlotRules) -> int:
    """Book each time that is still offered once those before it are booked, and count the calls."""
    step, length = timedelta(minutes=rules.step_minutes), timedelta(minutes=rules.minutes)
    count = 0
    for number in range((DAY.ends_at - DAY.begins_at) // step):
        at = DAY.begins_at + number * step
        if list(slots([rep], rules, length=length, is_legal=lambda _: True, begins=[at])):
            count += 1
            rep = replace(rep, busy=(Span(at, at + length),))
    return count


@settings(deadline=None)
@given(
    duties=some_spans(3),
    minutes=st.integers(*LIMITS["minutes"]),
    step=st.sampled_from(STEPS),
)
def test_a_day_takes_as_many_calls_as_can_be_booked_in_it_one_after_the_other(
    duties: tuple[Span, ...], minutes: int, step: int
) -> None:
    rep, rules = RepTime(1, duties), SlotRules(minutes=minutes, step_minutes=step, share_percent=100)
    assert seats([rep], rules, DAY) == one_after_the_other(rep, rules)


def test_the_first_call_of_a_day_begins_when_somebody_comes() -> None:
    eight_to_six = (Span(NINE - timedelta(hours=1), NINE + timedelta(hours=9)),)
    assert seats([RepTime(1, eight_to_six)], SlotRules(minutes=50, step_minutes=10), DAY) == 12


@pytest.mark.parametrize(("share", "count"), [(100, 48), (50, 24), (10, 12)])
def test_of_each_time_in_a_day_a_share_is_taken(share: int, count: int) -> None:
    four = [RepTime(number, MORNING) for number in range(4)]
    assert seats(four, SlotRules(share_percent=share), DAY) == count


def test_a_day_on_which_nobody_works_takes_no_call() -> None:
    assert seats([], ALL_OF_US, DAY) == seats([RepTime(1, ())], ALL_OF_US, DAY) == 0


def test_the_defaults_are_rules_a_lead_could_set() -> None:
    assert objections(SlotRules()) == {}


@pytest.mark.parametrize("name", LIMITS)
def test_a_number_is_taken_up_to_its_limits_and_no_further(name: str) -> None:
    least, most = LIMITS[name]
    found = {
        number: objections(replace(SlotRules(), **{name: number}))
        for number in (least - 1, least, most, most + 1)
    }
    sentence = {name: f"Enter a number from {least:,} to {most:,}."}
    assert found == {least - 1: sentence, least: {}, most: {}, most + 1: sentence}


def test_an_hour_is_made_of_whole_steps() -> None:
    taken = [minutes for minutes in range(-5, 130) if not objections(SlotRules(step_minutes=minutes))]
    assert taken == [5, 10, 15, 20, 30, 60]


def test_every_field_that_cannot_stand_is_named_and_the_first_is_refused() -> None:
    rules = SlotRules(minutes=121, step_minutes=7, ahead_days=0)
    assert set(objections(rules)) == {"minutes", "step_minutes", "ahead_days"}
    with pytest.raises(Invalid, match="from 5 to 120") as refusal:
        check(rules)
    assert refusal.value.field == "minutes"
