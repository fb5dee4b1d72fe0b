"""Calls, outcomes, notes, promises, callbacks and drafts."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.factories.accounts import make_account
from tests.factories.moments import NOON, TODAY, numbers
from tests.factories.patients import make_phone
from tests.factories.people import ana, otto
from tests.factories.queue import make_task
from workqueue.models import (
    Account,
    Call,
    Callback,
    Draft,
    Note,
    Outcome,
    Patient,
    Phone,
    Promise,
    Task,
    User,
)
from workqueue.rules.call_states import CallState
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.states import CallbackState


def make_call(
    session: Session,
    *,
    task: Task | None = None,
    account: Account | None = None,
    patient: Patient | None = None,
    phone: Phone | None = None,
    rep: User | None = None,
    party: Party = Party.PATIENT,
    placed_at: datetime = NOON,
    disposition: str = "",
    verdict: dict[str, Any] | None = None,
) -> Call:
    """Make a call; without a task it is about a patient balance of the account."""
    task = task or make_task(session, TaskKind.PATIENT_BALANCE, account=account)
    account = account or session.get_one(Account, task.account_id)
    if patient is None and party is Party.PATIENT and account.patient_id is not None:
        patient = session.get_one(Patient, account.patient_id)
    if phone is None and patient is not None:
        phone = make_phone(session, patient=patient)
    call = Call(
        account_id=account.id,
        patient_id=patient.id if patient else None,
        phone_id=phone.id if phone else None,
        task_id=task.id,
        rep_id=(rep or otto(session)).id,
        party=party,
        state=CallState.LOGGED if disposition else CallState.DIALLED,
        placed_at=placed_at,
        verdict=verdict or {"allowed": True, "rules": []},
        disposition=disposition,
    )
    session.add(call)
    session.flush()
    return call


def make_outcome(
    session: Session,
    *,
    task: Task | None = None,
    rep: User | None = None,
    lease_token: int | None = None,
    call: Call | None = None,
    disposition: str = "no_answer",
    note: str = "",
    details: dict[str, Any] | None = None,
    next_at: datetime | None = None,
    at: datetime = NOON,
) -> Outcome:
    task = task or make_task(session, TaskKind.PATIENT_BALANCE)
    outcome = Outcome(
        task_id=task.id,
        account_id=task.account_id,
        rep_id=(rep or otto(session)).id,
        lease_token=lease_token or next(numbers),
        call_id=call.id if call else None,
        task_kind=task.kind.value,
        disposition=disposition,
        note=note,
        details=details or {},
        next_at=next_at,
        at=at,
    )
    session.add(outcome)
    session.flush()
    return outcome


def make_note(
    session: Session,
    *,
    account: Account | None = None,
    author: User | None = None,
    text: str = "Prefers to be called in the morning.",
    at: datetime = NOON,
) -> Note:
    note = Note(
        account_id=(account or make_account(session)).id,
        author_id=(author or ana(session)).id,
        text=text,
        at=at,
    )
    session.add(note)
    session.flush()
    return note


def make_promise(
    session: Session,
    *,
    account: Account | None = None,
    outcome: Outcome | None = None,
    amount_cents: int = 5_000,
    made_on: date = TODAY,
    due_on: date | None = None,
    grace_on: date | None = None,
    cancelled_at: datetime | None = None,
) -> Promise:
    account = account or make_account(session, charge_cents=amount_cents, patient_cents=amount_cents)
    if outcome is None:
        task = make_task(session, TaskKind.PATIENT_BALANCE, account=account)
        outcome = make_outcome(session, task=task, disposition="promise")
    due_on = due_on or made_on + timedelta(days=14)
    promise = Promise(
        account_id=account.id,
        amount_cents=amount_cents,
        cumulative_cents=amount_cents,
        made_on=made_on,
        due_on=due_on,
        grace_on=grace_on or due_on + timedelta(days=5),
        outcome_id=outcome.id,
        cancelled_at=cancelled_at,
    )
    session.add(promise)
    session.flush()
    return promise


def make_callback(
    session: Session,
    *,
    account: Account | None = None,
    phone: Phone | None = None,
    at: datetime = NOON + timedelta(hours=2),
    booked_at: datetime = NOON,
    booked_by: User | None = None,
    patient: Patient | None = None,
    asked_in: Call | None = None,
    state: CallbackState = CallbackState.BOOKED,
) -> Callback:
    account = account or make_account(session)
    callback = Callback(
        account_id=account.id,
        phone_id=phone.id if phone else None,
        at=at,
        ends_at=at + timedelta(minutes=15),
        booked_at=booked_at,
        asked_at=booked_at if asked_in else None,
        booked_by_id=(booked_by or otto(session)).id,
        patient_id=patient.id if patient else account.person_id,
        asked_in_call_id=asked_in.id if asked_in else None,
        state=state,
    )
    session.add(callback)
    session.flush()
    return callback


def make_draft(
    session: Session,
    *,
    user: User | None = None,
    task: Task | None = None,
    fields: dict[str, Any] | None = None,
    saved_at: datetime = NOON,
) -> Draft:
    draft = Draft(
        user_id=(user or ana(session)).id,
        task_id=(task or make_task(session)).id,
        fields=fields or {"note": "Spoke to the payer about"},
        saved_at=saved_at,
    )
    session.add(draft)
    session.flush()
    return draft
