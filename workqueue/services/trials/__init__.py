"""Trials of rules: asked for by a person or by the night, run by a worker, kept with what they found.

A trial is one row. Who runs it says how far it is in transactions of their own, while the measuring itself
goes on in one that reads a single moment of the office and keeps nothing. Asked for and not run, it is found
by the sweeper; cut off, it is run again.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.jobs import Job
from workqueue.models import QueueRuleVersion, Trial
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.trials import MOST_REPLAY_DAYS, MOST_TRIES, TrialKind
from workqueue.services import queue_rules
from workqueue.services.trials.comparing import Report, compare
from workqueue.services.trials.replaying import replay

STALE_AFTER = timedelta(minutes=3)
"""Who has been silent for so long is taken for dead; a step of a trial of a million tasks takes seconds."""

FROM, UNTIL = time(3), time(6)
"""When the night tries what is in shadow, by the office's clock: after the chances were estimated."""


@dataclass(frozen=True)
class Begun:
    """A trial somebody has taken on."""

    trial_id: int
    version_id: int
    kind: TrialKind
    days: int | None


def ask(
    session: Session,
    version_id: int,
    *,
    actor_id: int | None,
    now: datetime,
    days: int | None = None,
    is_nightly: bool = False,
) -> int:
    """Ask for a trial on today's facts, or of the last days where they are given; return its number.

    A second press while one like it runs gives that one. Raises NotFound, Invalid.
    """
    if days is not None and not 1 <= days <= MOST_REPLAY_DAYS:
        raise Invalid(f"Enter a number of days from 1 to {MOST_REPLAY_DAYS}.", field="days")
    kind = TrialKind.TODAY if days is None else TrialKind.REPLAY
    if session.get(QueueRuleVersion, version_id, with_for_update=True) is None:
        raise NotFound
    running = session.scalar(
        select(Trial.id).where(Trial.version_id == version_id, Trial.kind == kind, is_unfinished())
    )
    if running is not None:
        return running
    trial = Trial(
        version_id=version_id,
        kind=kind,
        days=days,
        is_nightly=is_nightly,
        asked_by_id=actor_id,
        asked_at=now,
    )
    session.add(trial)
    session.flush()
    jobs.after_commit(session, Job.RUN_TRIAL, trial.id)
    return trial.id


def is_unfinished() -> ColumnElement[bool]:
    return Trial.finished_at.is_(None) & Trial.failed_at.is_(None)


def begin(session: Session, trial_id: int, *, now: datetime) -> Begun | None:
    """Take a trial on; None where nothing is left to do or somebody else is at it.

    One that was begun too often ends here as failed.
    """
    trial = session.scalar(
        select(Trial)
        .where(Trial.id == trial_id, is_unfinished())
        .where(or_(Trial.beat_at.is_(None), Trial.beat_at < now - STALE_AFTER))
        .with_for_update(skip_locked=True)
    )
    if trial is None:
        return None
    if trial.tries >= MOST_TRIES:
        trial.failed_at = now
        return None
    trial.tries += 1
    trial.beat_at = trial.as_of = now
    trial.done, trial.of, trial.step = 0, 1, "Begun"
    trial.against_id = queue_rules.in_force(session).version_id
    return Begun(trial.id, trial.version_id, trial.kind, trial.days)


def measure(session: Session, begun: Begun, *, now: datetime, report: Report) -> dict[str, Any]:
    """Return what a trial finds, as it is kept. The session sees one moment, and nothing of it is kept."""
    rules = queue_rules.rules_of_version(session, begun.version_id)
    if begun.days is None:
        return asdict(compare(session, rules, now=now, report=report))
    return asdict(replay(session, rules, days=begun.days, now=now, report=report))


def tell(session: Session, trial_id: int, *, done: int, of: int, step: str, now: datetime) -> None:
    """Say how far a trial is."""
    session.execute(
        update(Trial).where(Trial.id == trial_id).values(done=done, of=max(of, 1), step=step, beat_at=now)
    )


def finish(session: Session, trial_id: int, result: dict[str, Any], *, now: datetime) -> None:
    """Keep what a trial found; the first of two that ran it wins."""
    session.execute(
        update(Trial)
        .where(Trial.id == trial_id, is_unfinished())
        .values(result=result, finished_at=now, done=Trial.of, step="")
    )


def let_go(session: Session, trial_id: int) -> None:
    """Leave a trial that broke off for another try."""
    session.execute(update(Trial).where(Trial.id == trial_id, is_unfinished()).values(beat_at=None))


def waiting(session: Session, *, now: datetime) -> list[tuple[int, datetime]]:
    """Return the trials nobody is at, each with since when it waits."""
    rows = session.execute(
        select(Trial.id, Trial.asked_at)
        .where(is_unfinished(), or_(Trial.beat_at.is_(None), Trial.beat_at < now - STALE_AFTER))
        .order_by(Trial.id)
    )
    return [(row.id, row.asked_at) for row in rows]


def set_shadow(session: Session, version_id: int, *, is_shadow: bool) -> None:
    """Let the night try a version beside the rules in force, or stop that."""
    version = session.get(QueueRuleVersion, version_id, with_for_update=True)
    if version is None:
        raise NotFound
    version.is_shadow = is_shadow


def ask_tonight(session: Session, *, now: datetime) -> list[int]:
    """Ask for a trial of every version in shadow that had none tonight; return them."""
    if not FROM <= now.astimezone(ZoneInfo(OFFICE_ZONE)).time() < UNTIL:
        return []
    tried = (
        select(Trial.id)
        .where(Trial.version_id == QueueRuleVersion.id, Trial.is_nightly)
        .where(Trial.asked_at >= office_midnight(office_day(now)))
    )
    shadows = select(QueueRuleVersion.id).where(QueueRuleVersion.is_shadow, ~tried.exists())
    return [ask(session, each, actor_id=None, now=now, is_nightly=True) for each in session.scalars(shadows)]
