"""What the office's own outcomes say about its work: one row for each cell of the reviewed defaults."""

from sqlalchemy import CheckConstraint, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, text_enum
from workqueue.rules.kinds import TaskKind


class Estimate(Base):
    """Chances and minutes of one kind of task at one age, with the counts behind them.

    Empty chances or minutes mean that the reviewed default (rules/priors.py) holds; the derivation reads both
    in one place. Rows are written by `services/estimating.py` only, in the transaction that rebuilds the
    queue.
    """

    __tablename__ = "estimates"
    __table_args__ = (
        CheckConstraint("(p_now_bp IS NULL) = (p_later_bp IS NULL)", name="has_both_chances_or_none"),
        CheckConstraint("p_later_bp BETWEEN 0 AND p_now_bp AND p_now_bp <= 10000", name="are_chances"),
        # The derivation divides by it.
        CheckConstraint("minutes > 0", name="takes_time"),
    )
    kind: Mapped[TaskKind] = mapped_column(text_enum(TaskKind), primary_key=True)
    from_days: Mapped[int] = mapped_column(Integer, primary_key=True)
    until_days: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Age in days, from which and before which it holds."""
    p_now_bp: Mapped[int | None] = mapped_column(Integer)
    p_later_bp: Mapped[int | None] = mapped_column(Integer)
    minutes: Mapped[int | None] = mapped_column(SmallInteger)
    observed: Mapped[int]
    """Worked tasks whose 30 days are over."""
    settled: Mapped[int]
    """Those of which any part of what was at stake was settled within 30 days."""
    prompt: Mapped[int]
    """Those first worked within a revisit interval of coming up."""
    late: Mapped[int]
    """Those first worked one revisit interval later."""
    timed: Mapped[int]
    """Times a rep held such a task and logged an outcome, long enough to have worked on it."""
    version: Mapped[int]
    """Counts the estimations; the history of a task that one of them moved names it."""
    estimated_at: Mapped[At]
