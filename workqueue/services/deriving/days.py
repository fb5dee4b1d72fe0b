"""Days of the office in SQL: its midnight as a moment, and the working day before a weekend."""

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, cast, func, literal_column, null

from workqueue.rules.calendar import OFFICE_ZONE

# Names that the statements replace by their parameters: everything else in the SELECT is a constant, and
# PostgreSQL plans a statement of three parameters better than one of two hundred.
NOW, TODAY = "derivation_now", "derivation_today"

now: ColumnElement[Any] = literal_column(NOW, DateTime(timezone=True))
"""The moment of the derivation."""

today: ColumnElement[Any] = literal_column(TODAY, Date)
"""The office's date at that moment."""

no_moment = cast(null(), DateTime(timezone=True))


A_MONDAY = literal_column("date '1900-01-01'", Date)
"""Whole numbers from a Monday: asking a date for its weekday goes through numeric, at five times the cost."""


def office_midnight(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the moment at which an office day begins."""
    return func.timezone(OFFICE_ZONE, cast(day, DateTime(timezone=False)))


def office_day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the office's date at a moment."""
    return cast(func.timezone(OFFICE_ZONE, moment), Date)


def business_day_before(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the day itself, or the Friday before a weekend: internally no deadline falls on one."""
    days_after_friday = (day - A_MONDAY) % 7 - 4
    return day - func.greatest(days_after_friday, 0)
