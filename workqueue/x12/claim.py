"""Reads an 837 set (005010X222 professional, X223 institutional, X224 dental): claims as they were sent.

A tree of HL levels: billing provider (20), subscriber (22), patient (23); what a level says holds for the
claims (CLM) below it. Within a claim SBR begins another payer and LX a service line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from workqueue.x12.claim_parts import OpenClaim, PersonDraft
from workqueue.x12.kinds import names_its_kind
from workqueue.x12.records import ClaimEnd, ClaimPayer, ClaimStart, ClaimSubmission, Kind, Record
from workqueue.x12.sets import MOST_FINDINGS_OF_A_CLAIM, OpenSet
from workqueue.x12.values import AmountError, Cents, Dates, Procedures, Repeats, dollars, parse_days

_KIND_BY_LINE = {
    "SV1": Kind.PROFESSIONAL_CLAIM,
    "SV2": Kind.INSTITUTIONAL_CLAIM,
    "SV3": Kind.DENTAL_CLAIM,
}
_BLANK_NM1 = [""] * 10


def read_claims(opened: OpenSet) -> Iterator[Record]:
    """The records of one 837 set."""
    claims = _Claims(opened)
    yield from opened.records(claims.handlers)
    yield from claims.finish()


@dataclass(slots=True)
class _Levels:
    """What the HL levels above the next claim say."""

    billing: list[str] = field(default_factory=lambda: _BLANK_NM1)
    billing_tin: str = ""
    sbr: list[str] = field(default_factory=lambda: [""] * 10)
    payer: list[str] = field(default_factory=lambda: _BLANK_NM1)
    subscriber: PersonDraft = field(default_factory=PersonDraft)
    patient: PersonDraft | None = None


class _Claims:
    def __init__(self, opened: OpenSet) -> None:
        self.opened = opened
        self.cents = Cents()
        self.dates = Dates()
        self.procedures = Procedures(opened.component)
        self.repeats = Repeats()
        self.knows_kind = names_its_kind(opened.header.code, opened.header.implementation)
        self.is_started = False
        self.bht = [""] * 7
        self.submitter = self.receiver = _BLANK_NM1
        self.levels = _Levels()
        self.person: PersonDraft | None = None
        """Whose address and birth date come next."""
        self.claim: OpenClaim | None = None
        self.claims = self.lines = self.charge = 0
        self.handlers = opened.handlers(
            {
                "BHT": self._bht,
                "HL": self._hl,
                "SBR": self._sbr,
                "NM1": self._nm1,
                "N3": self._n3,
                "N4": self._n4,
                "DMG": self._dmg,
                "CLM": self._clm,
                "REF": self._ref,
                "DTP": self._dtp,
                "LX": self._lx,
                "SV1": self._sv,
                "SV2": self._sv,
                "SV3": self._sv,
            }
        )

    def _elements(self, segment: str, count: int) -> list[str]:
        elements = segment.split(self.opened.element)
        return elements + [""] * (count - len(elements))

    def _bht(self, segment: str, _position: int) -> None:
        self.bht = self._elements(segment, 7)

    def _hl(self, segment: str, _position: int) -> Iterator[Record]:
        yield from self._finish_claim()
        code = self._elements(segment, 4)[3].strip()
        levels = self.levels
        self.person = None
        if code == "20":
            self.levels = _Levels()
        elif code == "22":
            self.levels = _Levels(levels.billing, levels.billing_tin)
        elif code == "23":
            levels.patient = PersonDraft()

    def _sbr(self, segment: str, _position: int) -> None:
        elements = self._elements(segment, 10)
        if self.claim is None:
            self.levels.sbr = elements
        else:
            self.claim.open_other(elements)

    def _nm1(self, segment: str, _position: int) -> None:
        elements = self._elements(segment, 10)
        if self.claim is not None:
            self.claim.nm1(elements)
            return
        levels, who = self.levels, elements[1]
        self.person = None
        if who == "41":
            self.submitter = elements
        elif who == "40":
            self.receiver = elements
        elif who == "85":
            levels.billing = elements
        elif who == "PR":
            levels.payer = elements
        elif who == "IL":
            self.person = levels.subscriber
            self.person.nm1 = elements
        elif who == "QC":
            self.person = levels.patient = levels.patient or PersonDraft()
            self.person.nm1 = elements

    def _n3(self, segment: str, _position: int) -> None:
        if self.person is not None:
            self.person.n3 = self._elements(segment, 3)

    def _n4(self, segment: str, _position: int) -> None:
        if self.person is not None:
            self.person.n4 = self._elements(segment, 4)

    def _dmg(self, segment: str, _position: int) -> None:
        if self.person is not None:
            self.person.dmg = self._elements(segment, 4)

    def _ref(self, segment: str, _position: int) -> None:
        elements = self._elements(segment, 3)
        if self.claim is not None:
            self.claim.ref(elements)
        elif elements[1] in ("EI", "SY") and self.levels.billing[1]:
            self.levels.billing_tin = self.levels.billing_tin or elements[2]

    def _clm(self, segment: str, position: int) -> Iterator[Record]:
        yield from self._finish_claim()
        self.person = None
        self.claim = OpenClaim(position, self._elements(segment, 6))

    def _dtp(self, segment: str, position: int) -> None:
        elements = self._elements(segment, 4)
        if self.claim is None or elements[1] not in ("434", "472"):
            return
        self.claim.day(elements[1], elements[3])
        if parse_days(elements[3])[0] is None:
            self._flag(
                "date_impossible",
                "DTP",
                position,
                "DTP03 is not a day of the calendar. Look at the claim in the billing system.",
                is_error=False,
            )

    def _lx(self, _segment: str, position: int) -> None:
        if self.claim is not None:
            self.claim.open_line(position)

    def _sv(self, segment: str, position: int) -> None:
        if self.claim is None:
            return
        elements = self._elements(segment, 7)
        if not self.knows_kind:
            self.knows_kind = True
            kind = _KIND_BY_LINE[segment[:3]]
            self.opened.header = self.opened.header._replace(kind=kind)
        self.claim.service(elements, position)

    def _start(self) -> Iterator[Record]:
        """Only when the first claim is over: its lines may tell what kind of 837 this is."""
        if self.is_started:
            return
        self.is_started = True
        yield ClaimStart(
            self.opened.header,
            purpose=self.bht[2],
            reference=self.bht[3],
            created_on=self.dates[self.bht[4]],
            claim_or_encounter=self.bht[6],
            submitter_name=", ".join(filter(None, self.submitter[3:5])),
            submitter_id=self.submitter[9],
            receiver_name=self.receiver[3],
            receiver_id=self.receiver[9],
        )

    def _finish_claim(self) -> Iterator[Record]:
        if self.claim is None:
            return
        yield from self._start()
        submission = self._submission(self.claim)
        self.claim = None
        self.claims += 1
        self.lines += len(submission.lines)
        self.charge += submission.charge_cents
        yield submission

    def _submission(self, claim: OpenClaim) -> ClaimSubmission:
        levels = self.levels
        charge = self._charge(claim)
        facility, _, frequency = [*claim.clm[5].split(self.opened.component), "", ""][:3]
        service_from, service_through = self._service_days(claim)
        statement_from, statement_through = parse_days(claim.statement_days)
        subscriber = levels.subscriber.person(self.dates)
        lines = tuple(
            line.record(number, self._cents, self.procedures) for number, line in claim.numbered_lines
        )
        if lines and sum(line.charge_cents for line in lines) != charge:
            self._flag_lines(claim, sum(line.charge_cents for line in lines), charge)
        return ClaimSubmission(
            self.opened.header.kind,
            claim.clm[1],
            charge,
            facility,
            frequency,
            ClaimPayer(
                levels.sbr[1],
                levels.payer[3],
                levels.payer[9],
                levels.sbr[9],
                levels.sbr[3],
                subscriber.member_id,
            ),
            tuple(other.record() for other in claim.others),
            subscriber,
            levels.patient.person(self.dates) if levels.patient else subscriber,
            ", ".join(filter(None, levels.billing[3:5])),
            levels.billing[9] if levels.billing[8] == "XX" else "",
            levels.billing_tin,
            claim.rendering_npi,
            claim.original_number,
            statement_from,
            statement_through,
            service_from or statement_from,
            service_through or statement_through,
            lines,
            self.repeats.ordinal(claim.clm[1]),
            claim.position,
            tuple(claim.findings),
        )

    def _charge(self, claim: OpenClaim) -> int:
        for at, what in ((1, "claim number"), (2, "charge")):
            if not claim.clm[at].strip():
                self._flag(
                    "segment_short",
                    "CLM",
                    claim.position,
                    f"CLM{at:02} is empty: the claim has no {what}. Look at the claim in the billing system.",
                )
        return self._cents("CLM", claim.clm, 2, claim.position)

    def _service_days(self, claim: OpenClaim) -> tuple[date | None, date | None]:
        days = [day for line in claim.lines for day in parse_days(line.days) if day]
        if days:
            return min(days), max(days)
        return parse_days(claim.service_days)

    def _flag_lines(self, claim: OpenClaim, lines: int, charge: int) -> None:
        self._flag(
            "lines_charge",
            "CLM",
            claim.position,
            f"The charges of the lines add up to {dollars(lines)}, but CLM02 says {dollars(charge)}. "
            "Look at the claim in the billing system.",
            is_error=False,
        )

    def finish(self) -> Iterator[Record]:
        """The last claim, and the end of the set."""
        yield from self._finish_claim()
        yield from self._start()
        summary = self.opened.close()
        yield ClaimEnd(self.opened.header, summary, self.claims, self.lines, self.charge)

    def _cents(self, tag: str, elements: list[str], at: int, position: int) -> int:
        try:
            return self.cents[elements[at]]
        except AmountError:
            self._flag(
                "amount_unreadable",
                tag,
                position,
                f"{tag}{at:02} is not an amount of money and was counted as 0. "
                "Look at the claim in the billing system.",
            )
            return 0

    def _flag(self, code: str, tag: str, position: int, message: str, *, is_error: bool = True) -> None:
        finding = self.opened.finding(code, tag, position, message, is_error=is_error)
        if self.claim is not None and len(self.claim.findings) < MOST_FINDINGS_OF_A_CLAIM:
            self.claim.findings.append(finding)
