"""The inbox: every incoming fact, once."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Cents, Id, text_enum
from workqueue.rules.states import FactKind, FactState


class Fact(Base):
    """One thing the world told us. Never changed but for what became of it.

    Cents are as sent, signed; a reversal's are negative. The unique key makes a second arrival harmless.
    File, payment and payer have no foreign keys: a file brings a million facts, and who writes them has just
    written or read these rows; `flask verify` looks for orphans instead.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        # The posting worker takes the oldest that wait; applied rows leave the index, so it stays small.
        Index("ix_inbox_waiting", "id", postgresql_where="state = 'received'"),
        # An account's page lists what arrived for it.
        Index("ix_inbox_account_id", "account_id"),
        CheckConstraint("(state = 'duplicate') = (source_key IS NULL)", name="only_duplicates_lack_a_key"),
    )
    id: Mapped[Id]
    source_key: Mapped[UUID | None] = mapped_column(unique=True)
    """Digest of the natural key; empty for a duplicate, which names the first instead."""
    content_hash: Mapped[UUID]
    kind: Mapped[FactKind] = mapped_column(text_enum(FactKind))
    state: Mapped[FactState] = mapped_column(text_enum(FactState))
    file_id: Mapped[int | None]
    remittance_id: Mapped[int | None]
    duplicate_of_id: Mapped[int | None]
    account_number: Mapped[str]
    """CLP01, CLM01 or what the sender calls the account; never empty."""
    sequence: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    """Which claim of the account it is about; where the fact does not say, what the others tell of it."""
    payer_id: Mapped[int | None]
    payer_control_number: Mapped[str] = mapped_column(default="", server_default="")
    effective_on: Mapped[date | None]
    """The day it is about: payment date, status date, submission date."""
    charge_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    paid_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    patient_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    contractual_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    denied_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    code: Mapped[str] = mapped_column(default="", server_default="")
    """CLP02, or the claim status category, or a payment's source."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """The denial (`CO-50`), or the claim status code."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """`entries`:

    ledger lines `[kind, group, reason, insurance_cents, patient_cents]`; and what the kind needs.
    """
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    received_at: Mapped[At]
    processed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    error: Mapped[str] = mapped_column(default="", server_default="")
