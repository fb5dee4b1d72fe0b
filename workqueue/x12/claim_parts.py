"""The claim of an 837 that is being read: its other payers, its lines, and the people of the levels above."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workqueue.x12.records import ClaimLine, ClaimPayer, Finding, Person
from workqueue.x12.values import Dates, Procedures, parse_days

_MOST_LINES = 10_000
_MOST_OTHERS = 100
"""Kept of one claim; the guides allow 999 lines and 10 other payers."""

ReadCents = Callable[[str, list[str], int, int], int]
"""Tag, elements, which one, position of the segment: cents."""


def _blank(count: int) -> list[str]:
    return [""] * count


@dataclass(slots=True)
class PersonDraft:
    """NM1, N3, N4 and DMG of a subscriber or patient."""

    nm1: list[str] = field(default_factory=lambda: _blank(10))
    n3: list[str] = field(default_factory=lambda: _blank(3))
    n4: list[str] = field(default_factory=lambda: _blank(4))
    dmg: list[str] = field(default_factory=lambda: _blank(4))

    def person(self, dates: Dates) -> Person:
        """The person they describe; a birth date that cannot be is left out."""
        nm1, n3, n4, dmg = self.nm1, self.n3, self.n4, self.dmg
        return Person(
            nm1[3],
            nm1[4],
            nm1[5],
            nm1[7],
            nm1[9],
            dates[dmg[2]],
            dmg[3],
            n3[1],
            n3[2],
            n4[1],
            n4[2],
            n4[3],
        )


@dataclass(slots=True)
class OtherPayer:
    """SBR within a claim and the NM1 after it."""

    sbr: list[str]
    payer: list[str] = field(default_factory=lambda: _blank(10))
    member_id: str = ""

    def record(self) -> ClaimPayer:
        """The same as a record."""
        sbr = self.sbr
        return ClaimPayer(sbr[1], self.payer[3], self.payer[9], sbr[9], sbr[3], self.member_id)


@dataclass(slots=True)
class Line:
    """LX and its SV1, SV2 or SV3."""

    position: int
    service: list[str] = field(default_factory=list)
    days: str = ""
    control_number: str = ""

    def record(self, number: int, cents: ReadCents, procedures: Procedures) -> ClaimLine:
        """The same as a record."""
        tag = self.service[0].strip() if self.service else ""
        code, charge, units = {"SV1": (1, 2, 4), "SV2": (2, 3, 5), "SV3": (1, 2, 6)}.get(tag, (0, 0, 0))
        procedure = procedures[self.service[code] if code else ""]
        first, last = parse_days(self.days)
        return ClaimLine(
            number,
            procedure.qualifier,
            procedure.code,
            procedure.modifiers,
            self.service[1] if tag == "SV2" else "",
            cents(tag, self.service, charge, self.position) if charge else 0,
            self.service[units] if units else "",
            first,
            last,
            self.control_number,
        )


@dataclass(slots=True)
class OpenClaim:
    """CLM and what follows it, up to the next CLM or HL."""

    position: int
    clm: list[str]
    statement_days: str = ""
    service_days: str = ""
    rendering_npi: str = ""
    original_number: str = ""
    others: list[OtherPayer] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def numbered_lines(self) -> Iterator[tuple[int, Line]]:
        """The lines with their numbers, from 1."""
        return enumerate(self.lines, 1)

    def open_other(self, sbr: list[str]) -> None:
        """Another payer of the claim."""
        if len(self.others) < _MOST_OTHERS:
            self.others.append(OtherPayer(sbr))

    def open_line(self, position: int) -> None:
        """The next service line."""
        if len(self.lines) < _MOST_LINES:
            self.lines.append(Line(position))

    def nm1(self, elements: list[str]) -> None:
        """Whom it names depends on where it stands: claim, other payer or line."""
        who = elements[1]
        if self.lines:
            return
        if not self.others:
            if who == "82" and elements[8] == "XX":
                self.rendering_npi = elements[9]
        elif who == "PR":
            self.others[-1].payer = elements
        elif who == "IL":
            self.others[-1].member_id = elements[9]

    def ref(self, elements: list[str]) -> None:
        """The payer's number of the claim replaced; the provider's own number of a line."""
        if self.lines:
            if elements[1] == "6R":
                self.lines[-1].control_number = elements[2]
        elif elements[1] == "F8" and not self.others:
            self.original_number = elements[2]

    def day(self, qualifier: str, text: str) -> None:
        """Statement days (434) or days of service (472)."""
        if qualifier == "434":
            self.statement_days = text
        elif self.lines:
            self.lines[-1].days = text
        else:
            self.service_days = text

    def service(self, elements: list[str], position: int) -> None:
        """SV1, SV2 or SV3: what was done; opens the line where LX is missing."""
        if not self.lines or self.lines[-1].service:
            self.open_line(position)
        self.lines[-1].position = position
        self.lines[-1].service = elements
