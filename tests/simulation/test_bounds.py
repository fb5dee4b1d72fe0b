"""What no policy can pass: compared with every order there is, where there are few."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.worlds import coming, due, world
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED
from workqueue.simulation.bounds import bounds_of, lowest
from workqueue.simulation.office import DAY_MINUTES, START_ON, Office
from workqueue.simulation.policies import Policy, Seen, policies
from workqueue.simulation.running import run
from workqueue.simulation.truths import NEEDED
from workqueue.simulation.world import Coming, world_of

DAY = Office(reps=1, days=1)


def in_order(numbers: tuple[int, ...]) -> Policy:
    """Work the cases in this very order."""
    places = {f"A{number}": -place for place, number in enumerate(numbers)}

    def key(seen: Seen, _today: object) -> int:
        return places[seen.number]

    return Policy(key)


claims = st.builds(
    coming,
    st.sampled_from([TaskKind.CLAIM_REJECTED, TaskKind.DENIAL, TaskKind.CLAIM_NO_RESPONSE]),
    worth_cents=st.integers(0, 100_000),
    minutes=st.floats(30, 400),
    luck=st.floats(0, 1),
    chance=st.floats(0.05, 0.95),
    needs=st.integers(1, 3),
    kept=st.floats(0.5, 1),
)
calls = st.builds(
    coming,
    st.just(TaskKind.PATIENT_BALANCE),
    worth_cents=st.integers(0, 100_000),
    minutes=st.floats(30, 200),
    luck=st.floats(0, 1),
    chance=st.floats(0.05, 0.95),
    reach=st.floats(0.1, 0.9),
    manner=st.floats(0, 0.999),
    promise=st.floats(0, 1),
    broken=st.floats(0, 0.99),
    answers=st.lists(st.floats(0, 1), min_size=8, max_size=8).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(claims | calls, min_size=1, max_size=4), st.integers(1, 4))
def test_no_order_passes_the_bound_by_luck(cases: list[Coming], days: int) -> None:
    small = world(Office(reps=1, days=days), *cases)
    best = max(run(small, in_order(order)).collected_cents for order in permutations(range(len(cases))))
    assert best <= bounds_of(small).by_luck_cents


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, min_size=1, max_size=5))
def test_no_choice_of_a_days_work_is_worth_more_than_the_bound_by_chances(cases: list[Coming]) -> None:
    # On a single day every claim is worked once at most: what fits is a knapsack, and its worth is expected.
    small = world(DAY, *cases)
    best = 0.0
    for order in permutations(cases):
        minutes = worth = 0.0
        for each in order:
            if minutes + each.truth.minutes > DAY_MINUTES:
                break
            minutes += each.truth.minutes
            worth += NEEDED[0] * each.truth.chance * each.truth.worth_cents
        best = max(best, worth)
    assert best <= bounds_of(small).by_chances_cents


def test_of_one_day_and_certain_work_the_bound_is_the_fractional_knapsack() -> None:
    # 480 minutes: the first whole, and 180 of the 300 of the second.
    cases = [coming(worth_cents=60_000, minutes=300.0), coming(worth_cents=30_000, minutes=300.0)]
    assert bounds_of(world(DAY, *cases)).by_luck_cents == pytest.approx(60_000 + 18_000, rel=0.002)


def test_time_enough_for_all_makes_the_bound_all_there_is() -> None:
    cases = [coming(worth_cents=1_000, minutes=10.0) for _ in range(5)]
    assert bounds_of(world(DAY, *cases)).by_luck_cents == pytest.approx(5_000, abs=2)


def test_who_has_to_keep_a_deadline_has_less_time_for_money() -> None:
    duty = due(START_ON, minutes=240.0)
    worthless = Coming(duty.case, coming(worth_cents=0, minutes=240.0).truth, at=0)
    pays = coming(worth_cents=48_000, minutes=480.0)
    found = bounds_of(world(DAY, worthless, pays))
    assert found.in_duty_cents == pytest.approx(found.by_chances_cents / 2, rel=0.01)


def test_a_deadline_beyond_the_days_obliges_to_nothing() -> None:
    later = Coming(due(START_ON + timedelta(days=9)).case, coming(worth_cents=0).truth, at=0)
    found = bounds_of(world(DAY, later, coming()))
    assert found.in_duty_cents == found.by_chances_cents


def test_any_price_gives_a_bound_and_the_search_finds_the_lowest() -> None:
    found = lowest(
        100.0, [lambda price: max(0.0, 1_000 - price * 60), lambda price: max(0.0, 500 - price * 60)]
    )
    # At 500/60 cents a minute the second stops to pay: 1,000 and 40 of its 60 minutes.
    assert found == pytest.approx(1_000 + 500 * 40 / 60, rel=0.001)


def test_in_a_whole_office_no_policy_passes_them() -> None:
    whole = world_of(Office(reps=3, days=4, seed=1))
    found = bounds_of(whole)
    assert found.in_duty_cents <= found.by_chances_cents
    for policy in policies(DELIVERED).values():
        assert run(whole, policy).collected_cents <= found.by_luck_cents
