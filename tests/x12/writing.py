"""Writes small X12 files for the tests, with any separators."""

import io
from dataclasses import dataclass
from typing import TypeVar

from workqueue.x12 import read
from workqueue.x12.records import FileEnd, Finding, Record

Segment = list[str]
T = TypeVar("T")


def segments(text: str) -> list[Segment]:
    """Segments from readable text: one a line, elements by `*`."""
    return [line.strip().split("*") for line in text.strip().splitlines() if line.strip()]


@dataclass(frozen=True)
class Marks:
    """Separators and what is put after each terminator."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"
    after: str = "\n"

    def write(self, parts: list[Segment]) -> str:
        """The segments with these separators."""
        lines = (self.element.join(part) for part in parts)
        text = "".join(f"{line}{self.terminator}{self.after}" for line in lines)
        return text.replace("\0", self.component)


PLAIN = Marks()


def isa(marks: Marks = PLAIN, control: str = "000000001") -> Segment:
    """An ISA of 106 characters."""
    blank = " " * 10
    return [
        "ISA", "00", blank, "00", blank, "ZZ", "SENDER".ljust(15), "ZZ", "RECEIVER".ljust(15),
        "250401", "1200", marks.repetition, "00501", control, "0", "P", marks.component,
    ]  # fmt: skip


def transaction(code: str, body: str, *, guide: str = "", control: str = "0001") -> list[Segment]:
    """A set with its ST and a right SE."""
    inner = segments(body)
    start = ["ST", code, control, guide] if guide else ["ST", code, control]
    return [start, *inner, ["SE", str(len(inner) + 2), control]]


def interchange(
    *sets: list[Segment], marks: Marks = PLAIN, version: str = "005010X221A1", control: str = "000000001"
) -> list[Segment]:
    """One ISA with one GS around the sets."""
    return [
        isa(marks, control),
        ["GS", "HP", "SENDER", "RECEIVER", "20250401", "1200", "1", "X", version],
        *(part for one in sets for part in one),
        ["GE", str(len(sets)), "1"],
        ["IEA", "1", control],
    ]


def parse(data: bytes | str, block_bytes: int = 65536) -> list[Record]:
    """All records of a file."""
    if isinstance(data, str):
        data = data.encode()
    return list(read(io.BytesIO(data), block_bytes))


def each(records: list[Record], kind: type[T]) -> list[T]:
    """The records of this class."""
    return [record for record in records if isinstance(record, kind)]


def only(records: list[Record], kind: type[T]) -> T:
    """The one record of this class."""
    (found,) = each(records, kind)
    return found


def codes(records: list[Record]) -> list[str]:
    """The codes of all findings, wherever they are kept, in order."""
    found: list[str] = []
    for record in records:
        if isinstance(record, Finding):
            found.append(record.code)
        elif not isinstance(record, FileEnd):
            found += [finding.code for finding in getattr(record, "findings", ())]
            found += [finding.code for finding in getattr(getattr(record, "summary", None), "findings", ())]
    return found


PAYMENT = """
    BPR*I*{amount}*C*ACH*CCP*01*999*DA*123*1512345678**01*999*DA*987*20250401
    TRN*1*TRACE1*1512345678
    DTM*405*20250402
    N1*PR*SOUTH BEND HEALTH*XV*PAYER1
    N1*PE*CLINIC*XX*1811901945
    REF*TJ*351234567
    LX*1
"""


def remittance(claims: str, amount: str = "300", **options: str) -> str:
    """A whole file with one 835 around the claims."""
    body = PAYMENT.format(amount=amount) + claims
    return PLAIN.write(interchange(transaction("835", body, **options)))
