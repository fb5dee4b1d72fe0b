"""The ledger: append-only, in whole cents."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Cents, Id, text_enum
from workqueue.rules.states import EntryKind


class LedgerEntry(Base):
    """One movement of money. A trigger refuses UPDATE and DELETE; a mistake is undone by a new entry."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        # A fact posts its lines once: the second worker that tries stops here.
        UniqueConstraint("fact_id", "ordinal"),
        Index("ix_ledger_entries_account_id", "account_id"),
        # Reports take the entries of a month. Rows come in the order of time, so a summary of each range of
        # blocks finds them; it costs a write next to nothing, which a tree of ten million moments would not.
        Index("ix_ledger_entries_posted_at", "posted_at", postgresql_using="brin"),
        CheckConstraint("insurance_cents <> 0 OR patient_cents <> 0", name="moves_money"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    claim_id: Mapped[int | None]
    fact_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"))
    ordinal: Mapped[int]
    kind: Mapped[EntryKind] = mapped_column(text_enum(EntryKind))
    group_code: Mapped[str] = mapped_column(default="", server_default="")
    reason_code: Mapped[str] = mapped_column(default="", server_default="")
    insurance_cents: Mapped[Cents]
    """Added to what payers owe."""
    patient_cents: Mapped[Cents]
    """Added to what the patient owes."""
    effective_on: Mapped[date | None]
    posted_at: Mapped[At]
