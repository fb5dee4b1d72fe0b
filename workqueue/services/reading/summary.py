"""Where every open balance stands. One in no state would be lost: it is counted, to show that none is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Task
from workqueue.rules.kinds import Party
from workqueue.rules.states import TaskState


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """Open balances (accounts that are not at zero) by where the most urgent of their tasks stands."""

    open_balances: int
    queued: int
    leased: int
    held: int
    deferred: int
    waiting: dict[Party, int]
    closed: int
    """Settled by a person with a reason."""
    unaccounted: int
    """In none of these states: must be 0."""


def queue_summary(session: Session, *, now: datetime) -> QueueSummary:
    """Count open balances by state; each is in exactly one."""
    waits_on = cast(func.coalesce(Task.deferred_for, Task.waiting_on), Text)
    is_waiting = Task.state == TaskState.WAITING
    standing = case(
        (Task.state == TaskState.LEASED, "1 leased"),
        (Task.state == TaskState.QUEUED, "2 queued"),
        (and_(is_waiting, Task.held_until > now), "3 held"),
        (
            and_(is_waiting, Task.deferred_until.is_not(None), Task.deferred_for.is_(None)),
            "4 deferred",
        ),
        (is_waiting, func.concat("5 waiting on ", waits_on)),
        (Task.settled_evidence == Task.evidence, "6 closed"),
    )
    per_account = (
        select(Account.id, func.min(standing).label("standing"))
        .outerjoin(Task, Task.account_id == Account.id)
        .where(or_(Account.insurance_cents != 0, Account.patient_cents != 0))
        .group_by(Account.id)
        .subquery()
    )
    rows = session.execute(select(per_account.c.standing, func.count()).group_by(per_account.c.standing))
    found: dict[str | None, int] = {row[0]: row[1] for row in rows}
    return QueueSummary(
        open_balances=sum(found.values()),
        leased=found.get("1 leased", 0),
        queued=found.get("2 queued", 0),
        held=found.get("3 held", 0),
        deferred=found.get("4 deferred", 0),
        waiting={party: found.get(f"5 waiting on {party.value}", 0) for party in Party},
        closed=found.get("6 closed", 0),
        unaccounted=found.get(None, 0),
    )
