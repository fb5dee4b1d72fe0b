"""The parts of an account's page, one SELECT each."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import (
    Claim,
    Fact,
    LedgerEntry,
    Note,
    Patient,
    Payer,
    User,
)
from workqueue.rules.claim_statuses import category
from workqueue.rules.codes import reason_words, status_words
from workqueue.rules.states import EntryKind
from workqueue.rules.words import ENTRIES, FACTS, person_name, sequence_words
from workqueue.services.reading.reach import address_words


@dataclass(frozen=True, slots=True)
class PatientView:
    id: int
    name: str
    birth_on: date | None
    language: str
    address: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    sequence: int
    sequence_words: str
    payer_name: str
    payer_control_number: str
    charge_cents: int
    paid_cents: int
    contractual_cents: int
    patient_share_cents: int
    denied_cents: int
    denial_code: str
    denial_words: str
    denied_on: date | None
    service_on: date | None
    submitted_on: date | None
    status_category: str
    status_words: str
    status_detail: str
    status_on: date | None
    adjudicated_on: date | None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    entry_id: int
    effective_on: date | None
    posted_at: datetime
    kind: EntryKind
    kind_words: str
    group_code: str
    reason_code: str
    reason_words: str
    insurance_cents: int
    patient_cents: int
    insurance_balance_cents: int
    patient_balance_cents: int
    fact_id: int
    source_words: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    note_id: int
    at: datetime
    author_name: str
    text: str


def patient(session: Session, patient_id: int | None) -> PatientView | None:
    person = session.scalar(select(Patient).where(Patient.id == patient_id))
    if person is None:
        return None
    return PatientView(
        id=person.id,
        name=person_name(person.first_name, person.last_name),
        birth_on=person.birth_on,
        language=person.language,
        address=address_words(person),
    )


def claims(session: Session, account_id: int) -> tuple[ClaimView, ...]:
    rows = session.execute(
        select(Claim, Payer.name)
        .outerjoin(Payer, Payer.id == Claim.payer_id)
        .where(Claim.account_id == account_id)
        .order_by(Claim.sequence)
    )
    return tuple(_claim(claim, payer_name or "") for claim, payer_name in rows)


def _claim(claim: Claim, payer_name: str) -> ClaimView:
    if claim.is_void:
        words = "Taken back by us"
    elif claim.status_category:
        words = category(claim.status_category).words
    elif claim.adjudicated_on:
        words = "Decided by remittance"
    else:
        words = "Submitted, nothing heard yet" if claim.submitted_on else "Not submitted yet"
    return ClaimView(
        sequence=claim.sequence,
        sequence_words=sequence_words(claim.sequence),
        payer_name=payer_name,
        payer_control_number=claim.payer_control_number,
        charge_cents=claim.charge_cents,
        paid_cents=claim.paid_cents,
        contractual_cents=claim.contractual_cents,
        patient_share_cents=claim.patient_share_cents,
        denied_cents=claim.denied_cents,
        denial_code=claim.denial_code,
        denial_words=reason_words(claim.denial_code) if claim.denial_code else "",
        denied_on=claim.denied_on,
        service_on=claim.service_on,
        submitted_on=claim.submitted_on,
        status_category=claim.status_category,
        status_words=words,
        status_detail=status_words(claim.status_code) if claim.status_code else "",
        status_on=claim.status_on,
        adjudicated_on=claim.adjudicated_on,
    )


def ledger(session: Session, account_id: int) -> tuple[LedgerLine, ...]:
    """Return the entries in the order they were posted, each with the balances after it."""
    rows = session.execute(
        select(LedgerEntry, Fact.kind)
        .join(Fact, Fact.id == LedgerEntry.fact_id)
        .where(LedgerEntry.account_id == account_id)
        .order_by(LedgerEntry.id)
    )
    lines, insurance, owed = [], 0, 0
    for entry, fact_kind in rows:
        insurance += entry.insurance_cents
        owed += entry.patient_cents
        lines.append(
            LedgerLine(
                entry_id=entry.id,
                effective_on=entry.effective_on,
                posted_at=entry.posted_at,
                kind=entry.kind,
                kind_words=ENTRIES[entry.kind],
                group_code=entry.group_code,
                reason_code=entry.reason_code,
                reason_words=reason_words(entry.reason_code) if entry.reason_code else "",
                insurance_cents=entry.insurance_cents,
                patient_cents=entry.patient_cents,
                insurance_balance_cents=insurance,
                patient_balance_cents=owed,
                fact_id=entry.fact_id,
                source_words=FACTS[fact_kind].capitalize(),
            )
        )
    return tuple(lines)


def notes(session: Session, account_id: int, limit: int) -> tuple[NoteLine, ...]:
    rows = session.execute(
        select(Note.id, Note.at, User.name, Note.text)
        .join(User, User.id == Note.author_id)
        .where(Note.account_id == account_id)
        .order_by(Note.id.desc())
        .limit(limit)
    )
    return tuple(NoteLine(*row) for row in rows)
