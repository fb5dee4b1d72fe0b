"""What reports need besides the books: costs somebody enters, and to whom a report is sent when."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Time
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from workqueue.models.base import At, Base, Cents, Id, text_enum
from workqueue.rules.costs import CostCategory
from workqueue.rules.report_facts import Dimension, ReportCode
from workqueue.rules.reports import Period
from workqueue.rules.schedules import Every


class CollectionCost(Base):
    """What one category cost in one month. Rows are added only: the newest counts, the others are history."""

    __tablename__ = "collection_costs"
    __table_args__ = (
        CheckConstraint("amount_cents >= 0", name="is_a_cost"),
        CheckConstraint("extract(day FROM month_on) = 1", name="begins_a_month"),
        Index("ix_collection_costs_month_on", "month_on", "category"),
    )
    id: Mapped[Id]
    month_on: Mapped[date]
    """The first day of the month."""
    category: Mapped[CostCategory] = mapped_column(text_enum(CostCategory, "category"))
    amount_cents: Mapped[Cents]
    note: Mapped[str] = mapped_column(default="", server_default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[At]


class ReportSchedule(Base):
    """A report that is sent by e-mail, again and again, until somebody ends it."""

    __tablename__ = "report_schedules"
    __table_args__ = (
        # The sweeper asks each minute which are due.
        Index("ix_report_schedules_next_at", "next_at", postgresql_where="ended_at IS NULL"),
        CheckConstraint("cardinality(recipients) BETWEEN 1 AND 20", name="has_recipients"),
        CheckConstraint("day BETWEEN 0 AND 28", name="day_exists"),
    )
    id: Mapped[Id]
    report: Mapped[ReportCode] = mapped_column(text_enum(ReportCode, "report"))
    by: Mapped[Dimension] = mapped_column(text_enum(Dimension, "by"))
    period: Mapped[Period] = mapped_column(text_enum(Period, "period"))
    every: Mapped[Every] = mapped_column(text_enum(Every, "every"))
    day: Mapped[int] = mapped_column(SmallInteger)
    """Of the week, Monday 0, or of the month, from 1; 0 for every working day."""
    at_clock: Mapped[time] = mapped_column(Time)
    """By the office's clock."""
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Addresses in the office's own domains."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[At]
    next_at: Mapped[At]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
