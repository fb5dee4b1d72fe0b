"""A rep's desk: accounts as the intake leaves them, and tasks of theirs in a rep's hands."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_fact,
    make_lease,
    make_patient,
    make_payer,
    make_phone,
    make_skill,
    make_window,
)
from workqueue.models import Account, Call, Draft, Fact, Outcome, Patient, Payer, Phone, Task, User, Window
from workqueue.models.patients import NO_CALL_WINDOW
from workqueue.rules.entries import InvalidEntry, OutcomeEntry
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.states import FactKind
from workqueue.services import calling, deriving, posting
from workqueue.services.outcomes import LoggedOutcome, log_outcome


def open_office(session: Session) -> None:
    """Have every skill, so that each task finds its lane."""
    for code in Skill:
        make_skill(session, code)
    assert session.get(Window, NO_CALL_WINDOW) is not None


def post(session: Session, *facts: Fact) -> None:
    posting.post_facts(session, [fact.id for fact in facts], now=NOON)
    session.expire_all()


def owed_by_patient(
    session: Session,
    cents: int = 30_000,
    *,
    patient: Patient | None = None,
    service_on: date = TODAY - timedelta(days=40),
) -> Account:
    """Return an account whose balance is the patient's and old enough to call about."""
    open_office(session)
    patient = patient or make_patient(session, window=make_window(session, "America/Chicago"))
    fact = make_fact(
        session,
        FactKind.ACCOUNT_OPENED,
        charge_cents=cents,
        code="self_pay",
        effective_on=service_on,
        payload={"patient_id": patient.id, "service_on": service_on.isoformat()},
    )
    post(session, fact)
    return session.scalars(select(Account).where(Account.number == fact.account_number)).one()


def billed_to_payer(
    session: Session,
    cents: int = 50_000,
    *,
    submitted_on: date = TODAY - timedelta(days=60),
    payer: Payer | None = None,
) -> Account:
    """Return an account with one claim its payer has not answered in time."""
    open_office(session)
    patient = make_patient(session)
    fact = make_fact(
        session,
        FactKind.CLAIM_SUBMITTED,
        payer=payer or make_payer(session),
        charge_cents=cents,
        code="1",
        effective_on=submitted_on,
        payload={
            "patient_id": patient.id,
            "service_on": submitted_on.isoformat(),
            "service_through_on": submitted_on.isoformat(),
        },
    )
    post(session, fact)
    return session.scalars(select(Account).where(Account.number == fact.account_number)).one()


def deny(session: Session, account: Account, cents: int, *, on: date = TODAY) -> None:
    """Let the payer deny so much of the account's claim."""
    post(
        session,
        make_fact(
            session,
            FactKind.REMITTANCE_CLAIM,
            account_number=account.number,
            effective_on=on,
            code="4",
            denied_cents=cents,
            reason="CO-50",
            payload={"entries": []},
        ),
    )


def unmatched_payment(session: Session, cents: int = 12_000) -> Account:
    """Return the placeholder that a payment for an unknown number opened."""
    open_office(session)
    fact = make_fact(
        session,
        FactKind.PAYMENT,
        paid_cents=cents,
        code="lockbox",
        payload={"entries": [["payer_payment", "", "", -cents, 0]]},
    )
    post(session, fact)
    return session.scalars(select(Account).where(Account.number == fact.account_number)).one()


def task_of(session: Session, account: Account, kind: TaskKind) -> Task:
    return session.scalars(select(Task).where(Task.account_id == account.id, Task.kind == kind)).one()


def take(session: Session, account: Account, kind: TaskKind, rep: User) -> tuple[int, int]:
    """Put the account's task into the rep's hands; return its id and the lease's token."""
    task = task_of(session, account, kind)
    # Leases run by the clock of the database, not by the moment of the test.
    lease = make_lease(session, task=task, rep=rep, granted_at=datetime.now(UTC))
    return task.id, lease.id


def log(
    session: Session, held: tuple[int, int], entry: OutcomeEntry, rep_id: int, now: datetime = NOON
) -> LoggedOutcome:
    return log_outcome(session, task_id=held[0], lease_token=held[1], entry=entry, rep_id=rep_id, now=now)


def refused(session: Session, held: tuple[int, int], entry: OutcomeEntry, rep_id: int) -> dict[str, str]:
    with pytest.raises(InvalidEntry) as refusal:
        log(session, held, entry, rep_id)
    assert session.scalar(select(func.count()).select_from(Outcome)) == 0
    return refusal.value.fields


def call(
    session: Session, account: Account, held: tuple[int, int], rep_id: int, now: datetime = NOON
) -> Call:
    phone = session.scalar(
        select(Phone).where(Phone.patient_id == account.patient_id).order_by(Phone.id).limit(1)
    )
    phone = phone or make_phone(session, patient=session.get_one(Patient, account.patient_id))
    placed = calling.place_call(
        session, task_id=held[0], lease_token=held[1], phone_id=phone.id, rep_id=rep_id, now=now
    )
    return session.get_one(Call, placed.call_id)


def no_difference(session: Session) -> None:
    assert deriving.check(session, now=NOON) == []


def client_phone(session: Session, task_id: int) -> int:
    task = session.get_one(Task, task_id)
    account = session.get_one(Account, task.account_id)
    return make_phone(session, patient=session.get_one(Patient, account.patient_id), e164="+13122210143").id


def draft_of(session: Session, user: User, task_id: int) -> dict[str, str]:
    return dict(
        session.scalar(select(Draft.fields).where(Draft.user_id == user.id, Draft.task_id == task_id)) or {}
    )
