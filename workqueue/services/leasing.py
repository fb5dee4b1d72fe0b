"""Leasing: one task, one rep, for a while. Every write proves that the lease is still held."""

import math
import time
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from workqueue.models import Task, TaskChange, User, Window
from workqueue.rules.calendar import office_day
from workqueue.rules.refusals import NotFound, Refusal
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState
from workqueue.rules.windows import is_open
from workqueue.services import contact_rules, deriving, staffing
from workqueue.services.posting import lock_accounts

CANDIDATES = (8, 64)
"""Heads looked at per lane. Eight nearly always hold a free one; with many reps asking in the same instant
all eight may be taken, and the second look is wider. Asking wider at once would cost every claim."""


class LeaseLost(Refusal):
    """The rep's lease ran out, or the task was given to somebody else."""

    code = "lease_lost"
    sentence = "You no longer hold this task. Nothing was saved; what you typed is kept."


class NoSuchTask(NotFound):
    """No task has this number."""

    code = "no_such_task"
    sentence = "There is no such task."


class NotAssignable(Refusal):
    """The person cannot be given this task."""

    code = "not_assignable"
    sentence = "This task can only be given to an active rep or lead."


@dataclass(frozen=True)
class LeasedTask:
    """A task just granted."""

    task_id: int
    account_id: int
    token: int
    until: datetime
    is_new: bool = field(default=True, compare=False)
    """False for what the rep held before asking."""


def lease_next(session: Session, *, rep_id: int, now: datetime, lease_seconds: int) -> LeasedTask | None:
    """Grant the rep the task most worth doing that they can do and that may be worked now.

    What they already hold comes first: a second tab or a reload shows the same task, not another.
    """
    windows = _windows.open_at(session, now)
    for candidates in CANDIDATES:
        row = session.execute(
            _LEASE[candidates],
            {
                "rep_id": rep_id,
                "windows": windows,
                "today": office_day(now),
                "lease_seconds": lease_seconds,
            },
        ).one_or_none()
        if row is not None:
            return LeasedTask(*row)
        # A lease of the rep's own that ran out and was not yet cleared away stands in the way of a new one,
        # and a patient may just have come in whose call window nobody knew. Looked at only before the answer
        # is "nothing".
        session.execute(_RUN_OUT, {"rep_id": rep_id, "limit": 1})
        windows = _windows.open_at(session, now, is_fresh=True)
    return None


class _Windows:
    """The call windows, read once a while: there are a dozen, and a new one may wait these seconds."""

    SECONDS = 10

    def __init__(self) -> None:
        self._read_at = -math.inf
        self._zones: list[tuple[int, tuple[str, ...]]] = []

    def open_at(self, session: Session, now: datetime, *, is_fresh: bool = False) -> list[int]:
        """Return the windows in which a call is legal at this moment."""
        if is_fresh or time.monotonic() - self._read_at > self.SECONDS:
            rows = session.execute(select(Window.id, Window.zones))
            self._zones = [(row[0], tuple(filter(None, row[1].split("|")))) for row in rows]
            self._read_at = time.monotonic()
        hours = contact_rules.hours(session)
        return [window_id for window_id, zones in self._zones if is_open(zones, hours, now)]


_windows = _Windows()


def heartbeat(session: Session, task_id: int, token: int, *, rep_id: int, lease_seconds: int) -> datetime:
    """Extend the lease; raises LeaseLost when it is no longer the rep's."""
    until: datetime | None = session.execute(
        text(
            "UPDATE tasks SET lease_until = clock_timestamp() + make_interval(secs => :seconds)"
            " WHERE id = :task_id AND lease_token = :token AND holder_id = :rep_id"
            " AND lease_until > clock_timestamp() RETURNING lease_until"
        ),
        {"seconds": lease_seconds, "task_id": task_id, "token": token, "rep_id": rep_id},
    ).scalar_one_or_none()
    if until is None:
        raise LeaseLost
    return until


def prove(session: Session, task_id: int, token: int, *, rep_id: int) -> Task:
    """Lock the account and then the task, and return it; raises LeaseLost unless this lease holds it now.

    The database's own clock decides, read at this statement: a transaction may have waited long for the lock.
    """
    account_id = session.scalar(select(Task.account_id).where(Task.id == task_id))
    if account_id is None:
        raise NoSuchTask
    lock_accounts(session, [account_id])
    task = session.scalars(
        select(Task)
        .where(Task.id == task_id, Task.lease_token == token, Task.holder_id == rep_id)
        .where(Task.lease_until > text("clock_timestamp()"))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if task is None:
        raise LeaseLost
    return task


def end(session: Session, task: Task, how: LeaseEnd) -> None:
    """Take the lease off a task that is locked; the caller derives the account afterwards."""
    session.execute(
        text("UPDATE leases SET ended_at = clock_timestamp(), ended_by = :how WHERE id = :token"),
        {"how": how.value, "token": task.lease_token},
    )
    task.holder_id = task.lease_token = task.lease_until = None
    if task.state is TaskState.LEASED:
        task.state = TaskState.QUEUED
    session.flush()


def release(session: Session, task_id: int, token: int, *, rep_id: int, now: datetime) -> None:
    """Give a task back unworked."""
    task = prove(session, task_id, token, rep_id=rep_id)
    end(session, task, LeaseEnd.RELEASED)
    deriving.derive(session, {task.account_id: token}, cause=CauseKind.LEASE, now=now, actor_id=rep_id)


def run_out(session: Session, *, limit: int = 500) -> int:
    """Return the tasks of leases that ran out to the queue; return how many."""
    return int(session.execute(_RUN_OUT, {"rep_id": None, "limit": limit}).scalar_one())


def reassign(
    session: Session, task_id: int, *, to_user_id: int | None, reason: str, lead_id: int, now: datetime
) -> None:
    """Give a task to a rep, or back to everybody; whoever holds it loses the lease at once."""
    account_id = session.scalar(select(Task.account_id).where(Task.id == task_id))
    if account_id is None:
        raise NoSuchTask
    if to_user_id is not None:
        person = session.get(User, to_user_id)
        if person is None or not person.is_active or person.role not in {"rep", "lead"}:
            raise NotAssignable
        if staffing.away_until(session, [to_user_id], now=now):
            raise NotAssignable("This person is away now. Choose somebody who is here.")
    lock_accounts(session, [account_id])
    task = session.scalars(
        select(Task).where(Task.id == task_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    before = {"owner_id": task.owner_id, "state": task.state, "holder_id": task.holder_id}
    if task.lease_token is not None:
        end(session, task, LeaseEnd.TAKEN_OVER)
    task.owner_id = to_user_id
    session.add(
        TaskChange(
            task_id=task.id,
            account_id=account_id,
            at=now,
            cause=CauseKind.LEAD,
            actor_id=lead_id,
            before=before,
            after={"owner_id": to_user_id, "state": task.state, "reason": reason},
        )
    )
    session.flush()
    deriving.derive(session, {account_id: None}, cause=CauseKind.LEAD, now=now, actor_id=lead_id)


def give_back_all(session: Session, user_id: int, *, reason: str, actor_id: int, now: datetime) -> None:
    """Give everybody what a person holds or was given: nobody else could take it."""
    tasks = session.scalars(
        select(Task.id)
        .where(or_(Task.owner_id == user_id, Task.holder_id == user_id))
        .order_by(Task.account_id, Task.id)
    ).all()
    for task_id in tasks:
        reassign(session, task_id, to_user_id=None, reason=reason, lead_id=actor_id, now=now)


# The heads of each lane come from the index alone; only those few rows are looked at. MATERIALIZED: pasted
# into the UPDATE, the locking subquery could run again and lock more than one. What is passed to the rep
# personally stands beside the lanes and is compared by the same priority. The number of heads is part of the
# text: of a LIMIT it does not know the planner expects a tenth of each lane, and plans every lease anew, for
# longer than the lease takes.
_LEASE_SQL = """
    WITH held AS (
        SELECT t.id, t.account_id, t.lease_token, t.lease_until
        FROM leases l JOIN tasks t ON t.id = l.task_id AND t.lease_token = l.id
        WHERE l.rep_id = :rep_id AND l.ended_at IS NULL AND t.lease_until > clock_timestamp()
    ), lane AS MATERIALIZED (
        SELECT l.id FROM lanes l
        JOIN user_skills s ON s.skill_id = l.skill_id AND s.user_id = :rep_id
            AND (s.expires_on IS NULL OR s.expires_on >= :today)
        WHERE l.window_id = ANY(:windows) AND NOT EXISTS (SELECT FROM held)
    ), head AS (
        SELECT h.id, h.priority FROM lane CROSS JOIN LATERAL (
            SELECT id, priority FROM tasks
            WHERE lane_id = lane.id AND state = 'queued' AND owner_id IS NULL
            ORDER BY priority DESC, id LIMIT {candidates}
        ) h
        UNION ALL
        (SELECT id, priority FROM tasks
         WHERE owner_id = :rep_id AND state = 'queued' AND NOT EXISTS (SELECT FROM held)
           AND lane_id IN (SELECT id FROM lanes WHERE window_id = ANY(:windows))
         ORDER BY priority DESC, id LIMIT {candidates})
    ), pick AS MATERIALIZED (
        SELECT t.id FROM tasks t
        WHERE t.id = ANY(ARRAY(SELECT id FROM head ORDER BY priority DESC, id LIMIT {candidates}))
          AND t.state = 'queued' AND (t.owner_id IS NULL OR t.owner_id = :rep_id)
        ORDER BY t.priority DESC, t.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), granted AS (
        INSERT INTO leases (task_id, rep_id, granted_at)
        SELECT id, :rep_id, clock_timestamp() FROM pick
        ON CONFLICT (rep_id) WHERE ended_at IS NULL DO NOTHING
        RETURNING id, task_id
    ), leased AS (
        UPDATE tasks t SET state = 'leased', holder_id = :rep_id, lease_token = granted.id,
            lease_until = clock_timestamp() + make_interval(secs => :lease_seconds)
        FROM granted WHERE t.id = granted.task_id
        RETURNING t.id, t.account_id, t.lease_token, t.lease_until
    )
    SELECT *, false FROM held UNION ALL SELECT *, true FROM leased
"""
_LEASE = {
    candidates: text(_LEASE_SQL.format(candidates=candidates)).bindparams(
        bindparam("windows", type_=ARRAY(BigInteger)), bindparam("rep_id", type_=BigInteger)
    )
    for candidates in CANDIDATES
}

_RUN_OUT = text(
    """
    WITH lapsed AS (
        SELECT t.id, t.lease_token, t.state
        FROM leases l JOIN tasks t ON t.id = l.task_id AND t.lease_token = l.id
        WHERE l.ended_at IS NULL AND t.lease_until < clock_timestamp()
          AND (:rep_id IS NULL OR l.rep_id = :rep_id)
        ORDER BY t.id LIMIT :limit FOR UPDATE OF t SKIP LOCKED
    ), freed AS (
        -- As the derivation would have it: what became due later while it was held goes on waiting.
        UPDATE tasks t SET state = CASE WHEN t.state <> 'leased' THEN t.state
                WHEN greatest(t.available_at, t.held_until, t.deferred_until) > clock_timestamp()
                THEN 'waiting'
                ELSE 'queued' END,
            holder_id = NULL, lease_token = NULL, lease_until = NULL
        FROM lapsed WHERE t.id = lapsed.id
        RETURNING t.id, t.account_id, lapsed.lease_token, lapsed.state AS before, t.state AS after
    ), ended AS (
        UPDATE leases SET ended_at = clock_timestamp(), ended_by = 'ran_out'
        FROM freed WHERE leases.id = freed.lease_token
    ), kept AS (
        INSERT INTO task_changes (task_id, account_id, at, cause, cause_id, before, after)
        SELECT id, account_id, clock_timestamp(), 'lease', lease_token,
            jsonb_build_object('state', before), jsonb_build_object('state', after)
        FROM freed
    )
    SELECT count(*) FROM freed
    """
).bindparams(bindparam("rep_id", type_=BigInteger))
