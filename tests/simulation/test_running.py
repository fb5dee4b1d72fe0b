"""The days of an office: who works what when, and what is counted."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from tests.simulation.worlds import CERTAIN, case, coming, due, world
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED
from workqueue.simulation.office import START_ON, Office
from workqueue.simulation.policies import OTHERS, by_rules, policies
from workqueue.simulation.running import run
from workqueue.simulation.world import Coming, World, world_of

ALONE = Office(reps=1, days=1)
SMALL = Office(reps=3, days=4, seed=9)
OURS = by_rules(DELIVERED)


@cache
def small() -> World:
    """Make a small office once for all that work it."""
    return world_of(SMALL)


def test_what_fits_into_the_day_is_done_and_the_rest_is_not() -> None:
    tally = run(world(ALONE, *(coming(minutes=100.0) for _ in range(7))), OURS)
    assert (tally.touches[TaskKind.CLAIM_REJECTED], tally.collected_cents) == (4, 40_000)
    assert tally.hours == 8


def test_what_is_begun_at_five_goes_on_in_the_morning() -> None:
    tally = run(world(Office(reps=1, days=2), *(coming(minutes=100.0) for _ in range(12))), OURS)
    assert tally.touches[TaskKind.CLAIM_REJECTED] == 9


def test_a_claim_that_needs_more_work_comes_up_again_after_the_usual_wait() -> None:
    # Corrected and rebilled waits 30 days: 22 working days.
    assert run(world(Office(reps=1, days=21), coming(needs=2)), OURS).collected_cents == 0
    assert run(world(Office(reps=1, days=24), coming(needs=2)), OURS).collected_cents == 10_000


def test_chances_fade_while_work_waits() -> None:
    soon = coming(chance=0.6, kept=0.5, luck=0.5)
    late = Coming(soon.case, soon.truth, at=0)
    assert run(world(ALONE, soon), OURS).collected_cents == 10_000
    # Five large ones a day go first: a week later the chance is 0.3.
    first = [Coming(case(balance_cents=10**7), CERTAIN, at=0) for _ in range(24 * 6)]
    week = Office(reps=1, days=7)
    assert run(world(week, *first, late), OURS).collected_cents == 24 * 6 * 10_000


def test_a_deadline_that_passes_takes_the_work_with_it() -> None:
    friday = START_ON + timedelta(days=4)
    crowd = [due(friday, minutes=480.0) for _ in range(6)]
    tally = run(world(Office(reps=1, days=8), *crowd), OURS)
    assert (tally.deadlines, tally.missed, tally.touches[TaskKind.APPEAL_DEADLINE]) == (6, 1, 5)


def test_a_deadline_after_the_last_day_is_not_judged() -> None:
    assert run(world(ALONE, due(START_ON + timedelta(days=1))), OURS).deadlines == 0


def test_patients_are_called_when_their_own_day_has_begun() -> None:
    late = Coming(case(kind=TaskKind.PATIENT_BALANCE, state="CA"), CERTAIN, at=0)
    tally = run(world(ALONE, late), OURS)
    assert dict(tally.calls) == {11: 1}


def test_a_promise_is_kept_without_a_word_or_after_a_reminder_or_not() -> None:
    def kept(promise: float) -> tuple[int, int, int]:
        patient = Coming(case(kind=TaskKind.PATIENT_BALANCE), CERTAIN, at=0)
        promising = coming(TaskKind.PATIENT_BALANCE, manner=0.7, promise=promise, broken=0.9)
        tally = run(world(Office(reps=1, days=20), promising, patient), OURS)
        return tally.promises, tally.kept, tally.collected_cents

    assert kept(0.1) == (1, 1, 20_000)
    assert kept(0.6) == (1, 1, 20_000)
    assert kept(0.9) == (1, 0, 10_000)


def test_a_callback_is_made_at_its_time() -> None:
    asks = coming(TaskKind.PATIENT_BALANCE, manner=0.95)
    asks = replace(asks, case=replace(asks.case, balance_cents=10**6))
    tally = run(world(Office(reps=1, days=5), asks, *(coming() for _ in range(200))), OURS)
    assert (tally.appointments, tally.punctual) == (1, 1)


def test_what_comes_by_itself_is_counted_apart() -> None:
    silent = coming(TaskKind.CLAIM_NO_RESPONSE, alone_after_days=1)
    busy = [Coming(case(balance_cents=10**7), CERTAIN, at=0) for _ in range(200)]
    tally = run(world(Office(reps=1, days=3), silent, *busy), OURS)
    assert tally.alone_cents == 10_000
    assert tally.touches[TaskKind.CLAIM_NO_RESPONSE] == 0


@pytest.mark.parametrize("name", ["ours", *OTHERS])
def test_no_policy_works_more_than_its_hours_or_collects_a_case_twice(name: str) -> None:
    office, whole = SMALL, small()
    tally = run(whole, policies(DELIVERED)[name])
    assert 0 < tally.minutes <= office.hours * 60 + 1
    assert tally.collected_cents + tally.alone_cents <= sum(each.truth.worth_cents for each in whole.coming)
    assert tally.missed <= tally.deadlines
    assert tally.kept <= tally.promises


def test_the_same_seed_gives_the_same_days() -> None:
    again = world_of(SMALL)
    assert run(again, OURS) == run(small(), OURS)
    assert run(again, OURS) != run(world_of(replace(SMALL, seed=10)), OURS)
