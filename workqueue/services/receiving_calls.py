"""A patient calls us: the call is noted, and the task it is about is taken in hand where there is one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Lane, Note, Task, UserSkill
from workqueue.rules.calendar import office_day
from workqueue.rules.call_states import CallState
from workqueue.rules.contact_verdict import inbound_call
from workqueue.rules.kinds import PATIENT_KINDS, Party
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.states import TaskState
from workqueue.services import calling, taking
from workqueue.services.call_steps import NoSuchCall
from workqueue.services.taking import HoldsAnother

ANSWERED = "answered"


class NobodyToSpeakWith(Refusal):
    """The account names no person, so nobody can have called about it."""

    code = "nobody_to_speak_with"
    sentence = "No patient is known for this account. Find the account of the person who calls."


@dataclass(frozen=True)
class ReceivedCall:
    """A call received, and the task it is about; None where there is nothing to do."""

    call_id: int
    task_id: int | None


def receive(
    session: Session, *, account_id: int, rep_id: int, lease_seconds: int, now: datetime
) -> ReceivedCall:
    """Note that the person calls about this account; pressed twice it is one call.

    The conversation counts, the call does not (12 CFR 1006.14(b)(2)(i)). A rep who works on something else
    takes the call without the task.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    person_id = account.person_id
    if person_id is None:
        raise NobodyToSpeakWith
    task = _taken(session, account_id, rep_id, now=now, lease_seconds=lease_seconds)
    if task is not None:
        call = calling.open_call(session, task, rep_id) or calling.record_inbound(
            session, task, person_id, rep_id, now
        )
        return ReceivedCall(call.id, task.id)
    open_call = session.scalar(
        select(Call.id)
        .where(Call.account_id == account_id, Call.rep_id == rep_id, Call.task_id.is_(None))
        .where(Call.disposition == "")
        .order_by(Call.id.desc())
        .limit(1)
    )
    if open_call is not None:
        return ReceivedCall(open_call, None)
    call = Call(
        account_id=account_id,
        patient_id=person_id,
        task_id=None,
        rep_id=rep_id,
        party=Party.PATIENT,
        is_inbound=True,
        state=CallState.ANSWERED,
        placed_at=now,
        answered_at=now,
        verdict=inbound_call(now).as_json(),
        disposition="",
    )
    session.add(call)
    session.flush()
    return ReceivedCall(call.id, None)


def finish(session: Session, *, call_id: int, note: str, rep_id: int, now: datetime) -> int:
    """Log a call that had no task, with a note of what was said; return the account."""
    call = session.scalars(
        select(Call)
        .where(Call.id == call_id, Call.rep_id == rep_id, Call.task_id.is_(None))
        .with_for_update()
    ).one_or_none()
    if call is None:
        raise NoSuchCall
    if call.state is CallState.LOGGED:
        return call.account_id
    if not note.strip():
        raise Invalid("Write down what was said.", field="note")
    session.add(Note(account_id=call.account_id, author_id=rep_id, text=note.strip(), at=now))
    call.disposition, call.state, call.ended_at = ANSWERED, CallState.LOGGED, call.ended_at or now
    session.flush()
    return call.account_id


def _taken(
    session: Session, account_id: int, rep_id: int, *, now: datetime, lease_seconds: int
) -> Task | None:
    task = _task_of(session, account_id, rep_id, office_day(now))
    if task is None:
        return None
    try:
        taking.take(session, task_id=task.id, rep_id=rep_id, now=now, lease_seconds=lease_seconds)
    except HoldsAnother:
        return None
    session.refresh(task)
    return task


def _task_of(session: Session, account_id: int, rep_id: int, today: date) -> Task | None:
    """Return the most urgent task about this patient that the rep holds already or could take."""
    return session.scalars(
        select(Task)
        .join(Lane, Lane.id == Task.lane_id)
        .join(UserSkill, UserSkill.skill_id == Lane.skill_id)
        .where(UserSkill.user_id == rep_id, UserSkill.holds_on(today))
        .where(Task.account_id == account_id, Task.kind.in_(PATIENT_KINDS))
        .where(Task.state != TaskState.CLOSED)
        .where(
            func.coalesce(Task.holder_id, rep_id) == rep_id, func.coalesce(Task.owner_id, rep_id) == rep_id
        )
        .order_by((Task.holder_id == rep_id).desc().nulls_last(), Task.priority.desc(), Task.id)
        .limit(1)
    ).one_or_none()
