"""A rep's desk: accounts as the intake leaves them, and tasks of theirs in a rep's hands."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_fact,
    make_lease,
    make_patient,
    make_payer,
    make_skill,
    make_window,
)
from workqueue.models import Account, Fact, Patient, Payer, Task, User, Window
from workqueue.models.patients import NO_CALL_WINDOW
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.states import FactKind
from workqueue.services import posting


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
