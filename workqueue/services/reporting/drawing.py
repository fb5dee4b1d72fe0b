"""Drawing a report: its figures for each line and for all of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Payer, Team, User
from workqueue.rules.report_facts import Dimension, Figure, Middle, Quotient, Sum, quotient
from workqueue.rules.reports import label_of
from workqueue.services.reporting.items import Asked, items_of, values_of

IN_TURN = frozenset({Dimension.MONTH, Dimension.HOUR})
BY_NAME = frozenset({Dimension.TEAM, Dimension.REP})
"""People and teams stand in the order of the alphabet: a report is no contest."""

_NAMES: dict[Dimension, type[Payer | Team | User]] = {
    Dimension.PAYER: Payer,
    Dimension.TEAM: Team,
    Dimension.REP: User,
}


@dataclass(frozen=True)
class Line:
    """One line of a report."""

    key: str | None
    """None for all lines together."""
    label: str
    values: dict[str, int | None]
    """By the code of the figure, in its unit; None where there is nothing to divide by, or no item."""


@dataclass(frozen=True)
class Drawn:
    """A report with its numbers."""

    asked: Asked
    lines: tuple[Line, ...]
    total: Line
    drawn_at: datetime


def draw(session: Session, asked: Asked, *, now: datetime) -> Drawn:
    """Compute every figure, for each line and for all together, in one statement."""
    report = asked.report
    columns = [*(f"coalesce(sum(i.{each}), 0)::bigint" for each in report.columns)]
    middles = [each.formula for each in report.figures if isinstance(each.formula, Middle)]
    columns += [
        f"percentile_disc({each.percent / 100}) WITHIN GROUP (ORDER BY i.{each.column})" for each in middles
    ]
    rows = session.execute(
        text(
            f"SELECT i.{asked.by.value}, grouping(i.{asked.by.value}), {', '.join(columns)}"  # noqa: S608
            f" FROM {items_of(asked)} GROUP BY ROLLUP (i.{asked.by.value})"
        ),
        values_of(session, asked, now),
    ).all()
    names = _names(session, asked.by, [row[0] for row in rows if not row[1]])
    lines, total = [], Line(None, "All", {})
    for key, is_total, *numbers in rows:
        sums = dict(zip(report.columns, numbers, strict=False))
        found = dict(zip(middles, numbers[len(report.columns) :], strict=True))
        values = {each.code: _value(each, sums, found) for each in report.figures}
        if is_total:
            total = Line(None, "All", values)
        else:
            lines.append(Line(key, names.get(key, key), values))
    return Drawn(asked, tuple(_in_order(asked, lines)), total, now)


def _value(figure: Figure, sums: dict[str, int], middles: dict[Middle, int | None]) -> int | None:
    formula = figure.formula
    if isinstance(formula, Sum):
        return sums[formula.column]
    if isinstance(formula, Quotient):
        return quotient(sums[formula.column], sums[formula.over], times=formula.times, unit=figure.unit)
    return middles[formula]


def _names(session: Session, by: Dimension, keys: list[str]) -> dict[str, str]:
    said = {key: label for key in keys if (label := label_of(by, key)) is not None}
    table = _NAMES.get(by)
    if table is None:
        return said
    ids = [int(key) for key in keys if key not in said]
    rows = session.execute(select(table.id, table.name).where(table.id.in_(ids)))
    return said | {str(row_id): name for row_id, name in rows}


def _in_order(asked: Asked, lines: list[Line]) -> list[Line]:
    if asked.by in IN_TURN:
        return sorted(lines, key=lambda each: each.key or "")
    if asked.by in BY_NAME:
        return sorted(lines, key=lambda each: each.label)
    return sorted(lines, key=lambda each: (-(each.values[asked.report.charts[0]] or 0), each.label))
