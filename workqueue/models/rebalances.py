"""Work shared out anew: who made it and why, what moves from whom to whom, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.moves import MoveResult, MoveWhy, RebalanceCause, RebalanceState, Stayed


class Rebalance(Base):
    """One sharing out of a team's work: proposed, applied as a whole, and taken back as a whole."""

    __tablename__ = "rebalances"
    __table_args__ = (
        # One cover an absence: what comes due later is added to it, and all of it goes back together.
        Index(
            "uq_rebalances_absence_id", "absence_id", unique=True, postgresql_where="absence_id IS NOT NULL"
        ),
        CheckConstraint("(cause = 'absence') = (absence_id IS NOT NULL)", name="has_its_absence"),
        CheckConstraint("(state IN ('draft', 'dropped')) = (applied_at IS NULL)", name="is_applied_once"),
    )
    id: Mapped[Id]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    """Empty for the cover of somebody who is in no team."""
    cause: Mapped[RebalanceCause] = mapped_column(text_enum(RebalanceCause, "cause"))
    state: Mapped[RebalanceState] = mapped_column(text_enum(RebalanceState, "state"))
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("absences.id"))
    reason: Mapped[str]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty when the office did it by itself: a planned absence began."""
    made_at: Mapped[At]
    until_at: Mapped[At]
    """The end of the time whose minutes were shared out; of a cover, of the absence as it was then."""
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    """When it was undone, or went back."""
    tasks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many it looked at, those that stay where they are included."""
    least_moves: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """With fewer nobody gets to these loads: proved by the solver (rules/rebalancing.py)."""
    open_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """For so much nobody who can do it has time; it is open to everybody."""


class RebalanceMove(Base):
    """One task that changes hands."""

    __tablename__ = "rebalance_moves"
    __table_args__ = (
        UniqueConstraint("rebalance_id", "task_id"),
        # Whose cover a task is under is asked when it moves once more, and when the absent are back.
        Index("ix_rebalance_moves_moved", "task_id", postgresql_where="result = 'moved'"),
    )
    id: Mapped[Id]
    rebalance_id: Mapped[int] = mapped_column(ForeignKey("rebalances.id"))
    task_id: Mapped[int]
    account_id: Mapped[int]
    """Accounts are locked in the order of their ids before any task is touched."""
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whose it was when it was looked at; empty when it was open to everybody."""
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whose it becomes; empty for everybody."""
    minutes: Mapped[int] = mapped_column(SmallInteger)
    why: Mapped[MoveWhy] = mapped_column(text_enum(MoveWhy, "why"))
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callbacks.id"))
    """The patient waits for this call: they are told that somebody else makes it."""
    told_at: Mapped[datetime | None]
    """When the patient was told."""
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    seen_worked_at: Mapped[datetime | None]
    """When it had last been worked; it does not move if somebody has worked on it since."""
    result: Mapped[MoveResult] = mapped_column(text_enum(MoveResult, "result"))
    stayed: Mapped[Stayed | None] = mapped_column(text_enum(Stayed, "stayed"))
    """Why it did not move, or did not go back."""


class RebalanceLoad(Base):
    """What one person of the team had on hand, and how many minutes for it."""

    __tablename__ = "rebalance_loads"
    rebalance_id: Mapped[int] = mapped_column(ForeignKey("rebalances.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    capacity_minutes: Mapped[int] = mapped_column(Integer)
    before_minutes: Mapped[int] = mapped_column(Integer)
    pinned_minutes: Mapped[int] = mapped_column(Integer)
    """Of those, what stays with them whatever else moves."""
