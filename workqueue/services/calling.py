"""Calling: whether a number may be dialled is decided in the transaction that writes the call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Phone, Task
from workqueue.rules.call_states import CallState
from workqueue.rules.contact_gate_facts import held
from workqueue.rules.contact_verdict import Verdict, inbound_call, payer_call
from workqueue.rules.kinds import KINDS, Party
from workqueue.rules.refusals import Invalid, Refusal
from workqueue.rules.states import PhonePlace
from workqueue.services import call_steps, contact_rules, contacting, holding, leasing
from workqueue.services.contacting import JudgedDial
from workqueue.services.posting import lock_accounts

NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class PlacedCall:
    """A call that may be dialled now."""

    call_id: int
    verdict: Verdict


class CallNotAllowed(Refusal):
    """The number may not be dialled now; the verdict says why, and when it may."""

    code = "call_not_allowed"
    sentence = "This number may not be called now."

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(" ".join(verdict.reasons))
        self.verdict = verdict

    def details(self) -> dict[str, Any]:
        kept = self.verdict.as_json()
        return {
            "reasons": list(self.verdict.reasons),
            "next_legal_at": kept["next_legal_at"],
            "verdict": kept,
        }


class LogTheCallFirst(Refusal):
    """An earlier call under this lease was answered and is not logged."""

    code = "call_not_logged"
    sentence = "Log the call first: it was answered, and what came of it is not written down."


def place_call(
    session: Session, *, task_id: int, lease_token: int, phone_id: int | None, rep_id: int, now: datetime
) -> PlacedCall:
    """Write the call if it is allowed; raises CallNotAllowed with every reason if it is not.

    One call is open at a time: raises LogTheCallFirst while an earlier one was answered; one that nobody
    took is logged as such.
    The person is locked: of two reps who would dial at once, the second counts the first one's call.
    """
    about = session.execute(select(Task.account_id, Task.kind).where(Task.id == task_id)).one_or_none()
    if about is not None and KINDS[about.kind].party is not Party.PATIENT:
        # Before the task, as everywhere. Whoever places a hold locks the account too: a call and a hold of
        # the same moment see each other.
        lock_accounts(session, [about.account_id])
    task = leasing.prove(session, task_id, lease_token, rep_id=rep_id)
    if KINDS[task.kind].party is not Party.PATIENT:
        if phone_id is not None:
            raise Invalid("This task is about a payer; leave the patient's number out.", field="phone_id")
        verdict = payer_verdict(session, session.get_one(Account, task.account_id), now)
        if not verdict.is_allowed:
            raise CallNotAllowed(verdict)
        return _write(session, task, verdict, rep_id=rep_id, now=now)
    _close_earlier(session, task, rep_id, now)
    person_id = session.scalar(select(Phone.patient_id).where(Phone.id == phone_id))
    if person_id is not None:
        contacting.lock_person(session, person_id)
    chosen = _judged(session, task, phone_id, now)
    if not chosen.verdict.is_allowed:
        raise CallNotAllowed(chosen.verdict)
    return _write(
        session,
        task,
        chosen.verdict,
        patient_id=chosen.dial.person_id,
        phone_id=phone_id,
        place=chosen.dial.place,
        rep_id=rep_id,
        now=now,
    )


def payer_verdict(session: Session, account: Account, now: datetime) -> Verdict:
    """Judge a call to a payer about this account."""
    collects_as = contact_rules.collects_as(session)
    stopping = holding.in_force(session, account, Party.PAYER, now)
    return payer_call(now, [held(each, collects_as) for each in stopping])


def _close_earlier(session: Session, task: Task, rep_id: int, now: datetime) -> None:
    """Log the call before this one, if nobody took it: a conversation left unlogged would not count."""
    earlier = open_call(session, task, rep_id)
    if earlier is None:
        return
    # Locked: the telephone system may report an answer in the same instant.
    session.refresh(earlier, with_for_update=True)
    if call_steps.was_put_through(session, earlier):
        raise LogTheCallFirst
    earlier.disposition, earlier.state = NO_ANSWER, CallState.LOGGED
    earlier.ended_at = earlier.ended_at or now
    session.flush()


def _judged(session: Session, task: Task, phone_id: int | None, now: datetime) -> JudgedDial:
    """Judge the number, if it is of somebody who may be spoken to about this task."""
    for each in contacting.judged(session, [task.id], now):
        if each.phone_id == phone_id:
            return each
    raise Invalid("Choose one of the patient's numbers.", field="phone_id")


def record_inbound(session: Session, task: Task, patient_id: int, rep_id: int, now: datetime) -> Call:
    """Write a call the patient made, so that the conversation counts."""
    placed = _write(
        session, task, inbound_call(now), patient_id=patient_id, rep_id=rep_id, now=now, is_inbound=True
    )
    return session.get_one(Call, placed.call_id)


def _write(
    session: Session,
    task: Task,
    verdict: Verdict,
    *,
    rep_id: int,
    now: datetime,
    patient_id: int | None = None,
    phone_id: int | None = None,
    place: PhonePlace | None = None,
    is_inbound: bool = False,
) -> PlacedCall:
    call = Call(
        account_id=task.account_id,
        patient_id=patient_id,
        phone_id=phone_id,
        task_id=task.id,
        rep_id=rep_id,
        party=KINDS[task.kind].party,
        is_inbound=is_inbound,
        is_with_consent=verdict.is_with_consent,
        place=place,
        state=CallState.ANSWERED if is_inbound else CallState.DIALLED,
        placed_at=now,
        verdict=verdict.as_json() | {"lease_token": task.lease_token},
        disposition="",
    )
    session.add(call)
    session.flush()
    return PlacedCall(call.id, verdict)


def open_call(session: Session, task: Task, rep_id: int) -> Call | None:
    """Return the newest call placed under this lease that is not logged yet."""
    return session.scalar(
        select(Call)
        .where(Call.account_id == task.account_id, Call.task_id == task.id, Call.rep_id == rep_id)
        .where(Call.disposition == "", Call.verdict["lease_token"].as_integer() == task.lease_token)
        .order_by(Call.id.desc())
        .limit(1)
    )
