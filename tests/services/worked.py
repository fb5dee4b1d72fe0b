"""A history of worked tasks: accounts that owe, touches of their tasks, and what came of it in time."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_fact, make_outcome, make_patient, make_payer, make_window, otto
from tests.services.desk import open_office
from tests.services.queues import task_of
from workqueue.models import Account, Fact, Lease, Outcome
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import FactKind, LeaseEnd
from workqueue.services import posting

DAY = timedelta(days=1)


def post(session: Session, *facts: Fact, at: datetime) -> None:
    posting.post_facts(session, [fact.id for fact in facts], now=at)
    session.expire_all()


def owes(session: Session, cents: int = 10_000, *, at: datetime, age_days: int = 20) -> Account:
    """Return an account whose balance became the patient's so many days before."""
    open_office(session)
    since_on = office_day(at) - age_days * DAY
    patient = make_patient(session, window=make_window(session, "America/Chicago"))
    fact = make_fact(
        session,
        FactKind.ACCOUNT_OPENED,
        charge_cents=cents,
        code="self_pay",
        effective_on=since_on,
        payload={"patient_id": patient.id, "service_on": since_on.isoformat()},
    )
    post(session, fact, at=at - DAY)
    return session.scalars(select(Account).where(Account.number == fact.account_number)).one()


def billed(session: Session, cents: int = 10_000, *, at: datetime, status: str = "") -> Account:
    """Return an account with a claim, and perhaps what its payer said of it the day before."""
    open_office(session)
    sent_on = office_day(at) - 50 * DAY
    fact = make_fact(
        session,
        FactKind.CLAIM_SUBMITTED,
        payer=make_payer(session),
        charge_cents=cents,
        code="1",
        effective_on=sent_on,
        payload={"patient_id": make_patient(session).id, "service_on": sent_on.isoformat()},
    )
    post(session, fact, at=at - 2 * DAY)
    account = session.scalars(select(Account).where(Account.number == fact.account_number)).one()
    if status:
        says(session, account, status, at=at - DAY)
    return account


def says(session: Session, account: Account, status: str, *, at: datetime) -> None:
    """Let the payer say where the claim stands."""
    fact = make_fact(
        session,
        FactKind.CLAIM_STATUS,
        account_number=account.number,
        effective_on=office_day(at),
        code=status,
        payload={"status_key": f"{office_day(at):%Y%m%d}:{status}"},
    )
    post(session, fact, at=at)


def remits(session: Session, account: Account, *, paid: int = 0, denied: int = 0, at: datetime) -> None:
    """Let the payer pay and deny so much of the claim."""
    fact = make_fact(
        session,
        FactKind.REMITTANCE_CLAIM,
        account_number=account.number,
        effective_on=office_day(at),
        code="4" if denied else "1",
        paid_cents=paid,
        denied_cents=denied,
        reason="CO-50" if denied else "",
        payload={"entries": [["payer_payment", "", "", -paid, 0]] if paid else []},
    )
    post(session, fact, at=at)


def pays(session: Session, account: Account, cents: int, *, at: datetime) -> None:
    """Let the patient pay."""
    moves(session, account, "patient_payment", 0, -cents, kind=FactKind.PAYMENT, at=at)


def moves(
    session: Session,
    account: Account,
    entry: str,
    insurance: int,
    patient: int,
    *,
    at: datetime,
    kind: FactKind = FactKind.OFFICE_ENTRY,
) -> None:
    """Post one entry; an entry of the office's own unless said otherwise."""
    fact = make_fact(
        session,
        kind,
        account_number=account.number,
        effective_on=office_day(at),
        code="card",
        payload={"entries": [[entry, "", "", insurance, patient]]},
    )
    post(session, fact, at=at)


def touch(
    session: Session,
    account: Account,
    kind: TaskKind,
    *,
    at: datetime,
    seconds: float = 300,
    disposition: str = "no_answer",
) -> Outcome:
    """Let a rep have worked on the account's task for so long."""
    task = task_of(session, account, kind)
    lease = Lease(
        task_id=task.id,
        rep_id=otto(session).id,
        granted_at=at - timedelta(seconds=seconds),
        ended_at=at,
        ended_by=LeaseEnd.OUTCOME,
    )
    session.add(lease)
    session.flush()
    return make_outcome(session, task=task, lease_token=lease.id, disposition=disposition, at=at)


def worked(session: Session, count: int, *, at: datetime, paid: int = 0, seconds: float = 300) -> None:
    """Let so many patients have been called at a moment, and pay so much of 10,000 cents a week later."""
    for _ in range(count):
        account = owes(session, at=at)
        touch(session, account, TaskKind.PATIENT_BALANCE, at=at, seconds=seconds)
        if paid:
            pays(session, account, paid, at=at + 7 * DAY)
