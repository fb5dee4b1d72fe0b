"""Taking one named task in hand: the patient calls in, or a rep opens the task from the account."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Lane, Task, User, UserSkill
from workqueue.rules.refusals import NotAllowed, Refusal
from workqueue.rules.states import TaskState
from workqueue.services import leasing
from workqueue.services.leasing import LeasedTask, NoSuchTask
from workqueue.services.posting import lock_accounts


class NotFree(Refusal):
    """Somebody else has the task, or it is done."""

    code: ClassVar[str] = "task_not_free"


class HoldsAnother(Refusal):
    """One task at a time."""

    code: ClassVar[str] = "holds_another_task"
    sentence = "You hold another task. Log it or give it back first."


def take(session: Session, *, task_id: int, rep_id: int, lease_seconds: int) -> LeasedTask:
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
    _check(session, task, rep_id)
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


def _check(session: Session, task: Task, rep_id: int) -> None:
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
        .where(UserSkill.user_id == rep_id, Lane.id == task.lane_id)
    )
    if can is None:
        raise NotAllowed("This kind of task needs a skill that your lead has not given you.")
