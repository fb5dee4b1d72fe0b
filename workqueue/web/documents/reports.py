"""A report's totals, and the accounts behind one of its numbers, as tables to take out."""

from datetime import date, datetime

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.report_facts import Figure, Unit
from workqueue.rules.reports import DIMENSIONS
from workqueue.services.reporting.behind import AccountBehind
from workqueue.services.reporting.drawing import Drawn
from workqueue.services.reporting.items import Asked
from workqueue.web.documents.tables import Cell, Column, Sheet
from workqueue.web.filters import datetime as moment


def totals(drawn: Drawn) -> tuple[Sheet, ...]:
    """Return the report and, on a sheet of its own, the definition of every figure."""
    report, by = drawn.asked.report, DIMENSIONS[drawn.asked.by]
    rows: list[list[Cell]] = [
        [line.label, *(line.values[each.code] for each in report.figures)]
        for line in (*drawn.lines, drawn.total)
    ]
    above = (
        report.title,
        drawn.asked.period,
        f"Drawn on {moment(drawn.drawn_at, OFFICE_ZONE, year=True)}",
        f"Counted: {report.items}",
    )
    columns = (Column(by), *(Column(each.label, each.unit) for each in report.figures))
    heads = tuple(map(Column, ("Figure", "What is counted", "Divided by", "Left out", "Definition of")))
    definitions: list[list[Cell]] = [
        [each.label, each.counts, each.over, each.leaves_out, each.source] for each in report.figures
    ]
    return (
        Sheet("Report", above, columns, rows),
        Sheet("Definitions", (report.question, report.items), heads, definitions),
    )


def accounts(
    asked: Asked, figure: Figure, rows: tuple[AccountBehind, ...], *, by: str, at: datetime, reason: str
) -> tuple[Sheet, ...]:
    """Return the accounts behind a number, with the mark of who took them out and why."""
    above = (
        f"{asked.report.title}: {figure.label}. {asked.period}.",
        f"Taken out by {by} on {moment(at, OFFICE_ZONE, year=True)} for: {reason}",
        "Contains health information.",
    )
    unit = asked.report.unit_behind(figure)
    columns = (
        Column("Account"),
        Column("Patient"),
        Column("Service"),
        Column(figure.label, unit),
        Column("Payers owe", Unit.MONEY),
        Column("Patient owes", Unit.MONEY),
    )
    cells: list[list[Cell]] = [
        [
            each.number,
            each.patient_name,
            each.service_on,
            each.value,
            each.insurance_cents,
            each.patient_cents,
        ]
        for each in rows
    ]
    return (Sheet("Accounts", above, columns, cells),)


def file_name(report: str, first_on: date, last_on: date, form: str) -> str:
    """Name a file by the report and its days: names are seen in lists and histories."""
    return f"{report}-{first_on.isoformat()}-{last_on.isoformat()}.{form}"
