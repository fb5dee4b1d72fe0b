"""The call-effort report as CSV and as PDF, with who took it out, when and what for on each."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from workqueue.config import PROJECT
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.words import day_words
from workqueue.services.reading.call_effort import CallEffort, EffortLine
from workqueue.web.documents.tables import formula_safe
from workqueue.web.filters import datetime as moment
from workqueue.web.filters import time as clock

FONTS: Path = PROJECT / "static" / "vendor"
COLUMNS = (
    "when_utc",
    "when_there",
    "zone",
    "by",
    "with",
    "name",
    "role",
    "medium",
    "direction",
    "place",
    "number_ends_in",
    "allowed",
    "rules_version",
    "rules",
    "connected",
    "answered_utc",
    "identified_by",
    "ended_utc",
    "outcome",
    "conversation",
    "right_party",
    "note",
)


@dataclass(frozen=True)
class TakenOut:
    """The mark every copy bears."""

    by: str
    at: datetime
    reason: str

    @property
    def words(self) -> str:
        return f"Taken out by {self.by} on {moment(self.at, OFFICE_ZONE, year=True)} for: {self.reason}"


def as_csv(report: CallEffort, mark: TakenOut) -> bytes:
    """Write one row a call; cells that a spreadsheet would calculate are made text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([formula_safe(f"Call effort, account {report.account_number}. {mark.words}")])
    writer.writerow(COLUMNS)
    for line in report.lines:
        writer.writerow([formula_safe(each) for each in _cells(line)])
    # With a mark of order: spreadsheets take a file without one for their own old encoding.
    return out.getvalue().encode("utf-8-sig")


def as_pdf(report: CallEffort, mark: TakenOut) -> bytes:
    """Lay the report out on pages, each with the mark of who took it out."""
    pdf = _Pages(mark, orientation="landscape", format="letter")
    # A title names no one: it is seen in windows and lists of files.
    pdf.set_title("Call effort report")
    pdf.set_lang("en-US")
    pdf.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.add_page()
    pdf.set_font("DejaVu", "B", 15)
    pdf.cell(0, 9, "Call effort report", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font("DejaVu", "", 9)
    for sentence in _summary(report):
        pdf.multi_cell(0, 5, sentence, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _heading(pdf, "Bills and notices")
    if report.notices:
        _table(
            pdf,
            ("Day", "What", "Copy"),
            (20, 40, 40),
            [(day_words(each.given_on), each.label, each.evidence) for each in report.notices],
        )
    else:
        pdf.cell(0, 6, "None is recorded.", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _heading(pdf, "Calls")
    if report.lines:
        _table(
            pdf,
            ("When, where the person is", "By", "Whom", "Allowed by", "What happened", "Outcome and note"),
            (17, 11, 12, 24, 17, 19),
            list(_call_rows(report.lines)),
        )
    else:
        pdf.cell(0, 6, "No call was placed or received.", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return bytes(pdf.output())


class _Pages(FPDF):
    """Pages that all say who took them out."""

    def __init__(self, mark: TakenOut, **how: str) -> None:
        super().__init__(**how)  # type: ignore[arg-type]
        self._mark = mark

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("DejaVu", "", 7)
        self.cell(0, 5, f"{self._mark.words}. Page {self.page_no()}. Contains health information.")


def _summary(report: CallEffort) -> Iterator[str]:
    yield f"{report.patient_name or 'No patient known'}, account {report.account_number}"
    if report.answering_name:
        yield f"{report.answering_name} answers for the bill"
    yield f"Service on {day_words(report.service_on)}" if report.service_on else "No day of service known"
    first = report.first_bill_on
    yield f"First bill {day_words(first)}" if first else "No bill is recorded"
    yield (
        f"{report.placed} calls placed and connected, {report.conversations} conversations,"
        f" {report.right_party} with the right party"
    )


def _heading(pdf: FPDF, text: str) -> None:
    pdf.ln(3)
    pdf.set_font("DejaVu", "B", 11)
    pdf.cell(0, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font("DejaVu", "", 8)


def _table(pdf: FPDF, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
    bold = FontFace(emphasis="BOLD")
    with pdf.table(col_widths=tuple(widths), text_align="LEFT", headings_style=bold, line_height=4) as table:
        for cells in (heads, *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)


def _call_rows(lines: Sequence[EffortLine]) -> Iterator[tuple[str, ...]]:
    for line in lines:
        to = ", ".join(filter(None, (line.name, line.role, line.place or line.channel.value)))
        whom = f"{to}, ends in {line.number_end}" if line.number_end else to
        steps = [
            "They called us" if line.is_inbound else "",
            "" if line.is_connected else "Not connected",
            f"Answered {clock(line.answered_at, line.zone)}" if line.answered_at else "",
            f"Identified by {', '.join(line.identified_by)}" if line.identified_by else "",
            f"Ended {clock(line.ended_at, line.zone)}" if line.ended_at else "",
        ]
        yield (
            f"{moment(line.at, line.zone, year=True)} ({line.zone.rpartition('/')[2].replace('_', ' ')})",
            line.rep_name,
            whom,
            _rule_words(line),
            ". ".join(filter(None, steps)),
            f"{line.outcome}. {line.note}".strip(),
        )


def _rule_words(line: EffortLine) -> str:
    looked_at = [f"{rule.get('code', '')} ({rule.get('citation', '')})" for rule in line.rules]
    return f"{'Allowed' if line.is_allowed else 'Not allowed'}: {', '.join(looked_at)}" if looked_at else ""


def _cells(line: EffortLine) -> tuple[str, ...]:
    return (
        _utc(line.at),
        line.local_at.isoformat(timespec="seconds"),
        line.zone,
        line.rep_name,
        line.party.value,
        line.name,
        line.role,
        line.channel.value,
        "inbound" if line.is_inbound else "outbound",
        line.place,
        line.number_end,
        _yes(said=line.is_allowed),
        line.rules_version,
        "; ".join(
            f"{rule.get('code', '')}={'ok' if rule.get('is_ok') else 'no'}: {rule.get('sentence', '')}"
            for rule in line.rules
        ),
        _yes(said=line.is_connected),
        _utc(line.answered_at),
        ", ".join(line.identified_by),
        _utc(line.ended_at),
        line.outcome,
        _yes(said=line.is_conversation),
        _yes(said=line.is_right_party),
        line.note,
    )


def _utc(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _yes(*, said: bool) -> str:
    return "yes" if said else "no"
