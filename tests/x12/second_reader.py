"""The totals of a file twice: from our records, and from the segments another reader (pyx12) finds in it."""

import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pyx12.errors import X12Error
from pyx12.x12file import X12Reader

from workqueue.x12.records import (
    ClaimEnd,
    ClaimStatus,
    ClaimSubmission,
    LevelStatus,
    OtherSet,
    ProviderAdjustment,
    Record,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    Status,
    StatusEnd,
)


@dataclass
class Totals:
    """What both readers must agree on."""

    sets: Counter[str] = field(default_factory=Counter)
    payments: list[int] = field(default_factory=list)
    claims: int = 0
    charge: int = 0
    paid: int = 0
    patient: int = 0
    lines: int = 0
    adjustments: Counter[str] = field(default_factory=Counter)
    provider: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    submitted: int = 0
    submitted_charge: int = 0


def of_records(records: Iterable[Record]) -> Totals:
    """Totals of what our reader yields."""
    totals = Totals()
    for record in records:
        match record:
            case RemittanceEnd() | StatusEnd() | ClaimEnd() | OtherSet():
                totals.sets[record.header.code] += 1
            case RemittanceStart():
                totals.payments.append(record.amount_cents)
            case RemittanceClaim():
                _add_claim(totals, record)
            case ProviderAdjustment():
                totals.provider += record.cents
            case LevelStatus() | ClaimStatus():
                totals.statuses.update(map(_code, statuses_of(record)))
            case ClaimSubmission():
                totals.submitted += 1
                totals.submitted_charge += record.charge_cents
            case _:
                pass
    return totals


def _add_claim(totals: Totals, claim: RemittanceClaim) -> None:
    totals.claims += 1
    totals.charge += claim.charge_cents
    totals.paid += claim.paid_cents
    totals.patient += claim.patient_responsibility_cents
    totals.lines += len(claim.lines)
    for adjustment in claim.adjustments:
        totals.adjustments[adjustment.group] += adjustment.cents


def statuses_of(record: LevelStatus | ClaimStatus) -> list[Status]:
    """Those of a claim or level and of its lines."""
    lines = record.lines if isinstance(record, ClaimStatus) else ()
    return [*record.statuses, *(status for line in lines for status in line.statuses)]


def _code(status: Status) -> str:
    return f"{status.category}/{status.code}/{status.entity}"


def cents(text: str | None) -> int:
    """Cents by way of Decimal; what is no amount is 0."""
    try:
        exact = Decimal(text or "0") * 100
    except InvalidOperation:
        return 0
    return int(exact) if exact == exact.to_integral_value() else 0


def decoded(data: bytes) -> str:
    """The text of a file, without its byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def tags(data: bytes) -> Counter[str]:
    """How often some tags stand in a file where a segment can begin: a rough count that reads any file."""
    found = re.finditer(r"([^A-Za-z0-9 ]|^)\s*(ST|CLP|SVC|STC|CLM|PLB)([^A-Za-z0-9\s])", decoded(data))
    return Counter(tag for before, tag, after in (one.groups() for one in found) if before != after)


def of_segments(data: bytes) -> Totals | None:
    """Totals of the segments pyx12 finds; None where it cannot read the file: its ISA must be 106 characters.

    Two things are taken out before, each because pyx12 then misses segments that are plainly there: blank
    space around segments (it takes tabs and blank lines for part of the tag, and no X12 tag begins with any),
    and empty segments (`~~`: it takes the first for the end of the file).
    """
    text = re.sub(r"[ \t\r\n]*\n[ \t\r\n]*", "\n", decoded(data))
    text = re.sub(r"~(?:\n?~)+", "~", text)
    totals = Totals()
    code = ""
    try:
        for segment in X12Reader(io.StringIO(text)):
            tag = segment.get_seg_id()
            elements = [segment.get_value(f"{tag}{at:02}") or "" for at in range(1, len(segment) + 1)]
            elements = [tag, *elements, *[""] * 20]
            if tag == "ST":
                code = elements[1]
                totals.sets[code] += 1
            elif code == "835":
                _remittance(totals, elements)
            elif code == "277" and tag == "STC":
                parts = [*elements[1].split(segment.subele_term), "", ""]
                totals.statuses["/".join(parts[:3])] += 1
            elif code == "837" and tag == "CLM":
                totals.submitted += 1
                totals.submitted_charge += cents(elements[2])
    except X12Error:
        return None
    return totals


def _remittance(totals: Totals, elements: list[str]) -> None:
    tag = elements[0]
    if tag == "BPR":
        totals.payments.append(-cents(elements[2]) if elements[3] == "D" else cents(elements[2]))
    elif tag == "CLP":
        totals.claims += 1
        totals.charge += cents(elements[3])
        totals.paid += cents(elements[4])
        totals.patient += cents(elements[5])
    elif tag == "SVC":
        totals.lines += 1
    elif tag == "CAS":
        for at in range(2, 19, 3):
            if elements[at] or elements[at + 1]:
                totals.adjustments[elements[1]] += cents(elements[at + 1])
    elif tag == "PLB":
        totals.provider += sum(cents(elements[at]) for at in range(4, 15, 2))
