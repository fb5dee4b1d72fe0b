"""Reads a whole file: interchanges, groups and transaction sets, and hands each set to who understands it."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from workqueue.x12.claim import read_claims
from workqueue.x12.claim_status import read_claim_status
from workqueue.x12.kinds import recognise
from workqueue.x12.records import (
    FileEnd,
    Finding,
    Group,
    Interchange,
    InterchangeAcknowledgement,
    Kind,
    OtherSet,
    Record,
    SetHeader,
    Severity,
)
from workqueue.x12.remittance import read_remittance
from workqueue.x12.segments import BLOCK_BYTES, Segments
from workqueue.x12.sets import OpenSet, is_same_control_number
from workqueue.x12.values import parse_day

Interpreter = Callable[[OpenSet], Iterator[Record]]


def read(stream: BinaryIO, block_bytes: int = BLOCK_BYTES) -> Iterator[Record]:
    """Everything a file says, in its order; see the package's docstring."""
    return _File(Segments(stream, block_bytes)).records()


def _read_other(opened: OpenSet) -> Iterator[Record]:
    yield from opened.records({})
    yield OtherSet(opened.header, opened.close())


_INTERPRETERS: dict[Kind, Interpreter] = {
    Kind.REMITTANCE: read_remittance,
    Kind.CLAIM_STATUS: read_claim_status,
    Kind.CLAIM_ACKNOWLEDGEMENT: read_claim_status,
    Kind.PROFESSIONAL_CLAIM: read_claims,
    Kind.INSTITUTIONAL_CLAIM: read_claims,
    Kind.DENTAL_CLAIM: read_claims,
}


class _File:
    """The envelope that is open, and counts of what it holds."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.groups_of_interchange = 0
        self.sets_of_group = 0
        self.interchanges = self.groups = self.sets = 0
        self.errors = self.warnings = 0
        self.position = 0
        self.following: tuple[int, str] | None = None
        """What ended a set without SE: the next segment to look at."""
        self.is_straying = False
        self.by_tag: dict[str, Callable[[int, list[str]], Iterator[Record]]] = {
            "ISA": self._isa,
            "GS": self._gs,
            "ST": self._set,
            "GE": self._ge,
            "IEA": self._iea,
            "TA1": self._ta1,
        }

    def records(self) -> Iterator[Record]:
        yield from self._findings_of_bytes()
        for position, segment in self.segments.numbered:
            self.following = (position, segment)
            while self.following is not None:
                self.position, text = self.following
                self.following = None
                yield from self._segment(self.position, text)
            yield from self._findings_of_bytes()
        yield from self._findings_of_bytes()
        yield from self._close_interchange(self.position)
        yield FileEnd(
            segments=self.position,
            bytes=self.segments.bytes,
            interchanges=self.interchanges,
            groups=self.groups,
            sets=self.sets,
            errors=self.errors,
            warnings=self.warnings,
            has_envelope=self.segments.has_envelope,
        )

    def _segment(self, position: int, segment: str) -> Iterator[Record]:
        """One segment outside of sets, or a whole set from its ST on."""
        elements = segment.split(self.segments.separators.element)
        elements += [""] * (9 - len(elements))
        tag = elements[0].strip()
        if tag in self.by_tag:
            self.is_straying = False
            yield from self.by_tag[tag](position, elements)
        elif not self.is_straying:
            self.is_straying = True
            yield self._finding(
                "segment_astray",
                tag[:3],
                position,
                "Here are segments outside of any transaction set (ST to SE); they were not read. "
                "Ask the sender for the file again.",
                is_error=True,
            )

    def _set(self, position: int, elements: list[str]) -> Iterator[Record]:
        self.sets += 1
        self.sets_of_group += 1
        code = elements[1].strip()
        implementation = elements[3].strip() or (self.group.version if self.group else "")
        header = SetHeader(
            recognise(code, implementation),
            self.sets,
            position,
            code,
            elements[2].strip(),
            implementation,
            self.group,
            self.interchange,
        )
        opened = OpenSet(header, self.segments)
        yield from _INTERPRETERS.get(header.kind, _read_other)(opened)
        self.errors += opened.errors
        self.warnings += opened.warnings
        self.position = opened.last_position
        self.following = None if opened.is_closed_by_se else opened.ended_by

    def _isa(self, position: int, elements: list[str]) -> Iterator[Record]:
        yield from self._close_interchange(position)
        elements += [""] * (17 - len(elements))
        self.interchanges += 1
        self.interchange = Interchange(
            position,
            elements[6].strip(),
            elements[8].strip(),
            parse_day(elements[9]),
            elements[13].strip(),
            elements[12].strip(),
            elements[15].strip() == "T",
        )
        self.groups_of_interchange = 0
        yield self.interchange

    def _gs(self, position: int, elements: list[str]) -> Iterator[Record]:
        yield from self._close_group(position)
        self.groups += 1
        self.groups_of_interchange += 1
        self.sets_of_group = 0
        code, sender, receiver, day, _, control, _, version = (text.strip() for text in elements[1:9])
        self.group = Group(position, code, sender, receiver, parse_day(day), control, version)
        yield self.group

    def _ge(self, position: int, elements: list[str]) -> Iterator[Record]:
        group, self.group = self.group, None
        if group is None:
            yield self._finding("group_not_opened", "GE", position, _NOT_OPENED.format("group", "GS", "GE"))
            return
        if not _is_number(elements[1], self.sets_of_group):
            message = _COUNT.format("GE01", "sets in the group", self.sets_of_group)
            yield self._finding("set_count", "GE", position, message)
        if not is_same_control_number(elements[2], group.control_number):
            yield self._finding("group_control_number", "GE", position, _CONTROL.format("GE02", "GS06"))

    def _iea(self, position: int, elements: list[str]) -> Iterator[Record]:
        yield from self._close_group(position)
        interchange, self.interchange = self.interchange, None
        if interchange is None:
            message = _NOT_OPENED.format("interchange", "ISA", "IEA")
            yield self._finding("interchange_not_opened", "IEA", position, message)
            return
        if not _is_number(elements[1], self.groups_of_interchange):
            message = _COUNT.format("IEA01", "groups in the interchange", self.groups_of_interchange)
            yield self._finding("group_count", "IEA", position, message)
        if not is_same_control_number(elements[2], interchange.control_number):
            message = _CONTROL.format("IEA02", "ISA13")
            yield self._finding("interchange_control_number", "IEA", position, message)

    def _ta1(self, position: int, elements: list[str]) -> Iterator[Record]:
        yield InterchangeAcknowledgement(
            position, elements[1].strip(), elements[4].strip(), elements[5].strip()
        )

    def _close_group(self, position: int) -> Iterator[Record]:
        if self.group is not None:
            self.group = None
            yield self._finding("group_not_closed", "GE", position, _NOT_CLOSED.format("group", "GE"))

    def _close_interchange(self, position: int) -> Iterator[Record]:
        yield from self._close_group(position)
        if self.interchange is not None:
            self.interchange = None
            message = _NOT_CLOSED.format("interchange", "IEA")
            yield self._finding("interchange_not_closed", "IEA", position, message)

    def _findings_of_bytes(self) -> Iterator[Record]:
        while self.segments.findings:
            finding = self.segments.findings.pop(0)
            self._count(finding)
            yield finding

    def _finding(
        self, code: str, tag: str, position: int, message: str, *, is_error: bool = False
    ) -> Finding:
        severity = Severity.ERROR if is_error else Severity.WARNING
        finding = Finding(code, severity, tag, position, 0, self.segments.offset, message)
        self._count(finding)
        return finding

    def _count(self, finding: Finding) -> None:
        if finding.severity is Severity.ERROR:
            self.errors += 1
        else:
            self.warnings += 1


_NOT_OPENED = (
    "This ends an {0} that never began: there is no {1} before this {2}. Look whether the file is whole."
)
_NOT_CLOSED = "The {0} breaks off: it has no {1}. Look whether the file is whole."
_COUNT = "{0} should be the number of {1}, which is {2}. Look whether the file is whole."
_CONTROL = "{0} is not the control number of {1}. Look whether two files were run together."


def _is_number(text: str, number: int) -> bool:
    text = text.strip()
    return text.isascii() and text.isdigit() and int(text[:18]) == number
