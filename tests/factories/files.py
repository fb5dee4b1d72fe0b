"""Files, remittances and what was set aside."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tests.factories.moments import NOON, TODAY, numbers
from workqueue.models import (
    File,
    FileChunk,
    FileReceipt,
    Payer,
    ProviderAdjustment,
    QuarantinedItem,
    Remittance,
    User,
)
from workqueue.rules.states import FileSource, FileStatus, QuarantineState


def make_file(
    session: Session,
    *,
    name: str = "remittance.835",
    kind: str = "835",
    content: bytes = b"",
    sha256: str | None = None,
    status: FileStatus = FileStatus.APPLIED,
    received_at: datetime = NOON,
    report: dict[str, Any] | None = None,
) -> File:
    file = File(
        sha256=sha256 or f"{next(numbers):064x}",
        name=name,
        kind=kind,
        size_bytes=len(content),
        received_at=received_at,
        read_at=None if status is FileStatus.RECEIVED else received_at,
        status=status,
        report=report or {},
    )
    session.add(file)
    session.flush()
    if content:
        session.add(FileChunk(file_id=file.id, ordinal=0, content=content))
        session.flush()
    return file


def make_file_receipt(
    session: Session,
    *,
    file: File | None = None,
    source: FileSource = FileSource.UPLOAD,
    received_by: User | None = None,
    received_at: datetime = NOON,
    is_duplicate: bool = False,
) -> FileReceipt:
    file = file or make_file(session)
    receipt = FileReceipt(
        file_id=file.id,
        name=file.name,
        source=source,
        received_at=received_at,
        received_by_id=received_by.id if received_by else None,
        is_duplicate=is_duplicate,
    )
    session.add(receipt)
    session.flush()
    return receipt


def make_remittance(
    session: Session,
    *,
    file: File | None = None,
    payer: Payer | None = None,
    trace: str | None = None,
    payment_key: str | None = None,
    amount_cents: int = 10_000,
    paid_on: date | None = TODAY,
    claim_count: int = 1,
) -> Remittance:
    trace = trace or f"EFT{next(numbers):06d}"
    remittance = Remittance(
        payment_key=payment_key or f"1999999999|{trace}|{paid_on}|{amount_cents}",
        content_hash=f"{next(numbers):064x}",
        file_id=(file or make_file(session)).id,
        trace=trace,
        payer_id=payer.id if payer else None,
        payer_name=payer.name if payer else "Sample Mutual",
        amount_cents=amount_cents,
        paid_on=paid_on,
        method="ACH",
        claim_count=claim_count,
        received_at=NOON,
    )
    session.add(remittance)
    session.flush()
    return remittance


def make_provider_adjustment(
    session: Session,
    *,
    remittance: Remittance | None = None,
    ordinal: int = 1,
    reason: str = "WO",
    reference: str = "",
    amount_cents: int = 1_000,
    fiscal_on: date | None = date(2026, 12, 31),
) -> ProviderAdjustment:
    adjustment = ProviderAdjustment(
        remittance_id=(remittance or make_remittance(session)).id,
        ordinal=ordinal,
        reason=reason,
        reference=reference,
        amount_cents=amount_cents,
        fiscal_on=fiscal_on,
    )
    session.add(adjustment)
    session.flush()
    return adjustment


def make_quarantined_item(
    session: Session,
    *,
    file: File | None = None,
    set_ordinal: int = 1,
    claim_ordinal: int = 0,
    segment: str = "BPR",
    position: int = 4,
    code: str = "SET_NOT_BALANCED",
    message: str = "The claims add up to 120.00 and the payment says 100.00.",
    amount_cents: int = 10_000,
    fact_count: int = 2,
    state: QuarantineState = QuarantineState.OPEN,
) -> QuarantinedItem:
    item = QuarantinedItem(
        file_id=(file or make_file(session, status=FileStatus.QUARANTINED)).id,
        set_ordinal=set_ordinal,
        claim_ordinal=claim_ordinal,
        segment=segment,
        position=position,
        code=code,
        message=message,
        amount_cents=amount_cents,
        fact_count=fact_count,
        state=state,
        quarantined_at=NOON,
    )
    session.add(item)
    session.flush()
    return item
