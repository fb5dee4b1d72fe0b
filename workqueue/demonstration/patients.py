"""Invented patients and payers. Every name says that it is one: nobody is called Testwell."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from workqueue.kit.office import Insurer, Person
from workqueue.rules.states import PayerKind, PhonePlace

FIRST_NAMES = (
    "Robin", "Alex", "Sam", "Kim", "Jo", "Lee", "Max", "Pat", "Chris", "Dana", "Jean", "Kit", "Lou", "Mel",
    "Nic", "Quinn", "Ray", "Sky", "Terry", "Val",
)  # fmt: skip
SAYS_SO = ("Test", "Sample", "Mock", "Specimen", "Example", "Dummy", "Demo", "Fiction")
ENDINGS = ("well", "ton", "ford", "son", "ley", "wood", "berg", "stead", "by", "man", "field", "worth")
STREETS = ("Sample Street", "Example Avenue", "Specimen Road", "Mock Lane", "Placeholder Way")


@dataclass(frozen=True)
class Place:
    """A city, with an area code that rings there."""

    city: str
    state: str
    zip_code: str
    area: str


# Mostly one region, as an office has it, and some from every zone. Each area code lies in one zone.
HOME = (
    Place("New York", "NY", "10001", "212"),
    Place("Albany", "NY", "12207", "518"),
    Place("Newark", "NJ", "07102", "973"),
    Place("Philadelphia", "PA", "19103", "215"),
)
AWAY = (
    Place("Atlanta", "GA", "30303", "404"),
    Place("Chicago", "IL", "60601", "312"),
    Place("Houston", "TX", "77002", "713"),
    Place("Nashville", "TN", "37201", "615"),
    Place("Denver", "CO", "80202", "303"),
    Place("Phoenix", "AZ", "85001", "602"),
    Place("Los Angeles", "CA", "90001", "213"),
    Place("Seattle", "WA", "98101", "206"),
    Place("Anchorage", "AK", "99501", "907"),
    Place("Honolulu", "HI", "96813", "808"),
)


@dataclass(frozen=True)
class PayerTerms:
    """A payer and the limits its contract sets."""

    insurer: Insurer
    response_days: int
    filing_days: int
    appeal_days: int
    net_bp: int
    share: int
    """How much of the business, in hundredths."""


def _insurer(code: str, name: str, kind: PayerKind, contract_bp: int | None) -> Insurer:
    return Insurer(code, name, kind, contract_bp)


MEDICARE = PayerTerms(
    _insurer("SMP01", "Sample Medicare", PayerKind.MEDICARE, 4_200), 15, 365, 125, 3_500, 24
)
MEDICAID = PayerTerms(_insurer("SMP02", "Sample Medicaid", PayerKind.MEDICAID, 3_000), 30, 365, 60, 2_500, 14)
ADVANTAGE = PayerTerms(
    _insurer("SMP03", "Specimen Advantage", PayerKind.ADVANTAGE, 4_400), 30, 90, 65, 3_500, 16
)
MUTUAL = PayerTerms(_insurer("SMP04", "Example Mutual", PayerKind.COMMERCIAL, 6_000), 30, 90, 60, 5_000, 24)
UNITED = PayerTerms(_insurer("SMP05", "Mockford Health", PayerKind.COMMERCIAL, 6_500), 30, 120, 60, 5_500, 14)
OPEN = PayerTerms(_insurer("SMP06", "Testwell Indemnity", PayerKind.COMMERCIAL, None), 40, 180, 90, 5_000, 8)
SECOND = PayerTerms(_insurer("SMP07", "Sample Supplement", PayerKind.COMMERCIAL, None), 30, 180, 90, 8_000, 0)
PAYERS = (MEDICARE, MEDICAID, ADVANTAGE, MUTUAL, UNITED, OPEN, SECOND)


@dataclass(frozen=True)
class Number:
    """A telephone of a patient, of the exchange that is kept for invented ones (555-0100 to 555-0199)."""

    e164: str
    place: PhonePlace


@dataclass(frozen=True)
class Resident:
    """A patient with what claims do not say of them."""

    person: Person
    numbers: tuple[Number, ...]
    language: str


def resident(seed: int, ordinal: int) -> Resident:
    """Invent the patient of this number; the same one every time."""
    draw = Random(f"{seed}:patient:{ordinal}")  # noqa: S311 - invented people, not secrets
    place = draw.choice(HOME) if draw.random() < 0.6 else draw.choice(AWAY)
    person = Person(
        first_name=draw.choice(FIRST_NAMES),
        last_name=draw.choice(SAYS_SO) + draw.choice(ENDINGS),
        member_id=f"M{seed:03d}{ordinal:08d}",
        birth_on=date(1935, 1, 1) + timedelta(days=draw.randrange(25_000)),
        sex=draw.choice(("F", "M")),
        street=f"{draw.randint(1, 99)} {draw.choice(STREETS)}",
        city=place.city,
        state=place.state,
        zip_code=place.zip_code,
    )
    kinds = draw.choice(((PhonePlace.MOBILE,), (PhonePlace.MOBILE,), (PhonePlace.MOBILE, PhonePlace.HOME)))
    numbers = tuple(
        Number(f"+1{place.area}55501{last:02d}", kind)
        for kind, last in zip(kinds, draw.sample(range(100), len(kinds)), strict=True)
    )
    return Resident(person, numbers, "es" if draw.random() < 0.08 else "en")
