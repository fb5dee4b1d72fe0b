"""Calling: whether a number may be dialled is decided in the transaction that writes the call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Callback, Patient, Phone, Task, Window
from workqueue.rules.call_states import CallState
from workqueue.rules.contact import Attempt, ContactFacts, Verdict, inbound_call, may_contact, payer_call
from workqueue.rules.dispositions import CONVERSATIONS, UNCOUNTED
from workqueue.rules.holds import HOLDS, hold_words
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.phones import is_dialable
from workqueue.rules.refusals import Invalid, Refusal
from workqueue.rules.windows import zones_of_number
from workqueue.services import holding, leasing

LOOK_BACK = timedelta(days=9)
"""Seven days of the person, wherever on earth they begin."""


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


def place_call(
    session: Session, *, task_id: int, lease_token: int, phone_id: int | None, rep_id: int, now: datetime
) -> PlacedCall:
    """Write the call if it is allowed; raises CallNotAllowed with every reason if it is not.

    The person is locked: of two reps who would dial at once, the second counts the first one's call.
    """
    task = leasing.prove(session, task_id, lease_token, rep_id=rep_id)
    if KINDS[task.kind].party is not Party.PATIENT:
        if phone_id is not None:
            raise Invalid("This task is about a payer; leave the patient's number out.", field="phone_id")
        return _write(session, task, None, None, rep_id, now, payer_call(now))
    phone = session.scalar(
        select(Phone)
        .join(Account, Account.patient_id == Phone.patient_id)
        .where(Phone.id == phone_id, Account.id == task.account_id)
    )
    if phone is None:
        raise Invalid("Choose one of the patient's numbers.", field="phone_id")
    lock_person(session, phone.patient_id)
    verdict = verdicts(session, task, phone.patient_id, {phone.id: phone.e164}, now)[phone.id]
    if not verdict.is_allowed:
        raise CallNotAllowed(verdict)
    return _write(session, task, phone.patient_id, phone.id, rep_id, now, verdict)


def lock_person(session: Session, patient_id: int) -> None:
    """Let nobody else place a call to this person until this transaction ends."""
    # Not the row: a long file that says something new of the patient holds it until the file is read.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 1006))"),
        {"person": f"person {patient_id}"},
    )


def record_inbound(session: Session, task: Task, patient_id: int, rep_id: int, now: datetime) -> Call:
    """Write a call the patient made, so that the conversation counts."""
    placed = _write(session, task, patient_id, None, rep_id, now, inbound_call(now), is_inbound=True)
    return session.get_one(Call, placed.call_id)


def verdicts(
    session: Session, task: Task, patient_id: int, e164s: Mapping[int, str], now: datetime
) -> dict[int, Verdict]:
    """Judge a call to each of these numbers, by phone id, with the same facts for all of them."""
    zones = zones_of_patient(session, patient_id)
    attempts = attempts_of(session, patient_id, now)
    held_until, hold_reason = _hold(session, task.account_id, now)
    asked_at = None
    if task.kind is TaskKind.CALLBACK_DUE:
        asked_at = session.scalar(select(Callback.booked_at).where(Callback.id == task.subject))
    valid = set(session.scalars(select(Phone.id).where(Phone.id.in_(e164s), Phone.is_valid)) if e164s else ())
    return {
        phone_id: may_contact(
            ContactFacts(
                zones=tuple(sorted({*zones, *zones_of_number(e164)})),
                is_phone_valid=phone_id in valid and is_dialable(e164),
                attempts=attempts,
                held_until=held_until,
                hold_reason=hold_reason,
                callback_asked_at=asked_at,
            ),
            now,
        )
        for phone_id, e164 in e164s.items()
    }


def zones_of_patient(session: Session, patient_id: int | None) -> tuple[str, ...]:
    """Return the zones the patient may be in, as the window of their tasks has them."""
    zones = session.scalar(
        select(Window.zones).join(Patient, Patient.window_id == Window.id).where(Patient.id == patient_id)
    )
    return tuple(filter(None, (zones or "").split("|")))


def attempts_of(session: Session, patient_id: int, now: datetime) -> tuple[Attempt, ...]:
    """Return the person's recent calls, over all accounts and numbers."""
    rows = session.execute(
        select(Call.placed_at, Call.disposition, Call.is_inbound, Call.is_connected)
        .where(Call.patient_id == patient_id, Call.placed_at > now - LOOK_BACK)
        .order_by(Call.placed_at)
    )
    return tuple(
        Attempt(
            at=placed_at,
            counts=is_connected and not is_inbound and disposition not in UNCOUNTED,
            is_conversation=disposition in CONVERSATIONS,
        )
        for placed_at, disposition, is_inbound, is_connected in rows
    )


def _hold(session: Session, account_id: int, now: datetime) -> tuple[datetime | None, str]:
    account = session.get_one(Account, account_id)
    for each in holding.in_force(session, account, now):
        if Party.PATIENT in HOLDS[each.kind].stops:
            return each.until_at, hold_words(each.kind, each.reason)
    return None, ""


def _write(
    session: Session,
    task: Task,
    patient_id: int | None,
    phone_id: int | None,
    rep_id: int,
    now: datetime,
    verdict: Verdict,
    *,
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
        place=session.scalar(select(Phone.place).where(Phone.id == phone_id)) if phone_id else None,
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
