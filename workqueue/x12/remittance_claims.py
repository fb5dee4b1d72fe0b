"""Reads the claims of an 835: CLP and the segments after it, one claim at a time.

A large payer's file is one set of a million segments, so this is the place written for speed: a segment is
cut only when something in it is needed, and amounts, dates and procedures are remembered by their text.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from workqueue.x12.records import Adjustment, Record, RemittanceClaim, RemittanceLine
from workqueue.x12.remembered import (
    DAYS_OF_A_LINE,
    DaysBySegment,
    NpiBySegment,
    Triples,
    TriplesBySegment,
    triple_places,
)
from workqueue.x12.remittance_faults import Faults, Totals
from workqueue.x12.sets import Handler, OpenSet
from workqueue.x12.values import AmountError, Cents, Dates, Procedures, Repeats

_NOBODY = ("", "", "")
_MOST_PARTS = 10_000
"""Adjustments or lines of one claim; real ones have some dozens."""
_MOST_REMARKS = 99
_LINES_REMEMBERED = 32


@dataclass(slots=True, eq=False)
class Claims:
    """The claim that is open and, within it, the service line that is open."""

    opened: OpenSet
    totals: Totals
    cents: Cents
    dates: Dates
    element: str = field(init=False)
    procedures: Procedures = field(init=False)
    days: DaysBySegment = field(init=False)
    npis: NpiBySegment = field(init=False)
    triples: list[TriplesBySegment] = field(init=False)
    """By line: those of the claim first."""
    repeats: Repeats = field(default_factory=Repeats)
    faults: Faults = field(init=False)

    # the claim; position 0 means that none is open
    position: int = 0
    clp: list[str] = field(default_factory=list)
    charge: int = 0
    paid: int = 0
    responsible: int = 0
    adjusted: int = 0
    lines_charge: int = 0
    adjustments: list[Adjustment] = field(default_factory=list)
    lines: list[RemittanceLine] = field(default_factory=list)
    patient: tuple[str, str, str] = _NOBODY
    patient_id: str = ""
    insured_id: str = ""
    rendering_npi: str = ""
    crossover: tuple[str, str] = ("", "")
    original_number: str = ""
    first_day: date | None = None
    last_day: date | None = None
    statement_from: date | None = None
    statement_through: date | None = None
    received_on: date | None = None
    remarks: tuple[str, ...] = ()

    # its line; number 0 means that none is open
    line: int = 0
    line_position: int = 0
    svc: list[str] = field(default_factory=list)
    line_charge: int = 0
    line_paid: int = 0
    line_adjusted: int = 0
    line_from: date | None = None
    line_through: date | None = None
    line_control: str = ""
    line_remarks: tuple[str, ...] = ()
    line_triples: TriplesBySegment = field(init=False)

    def __post_init__(self) -> None:
        self.element = self.opened.element
        self.faults = Faults(self.opened, self.totals, self.cents)
        self.procedures = Procedures(self.opened.component)
        self.days = DaysBySegment(self.element, self.dates)
        self.npis = NpiBySegment(self.element)
        self.triples = [TriplesBySegment(self.element, self.cents, 0)]
        self.line_triples = self.triples[0]

    def handlers(self) -> dict[str, Handler]:
        """What to do with each segment of a claim, by tag."""
        return {
            "CLP": self.clp_segment,
            "CAS": self.cas_segment,
            "SVC": self.svc_segment,
            "DTM": self.dtm_segment,
            "NM1": self.nm1_segment,
            "REF": self.ref_segment,
            "LQ": self.lq_segment,
            "MOA": self.moa_segment,
            "MIA": self.mia_segment,
        }

    def clp_segment(self, segment: str, position: int) -> Iterable[Record] | None:
        """Finish the claim before and open the next."""
        records = self.finish()
        elements = segment.split(self.element)
        if len(elements) < 10:
            elements += [""] * (10 - len(elements))
        self.position = position
        self.clp = elements
        try:
            self.charge = self.cents[elements[3]]
            self.paid = self.cents[elements[4]]
            self.responsible = self.cents[elements[5]]
        except AmountError:
            self.charge = self.faults.cents("CLP", elements, 3, position)
            self.paid = self.faults.cents("CLP", elements, 4, position)
            self.responsible = self.faults.cents("CLP", elements, 5, position)
        if not (elements[1] and elements[2] and elements[3] and elements[4]):
            self.faults.clp_short(elements, position)
        return records

    def cas_segment(self, segment: str, position: int) -> None:
        """One group and up to six triples of reason, amount and quantity; the quantity changes no money."""
        try:
            group, cents, adjustments = self.line_triples[segment]
        except AmountError:
            group, cents, adjustments = self._damaged_cas(segment, position)
        self.adjusted += cents
        self.line_adjusted += cents
        self.totals.by_group[group] += cents
        self.adjustments += adjustments
        if len(self.adjustments) > _MOST_PARTS:
            self._too_large(position)

    def svc_segment(self, segment: str, position: int) -> None:
        """Finish the line before and open the next."""
        if self.line:
            self._finish_line()
        if len(self.lines) >= _MOST_PARTS:
            self._too_large(position)
        self.line += 1
        self.line_triples = self._triples_of(self.line)
        self.line_position = position
        elements = segment.split(self.element)
        if len(elements) < 6:
            if len(elements) < 4:
                self.faults.segment_short("SVC", position, "SVC lacks its charge or its payment.")
            elements += [""] * (6 - len(elements))
        self.svc = elements
        self.line_adjusted = 0
        try:
            self.line_charge = self.cents[elements[2]]
            self.line_paid = self.cents[elements[3]]
        except AmountError:
            self.line_charge = self.faults.cents("SVC", elements, 2, position)
            self.line_paid = self.faults.cents("SVC", elements, 3, position)

    def dtm_segment(self, segment: str, position: int) -> None:
        """Days of service of a line; statement and receipt days of a claim."""
        qualifier, day = self.days[segment]
        if day is None:
            if qualifier:
                self.faults.date_impossible(position)
        elif qualifier in DAYS_OF_A_LINE:
            self._day_of_line(qualifier, day)
        elif qualifier == "232":
            self.statement_from = day
        elif qualifier == "233":
            self.statement_through = day
        else:
            self.received_on = day

    def _day_of_line(self, qualifier: str, day: date) -> None:
        if qualifier != "151":
            self.line_from = day
        if qualifier != "150":
            self.line_through = day
        if self.first_day is None or day < self.first_day:
            self.first_day = day
        if self.last_day is None or day > self.last_day:
            self.last_day = day

    def nm1_segment(self, segment: str, _position: int) -> None:
        """Patient, insured, rendering provider, next payer."""
        who = segment[4:6]
        if who == "82":
            self.rendering_npi = self.npis[segment]
        elif who in ("QC", "IL", "TT"):
            elements = segment.split(self.element)
            if len(elements) < 10:
                elements += [""] * (10 - len(elements))
            if who == "QC":
                self.patient = (elements[3], elements[4], elements[5])
                self.patient_id = elements[9]
            elif who == "IL":
                self.insured_id = elements[9]
            else:
                self.crossover = (elements[3], elements[9])

    def ref_segment(self, segment: str, _position: int) -> None:
        """The provider's own number of a line, the original number of a claim."""
        if segment[4:6] == ("6R" if self.line else "F8"):
            number = segment.split(self.element)[2:3]
            if number and self.line:
                self.line_control = number[0]
            elif number:
                self.original_number = number[0]

    def lq_segment(self, segment: str, _position: int) -> None:
        """A remark code of a line."""
        elements = segment.split(self.element)
        if self.line and len(elements) > 2 and len(self.line_remarks) < _MOST_REMARKS:
            self.line_remarks += (elements[2],)

    def moa_segment(self, segment: str, _position: int) -> None:
        """Remark codes of an outpatient or professional claim."""
        self._remark(segment.split(self.element)[3:8])

    def mia_segment(self, segment: str, _position: int) -> None:
        """Remark codes of an inpatient claim."""
        elements = segment.split(self.element)
        self._remark([*elements[5:6], *elements[20:24]])

    def _remark(self, codes: list[str]) -> None:
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks += tuple(filter(None, codes))

    def finish(self) -> tuple[Record, ...] | None:
        """The claim that is open, with its sums checked; nothing is open afterwards."""
        if not self.position:
            return None
        if self.line:
            self._finish_line()
        if self.charge - self.adjusted != self.paid or (self.line and self.lines_charge != self.charge):
            self.faults.sums(
                self.position,
                charge=self.charge,
                adjusted=self.adjusted,
                paid=self.paid,
                lines=self.lines_charge if self.line else self.charge,
            )
        clp = self.clp
        claim = RemittanceClaim(
            clp[1],
            clp[2],
            self.charge,
            self.paid,
            self.responsible,
            clp[6],
            clp[7],
            clp[8],
            clp[9],
            *self.patient,
            self.insured_id or self.patient_id,
            self.rendering_npi,
            *self.crossover,
            self.original_number,
            self.statement_from or self.first_day,
            self.statement_through or self.last_day,
            self.statement_from,
            self.statement_through,
            self.received_on,
            self.remarks,
            tuple(self.adjustments),
            tuple(self.lines),
            self.repeats.ordinal(f"{clp[1]}\n{clp[7]}\n{clp[2]}"),
            self.position,
            self.faults.findings,
        )
        totals = self.totals
        totals.claims += 1
        totals.lines += self.line
        totals.charge += self.charge
        totals.paid += self.paid
        totals.responsible += self.responsible
        self._clear()
        return (claim,)

    def _clear(self) -> None:
        self.position = self.line = self.adjusted = self.lines_charge = 0
        self.adjustments = []
        self.lines = []
        self.patient = _NOBODY
        self.patient_id = self.insured_id = self.rendering_npi = self.original_number = ""
        self.crossover = ("", "")
        self.first_day = self.last_day = None
        self.statement_from = self.statement_through = self.received_on = None
        self.remarks = ()
        self.faults.findings = ()
        self.line_triples = self.triples[0]

    def _finish_line(self) -> None:
        svc = self.svc
        if self.line_charge - self.line_adjusted != self.line_paid:
            self.faults.line(self.line_position, self.line_charge - self.line_adjusted, self.line_paid)
        procedure = self.procedures[svc[1]]
        self.lines.append(
            RemittanceLine(
                self.line,
                procedure.qualifier,
                procedure.code,
                procedure.modifiers,
                svc[4],
                self.line_charge,
                self.line_paid,
                svc[5],
                self.line_from,
                self.line_through,
                self.line_control,
                self.line_remarks,
            )
        )
        self.lines_charge += self.line_charge
        self.line_from = self.line_through = None
        self.line_control = ""
        self.line_remarks = ()

    def _triples_of(self, line: int) -> TriplesBySegment:
        """The CAS segments of lines with this number, remembered for the first lines of a claim."""
        if line < len(self.triples):
            return self.triples[line]
        triples = TriplesBySegment(self.element, self.cents, line)
        if line < _LINES_REMEMBERED:
            self.triples.append(triples)
        return triples

    def _damaged_cas(self, segment: str, position: int) -> Triples:
        """A CAS with an amount that cannot be read, counted as 0, or with none at all."""
        elements = segment.split(self.element)
        if len(elements) < 4:
            self.faults.segment_short("CAS", position, "CAS has no amount.")
            return "", 0, ()
        read = self.faults.cents
        adjustments = tuple(
            Adjustment(elements[1], elements[at], read("CAS", elements, at + 1, position), self.line)
            for at in triple_places(elements)
        )
        return elements[1], sum(one.cents for one in adjustments), adjustments

    def _too_large(self, position: int) -> None:
        """Keep what a claim of this size would hold out of memory; it waits for a person anyway."""
        self.adjustments = []
        self.lines = []
        self.faults.claim_too_large(position, _MOST_PARTS)
