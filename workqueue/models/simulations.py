"""Simulated offices: what was asked, how many seeds are done, what they say."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id


class Simulation(Base):
    """One comparison of orders of the queue. It reads the rules of one version, and nothing of the office."""

    __tablename__ = "simulations"
    __table_args__ = (
        CheckConstraint("done <= seeds", name="does_what_was_asked"),
        # Whoever looks for one that nobody runs finds a handful of rows.
        Index(
            "ix_simulations_unfinished",
            "id",
            postgresql_where=text("finished_at IS NULL AND failed_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("queue_rule_versions.id"))
    """By whose rules our order goes."""
    reps: Mapped[int] = mapped_column(SmallInteger)
    days: Mapped[int] = mapped_column(SmallInteger)
    seed: Mapped[int] = mapped_column(Integer)
    seeds: Mapped[int] = mapped_column(SmallInteger)
    """How many, from `seed` on."""
    load_percent: Mapped[int] = mapped_column(SmallInteger)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[At]
    done: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """Seeds that are done."""
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """How often the next seed was begun."""
    taken_at: Mapped[datetime | None]
    """Since when somebody is at the next seed."""
    moved_at: Mapped[At]
    """When the last seed was done, or when it was asked for."""
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """Those of each seed, in order (simulation/figures.py)."""
