"""Holds: reasons to leave an account or a person alone, each with a kind, an owner and an end."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.holds import HoldKind


class Hold(Base):
    """A reason to leave an account, or all that a person answers for, alone for a while."""

    __tablename__ = "holds"
    __table_args__ = (
        # The derivation asks for the holds in force on the accounts and persons at hand, an open page every
        # other second for the newest, lifted or not: so the lifted ones are in it.
        Index("ix_holds_account_id", "account_id"),
        Index("ix_holds_patient_id", "patient_id", postgresql_where="patient_id IS NOT NULL"),
        # The list of leads: what ends next, and what ended without anybody having looked at it.
        Index("ix_holds_until_at", "until_at", "id", postgresql_where="lifted_at IS NULL"),
        CheckConstraint("until_at > placed_at", name="ends"),
        CheckConstraint("(account_id IS NULL) <> (patient_id IS NULL)", name="covers_one"),
    )
    id: Mapped[Id]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    """The person all of whose accounts it covers."""
    kind: Mapped[HoldKind] = mapped_column(
        text_enum(HoldKind), default=HoldKind.OFFICE, server_default=HoldKind.OFFICE
    )
    reason: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    placed_at: Mapped[At]
    until_at: Mapped[At]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lift_reason: Mapped[str] = mapped_column(default="", server_default="")
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """What the gate in front of pre-collection found when the account was referred."""
