"""What the queue of one account looks like, for tests of what makes it so."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.factories import NOON
from workqueue.models import Account, QueueRulePublication, QueueRuleVersion, Task, TaskChange
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import QueueRules, raw_rules
from workqueue.rules.states import CauseKind, TaskState
from workqueue.services import deriving, posting


def derive(
    session: Session,
    account: Account,
    *,
    at: datetime = NOON,
    cause: CauseKind = CauseKind.CLOCK,
    cause_id: int | None = None,
) -> None:
    """Bring the tasks of one account up to date, as any event does."""
    posting.lock_accounts(session, [account.id])
    deriving.derive(session, {account.id: cause_id}, cause=cause, now=at)


def put_in_force(session: Session, rules: QueueRules, *, at: datetime = NOON) -> QueueRulePublication:
    """Let these rules hold from here on, without a rebuild: for a queue that is empty yet."""
    version = QueueRuleVersion(label="Of a test", parameters=raw_rules(rules), made_at=at)
    session.add(version)
    session.flush()
    newest = session.scalar(select(func.max(QueueRulePublication.number)))
    publication = QueueRulePublication(
        version_id=version.id, number=(newest or 0) + 1, asked_at=at, published_at=at
    )
    session.add(publication)
    session.flush()
    return publication


def open_kinds(session: Session, account: Account) -> set[TaskKind]:
    rows = select(Task.kind).where(Task.account_id == account.id, Task.state != TaskState.CLOSED)
    return set(session.scalars(rows))


def kinds_on(session: Session, account: Account, day: date) -> set[TaskKind]:
    """Return the kinds of task the account has once that office day has begun."""
    derive(session, account, at=office_midnight(day))
    return open_kinds(session, account)


def task_of(session: Session, account: Account, kind: TaskKind) -> Task:
    return session.scalars(select(Task).where(Task.account_id == account.id, Task.kind == kind)).one()


def history_of(session: Session, account: Account) -> Sequence[TaskChange]:
    rows = select(TaskChange).where(TaskChange.account_id == account.id).order_by(TaskChange.id)
    return session.scalars(rows).all()


def differences(session: Session, at: datetime = NOON) -> list[deriving.Difference]:
    return deriving.check(session, now=at)


QUEUE = """
    SELECT a.number, t.kind, t.state, t.tier, t.priority, t.value_cents, t.p_now_bp, t.p_later_bp,
        t.gain_cents, t.minutes, t.deadline_on, t.available_at, t.held_until, t.rescore_at, t.waiting_on,
        s.code, w.zones, t.deferred_until, t.owner_id
    FROM tasks t JOIN accounts a ON a.id = t.account_id
    JOIN lanes l ON l.id = t.lane_id JOIN skills s ON s.id = l.skill_id JOIN windows w ON w.id = l.window_id
    WHERE t.state <> 'closed' ORDER BY a.number, t.kind, t.subject
"""


def whole_queue(session: Session) -> list[tuple[Any, ...]]:
    """Return every open task by what it is, not by its number."""
    return [tuple(row) for row in session.execute(text(QUEUE))]
