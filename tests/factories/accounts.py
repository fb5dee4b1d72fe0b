"""Accounts, claims, facts and the ledger."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests.factories.moments import NOON, TODAY, next_key, numbers
from tests.factories.patients import make_patient, make_payer
from workqueue.models import Account, Claim, Fact, File, LedgerEntry, Patient, Payer, Remittance
from workqueue.rules.states import EntryKind, FactKind, FactState


def make_account(
    session: Session,
    *,
    number: str | None = None,
    patient: Patient | None = None,
    guarantor: Patient | None = None,
    is_identified: bool = True,
    service_on: date | None = TODAY - timedelta(days=40),
    charge_cents: int = 0,
    insurance_cents: int = 0,
    patient_cents: int = 0,
    patient_since_on: date | None = None,
    opened_at: datetime = NOON,
) -> Account:
    """Make an account; its balances are what is given here, without any ledger behind them."""
    if patient is None and is_identified:
        patient = make_patient(session)
    account = Account(
        number=number or f"T{next(numbers):06d}",
        patient_id=patient.id if patient else None,
        guarantor_id=guarantor.id if guarantor else None,
        is_identified=is_identified,
        service_on=service_on,
        opened_at=opened_at,
        charge_cents=charge_cents,
        insurance_cents=insurance_cents,
        patient_cents=patient_cents,
        patient_since_on=patient_since_on,
    )
    session.add(account)
    session.flush()
    return account


def make_claim(
    session: Session,
    *,
    account: Account | None = None,
    sequence: int = 1,
    payer: Payer | None = None,
    charge_cents: int = 50_000,
    submitted_on: date | None = TODAY - timedelta(days=35),
    status_category: str = "",
    status_on: date | None = None,
    denied_cents: int = 0,
    denial_key: str = "",
    paid_cents: int = 0,
    adjudicated_on: date | None = None,
) -> Claim:
    """Make a claim. A denial is day and reason in one key, as in `20260301 CO-50`."""
    account = account or make_account(session, charge_cents=charge_cents, insurance_cents=charge_cents)
    claim = Claim(
        account_id=account.id,
        sequence=sequence,
        payer_id=(payer or make_payer(session)).id,
        charge_cents=charge_cents,
        service_on=account.service_on,
        service_through_on=account.service_on,
        submitted_on=submitted_on,
        status_category=status_category,
        status_on=status_on,
        denied_cents=denied_cents,
        denial_key=denial_key,
        paid_cents=paid_cents,
        adjudicated_on=adjudicated_on,
    )
    session.add(claim)
    session.flush()
    return claim


def make_fact(
    session: Session,
    kind: FactKind = FactKind.CLAIM_SUBMITTED,
    *,
    account_number: str | None = None,
    state: FactState = FactState.RECEIVED,
    source_key: UUID | None = None,
    file: File | None = None,
    remittance: Remittance | None = None,
    account: Account | None = None,
    sequence: int = 1,
    payer: Payer | None = None,
    payer_control_number: str = "",
    effective_on: date | None = TODAY,
    charge_cents: int = 0,
    paid_cents: int = 0,
    patient_cents: int = 0,
    contractual_cents: int = 0,
    denied_cents: int = 0,
    code: str = "",
    reason: str = "",
    payload: dict[str, Any] | None = None,
    received_at: datetime = NOON,
) -> Fact:
    """Make a fact as the intake would leave it; a duplicate gets no key."""
    key = None if state is FactState.DUPLICATE else source_key or next_key()
    fact = Fact(
        source_key=key,
        content_hash=next_key(),
        kind=kind,
        state=state,
        file_id=file.id if file else None,
        remittance_id=remittance.id if remittance else None,
        account_number=account_number or (account.number if account else f"T{next(numbers):06d}"),
        sequence=sequence,
        payer_id=payer.id if payer else None,
        payer_control_number=payer_control_number,
        effective_on=effective_on,
        charge_cents=charge_cents,
        paid_cents=paid_cents,
        patient_cents=patient_cents,
        contractual_cents=contractual_cents,
        denied_cents=denied_cents,
        code=code,
        reason=reason,
        payload=payload or {},
        account_id=account.id if account and state is FactState.APPLIED else None,
        received_at=received_at,
    )
    session.add(fact)
    session.flush()
    return fact


def make_ledger_entry(
    session: Session,
    *,
    account: Account | None = None,
    fact: Fact | None = None,
    claim: Claim | None = None,
    ordinal: int = 1,
    kind: EntryKind = EntryKind.PATIENT_PAYMENT,
    group_code: str = "",
    reason_code: str = "",
    insurance_cents: int = 0,
    patient_cents: int = -2_500,
    effective_on: date | None = TODAY,
) -> LedgerEntry:
    account = account or make_account(session)
    fact = fact or make_fact(session, FactKind.PAYMENT, account=account, state=FactState.APPLIED)
    entry = LedgerEntry(
        account_id=account.id,
        claim_id=claim.id if claim else None,
        fact_id=fact.id,
        ordinal=ordinal,
        kind=kind,
        group_code=group_code,
        reason_code=reason_code,
        insurance_cents=insurance_cents,
        patient_cents=patient_cents,
        effective_on=effective_on,
        posted_at=NOON,
    )
    session.add(entry)
    session.flush()
    return entry
