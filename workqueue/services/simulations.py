"""Simulations: asked for by a person, run seed by seed by a worker, kept with their figures.

A seed is one wake-up of a worker: between two the worker does what else waits. Asked for and not run, a
simulation is found by the sweeper; cut off in a seed, that seed is run again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.jobs import Job
from workqueue.models import QueueRuleVersion, Simulation
from workqueue.rules.queue_rules import QueueRules
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.services import queue_rules

MOST_REPS, MOST_DAYS, MOST_SEEDS, LARGEST_SEED = 20, 60, 20, 999_999
LEAST_LOAD, MOST_LOAD = 10, 300
MOST_WORK = 40_000
"""Reps times days times load of one seed. It takes about 15 seconds then, and longer no worker should hear
nothing else."""
MOST_TRIES = 3
STALE_AFTER = timedelta(minutes=3)
"""Who has been at one seed for so long is taken for dead."""


@dataclass(frozen=True)
class Asked:
    """What is to be simulated."""

    version_id: int
    reps: int
    days: int
    seed: int
    seeds: int
    load_percent: int


@dataclass(frozen=True)
class NextSeed:
    """A seed somebody has taken on."""

    asked: Asked
    seed: int
    rules: QueueRules


def ask(session: Session, asked: Asked, *, actor_id: int, now: datetime) -> int:
    """Ask for a simulation; return its number. Raises NotFound, Invalid."""
    if session.get(QueueRuleVersion, asked.version_id) is None:
        raise NotFound
    if asked.reps * asked.days * asked.load_percent > MOST_WORK:
        most = MOST_WORK // (asked.reps * asked.load_percent)
        raise Invalid(f"For so many reps and such a load choose {most} days at most.", field="days")
    row = Simulation(**vars(asked), asked_by_id=actor_id, asked_at=now, moved_at=now)
    session.add(row)
    session.flush()
    jobs.after_commit(session, Job.RUN_SIMULATION, row.id)
    return row.id


def begin_seed(session: Session, simulation_id: int, *, now: datetime) -> NextSeed | None:
    """Take the next seed on; None where nothing is left to do or somebody else is at it.

    A seed that was begun too often ends the simulation as failed.
    """
    row = session.scalar(
        select(Simulation)
        .where(Simulation.id == simulation_id, is_unfinished(), _is_free(now))
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    if row.tries >= MOST_TRIES:
        row.failed_at = now
        return None
    row.tries += 1
    row.taken_at = now
    asked = Asked(row.version_id, row.reps, row.days, row.seed, row.seeds, row.load_percent)
    return NextSeed(asked, row.seed + row.done, queue_rules.rules_of_version(session, row.version_id))


def finish_seed(
    session: Session, simulation_id: int, seed: int, figures: dict[str, Any], *, now: datetime
) -> None:
    """Keep the figures of a seed, and ask for the next; the first of two that ran it wins."""
    row = session.scalar(
        select(Simulation).where(Simulation.id == simulation_id, is_unfinished()).with_for_update()
    )
    if row is None or row.seed + row.done != seed:
        return
    row.figures = [*row.figures, figures]
    row.done += 1
    row.tries, row.taken_at, row.moved_at = 0, None, now
    if row.done == row.seeds:
        row.finished_at = now
    else:
        jobs.after_commit(session, Job.RUN_SIMULATION, simulation_id)


def let_go(session: Session, simulation_id: int) -> None:
    """Leave a seed that broke off for another try."""
    session.execute(
        update(Simulation).where(Simulation.id == simulation_id, is_unfinished()).values(taken_at=None)
    )


def waiting(session: Session, *, now: datetime) -> list[tuple[int, datetime]]:
    """Return the simulations nobody is at, each with since when it waits."""
    rows = session.execute(
        select(Simulation.id, Simulation.moved_at)
        .where(is_unfinished(), _is_free(now))
        .order_by(Simulation.id)
    )
    return [(row.id, row.moved_at) for row in rows]


def is_unfinished() -> ColumnElement[bool]:
    return Simulation.finished_at.is_(None) & Simulation.failed_at.is_(None)


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Simulation.taken_at.is_(None), Simulation.taken_at < now - STALE_AFTER)
