"""The call-effort report as CSV and as PDF, with who took it out, when and what for on each."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from workqueue.rules.words import day_words
from workqueue.services.reading.call_effort import CallEffort, EffortLine
from workqueue.web.documents.pages import Pages, TakenOut
from workqueue.web.documents.tables import formula_safe
from workqueue.web.filters import datetime as moment
from workqueue.web.filters import time as clock

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
    pdf = Pages(mark, "Call effort report", orientation="landscape")
    for sentence in _summary(report):
        pdf.sentence(sentence)
    pdf.heading("Bills and notices")
    if report.notices:
        pdf.rows(
            ("Day", "What", "Copy"),
            (20, 40, 40),
            [(day_words(each.given_on), each.label, each.evidence) for each in report.notices],
        )
    else:
        pdf.sentence("None is recorded.")
    pdf.heading("Calls")
    if report.lines:
        pdf.rows(
            ("When, where the person is", "By", "Whom", "Allowed by", "What happened", "Outcome and note"),
            (17, 11, 12, 24, 17, 19),
            list(_call_rows(report.lines)),
        )
    else:
        pdf.sentence("No call was placed or received.")
    return bytes(pdf.output())


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
