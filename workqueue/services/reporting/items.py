"""The items of every report, and the values they are asked with."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.report_facts import Dimension, Report, ReportCode, Span
from workqueue.rules.reports_money import REVENUE_DAYS
from workqueue.rules.words import day_words
from workqueue.services.reporting import balances, cash, contact, decisions, standing, work

ITEMS = {
    code: sql
    for family in (balances, decisions, cash, contact, work, standing)
    for code, sql in family.ITEMS.items()
}


@dataclass(frozen=True)
class Asked:
    """A report as somebody asks for it: the days are the office's, both included."""

    report: Report
    first_on: date
    last_on: date
    by: Dimension
    only: dict[Dimension, str] = field(default_factory=dict)
    """Only items with these keys."""

    @property
    def period(self) -> str:
        """Of what time the report speaks, in words."""
        if self.report.span is Span.NOW:
            return "As the queue stands now"
        if self.report.span is Span.DAY:
            return f"At the end of {day_words(self.last_on)}"
        if self.first_on == self.last_on:
            return f"On {day_words(self.first_on)}"
        return f"From {day_words(self.first_on)} to {day_words(self.last_on)}"


def values_of(session: Session, asked: Asked, now: datetime) -> dict[str, Any]:
    """Return what the statement of the report asks for."""
    values = _values_of_all(asked, now)
    if asked.report.code is ReportCode.WORK_DONE:
        values |= work.minutes_for_tasks(session, values["from_at"], min(values["until_at"], now))
    return values


def _values_of_all(asked: Asked, now: datetime) -> dict[str, Any]:
    kept = {f"only_{dimension.value}": key for dimension, key in asked.only.items()}
    return {
        "first_on": asked.first_on,
        "last_on": asked.last_on,
        "from_at": office_midnight(asked.first_on),
        "until_at": office_midnight(asked.last_on + timedelta(days=1)),
        "revenue_from_at": office_midnight(asked.last_on - timedelta(days=REVENUE_DAYS - 1)),
        "now": now,
        "today": office_day(now),
        **contact.PARAMETERS,
        **work.PARAMETERS,
        **kept,
    }


def items_of(asked: Asked) -> str:
    """Return the items asked for as a subquery named `i`."""
    # Names of dimensions and reports are members of closed lists, never what somebody typed.
    kept = [f"i.{each.value} = :only_{each.value}" for each in asked.only]
    where = f" WHERE {' AND '.join(kept)}" if kept else ""
    return f"(SELECT * FROM ({ITEMS[asked.report.code]}) i{where}) i"  # noqa: S608
