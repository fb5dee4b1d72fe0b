"""Callbacks: times at which patients are called, because they asked for it in a call or by appointment.

Booked or cancelled apart from an outcome, the cause in the history is the person who did it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Phone
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.entries import callback_objection
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.slots import SlotRules
from workqueue.rules.states import CallbackState, CauseKind
from workqueue.services import contact_rules, deriving
from workqueue.services.booking import keeping
from workqueue.services.contacting import zones_of_patient
from workqueue.services.posting import lock_accounts


class CallbackOver(Refusal):
    """The callback was made, missed or cancelled before."""

    code = "callback_over"
    sentence = "This callback is over already."


def book(
    session: Session,
    *,
    account_id: int,
    at: datetime,
    phone_id: int | None,
    booked_by_id: int,
    now: datetime,
) -> int:
    """Book a callback at a time that suits where the patient is; return its number.

    Nobody asked for it in a call, so the limits of calling hold for it.
    """
    lock_accounts(session, [account_id])
    account = session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound
    zones = zones_of_patient(session, account.person_id)
    wrong = callback_objection(at, zones, contact_rules.hours(session), now)
    if wrong:
        raise Invalid(wrong, field="callback_at")
    callback_id = put(
        session,
        account_id=account_id,
        person_id=account.person_id,
        at=at,
        phone_id=phone_id,
        asked_in_call_id=None,
        booked_by_id=booked_by_id,
        now=now,
    )
    deriving.derive(session, {account_id: None}, cause=CauseKind.LEAD, now=now, actor_id=booked_by_id)
    return callback_id


def put(
    session: Session,
    *,
    account_id: int,
    person_id: int | None,
    at: datetime,
    phone_id: int | None,
    asked_in_call_id: int | None,
    booked_by_id: int,
    now: datetime,
) -> int:
    """Write the callback of this person about an account that is locked; the caller derives."""
    if phone_id is not None:
        owner = session.scalar(select(Phone.patient_id).where(Phone.id == phone_id))
        if owner is None or owner != person_id:
            raise Invalid("Choose one of the person's own numbers.", field="phone_id")
    callback = Callback(
        account_id=account_id,
        phone_id=phone_id,
        at=at,
        ends_at=at + SlotRules().length(needs_interpreter=False),
        booked_at=now,
        asked_at=now if asked_in_call_id else None,
        booked_by_id=booked_by_id,
        patient_id=person_id,
        asked_in_call_id=asked_in_call_id,
        state=CallbackState.BOOKED,
    )
    session.add(callback)
    session.flush()
    keeping.note(session, callback, CallbackChangeKind.BOOKED, by_id=booked_by_id, now=now)
    return callback.id


def cancel(session: Session, *, callback_id: int, actor_id: int, now: datetime) -> None:
    """Call it off."""
    account_id = session.scalar(select(Callback.account_id).where(Callback.id == callback_id))
    if account_id is None:
        raise NotFound
    lock_accounts(session, [account_id])
    callback = session.get_one(Callback, callback_id, populate_existing=True)
    if callback.state is not CallbackState.BOOKED:
        raise CallbackOver
    callback.state = CallbackState.CANCELLED
    callback.sequence += 1
    keeping.note(session, callback, CallbackChangeKind.CANCELLED, by_id=actor_id, now=now)
    deriving.derive(session, {account_id: None}, cause=CauseKind.LEAD, now=now, actor_id=actor_id)
