"""Reads a 277 (005010X212) or 277CA (X214, X364): what is said of claims, and of whole batches of them.

Both are trees of HL levels: source (20), receiver (21), provider (19), then subscriber and dependent (22, 23)
or patient (PT). Within a patient's level each TRN begins one claim.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workqueue.x12.kinds import names_its_kind
from workqueue.x12.records import (
    ClaimStatus,
    Finding,
    Kind,
    LevelStatus,
    Record,
    Status,
    StatusCode,
    StatusEnd,
    StatusLine,
    StatusStart,
)
from workqueue.x12.sets import MOST_FINDINGS_OF_A_CLAIM, OpenSet
from workqueue.x12.values import AmountError, Cents, Dates, Procedures, Repeats, parse_days

_LEVELS = {"20": "payer", "21": "receiver", "19": "provider"}
_MOST_PARTS = 1000
"""Statuses or lines of one claim or level that are kept."""


def read_claim_status(opened: OpenSet) -> Iterator[Record]:
    """The records of one 277 or 277CA set."""
    statuses = _Statuses(opened)
    yield from opened.records(statuses.handlers)
    yield from statuses.finish()


@dataclass(slots=True)
class _Line:
    position: int
    svc: list[str]
    control_number: str = ""
    days: str = ""
    statuses: list[Status] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    """An HL, or one claim within a patient's HL."""

    code: str
    position: int
    nm1: list[str] = field(default_factory=lambda: [""] * 10)
    trace: str = ""
    days: str = ""
    references: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class _Statuses:
    def __init__(self, opened: OpenSet) -> None:
        self.opened = opened
        self.cents = Cents()
        self.dates = Dates()
        self.procedures = Procedures(opened.component)
        self.repeats = Repeats()
        self.is_started = False
        self.bht = [""] * 7
        self.level: _Level | None = None
        self.payer = self.provider = [""] * 10
        self.source = _Level("20", 0)
        self.claims = self.levels = self.statuses = 0
        self.handlers = opened.handlers(
            {
                "BHT": self._bht,
                "HL": self._hl,
                "NM1": self._nm1,
                "TRN": self._trn,
                "STC": self._stc,
                "REF": self._ref,
                "DTP": self._dtp,
                "SVC": self._svc,
                "QTY": self._figure,
                "AMT": self._figure,
            }
        )

    def _elements(self, segment: str, count: int) -> list[str]:
        elements = segment.split(self.opened.element)
        return elements + [""] * (count - len(elements))

    def _bht(self, segment: str, _position: int) -> None:
        self.bht = self._elements(segment, 7)
        header = self.opened.header
        if self.bht[1] == "0085" and not names_its_kind(header.code, header.implementation):
            self.opened.header = header._replace(kind=Kind.CLAIM_ACKNOWLEDGEMENT)

    def _hl(self, segment: str, position: int) -> Iterator[Record]:
        yield from self._finish_level()
        self.level = _Level(self._elements(segment, 4)[3].strip(), position)
        if self.level.code == "20" and not self.source.position:
            self.source = self.level

    def _nm1(self, segment: str, _position: int) -> None:
        if self.level is None:
            return
        elements = self._elements(segment, 10)
        self.level.nm1 = elements
        if self.level.code == "20":
            self.payer = elements
        elif self.level.code == "19":
            self.provider = elements

    def _trn(self, segment: str, position: int) -> Iterable[Record] | None:
        """The trace of a level; within a patient's level, the beginning of a claim."""
        level = self.level
        if level is None:
            return None
        trace = self._elements(segment, 3)[2].strip()
        if level.code in _LEVELS or not (level.trace or level.statuses or level.references):
            level.trace = level.trace or trace
            return None
        records = tuple(self._finish_level())
        self.level = _Level(level.code, position, level.nm1, trace)
        return records

    def _stc(self, segment: str, position: int) -> None:
        self.statuses += 1
        level = self.level
        if level is None:
            return
        elements = self._elements(segment, 13)
        codes = [self._code(elements[at]) for at in (1, 10, 11) if elements[at]]
        first = codes[0] if codes else StatusCode("", "", "")
        if not first.category:
            self._flag(
                level, "segment_short", "STC", position, "STC01 names no status. Ask the sender for it."
            )
        effective_on = self.dates[elements[2]]
        if effective_on is None and elements[2].strip():
            self._flag(
                level,
                "date_impossible",
                "STC",
                position,
                "STC02 is not a day of the calendar. Ask the sender for the right date.",
            )
        status = Status(
            first.category,
            first.code,
            first.entity,
            effective_on,
            elements[3],
            self._cents(level, "STC", elements, 4, position),
            self._cents(level, "STC", elements, 5, position),
            self.dates[elements[6]],
            elements[9],
            elements[12],
            tuple(codes[1:]),
        )
        statuses = level.lines[-1].statuses if level.lines else level.statuses
        if len(statuses) < _MOST_PARTS:
            statuses.append(status)

    def _code(self, text: str) -> StatusCode:
        parts = [*text.split(self.opened.component), "", ""]
        return StatusCode(parts[0].strip(), parts[1].strip(), parts[2].strip())

    def _ref(self, segment: str, _position: int) -> None:
        level = self.level
        if level is None:
            return
        elements = self._elements(segment, 3)
        if not level.lines:
            if len(level.references) < _MOST_PARTS:
                level.references.setdefault(elements[1], elements[2])
        elif elements[1] in ("FJ", "6R"):
            level.lines[-1].control_number = elements[2]

    def _dtp(self, segment: str, position: int) -> None:
        level = self.level
        if level is None:
            return
        elements = self._elements(segment, 4)
        if elements[1] == "472":
            part = level.lines[-1] if level.lines else level
            part.days = elements[3]
            if parse_days(elements[3])[0] is None:
                self._flag(
                    level,
                    "date_impossible",
                    "DTP",
                    position,
                    "DTP03 is not a day of the calendar. Ask the sender for the right date.",
                )
        elif elements[1] in ("050", "009"):
            level.figures[elements[1]] = elements[3]

    def _svc(self, segment: str, position: int) -> None:
        level = self.level
        if level is not None and level.code not in _LEVELS and len(level.lines) < _MOST_PARTS:
            level.lines.append(_Line(position, self._elements(segment, 8)))

    def _figure(self, segment: str, _position: int) -> None:
        """How many claims of a level, and for how much, were accepted or rejected."""
        elements = self._elements(segment, 3)
        if self.level is not None and elements[1] in ("90", "AA", "QA", "QC", "YU", "YY"):
            self.level.figures[elements[1]] = elements[2]

    def _start(self) -> Iterator[Record]:
        if self.is_started:
            return
        self.is_started = True
        source = self.source
        yield StatusStart(
            self.opened.header,
            purpose=self.bht[2],
            reference=self.bht[3],
            created_on=self.dates[self.bht[4]],
            payer_name=source.nm1[3],
            payer_id=source.nm1[9],
            trace=source.trace,
            received_on=self.dates[source.figures.get("050", "")],
            processed_on=self.dates[source.figures.get("009", "")],
        )

    def _finish_level(self) -> Iterator[Record]:
        level, self.level = self.level, None
        if level is None:
            return
        yield from self._start()
        if level.code in _LEVELS:
            if level.statuses or {"90", "AA", "QA", "QC", "YU", "YY"} & level.figures.keys():
                yield self._level_status(level)
        elif level.trace or level.statuses or level.lines or level.references:
            yield self._claim(level)

    def _level_status(self, level: _Level) -> LevelStatus:
        self.levels += 1
        figures = level.figures
        return LevelStatus(
            _LEVELS[level.code],
            _name(level.nm1),
            level.nm1[9],
            level.trace,
            tuple(level.statuses),
            self._count(figures.get("90", "") or figures.get("QA", "")),
            self._count(figures.get("AA", "") or figures.get("QC", "")),
            self._cents(level, "AMT", [figures.get("YU", "")], 0, level.position),
            self._cents(level, "AMT", [figures.get("YY", "")], 0, level.position),
            level.position,
        )

    def _count(self, text: str) -> int:
        text = text.strip()
        return int(text[:9]) if text.isascii() and text.isdigit() else 0

    def _claim(self, level: _Level) -> ClaimStatus:
        self.claims += 1
        references = level.references
        claim_number = references.get("EJ", "")
        if not claim_number and self.opened.header.kind is Kind.CLAIM_ACKNOWLEDGEMENT:
            claim_number = level.trace
        if not claim_number:
            self._flag(
                level,
                "claim_number_missing",
                "REF",
                level.position,
                "No claim number of ours is given (REF*EJ). Find the claim by the payer's number.",
                is_error=False,
            )
        payer_control_number = references.get("1K", "")
        lines = tuple(self._line(level, number, line) for number, line in enumerate(level.lines, 1))
        service_from, service_through = parse_days(level.days)
        days = [day for line in lines for day in (line.service_from, line.service_through) if day]
        return ClaimStatus(
            claim_number,
            payer_control_number,
            level.trace,
            references.get("D9", ""),
            references.get("BLT", ""),
            level.nm1[3],
            level.nm1[4],
            level.nm1[5],
            level.nm1[9],
            self.payer[3],
            self.payer[9],
            _name(self.provider),
            self.provider[9],
            service_from or min(days, default=None),
            service_through or max(days, default=None),
            tuple(level.statuses),
            lines,
            self.repeats.ordinal(f"{claim_number}\n{payer_control_number}\n{level.trace}"),
            level.position,
            tuple(level.findings),
        )

    def _line(self, level: _Level, number: int, line: _Line) -> StatusLine:
        procedure = self.procedures[line.svc[1]]
        service_from, service_through = parse_days(line.days)
        return StatusLine(
            number,
            procedure.qualifier,
            procedure.code,
            self._cents(level, "SVC", line.svc, 2, line.position),
            self._cents(level, "SVC", line.svc, 3, line.position),
            line.control_number,
            service_from,
            service_through,
            tuple(line.statuses),
        )

    def finish(self) -> Iterator[Record]:
        """The last claim, and the end of the set."""
        yield from self._finish_level()
        yield from self._start()
        summary = self.opened.close()
        yield StatusEnd(self.opened.header, summary, self.claims, self.levels, self.statuses)

    def _cents(self, level: _Level, tag: str, elements: list[str], at: int, position: int) -> int:
        try:
            return self.cents[elements[at]]
        except AmountError:
            what = f"{tag}{at:02}" if at else "The amount"
            self._flag(
                level,
                "amount_unreadable",
                tag,
                position,
                f"{what} is not an amount of money and was counted as 0. Ask the sender to correct it.",
            )
            return 0

    def _flag(
        self, level: _Level, code: str, tag: str, position: int, message: str, *, is_error: bool = True
    ) -> None:
        if level.code in _LEVELS:
            self.opened.flag(code, tag, position, message, is_error=is_error)
            return
        finding = self.opened.finding(code, tag, position, message, is_error=is_error)
        if len(level.findings) < MOST_FINDINGS_OF_A_CLAIM:
            level.findings.append(finding)


def _name(nm1: list[str]) -> str:
    """An organisation's name, or a person's as LAST, FIRST."""
    return ", ".join(filter(None, (nm1[3], nm1[4])))
