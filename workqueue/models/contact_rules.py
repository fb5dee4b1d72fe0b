"""The rules of contact as dated, versioned rows, and the office they bind."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rules import RuleKind


class ContactRuleVersion(Base):
    """One version of one rule, as `rules/contact_rules.py` reads it. Rows are added, and only ever ended."""

    __tablename__ = "contact_rules"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint(
            "effective_to IS NULL OR effective_to >= effective_from", name="ends_after_it_begins"
        ),
        # What is in force is read at every call.
        Index("ix_contact_rules_effective_from", "effective_from"),
    )
    id: Mapped[Id]
    code: Mapped[str]
    version: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[RuleKind] = mapped_column(text_enum(RuleKind))
    label: Mapped[str]
    jurisdiction: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    citation: Mapped[str]
    tag: Mapped[str]
    binds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Members of CollectsAs."""
    is_kept_anyway: Mapped[bool]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    reviewed_by: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty for what the product brought."""
    added_at: Mapped[At]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who gave it an end, by a newer version or for good; empty where the end came with it."""
    ended_at: Mapped[datetime | None]


class OfficeProfile(Base):
    """What the office is to those it calls. There is one row."""

    __tablename__ = "office_profile"
    __table_args__ = (CheckConstraint("id = 1", name="is_the_only_one"),)
    id: Mapped[int] = mapped_column(SmallInteger, Identity(always=False), primary_key=True)
    name: Mapped[str]
    """Said to the person, once they are known."""
    neutral_name: Mapped[str]
    """Said to anybody: it tells neither of a debt nor of a kind of care (12 CFR 1006.2(j))."""
    callback_e164: Mapped[str]
    hours: Mapped[str]
    """When somebody answers there, in words."""
    hours_es: Mapped[str] = mapped_column(default="", server_default="")
    """The same in Spanish, for the pages patients read; empty where nobody has written it yet."""
    collects_as: Mapped[CollectsAs] = mapped_column(text_enum(CollectsAs))
    records_calls: Mapped[bool] = mapped_column(default=False, server_default="false")
    mail_domains: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    """Where the office's own people get mail: reports are sent there and nowhere else."""
