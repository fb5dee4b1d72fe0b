"""What a report is: the question it answers, what is counted, and how each figure is made of the counts.

A report counts items: accounts, decisions, calls. Each item belongs to an account and has a number in each of
the report's columns. A figure is a sum over a column, one sum divided by another, or the middle of a column:
so every figure has its list of accounts, and a sum is always that of its list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from workqueue.rules.words import dollars


class ReportCode(StrEnum):
    """The reports; the value stands in addresses and in schedules."""

    AR_DAYS = "ar_days"
    AGING = "aging"
    DENIALS = "denials"
    COLLECTIONS = "collections"
    COST_TO_COLLECT = "cost_to_collect"
    CONTACT = "contact"
    PROMISES = "promises"
    CALLBACKS = "callbacks"
    HANDLE_TIME = "handle_time"
    WORK_DONE = "work_done"
    QUEUE_AGE = "queue_age"
    ACCOUNT_STATUS = "account_status"


class Dimension(StrEnum):
    """By what a report may be divided; the value is the column of its items."""

    PAYER_CLASS = "payer_class"
    PAYER = "payer"
    REASON = "reason"
    MONTH = "month"
    TEAM = "team"
    REP = "rep"
    KIND = "kind"
    HOUR = "hour"
    STATUS = "status"


class Span(StrEnum):
    """Over what time a report speaks."""

    PERIOD = "period"
    """From one office day to another, both included."""
    DAY = "day"
    """The books as they stood at the end of one office day."""
    NOW = "now"
    """The queue as it stands; what it was yesterday is not kept."""


class Unit(StrEnum):
    """What the whole number of a figure counts."""

    COUNT = "count"
    MONEY = "money"
    """Cents."""
    SHARE = "share"
    """Basis points."""
    DAYS = "days"
    """Tenths of a day."""
    SECONDS = "seconds"
    MINUTES = "minutes"


SCALE = {Unit.SHARE: 10_000, Unit.DAYS: 10}
"""By what a quotient is multiplied to become the whole number of its unit; 1 where nothing is said."""


@dataclass(frozen=True)
class Sum:
    """The sum over a column."""

    column: str


@dataclass(frozen=True)
class Quotient:
    """The sum of one column divided by the sum of another, times a fixed number."""

    column: str
    over: str
    times: int = 1


@dataclass(frozen=True)
class Middle:
    """The smallest value that so many percent of the items do not exceed."""

    column: str
    percent: int = 50


Formula = Sum | Quotient | Middle


@dataclass(frozen=True)
class Figure:
    """One number of a report, with its exact definition."""

    code: str
    label: str
    unit: Unit
    formula: Formula
    counts: str
    """What is counted: the numerator."""
    over: str = ""
    """What it is divided by; empty for a plain sum."""
    leaves_out: str = ""
    source: str = ""
    """Whose definition it is, where it is not our own."""
    lists_accounts: bool = True
    """False where no account stands behind it, as behind hours and costs."""


@dataclass(frozen=True)
class Report:
    """A report as it stands in the register."""

    code: ReportCode
    title: str
    question: str
    span: Span
    items: str
    """What is counted, in one sentence, with the day by which it counts."""
    by: tuple[Dimension, ...]
    """The first is what it is divided by unless somebody asks otherwise."""
    figures: tuple[Figure, ...]
    charts: tuple[str, ...]
    """The figures that are drawn for each line; lines are in the order of the first."""
    parts: tuple[str, ...] = ()
    """Figures that are drawn beside each other, of all lines together."""
    parts_title: str = ""
    is_about_work: bool = False
    """Whether a rep may see it of their own work."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its items, each once."""
        named = [each.formula.column for each in self.figures]
        named += [each.formula.over for each in self.figures if isinstance(each.formula, Quotient)]
        return tuple(dict.fromkeys(named))

    def figure(self, code: str) -> Figure | None:
        return next((each for each in self.figures if each.code == code), None)

    def unit_behind(self, figure: Figure) -> Unit:
        """Return the unit of what each account adds to a figure: of a quotient, of what is divided."""
        if not isinstance(figure.formula, Quotient):
            return figure.unit
        sums = {each.formula.column: each.unit for each in self.figures if isinstance(each.formula, Sum)}
        column = figure.formula.column
        otherwise = next((unit for ending, unit in _ENDINGS if column.endswith(ending)), Unit.COUNT)
        return sums.get(column, otherwise)


_ENDINGS = (("_cents", Unit.MONEY), ("seconds", Unit.SECONDS), ("minutes", Unit.MINUTES))


def quotient(top: int, bottom: int, *, times: int = 1, unit: Unit) -> int | None:
    """Return the whole number of the unit nearest to top times `times` over bottom; half goes away from 0.

    None where there is nothing to divide by.
    """
    if bottom == 0:
        return None
    exact = Fraction(top * times * SCALE.get(unit, 1), bottom)
    nearest = int(abs(exact) + Fraction(1, 2))
    return nearest if exact >= 0 else -nearest


def said(value: int | None, unit: Unit) -> str:
    """Write a figure as people read it; a dash for none."""
    return "—" if value is None else _SAID[unit](value)


def _seconds(value: int) -> str:
    minutes, seconds = divmod(value, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


_SAID: dict[Unit, Callable[[int], str]] = {
    Unit.COUNT: "{:,}".format,
    Unit.MONEY: dollars,
    Unit.SHARE: lambda value: f"{value / 100:,.1f}%",
    Unit.DAYS: lambda value: f"{value / 10:,.1f} days",
    Unit.SECONDS: _seconds,
    Unit.MINUTES: "{:,} min".format,
}
