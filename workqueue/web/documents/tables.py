"""A table as CSV and as XLSX: numbers are numbers, days are days, and no text is ever a formula."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xlsxwriter import Workbook

from workqueue.rules.report_facts import Unit

Cell = str | int | date | None

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula."""

# By what a whole number is divided to be what people write, and how a spreadsheet shows it.
_DIVISOR = {Unit.MONEY: 100, Unit.SHARE: 10_000, Unit.DAYS: 10}
_SHOWN = {Unit.MONEY: "#,##0.00;[Red]-#,##0.00", Unit.SHARE: "0.0%", Unit.DAYS: "#,##0.0"}
_PLACES = {Unit.MONEY: ".2f", Unit.SHARE: ".4f", Unit.DAYS: ".1f"}


@dataclass(frozen=True)
class Column:
    """A column; without a unit it holds text or days."""

    label: str
    unit: Unit | None = None


@dataclass(frozen=True)
class Sheet:
    """One table, with what stands above it."""

    name: str
    above: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


def formula_safe(text: str) -> str:
    """Return the text so that a spreadsheet that opens a CSV does not calculate it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(sheets: Sequence[Sheet]) -> bytes:
    """Write the first sheet; CSV has no room for more."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    sheet = sheets[0]
    writer.writerows([formula_safe(each)] for each in sheet.above)
    writer.writerow([formula_safe(each.label) for each in sheet.columns])
    for row in sheet.rows:
        writer.writerow(
            [_written(cell, column.unit) for cell, column in zip(row, sheet.columns, strict=True)]
        )
    # With a mark of order: spreadsheets take a file without one for their own old encoding.
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Write all sheets into one workbook."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        # With a quote mark a text that looks like a formula stays one when somebody edits the cell.
        texts = {True: book.add_format({"quote_prefix": True}), False: None}
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        shown = {unit: book.add_format({"num_format": _SHOWN.get(unit, "#,##0")}) for unit in Unit}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for number, text in enumerate(sheet.above):
                page.write_string(number, 0, text, texts[text.startswith(FORMULA)])
            top = len(sheet.above)
            for at, column in enumerate(sheet.columns):
                page.write_string(top, at, column.label, bold)
                page.set_column(at, at, 28 if column.unit is None else 16)
            page.freeze_panes(top + 1, 1)
            for number, row in enumerate(sheet.rows, top + 1):
                for at, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
                    if isinstance(cell, str):
                        page.write_string(number, at, cell, texts[cell.startswith(FORMULA)])
                    elif isinstance(cell, date):
                        page.write_datetime(number, at, cell, day)
                    elif cell is not None:
                        unit = column.unit or Unit.COUNT
                        page.write_number(number, at, cell / _DIVISOR.get(unit, 1), shown[unit])
    return out.getvalue()


FORMS: dict[str, tuple[str, Callable[[Sequence[Sheet]], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
"""The forms a table is taken out in: media type and writer."""


def _written(cell: Cell, unit: Unit | None) -> str:
    if isinstance(cell, str):
        return formula_safe(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if cell is None:
        return ""
    if unit is None or unit not in _DIVISOR:
        return str(cell)
    return format(Decimal(cell) / _DIVISOR[unit], _PLACES[unit])
