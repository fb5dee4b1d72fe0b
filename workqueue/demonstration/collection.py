"""Statements and holds of the demonstration office: clocks in every state, and several kinds of hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Account, Claim, Fact, Notice, Patient, Task
from workqueue.rules.collection_clock import NOTICE_DAYS
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.states import FactKind, FactState, TaskState
from workqueue.services import holding
from workqueue.services.posting import post_facts

LEAST_CENTS = 20_000
"""What the accounts of the examples owe at least."""
OLD_BILLS = ((230, 3), (210, 3), (100, 3), (215, 2))
"""Bills that came over from an older system: days since the first statement, and pieces of evidence."""
OLD_BILL_CENTS = 48_200


@dataclass(frozen=True)
class Example:
    """One hold of the demonstration."""

    kind: HoldKind
    reason: str
    owner: str
    days: int | None = None
    """Until it ends; none for as long as usual."""


EVIDENCE = (NoticeKind.COLLECTION_NOTICE, NoticeKind.PLAIN_SUMMARY, NoticeKind.ORAL_EFFORT)

EXAMPLES = (
    Example(HoldKind.ASSISTANCE_PENDING, "application for financial assistance", "leo", 21),
    Example(HoldKind.ASSISTANCE_INCOMPLETE, "proof of income is missing; asked for in writing", "leo", 14),
    Example(HoldKind.DISPUTE, "says the visit was cancelled", "pia"),
    Example(HoldKind.OTHER_INSURANCE, "a second card was named on the telephone", "otto", 4),
    Example(HoldKind.DECEASED, "a daughter called; the estate is being opened", "leo"),
    Example(HoldKind.QMB, "the state's file says so", "sue"),
    Example(HoldKind.WORKERS_COMPENSATION, "fell at work; the carrier is asked", "pia", 6),
)


def send_statements(session: Session, *, today: date, now: datetime) -> None:
    """Send a statement a week after a share fell to the patient, and one a month afterwards."""
    session.execute(
        text(
            "INSERT INTO notices (account_id, kind, given_on, evidence, recorded_at)"
            " SELECT a.id, 'statement', a.patient_since_on + 7 + 30 * n, 'statement run', :now"
            " FROM accounts a CROSS JOIN generate_series(0, 3) AS n"
            " WHERE a.is_identified AND a.patient_cents > 0 AND a.patient_since_on + 7 + 30 * n <= :today"
            " ON CONFLICT DO NOTHING"
        ),
        {"today": today, "now": now},
    )


def collect(session: Session, people: Mapping[str, int], *, today: date, now: datetime) -> None:
    """Give some accounts the evidence that comes before collection, and hold others."""
    send_statements(session, today=today, now=now)
    owing = _owing(session, len(EXAMPLES) + 8)
    persons, owing = owing[: len(OLD_BILLS)], owing[len(OLD_BILLS) :]
    for position, (account_id, (days, pieces)) in enumerate(zip(persons, OLD_BILLS, strict=False)):
        first_on = today - timedelta(days=days)
        old_id = _carry_over(session, account_id, position, service_on=first_on - timedelta(days=21), now=now)
        _prepare(session, old_id, EVIDENCE[:pieces], first_on=first_on, today=today, now=now)
    for example, account_id in zip(EXAMPLES, owing, strict=False):
        holding.place(
            session,
            account_id=account_id,
            kind=example.kind,
            reason=example.reason,
            until_on=today + timedelta(days=example.days) if example.days else None,
            owner_id=people[example.owner],
            now=now,
        )
    for account_id in owing[len(EXAMPLES) : len(EXAMPLES) + 1]:
        holding.place_bankruptcy(
            session,
            account_id=account_id,
            petition_on=today - timedelta(days=3),
            reason="chapter 7, notice of the court came today",
            owner_id=people["leo"],
            now=now,
        )
    for account_id in owing[len(EXAMPLES) + 1 : len(EXAMPLES) + 3]:
        # Ran out the day before yesterday, and nobody has looked again.
        holding.put(
            session,
            kind=HoldKind.DISPUTE,
            account_id=account_id,
            reason="asked for an itemised bill",
            until_on=today - timedelta(days=2),
            owner_id=people["otto"],
            now=now - timedelta(days=32),
        )
    _keep_from_the_plan(session, people["sue"], now=now)


def _owing(session: Session, count: int) -> Sequence[int]:
    """Return accounts of persons of their own that owe a good deal, what is most first."""
    rows = session.execute(
        select(Account.id, Account.patient_id)
        .join(Patient, Patient.id == Account.patient_id)
        .where(Account.is_identified, Account.patient_cents > LEAST_CENTS, Account.insurance_cents == 0)
        .order_by(Account.patient_cents.desc(), Account.number)
        .limit(4 * count)
    )
    by_person: dict[int | None, int] = {}
    for account_id, patient_id in rows:
        by_person.setdefault(patient_id, account_id)
    return list(by_person.values())[:count]


def _carry_over(session: Session, account_id: int, position: int, *, service_on: date, now: datetime) -> int:
    """Open an older bill of the same person, as an export of another system would; return the account."""
    number = f"OLD{position + 1:06d}"
    fact = Fact(
        source_key=uuid5(NAMESPACE_OID, number),
        content_hash=uuid5(NAMESPACE_OID, f"{number} opened"),
        kind=FactKind.ACCOUNT_OPENED,
        state=FactState.RECEIVED,
        account_number=number,
        effective_on=service_on,
        charge_cents=OLD_BILL_CENTS + 1_350 * position,
        code="self_pay",
        payload={
            "patient_id": session.scalar(select(Account.patient_id).where(Account.id == account_id)),
            "service_on": service_on.isoformat(),
        },
        received_at=now,
    )
    session.add(fact)
    session.flush()
    post_facts(session, [fact.id], now=now)
    return session.scalars(select(Account.id).where(Account.number == number)).one()


def _prepare(
    session: Session,
    account_id: int,
    kinds: Sequence[NoticeKind],
    *,
    first_on: date,
    today: date,
    now: datetime,
) -> None:
    noticed_on = today - timedelta(days=NOTICE_DAYS + 2)
    session.add(
        Notice(
            account_id=account_id,
            kind=NoticeKind.STATEMENT,
            given_on=first_on,
            evidence="carried over from the old system",
            recorded_at=now,
        )
    )
    for kind in kinds:
        is_notice = kind is NoticeKind.COLLECTION_NOTICE
        session.add(
            Notice(
                account_id=account_id,
                kind=kind,
                given_on=noticed_on,
                deadline_on=noticed_on + timedelta(days=NOTICE_DAYS) if is_notice else None,
                evidence="mail house" if kind is not NoticeKind.ORAL_EFFORT else "on the telephone",
                recorded_at=now,
            )
        )
    session.flush()


def _keep_from_the_plan(session: Session, owner_id: int, *, now: datetime) -> None:
    """Let one patient have asked that the plan not be told: its claim waits."""
    account_id = session.scalar(
        select(Claim.account_id)
        .join(Task, Task.account_id == Claim.account_id)
        .where(Task.kind == TaskKind.CLAIM_NO_RESPONSE, Task.state == TaskState.QUEUED)
        .order_by(Claim.account_id.desc())
        .limit(1)
    )
    if account_id is not None:
        holding.place(
            session,
            account_id=account_id,
            kind=HoldKind.PAID_IN_FULL_RESTRICTION,
            reason="paid at the desk and asked that the plan not be told",
            owner_id=owner_id,
            now=now,
        )
