"""Who looked at or took out what: an append-only chain."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id


class AuditEntry(Base):
    """One access worth keeping (45 CFR 164.312(b)). Each row carries the digest of the one before it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_account_id", "account_id"),)
    id: Mapped[Id]
    at: Mapped[At]
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """Why, and which; internal numbers and words of ours only."""
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 over the digest of the entry before and this row. Unique: two cannot follow the same one."""
