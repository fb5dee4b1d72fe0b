"""Envelopes: transaction sets in a group in an interchange, with their counts and control numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from workqueue.kit.totals import Totals, added

Element = str | tuple[str, ...]
"""A tuple is a composite: its parts are joined by the component separator."""
Segment = tuple[Element, ...]


class Kind(StrEnum):
    """The files the kit writes, in the words of `flask intake --json`."""

    SUBMISSION = "837P"
    ACKNOWLEDGEMENT = "277CA"
    STATUS = "277"
    REMITTANCE = "835"


TYPE = {Kind.SUBMISSION: "837", Kind.ACKNOWLEDGEMENT: "277", Kind.STATUS: "277", Kind.REMITTANCE: "835"}
GROUP = {Kind.SUBMISSION: "HC", Kind.ACKNOWLEDGEMENT: "HN", Kind.STATUS: "HN", Kind.REMITTANCE: "HP"}
GUIDE = {
    Kind.SUBMISSION: "005010X222A1",
    Kind.ACKNOWLEDGEMENT: "005010X214",
    Kind.STATUS: "005010X212",
    Kind.REMITTANCE: "005010X221A1",
}


@dataclass(frozen=True)
class Delimiters:
    """The signs an interchange declares in its first segment."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    segment: str = "~"
    line_break: str = "\n"


@dataclass(frozen=True)
class TransactionSet:
    """One ST to SE, without these two."""

    kind: Kind
    body: tuple[Segment, ...]
    totals: Totals
    declared_segments: int | None = None
    """What SE01 says instead of the truth."""


@dataclass(frozen=True)
class Interchange:
    """One ISA to IEA with one functional group."""

    sets: tuple[TransactionSet, ...]
    control_number: int
    sent_at: datetime
    sender: str = "SAMPLEHOUSE"
    receiver: str = "SAMPLECLINIC"
    delimiters: Delimiters = field(default_factory=Delimiters)

    @property
    def kind(self) -> Kind:
        return self.sets[0].kind

    @property
    def totals(self) -> Totals:
        return added(each.totals for each in self.sets)

    def text(self) -> str:
        """Write it out."""
        return written(self._segments(), self.delimiters)

    def _segments(self) -> Iterator[Segment]:
        yield self._header()
        guide = GUIDE[self.kind]
        group = str(self.control_number)
        day, minute = compact(self.sent_at.date()), f"{self.sent_at:%H%M}"
        yield ("GS", GROUP[self.kind], self.sender, self.receiver, day, minute, group, "X", guide)
        for ordinal, each in enumerate(self.sets, start=1):
            number = f"{ordinal:04d}"
            # A remittance names its guide in the group only.
            yield ("ST", TYPE[each.kind], number, "" if each.kind is Kind.REMITTANCE else guide)
            yield from each.body
            count = len(each.body) + 2 if each.declared_segments is None else each.declared_segments
            yield ("SE", str(count), number)
        yield ("GE", str(len(self.sets)), group)
        yield ("IEA", "1", f"{self.control_number:09d}")

    def _header(self) -> Segment:
        """Write the one segment of fixed width."""
        return (
            "ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{self.sender:<15}", "ZZ", f"{self.receiver:<15}",
            f"{self.sent_at:%y%m%d}", f"{self.sent_at:%H%M}", self.delimiters.repetition, "00501",
            f"{self.control_number:09d}", "0", "P", self.delimiters.component,
        )  # fmt: skip


def written(segments: Iterable[Segment], signs: Delimiters | None = None) -> str:
    """Write segments out."""
    signs = signs or Delimiters()
    end = signs.segment + signs.line_break
    return "".join(_joined(segment, signs) + end for segment in segments)


def _joined(segment: Segment, signs: Delimiters) -> str:
    elements = [each if isinstance(each, str) else signs.component.join(each) for each in segment]
    if elements[0] != "ISA":
        while not elements[-1]:
            elements.pop()
    return signs.element.join(elements)


def money(cents: int) -> str:
    """Write an amount as X12 does: no needless zeros, `-12.5` for minus twelve and a half."""
    sign, (whole, rest) = "-" if cents < 0 else "", divmod(abs(cents), 100)
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")


def compact(day: date) -> str:
    """Write a day as CCYYMMDD."""
    return f"{day:%Y%m%d}"
