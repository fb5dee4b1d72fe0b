"""What comes into an office, as the kit plans it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache

from tests.simulation.worlds import due, world
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED
from workqueue.simulation.deadlines import must_miss
from workqueue.simulation.office import START_ON, Office
from workqueue.simulation.truths import kinds_of
from workqueue.simulation.world import World, world_of

OFFICE = Office(reps=2, days=6, seed=3)


@cache
def office() -> World:
    """Make the office once for all that look at it."""
    return world_of(OFFICE)


def test_a_seed_makes_one_world_and_another_makes_another() -> None:
    small = Office(reps=1, days=2, seed=3)
    assert world_of(small) == world_of(small)
    assert world_of(small).coming != world_of(replace(small, seed=4)).coming


def test_more_days_do_not_change_what_the_first_ones_bring() -> None:
    shorter, longer = (world_of(Office(reps=1, days=days, seed=3)) for days in (2, 4))
    assert [each for each in longer.coming if each.at < 2] == list(shorter.coming)
    assert len(longer.coming) > len(shorter.coming)


def test_work_of_every_kind_of_claim_and_of_patients_comes_up() -> None:
    kinds = Counter(each.case.kind for each in office().coming)
    assert set(kinds) == {
        TaskKind.CLAIM_REJECTED,
        TaskKind.CLAIM_NOT_FOUND,
        TaskKind.CLAIM_NO_RESPONSE,
        TaskKind.INFORMATION_REQUESTED,
        TaskKind.DENIAL,
        TaskKind.UNDERPAID,
        TaskKind.PATIENT_BALANCE,
    }
    assert min(kinds.values()) > 10


def test_about_a_quarter_of_the_backlog_is_older_than_ninety_days() -> None:
    backlog = [each.case for each in office().coming if each.case.known_on < START_ON]
    old = sum(each.known_on < START_ON - timedelta(days=90) for each in backlog)
    assert 0.1 < old / len(backlog) < 0.3


def test_what_is_lost_already_is_not_in_the_queue() -> None:
    whole = office()
    assert all(
        each.case.deadline_on is None or each.case.deadline_on >= whole.days[each.at] for each in whole.coming
    )


def test_the_truth_is_not_what_the_office_believes() -> None:
    one, other = kinds_of(1), kinds_of(2)
    assert one != other
    chances = [each.truth.chance for each in office().coming if each.case.kind is TaskKind.DENIAL]
    assert max(chances) - min(chances) > 0.5


def test_a_kind_that_is_off_is_work_without_a_response() -> None:
    off = tuple(
        replace(each, is_on=False) if each.kind is TaskKind.CLAIM_REJECTED else each
        for each in DELIVERED.kinds
    )
    kinds = Counter(each.case.kind for each in world_of(OFFICE, replace(DELIVERED, kinds=off)).coming)
    before = Counter(each.case.kind for each in office().coming)
    assert kinds[TaskKind.CLAIM_REJECTED] == 0
    assert kinds[TaskKind.CLAIM_NO_RESPONSE] > before[TaskKind.CLAIM_NO_RESPONSE]


def test_six_days_work_due_in_five_cannot_all_be_kept() -> None:
    friday = START_ON + timedelta(days=4)
    assert must_miss(world(Office(reps=1, days=8), *(due(friday, minutes=480.0) for _ in range(6)))) == 1
    assert must_miss(world(Office(reps=1, days=8), *(due(friday, minutes=480.0) for _ in range(5)))) == 0
