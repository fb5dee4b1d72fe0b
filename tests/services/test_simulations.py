"""Simulations asked for, worked seed by seed, kept: by whoever comes, and once."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, sue
from workqueue.jobs import Job, take_rings
from workqueue.models import Simulation
from workqueue.rules.queue_rules import DELIVERED
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.services import simulations
from workqueue.services.reading.simulations import figures, listed, one
from workqueue.services.simulations import MOST_TRIES, STALE_AFTER, Asked

ASKED = Asked(version_id=1, reps=2, days=3, seed=7, seeds=2, load_percent=100)
SAID = {"seed": 7}


def ask(session: Session, asked: Asked = ASKED) -> int:
    return simulations.ask(session, asked, actor_id=sue(session).id, now=NOON)


def begun(session: Session, simulation_id: int, minutes: int = 0) -> int | None:
    found = simulations.begin_seed(session, simulation_id, now=NOON + timedelta(minutes=minutes))
    return None if found is None else found.seed


def test_it_is_worked_seed_by_seed_and_each_asks_for_the_next(session: Session) -> None:
    simulation_id = ask(session)
    assert take_rings(session) == [(Job.RUN_SIMULATION, (simulation_id,))]
    assert begun(session, simulation_id) == 7
    simulations.finish_seed(session, simulation_id, 7, SAID, now=NOON)
    assert take_rings(session) == [(Job.RUN_SIMULATION, (simulation_id,))]
    assert begun(session, simulation_id) == 8
    simulations.finish_seed(session, simulation_id, 8, {"seed": 8}, now=NOON)
    assert take_rings(session) == []
    line = one(session, simulation_id)
    assert (line.done, line.finished_at, line.asked_by) == (2, NOON, sue(session).name)
    assert [each["seed"] for each in figures(session, simulation_id)] == [7, 8]
    assert begun(session, simulation_id) is None


def test_it_goes_by_the_rules_of_its_version(session: Session) -> None:
    found = simulations.begin_seed(session, ask(session), now=NOON)
    assert found is not None
    assert (found.rules, found.asked) == (DELIVERED, ASKED)


def test_two_that_come_at_once_do_not_work_the_same_seed(session: Session) -> None:
    simulation_id = ask(session)
    assert begun(session, simulation_id) == 7
    assert begun(session, simulation_id) is None
    assert simulations.waiting(session, now=NOON) == []


def test_a_seed_whose_worker_died_is_worked_again_and_counted_once(session: Session) -> None:
    simulation_id = ask(session)
    assert begun(session, simulation_id) == 7
    late = NOON + STALE_AFTER + timedelta(seconds=1)
    assert simulations.waiting(session, now=late) == [(simulation_id, NOON)]
    assert begun(session, simulation_id, minutes=4) == 7
    simulations.finish_seed(session, simulation_id, 7, SAID, now=late)
    # And the first was only slow.
    simulations.finish_seed(session, simulation_id, 7, SAID, now=late)
    assert one(session, simulation_id).done == 1


def test_a_seed_that_breaks_off_again_and_again_ends_it(session: Session) -> None:
    simulation_id = ask(session)
    for _ in range(MOST_TRIES):
        assert begun(session, simulation_id) == 7
        simulations.let_go(session, simulation_id)
    assert begun(session, simulation_id) is None
    session.flush()
    assert one(session, simulation_id).failed_at == NOON
    assert simulations.waiting(session, now=NOON) == []


def test_an_office_too_large_is_refused_and_so_are_unknown_rules(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        ask(session, Asked(1, reps=20, days=21, seed=1, seeds=1, load_percent=100))
    assert (refused.value.field, refused.value.sentence) == (
        "days",
        "For so many reps and such a load choose 20 days at most.",
    )
    assert ask(session, Asked(1, reps=20, days=20, seed=1, seeds=1, load_percent=100))
    with pytest.raises(NotFound):
        ask(session, Asked(99, reps=2, days=3, seed=1, seeds=1, load_percent=100))
    assert session.query(Simulation).count() == 1


def test_the_newest_stands_first(session: Session) -> None:
    first, second = ask(session), ask(session)
    assert [line.id for line in listed(session)] == [second, first]
    with pytest.raises(NotFound):
        one(session, second + 1)
