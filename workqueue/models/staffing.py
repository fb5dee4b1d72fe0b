"""When people work and when they are away, and the languages they speak."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Time, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.shifts import AbsenceKind, SkillLevel


class ShiftRow(Base):
    """Hours of one weekday in somebody's week, from a day on. A new week ends the old, never changes it."""

    __tablename__ = "shifts"
    __table_args__ = (
        Index("ix_shifts_user_id", "user_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="has_a_weekday"),
        CheckConstraint("begins < ends", name="is_a_span"),
        CheckConstraint("break_minutes >= 0", name="has_a_break"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="is_a_time"),
    )
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    """0 is Monday."""
    begins: Mapped[time] = mapped_column(Time)
    """By the clock of `users.zone`."""
    ends: Mapped[time] = mapped_column(Time)
    break_minutes: Mapped[int] = mapped_column(SmallInteger)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Absence(Base):
    """A time in which somebody does not work. Why they are sick is nobody's business, and has no column."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="is_a_time"),
        # Nobody is away twice at once: cover is arranged once. A range of one number stands for the person,
        # because ranges need no extension and plain numbers would.
        ExcludeConstraint(
            (func.int8range(text("user_id"), text("user_id"), text("'[]'")), "&&"),
            (func.tstzrange(text("starts_at"), text("ends_at")), "&&"),
            where=text("cancelled_at IS NULL"),
            name="ex_absences_one_at_a_time",
        ),
    )
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[AbsenceKind] = mapped_column(text_enum(AbsenceKind))
    starts_at: Mapped[At]
    ends_at: Mapped[At]
    """Back earlier than planned, it is that moment."""
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[At]
    cancelled_at: Mapped[datetime | None]
    """Called off before it began."""


class UserLanguage(Base):
    """A language somebody speaks with patients, besides English."""

    __tablename__ = "user_languages"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    """ISO 639-1, one of rules/languages.py."""
    level: Mapped[SkillLevel] = mapped_column(text_enum(SkillLevel), server_default=SkillLevel.ABLE)
    expires_on: Mapped[date | None]
    """The last day on which its certificate holds."""
