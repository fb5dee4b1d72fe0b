"""What the kit knows of an office: who bills, who pays, and what was billed."""

from dataclasses import dataclass
from datetime import date
from random import Random
from zlib import crc32

from workqueue.rules.states import PayerKind

# HCPCS level II: public codes, unlike CPT.
PROCEDURES = ("G0463", "G0438", "G0008", "G0103", "J1885", "J3420", "A0425", "Q0091")
FILING_INDICATOR = {
    PayerKind.MEDICARE: "MB",
    PayerKind.ADVANTAGE: "16",
    PayerKind.MEDICAID: "MC",
    PayerKind.TRICARE: "CH",
    PayerKind.COMMERCIAL: "CI",
    PayerKind.OTHER: "CI",
}
PREFERRED_PROVIDER = "12"
"""What a remittance says where a claim said commercial; its list knows no CI."""
SMALLEST_LINE_CENTS = 2_000
DEFAULT_CONTRACT_BP = 6_000


@dataclass(frozen=True)
class Provider:
    """The billing office itself; the identifiers belong to nobody."""

    name: str = "SAMPLE CLINIC"
    npi: str = "1999999984"
    tax_id: str = "999999999"
    street: str = "100 SAMPLE AVENUE"
    city: str = "CHICAGO"
    state: str = "IL"
    zip_code: str = "606011234"
    phone: str = "3125550100"


CLINIC = Provider()


@dataclass(frozen=True)
class Insurer:
    """A payer, as its files name it."""

    code: str
    name: str
    kind: PayerKind = PayerKind.COMMERCIAL
    contract_bp: int | None = DEFAULT_CONTRACT_BP

    @property
    def filing_indicator(self) -> str:
        return FILING_INDICATOR[self.kind]

    @property
    def remitted_indicator(self) -> str:
        return self.filing_indicator.replace("CI", PREFERRED_PROVIDER)


@dataclass(frozen=True)
class Person:
    """The patient, who is the subscriber too."""

    first_name: str
    last_name: str
    member_id: str
    birth_on: date = date(1980, 2, 3)
    sex: str = "U"
    street: str = "1 SAMPLE STREET"
    city: str = "CHICAGO"
    state: str = "IL"
    zip_code: str = "60601"


@dataclass(frozen=True)
class Bill:
    """One claim: one account's charges to one payer."""

    number: str
    patient: Person
    insurer: Insurer
    charge_cents: int
    service_on: date
    submitted_on: date
    sequence: int = 1
    frequency: str = "1"
    known_control_number: str = ""

    @property
    def control_number(self) -> str:
        """Return the number the payer gave this claim."""
        return self.known_control_number or f"{self.sequence}{crc32(self.number.encode()):010d}"

    @property
    def lines(self) -> tuple["BilledLine", ...]:
        """Return the charge split over service lines, the same way every time."""
        draw = Random(self.number)
        wanted = min(draw.choice((1, 1, 2, 2, 3, 4)), max(1, self.charge_cents // SMALLEST_LINE_CENTS))
        left, amounts = self.charge_cents, []
        for rest in range(wanted - 1, 0, -1):
            part = max(SMALLEST_LINE_CENTS // 2, left * draw.randint(30, 70) // (50 * (rest + 1)))
            amounts.append(min(part, left - rest * SMALLEST_LINE_CENTS // 2))
            left -= amounts[-1]
        codes = draw.sample(PROCEDURES, wanted)
        return tuple(BilledLine(code, cents) for code, cents in zip(codes, [*amounts, left], strict=True))


@dataclass(frozen=True)
class BilledLine:
    """One service."""

    procedure: str
    charge_cents: int
