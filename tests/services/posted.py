"""One account told of fact by fact: each is posted as it comes, and the books are looked at after each."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_fact
from tests.services.desk import open_office
from tests.services.queues import differences
from workqueue.models import Account, Claim, Fact
from workqueue.rules.states import EntryKind, FactKind
from workqueue.services import posting, verifying

DAY = timedelta(days=1)
NUMBER = "A-1"


def arrive(session: Session, kind: FactKind, *, number: str = NUMBER, **facts: Any) -> Fact:
    """Let one fact come in and be posted; afterwards the queue is always what a rebuild would give."""
    open_office(session)
    fact = make_fact(session, kind, account_number=number, **facts)
    assert posting.post_received(session, now=NOON) == 1
    session.expire_all()
    assert differences(session) == []
    assert [each.sentence for each in verifying.certify(session, now=NOON).checks if not each.is_ok] == []
    return fact


def bill(session: Session, cents: int = 50_000, *, on: date = TODAY - 40 * DAY, **facts: Any) -> Fact:
    payload = {"service_on": on.isoformat(), "service_through_on": on.isoformat()} | facts.pop("payload", {})
    return arrive(
        session,
        FactKind.CLAIM_SUBMITTED,
        charge_cents=cents,
        effective_on=on,
        payload=payload,
        **facts,
    )


def remit(session: Session, paid: int = 0, *, contractual: int = 0, share: int = 0, **facts: Any) -> Fact:
    entries = [
        [EntryKind.PAYER_PAYMENT, "", "", -paid, 0],
        [EntryKind.CONTRACTUAL, "CO", "45", -contractual, 0],
        [EntryKind.PATIENT_RESPONSIBILITY, "PR", "1", -share, share],
    ]
    return arrive(
        session,
        FactKind.REMITTANCE_CLAIM,
        **{"code": "1"} | facts,
        paid_cents=paid,
        contractual_cents=contractual,
        patient_cents=share,
        payload={"entries": [each for each in entries if each[3] or each[4]]},
    )


def status(session: Session, category: str, on: date, **facts: Any) -> Fact:
    return arrive(
        session,
        FactKind.CLAIM_STATUS,
        code=category,
        effective_on=on,
        payload={"status_key": f"{on:%Y%m%d}:{category}"},
        **facts,
    )


def pay(session: Session, cents: int, *, on: date = TODAY) -> Fact:
    return arrive(
        session,
        FactKind.PAYMENT,
        paid_cents=cents,
        effective_on=on,
        payload={"entries": [[EntryKind.PATIENT_PAYMENT, "", "", 0, -cents]]},
    )


def account(session: Session) -> Account:
    return session.scalars(select(Account).where(Account.number == NUMBER)).one()


def claim(session: Session, sequence: int = 1) -> Claim:
    return session.scalars(select(Claim).where(Claim.sequence == sequence)).one()


def balances(session: Session) -> tuple[int, int]:
    return account(session).insurance_cents, account(session).patient_cents
