"""Files as they came in, the remittances in them, and what was set aside."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Cents, Id, text_enum
from workqueue.rules.states import FileSource, FileStatus, QuarantineState


class File(Base):
    """One distinct content, however often it was sent."""

    __tablename__ = "files"
    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="", server_default="")
    size_bytes: Mapped[int]
    received_at: Mapped[At]
    read_at: Mapped[datetime | None]
    """When its facts were in the inbox; empty while a worker has still to read it."""
    status: Mapped[FileStatus] = mapped_column(text_enum(FileStatus))
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """What `flask intake --json` says of it."""


class FileChunk(Base):
    """A piece of a file, small enough to pass through memory.

    Stored plain (STORAGE EXTERNAL): to compress it takes longer than to read it.
    """

    __tablename__ = "file_chunks"
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FileReceipt(Base):
    """One arrival of a file; the second of the same content changes nothing and says so."""

    __tablename__ = "file_receipts"
    __table_args__ = (Index("ix_file_receipts_file_id", "file_id"),)
    id: Mapped[Id]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    name: Mapped[str]
    source: Mapped[FileSource] = mapped_column(text_enum(FileSource))
    received_at: Mapped[At]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_duplicate: Mapped[bool]


class Remittance(Base):
    """One payment announced by an 835 transaction set."""

    __tablename__ = "remittances"
    id: Mapped[Id]
    payment_key: Mapped[str] = mapped_column(unique=True)
    """TRN03, TRN02, BPR16 and BPR02: one payment is posted once, whatever envelope it comes in."""
    content_hash: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    trace: Mapped[str]
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payers.id"))
    payer_name: Mapped[str]
    amount_cents: Mapped[Cents]
    paid_on: Mapped[date | None]
    method: Mapped[str]
    claim_count: Mapped[int]
    received_at: Mapped[At]


class ProviderAdjustment(Base):
    """Money a payer moved outside of any claim (PLB). Kept apart from the accounts."""

    __tablename__ = "provider_adjustments"
    __table_args__ = (UniqueConstraint("remittance_id", "ordinal"),)
    id: Mapped[Id]
    remittance_id: Mapped[int] = mapped_column(ForeignKey("remittances.id"))
    ordinal: Mapped[int]
    reason: Mapped[str]
    reference: Mapped[str]
    amount_cents: Mapped[Cents]
    """As sent: plus lowers the payment, minus raises it."""
    fiscal_on: Mapped[date | None]


class QuarantinedItem(Base):
    """Something of a file that did not parse or balance, waiting for a person."""

    __tablename__ = "quarantined_items"
    __table_args__ = (
        UniqueConstraint("file_id", "set_ordinal", "claim_ordinal"),
        Index("ix_quarantined_items_open", "id", postgresql_where="state = 'open'"),
    )
    id: Mapped[Id]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    set_ordinal: Mapped[int]
    """Which transaction set of the file; 0 for the file as a whole."""
    claim_ordinal: Mapped[int] = mapped_column(default=0, server_default="0")
    """Which claim or row of the set; 0 for the set as a whole."""
    segment: Mapped[str]
    position: Mapped[int]
    code: Mapped[str]
    message: Mapped[str]
    amount_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    fact_count: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[QuarantineState] = mapped_column(text_enum(QuarantineState))
    quarantined_at: Mapped[At]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was released or dismissed."""
