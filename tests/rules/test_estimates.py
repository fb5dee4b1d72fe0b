"""Chances and minutes from outcomes: bounded, never better later, and the default until there are 20."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.estimates import (
    LEAST_CHANCE_BP,
    LEAST_COUNT,
    LEAST_MINUTES,
    MOST_MINUTES,
    SETTLING,
    Chances,
    Estimated,
    Shares,
    Tally,
    estimated,
)
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import PRIORS, Prior, prior_of

NOTHING = Estimated()
PATIENT = prior_of(TaskKind.PATIENT_BALANCE, 20)


def shares(least: int = 0, most: int = 5_000) -> st.SearchStrategy[Shares]:
    counts = st.integers(least, most)
    return counts.flatmap(lambda count: st.builds(Shares, st.just(count), st.integers(0, count * 10_000)))


tallies = st.builds(
    Tally,
    observed=shares(),
    prompt=shares(),
    late=shares(),
    timed=st.integers(0, 5_000),
    median_seconds=st.integers(0, 10**6),
)
priors = st.sampled_from(PRIORS)
chances_in_use = st.integers(1, 10_000).flatmap(
    lambda now: st.builds(Chances, st.just(now), st.integers(0, now))
)
befores = st.builds(
    Estimated, st.none() | chances_in_use, st.none() | st.integers(LEAST_MINUTES, MOST_MINUTES)
)


@given(priors, tallies, befores)
def test_what_holds_is_always_a_chance_and_never_better_later(
    prior: Prior, tally: Tally, before: Estimated
) -> None:
    found = estimated(prior, tally, before)
    if found.chances is not None:
        assert 0 <= found.chances.p_later_bp <= found.chances.p_now_bp <= 10_000
    if found.minutes is not None:
        assert LEAST_MINUTES <= found.minutes <= MOST_MINUTES


@given(priors, tallies, befores)
def test_below_twenty_the_default_holds_whatever_held_before(
    prior: Prior, tally: Tally, before: Estimated
) -> None:
    found = estimated(prior, tally, before)
    assert (found.chances is None) == (tally.observed.count < LEAST_COUNT)
    assert (found.minutes is None) == (tally.timed < LEAST_COUNT)


@given(priors, shares(LEAST_COUNT), st.integers(0, 10**7))
def test_more_settled_is_never_a_smaller_chance(prior: Prior, seen: Shares, more_bp: int) -> None:
    more = Shares(seen.count, min(seen.total_bp + more_bp, seen.count * 10_000))
    fewer_settled = estimated(prior, Tally(observed=seen), NOTHING).chances
    more_settled = estimated(prior, Tally(observed=more), NOTHING).chances
    assert fewer_settled is not None
    assert more_settled is not None
    assert fewer_settled.p_now_bp <= more_settled.p_now_bp


@given(priors, shares(LEAST_COUNT), st.integers(LEAST_COUNT, 5_000))
def test_late_work_that_settles_less_is_never_a_better_later(prior: Prior, late: Shares, count: int) -> None:
    prompt = Shares(count, count * 6_000)
    worse = Tally(observed=prompt, prompt=prompt, late=Shares(late.count, late.total_bp // 2))
    better = Tally(observed=prompt, prompt=prompt, late=late)
    found = [estimated(prior, each, NOTHING).chances for each in (worse, better)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].p_now_bp == found[1].p_now_bp
    assert found[0].p_later_bp <= found[1].p_later_bp


@given(priors, shares(LEAST_COUNT))
def test_the_estimate_lies_between_the_default_and_what_was_seen(prior: Prior, seen: Shares) -> None:
    found = estimated(prior, Tally(observed=seen), NOTHING).chances
    assert found is not None
    ends = sorted((prior.p_now_bp, seen.total_bp // seen.count))
    assert min(ends[0], prior.p_now_bp) <= found.p_now_bp <= max(ends[1], LEAST_CHANCE_BP)


@given(priors, tallies)
def test_the_same_outcomes_again_change_nothing(prior: Prior, tally: Tally) -> None:
    once = estimated(prior, tally, NOTHING)
    assert estimated(prior, tally, once) == once


def test_at_twenty_the_default_has_half_the_say() -> None:
    found = estimated(PATIENT, Tally(observed=Shares(20, 20 * 10_000)), NOTHING).chances
    assert found is not None
    assert found.p_now_bp == (10_000 + PATIENT.p_now_bp) // 2


def test_with_many_outcomes_the_default_is_forgotten() -> None:
    found = estimated(PATIENT, Tally(observed=Shares(100_000, 100_000 * 1_200)), NOTHING).chances
    assert found is not None
    assert abs(found.p_now_bp - 1_200) <= 1


def test_few_late_ones_leave_the_ratio_of_the_default() -> None:
    seen = Shares(100, 100 * 5_000)
    few = Tally(observed=seen, prompt=Shares(80, 80 * 5_000), late=Shares(19, 0))
    found = estimated(PATIENT, few, NOTHING).chances
    assert found is not None
    assert found.p_later_bp == found.p_now_bp * (PATIENT.p_later_bp * 10_000 // PATIENT.p_now_bp) // 10_000


def test_a_week_that_costs_much_shows_once_there_are_many() -> None:
    def kept(count: int) -> float:
        prompt, late = Shares(count, count * 5_000), Shares(count, count * 1_000)
        tally = Tally(observed=Shares(2 * count, count * 6_000), prompt=prompt, late=late)
        found = estimated(PATIENT, tally, NOTHING).chances
        assert found is not None
        return found.p_later_bp / found.p_now_bp

    default = PATIENT.p_later_bp / PATIENT.p_now_bp
    assert default - 0.05 < kept(20) < default
    assert 0.19 < kept(100_000) < 0.21


def test_an_estimate_that_hardly_moved_stays_as_it_was() -> None:
    before = Estimated(Chances(5_000, 4_500), 10)
    near = Tally(observed=Shares(10_000, 10_000 * 5_100), timed=50, median_seconds=660)
    found = estimated(Prior(TaskKind.DENIAL, 0, 60, 5_000, 4_500, 25), near, before)
    assert found == before
    far = Tally(observed=Shares(10_000, 10_000 * 7_000), timed=50, median_seconds=661)
    moved = estimated(Prior(TaskKind.DENIAL, 0, 60, 5_000, 4_500, 25), far, before)
    assert moved.chances is not None
    assert moved.chances.p_now_bp > 6_900
    assert moved.minutes == 12


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (60, 1), (61, 2), (750, 13), (10**6, 120)])
def test_minutes_are_whole_and_stay_within_reason(seconds: int, minutes: int) -> None:
    assert estimated(PATIENT, Tally(timed=20, median_seconds=seconds), NOTHING).minutes == minutes


def test_every_kind_says_what_settles_it() -> None:
    assert set(SETTLING) == set(TaskKind)


def test_a_prior_is_found_at_both_edges_of_its_age() -> None:
    assert prior_of(TaskKind.PATIENT_BALANCE, 30).p_now_bp == 3_500
    assert prior_of(TaskKind.PATIENT_BALANCE, 31).p_now_bp == 2_200
    assert prior_of(TaskKind.PATIENT_BALANCE, -5).p_now_bp == 3_500
