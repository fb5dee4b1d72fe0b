"""Trials of the rules of the queue: what was asked, how far it is, what it found."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.trials import TrialKind


class Trial(Base):
    """One version tried once. A trial reads the office and writes this row alone."""

    __tablename__ = "trials"
    __table_args__ = (
        CheckConstraint("(kind = 'replay') = (days IS NOT NULL)", name="replays_some_days"),
        # A version's own page, its newest trial first.
        Index("ix_trials_version_id", "version_id", "id"),
        # Whoever looks for a trial that nobody runs finds a handful of rows.
        Index(
            "ix_trials_unfinished", "id", postgresql_where=text("finished_at IS NULL AND failed_at IS NULL")
        ),
    )
    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("queue_rule_versions.id"))
    against_id: Mapped[int | None] = mapped_column(ForeignKey("queue_rule_versions.id"))
    """The version in force at that moment; empty until it runs."""
    kind: Mapped[TrialKind] = mapped_column(text_enum(TrialKind, "kind"))
    days: Mapped[int | None] = mapped_column(SmallInteger)
    """How many days a replay looks back."""
    is_nightly: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Of a version in shadow."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty where the night asked."""
    asked_at: Mapped[At]
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    as_of: Mapped[datetime | None]
    """The moment whose facts it looked at."""
    beat_at: Mapped[datetime | None]
    """The last sign of life of whoever runs it."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    of: Mapped[int] = mapped_column(default=1, server_default="1")
    """How much of the work is behind it; tasks, more or less."""
    step: Mapped[str] = mapped_column(default="", server_default="")
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
