"""The parts of an account's page, one SELECT each."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import (
    Claim,
    Fact,
    LedgerEntry,
    Note,
    Patient,
    Payer,
    Phone,
    Promise,
    User,
    Window,
)
from workqueue.rules.calendar import office_day
from workqueue.rules.claim_statuses import category
from workqueue.rules.codes import reason_words, status_words
from workqueue.rules.promises import PromiseState, state_of
from workqueue.rules.states import EntryKind, PhonePlace
from workqueue.rules.words import ENTRIES, FACTS, sequence_words


@dataclass(frozen=True, slots=True)
class PhoneView:
    phone_id: int
    e164: str
    place: PhonePlace
    is_valid: bool


@dataclass(frozen=True, slots=True)
class PatientView:
    id: int
    name: str
    birth_on: date | None
    language: str
    address: str
    zones: tuple[str, ...]
    phones: tuple[PhoneView, ...]


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


@dataclass(frozen=True, slots=True)
class PromiseLine:
    promise_id: int
    amount_cents: int
    paid_cents: int
    made_on: date
    due_on: date
    grace_on: date
    state: PromiseState


def patient(session: Session, patient_id: int | None) -> PatientView | None:
    row = session.execute(
        select(Patient, Window.zones)
        .outerjoin(Window, Window.id == Patient.window_id)
        .where(Patient.id == patient_id)
    ).one_or_none()
    if row is None:
        return None
    person, zones = row
    phones = session.scalars(select(Phone).where(Phone.patient_id == person.id).order_by(Phone.id))
    region = " ".join(filter(None, (person.state, person.zip)))
    return PatientView(
        id=person.id,
        name=" ".join(filter(None, (person.first_name, person.last_name))),
        birth_on=person.birth_on,
        language=person.language,
        address=", ".join(filter(None, (person.street, person.city, region))),
        zones=tuple(filter(None, (zones or "").split("|"))),
        phones=tuple(PhoneView(each.id, each.e164, each.place, each.is_valid) for each in phones),
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
    if claim.status_category:
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


def promises(session: Session, account_id: int, now: datetime) -> tuple[PromiseLine, ...]:
    paid = (
        select(func.coalesce(-func.sum(LedgerEntry.patient_cents), 0))
        .where(LedgerEntry.account_id == Promise.account_id, LedgerEntry.effective_on >= Promise.made_on)
        .where(LedgerEntry.kind == EntryKind.PATIENT_PAYMENT)
        .correlate(Promise)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Promise, paid).where(Promise.account_id == account_id).order_by(Promise.id.desc())
    )
    return tuple(
        PromiseLine(
            promise_id=promise.id,
            amount_cents=promise.amount_cents,
            paid_cents=int(paid_cents),
            made_on=promise.made_on,
            due_on=promise.due_on,
            grace_on=promise.grace_on,
            state=state_of(
                amount_cents=promise.amount_cents,
                paid_cents=int(paid_cents),
                grace_on=promise.grace_on,
                is_cancelled=promise.cancelled_at is not None,
                today=office_day(now),
            ),
        )
        for promise, paid_cents in rows
    )
