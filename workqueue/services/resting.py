"""Leaving a person in peace after a call: none of their tasks comes up before they may be called again."""

from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, DateTime

from workqueue.models import Account, Task
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.states import TaskState
from workqueue.services import contacting
from workqueue.services.responsible import answered_for_by

RESTING = [
    kind
    for kind, facts in KINDS.items()
    if facts.party is Party.PATIENT and kind is not TaskKind.CALLBACK_DUE
]
"""A callback was asked for, and comes up at its own time."""


def let_the_person_rest(session: Session, person_id: int, *, until: datetime, now: datetime) -> None:
    """Put off the tasks of all this person answers for, each until it may be called about.

    None comes up before `until`, which also stands where waiting alone brings no call. The caller has locked
    their accounts and derives them: the limits count the person.
    """
    task_ids = session.scalars(
        select(Task.id)
        .join(Account, Account.id == Task.account_id)
        .where(answered_for_by(person_id), Task.kind.in_(RESTING), Task.state != TaskState.CLOSED)
    ).all()
    legal = contacting.next_legal_moments(session, task_ids, person_id, after=until, now=now)
    moments = {task_id: legal.get(task_id) or until for task_id in task_ids}
    put_off = {task_id: moment for task_id, moment in moments.items() if moment > now}
    session.execute(_PUT_OFF, {"task_ids": list(put_off), "moments": list(put_off.values()), "now": now})


_PUT_OFF = text(
    """
    UPDATE tasks t SET deferred_until = x.moment,
        -- Whom the task waits for already, it goes on waiting for.
        deferred_for = coalesce(CASE WHEN t.deferred_until > :now THEN t.deferred_for END, 'patient')
    FROM unnest(:task_ids, :moments) AS x(task_id, moment)
    WHERE t.id = x.task_id AND (t.deferred_until IS NULL OR t.deferred_until < x.moment)
    """
).bindparams(
    bindparam("task_ids", type_=ARRAY(BigInteger)),
    bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
    bindparam("now", type_=DateTime(timezone=True)),
)
