"""Simulations in a worker: seed after seed, harmless twice, found by the sweeper."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.factories.people import sue
from tests.workers.conftest import Start, until
from workers import chores, simulating, wake
from workqueue import jobs
from workqueue.database import transaction
from workqueue.jobs import Job
from workqueue.services import simulations
from workqueue.services.reading.simulations import figures, one
from workqueue.services.simulations import Asked
from workqueue.simulation.comparing import Comparison, compare
from workqueue.simulation.figures import trial_from
from workqueue.simulation.office import Office

OFFICE = Office(reps=1, days=1, seed=3)


@pytest.fixture
def simulation_id(fresh_app: Flask) -> Iterator[int]:
    with fresh_app.app_context():
        with transaction() as session:
            asked = Asked(1, OFFICE.reps, OFFICE.days, OFFICE.seed, 2, OFFICE.load_percent)
            made = simulations.ask(session, asked, actor_id=sue(session).id, now=datetime.now(UTC))
        yield made


def test_a_worker_works_seed_after_seed_and_keeps_what_the_command_prints(simulation_id: int) -> None:
    for done in (1, 2, 2):
        wake.run_simulation(simulation_id)
        with transaction() as session:
            assert one(session, simulation_id).done == done
    with transaction() as session:
        kept = [trial_from(each) for each in figures(session, simulation_id)]
    assert Comparison(OFFICE, kept).as_json() == compare(OFFICE, seeds=2).as_json()


def test_the_sweeper_works_what_no_worker_came_for(simulation_id: int) -> None:
    now = datetime.now(UTC)
    chores.simulate_what_waits(now)
    with transaction() as session:
        assert one(session, simulation_id).done == 0
    chores.simulate_what_waits(now + timedelta(minutes=3))
    with transaction() as session:
        assert one(session, simulation_id).done == 1


def test_a_seed_that_breaks_off_is_left_for_another_try(
    simulation_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(simulating, "trial_of", breaks)
    with pytest.raises(wake.JobFailed):
        wake.run_simulation(simulation_id)
    with transaction() as session:
        assert [each[0] for each in simulations.waiting(session, now=datetime.now(UTC))] == [simulation_id]


def test_a_real_worker_works_all_seeds_each_ringing_for_the_next(simulation_id: int, start: Start) -> None:
    start("workers.main")
    with transaction() as session:
        # The first ring was before the worker was up; the sweeper would ring once more.
        jobs.after_commit(session, Job.RUN_SIMULATION, simulation_id)

    def is_done() -> bool:
        with transaction() as session:
            return one(session, simulation_id).finished_at is not None

    until(is_done)
