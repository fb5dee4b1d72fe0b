"""Taking a task in hand: the next best that can be worked now, or one that is named."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Lane, Task, User, UserSkill
from workqueue.rules.calendar import office_day
from workqueue.rules.refusals import NotAllowed, Refusal
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState
from workqueue.services import contacting, deriving, leasing
from workqueue.services.leasing import LeasedTask, NoSuchTask
from workqueue.services.posting import lock_accounts


class NotFree(Refusal):
    """Somebody else has the task, or it is done."""

    code: ClassVar[str] = "task_not_free"


class HoldsAnother(Refusal):
    """One task at a time."""

    code: ClassVar[str] = "holds_another_task"
    sentence = "You hold another task. Log it or give it back first."


TRIES = 25
"""So many tasks are put off for one rep who asks; then the next is offered as it is. Each costs some
milliseconds, and a rep must neither wait long nor be told that there is no work."""


def take_next(session: Session, *, rep_id: int, now: datetime, lease_seconds: int) -> LeasedTask | None:
    """Grant the rep the task most worth doing that can be worked now.

    The lanes leave out whom the clock or the calendar forbids to call. What only looking at one person tells
    (a limit is reached, somebody is on the line, a time does not suit) is looked at here: such a task waits
    until its person may be called, and the next best is taken. Where waiting brings no call, because there
    is no number or the person does not want calls, the task is offered: the rep writes a letter.
    """
    for _ in range(TRIES):
        leased = leasing.lease_next(session, rep_id=rep_id, now=now, lease_seconds=lease_seconds)
        if leased is None or not leased.is_new:
            return leased
        outlook = contacting.outlooks(session, [leased.task_id], now).get(leased.task_id)
        if outlook is None or outlook.is_allowed or outlook.next_legal_at is None:
            return leased
        if not _put_off(session, leased, outlook.next_legal_at, now):
            return leased
    return leasing.lease_next(session, rep_id=rep_id, now=now, lease_seconds=lease_seconds)


def _put_off(session: Session, leased: LeasedTask, until: datetime, now: datetime) -> bool:
    """Let the task wait until its person may be called, and say so in its history.

    False when the account is in somebody else's hands at this instant, or the queue is being rebuilt: the
    task's row is locked already, and whoever holds those locks may be waiting for it.
    """
    is_free = session.scalar(
        text(
            "SELECT true FROM accounts WHERE id = :account_id AND pg_try_advisory_xact_lock_shared(:lock)"
            " FOR NO KEY UPDATE SKIP LOCKED"
        ),
        {"account_id": leased.account_id, "lock": deriving.REBUILD_LOCK},
    )
    if not is_free:
        return False
    reasons = contacting.reasons_against(session, leased.task_id, now)
    task = session.get_one(Task, leased.task_id, populate_existing=True)
    leasing.end(session, task, LeaseEnd.RELEASED)
    task.deferred_until, task.deferred_for = until, None
    deriving.derive(session, {leased.account_id: None}, cause=CauseKind.CLOCK, now=now)
    session.execute(
        text(
            "UPDATE task_changes SET after = after || jsonb_build_object('reason', CAST(:reason AS text))"
            " WHERE id = (SELECT max(id) FROM task_changes"
            " WHERE account_id = :account_id AND task_id = :task_id)"
        ),
        {"reason": " ".join(reasons), "account_id": leased.account_id, "task_id": leased.task_id},
    )
    return True


def take(session: Session, *, task_id: int, rep_id: int, now: datetime, lease_seconds: int) -> LeasedTask:
    """Grant the rep this very task; one that waits may be taken too: the patient may call at any time.

    Whether a number may be dialled is decided when it is dialled, not here.
    """
    account_id = session.scalar(select(Task.account_id).where(Task.id == task_id))
    if account_id is None:
        raise NoSuchTask
    # A lease that ran out and was not cleared away yet stands in nobody's way.
    leasing.run_out(session)
    lock_accounts(session, [account_id])
    task = session.scalars(
        select(Task).where(Task.id == task_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if task.lease_token is not None and task.lease_until is not None and task.holder_id == rep_id:
        return LeasedTask(task.id, account_id, task.lease_token, task.lease_until)
    _check(session, task, rep_id, office_day(now))
    token = session.scalar(
        text(
            "INSERT INTO leases (task_id, rep_id, granted_at) VALUES (:task_id, :rep_id, clock_timestamp())"
            " ON CONFLICT (rep_id) WHERE ended_at IS NULL DO NOTHING RETURNING id"
        ),
        {"task_id": task_id, "rep_id": rep_id},
    )
    if token is None:
        raise HoldsAnother
    until: datetime = session.execute(
        text(
            "UPDATE tasks SET state = 'leased', holder_id = :rep_id, lease_token = :token,"
            " lease_until = clock_timestamp() + make_interval(secs => :seconds)"
            " WHERE id = :task_id RETURNING lease_until"
        ),
        {"rep_id": rep_id, "token": token, "seconds": lease_seconds, "task_id": task_id},
    ).scalar_one()
    session.expire(task)
    return LeasedTask(task_id, account_id, token, until)


def _check(session: Session, task: Task, rep_id: int, today: date) -> None:
    if task.state is TaskState.CLOSED:
        raise NotFree("This task is done; there is nothing left to take.")
    if task.lease_token is not None:
        holder = session.scalar(select(User.name).where(User.id == task.holder_id))
        raise NotFree(f"{holder or 'A colleague'} is working on this task.")
    if task.owner_id is not None and task.owner_id != rep_id:
        owner = session.scalar(select(User.name).where(User.id == task.owner_id))
        raise NotFree(f"This task was given to {owner or 'a colleague'}.")
    can = session.scalar(
        select(UserSkill.user_id)
        .join(Lane, Lane.skill_id == UserSkill.skill_id)
        .where(UserSkill.user_id == rep_id, UserSkill.holds_on(today), Lane.id == task.lane_id)
    )
    if can is None:
        raise NotAllowed("This kind of task needs a skill that your lead has not given you.")
