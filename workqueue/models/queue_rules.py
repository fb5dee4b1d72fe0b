"""Versions of the rules of the queue, and which of them was in force when."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id


class QueueRuleVersion(Base):
    """One whole set of rules, as `rules/queue_rules.py` reads it. Its rules are never changed."""

    __tablename__ = "queue_rule_versions"
    id: Mapped[Id]
    """The version people name."""
    label: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_from_id: Mapped[int | None] = mapped_column(ForeignKey("queue_rule_versions.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty for what the product brought."""
    made_at: Mapped[At]
    is_shadow: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Tried every night beside the rules in force."""


class QueueRulePublication(Base):
    """A version put in force, with the rebuild that followed. The one with the highest number holds."""

    __tablename__ = "queue_rule_publications"
    __table_args__ = (
        # One at a time: a second lead who presses is told, instead of undoing the first a minute later.
        Index(
            "uq_queue_rule_publications_waiting",
            text("(true)"),
            unique=True,
            postgresql_where="number IS NULL AND failed_at IS NULL",
        ),
    )
    id: Mapped[Id]
    """What the history of a task names as its cause."""
    version_id: Mapped[int] = mapped_column(ForeignKey("queue_rule_versions.id"))
    number: Mapped[int | None] = mapped_column(Integer, unique=True)
    """Counts those in force one after the other; empty while the queue waits to be rebuilt by it."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[At]
    published_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    opened: Mapped[int | None]
    changed: Mapped[int | None]
    closed: Mapped[int | None]
    """Tasks, by the rebuild."""
