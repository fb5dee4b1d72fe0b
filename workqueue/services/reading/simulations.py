"""Simulations as pages show them: what was asked, by whom, how far it is, and its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workqueue.models import QueueRuleVersion, Simulation, User
from workqueue.rules.refusals import NotFound

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class SimulationLine:
    """One simulation, without its figures."""

    id: int
    version_id: int
    version_label: str
    reps: int
    days: int
    seed: int
    seeds: int
    load_percent: int
    asked_by: str
    asked_at: datetime
    done: int
    finished_at: datetime | None
    failed_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        return self.finished_at is None and self.failed_at is None


_LINE = (
    select(
        Simulation.id,
        Simulation.version_id,
        QueueRuleVersion.label.label("version_label"),
        Simulation.reps,
        Simulation.days,
        Simulation.seed,
        Simulation.seeds,
        Simulation.load_percent,
        User.name.label("asked_by"),
        Simulation.asked_at,
        Simulation.done,
        Simulation.finished_at,
        Simulation.failed_at,
    )
    .join(QueueRuleVersion, QueueRuleVersion.id == Simulation.version_id)
    .join(User, User.id == Simulation.asked_by_id)
)


def listed(session: Session) -> list[SimulationLine]:
    """Return the newest simulations."""
    return _lines(session, _LINE.order_by(Simulation.id.desc()).limit(MOST_LISTED))


def one(session: Session, simulation_id: int) -> SimulationLine:
    """Return one simulation; raises NotFound."""
    found = _lines(session, _LINE.where(Simulation.id == simulation_id))
    if not found:
        raise NotFound
    return found[0]


def figures(session: Session, simulation_id: int) -> Sequence[dict[str, Any]]:
    """Return the figures of each seed that is done."""
    found: Sequence[dict[str, Any]] = session.scalars(
        select(Simulation.figures).where(Simulation.id == simulation_id)
    ).one()
    return found


def versions(session: Session) -> list[tuple[int, str]]:
    """Return the sets of rules there are to choose from, the newest first."""
    rows = session.execute(
        select(QueueRuleVersion.id, QueueRuleVersion.label).order_by(QueueRuleVersion.id.desc())
    )
    return [(row.id, row.label) for row in rows]


def _lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[SimulationLine]:
    return [SimulationLine(**row) for row in session.execute(query).mappings()]
