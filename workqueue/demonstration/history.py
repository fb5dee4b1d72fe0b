"""The past of the demonstration office, brought in day by day through the doors that real files take."""

import io
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue.demonstration.patients import PAYERS, Resident, resident
from workqueue.demonstration.stories import Chronicle
from workqueue.kit.files import KitFile
from workqueue.kit.office import Bill
from workqueue.kit.planning import answers, packed, payments, submissions
from workqueue.kit.workshop import Workshop
from workqueue.models import Payer
from workqueue.rules.states import FileSource
from workqueue.services import deriving
from workqueue.services.intake import read_file, receive
from workqueue.services.intake.parties import patient_key
from workqueue.services.intake.payments import receive_payment
from workqueue.services.posting import post_received

DAYS_AGO = (110, 95, 80, 70, 60, 52, 45, 38, 32, 27, 22, 18, 14, 11, 9, 7, 5, 4, 3, 2, 1, 0)
"""The days on which something is done, thinner the longer ago."""
NOON = time(18, 0, tzinfo=UTC)
"""In the middle of the working day from New York to Honolulu."""
CLAIMS_A_FILE = 5_000
AT_ONCE = 5_000

Item = TypeVar("Item")


@dataclass
class Day:
    """What reaches the office on one of the days."""

    on: date
    now: datetime
    told: Chronicle = field(default_factory=Chronicle)


def days_of(chronicle: Chronicle, *, today: date, now: datetime) -> list[Day]:
    """Divide what happened among the days on which the office hears of it, first things first."""
    dates = [today - timedelta(days=ago) for ago in DAYS_AGO]
    days = [Day(on, now if on == today else datetime.combine(on, NOON)) for on in dates]

    def heard(on: date) -> Chronicle:
        return days[min(bisect_left(dates, on), len(days) - 1)].told

    for bill in chronicle.submitted:
        heard(bill.submitted_on).submitted.append(bill)
    for status in chronicle.acknowledged:
        heard(status.on).acknowledged.append(status)
    for status in chronicle.statuses:
        heard(status.on).statuses.append(status)
    for paid_on, settled in chronicle.settled:
        heard(paid_on).settled.append((paid_on, settled))
    for paid in chronicle.patient_paid:
        heard(paid[0]).patient_paid.append(paid)
    return days


def add_payers(session: Session) -> None:
    """Enter the payers with the limits of their contracts."""
    session.add_all(
        Payer(
            code=terms.insurer.code,
            name=terms.insurer.name,
            kind=terms.insurer.kind,
            response_days=terms.response_days,
            filing_days=terms.filing_days,
            appeal_days=terms.appeal_days,
            net_bp=terms.net_bp,
            contract_bp=terms.insurer.contract_bp,
        )
        for terms in PAYERS
    )
    session.flush()


def live(session: Session, day: Day, *, seed: int, residents: Callable[[Bill], Resident]) -> None:
    """Let one day's files and payments arrive, and the clock move the queue."""
    for file in files_of(day, seed):
        take(session, file, now=day.now, on=day.on)
        if file.kind.value.startswith("837"):
            add_phones(session, {residents(bill) for bill in day.told.submitted}, now=day.now)
    for ordinal, (paid_on, number, cents) in enumerate(day.told.patient_paid):
        pay(session, day, (paid_on, number, cents), f"{day.on}-{ordinal}")
    post_all(session, now=day.now)
    pass_time(session, now=day.now)


def files_of(day: Day, seed: int) -> Iterator[KitFile]:
    shop, told = Workshop(seed, day.on), day.told
    yield from packed(shop, submissions(shop, told.submitted, CLAIMS_A_FILE), CLAIMS_A_FILE)
    acknowledged = answers(shop.acknowledgement, told.acknowledged, CLAIMS_A_FILE)
    yield from packed(shop, acknowledged, CLAIMS_A_FILE)
    yield from packed(shop, answers(shop.status, told.statuses, CLAIMS_A_FILE), CLAIMS_A_FILE)
    yield from packed(shop, payments(shop, told.settled, CLAIMS_A_FILE), CLAIMS_A_FILE)


def take(session: Session, file: KitFile, *, now: datetime, on: date) -> None:
    """Take a file in as from the drop folder."""
    receipt = receive(
        session, io.BytesIO(file.content), name=f"{on:%Y%m%d}-{file.name}", source=FileSource.DROP, now=now
    )
    if not receipt.is_duplicate:
        read_file(session, receipt.file_id, now=now)
    post_all(session, now=now)


def pay(session: Session, day: Day, paid: tuple[date, str, int], source_id: str) -> None:
    """Let a patient pay at the cash desk."""
    paid_on, number, cents = paid
    if cents > 0:
        receive_payment(
            session,
            source="cash desk",
            source_id=source_id,
            account_number=number,
            amount_cents=cents,
            received_on=paid_on,
            now=day.now,
        )


def post_all(session: Session, *, now: datetime) -> None:
    while post_received(session, now=now):
        pass


def pass_time(session: Session, *, now: datetime) -> None:
    """Derive what the clock alone has changed since the day before."""
    while deriving.rescore_due(session, now=now, limit=AT_ONCE) == AT_ONCE:
        pass


def add_phones(session: Session, residents: Iterable[Resident], *, now: datetime) -> None:
    """Enter what claims do not carry: telephones and languages, for many patients in one statement."""
    keys: list[str] = []
    numbers: list[str] = []
    places: list[str] = []
    spanish: list[str] = []
    for each in residents:
        key = key_of(each)
        if each.language != "en":
            spanish.append(key)
        for number in each.numbers:
            keys.append(key)
            numbers.append(number.e164)
            places.append(number.place.value)
    session.execute(
        text(
            "INSERT INTO phones (patient_id, e164, place, created_at) SELECT p.id, t.e164, t.place, :now"
            " FROM unnest(CAST(:keys AS text[]), CAST(:numbers AS text[]), CAST(:places AS text[]))"
            " AS t (key, e164, place) JOIN patients p ON p.key = t.key"
            " ON CONFLICT (patient_id, e164) DO NOTHING"
        ),
        {"keys": keys, "numbers": numbers, "places": places, "now": now},
    )
    session.execute(
        text("UPDATE patients SET language = 'es' WHERE key = ANY(CAST(:keys AS text[]))"), {"keys": spanish}
    )


def key_of(each: Resident) -> str:
    """Return the key under which the intake keeps this patient."""
    person = each.person
    return patient_key(person.member_id, person.last_name, person.first_name, person.birth_on)


def resident_of(seed: int) -> Callable[[Bill], Resident]:
    """Return a function that tells whose bill one is."""
    return lambda bill: resident(seed, int(bill.patient.member_id[-8:]))


def refresh_statistics(session: Session, tables: Sequence[str]) -> None:
    """Tell the planner how much has come: in one long transaction nobody else does."""
    for table in tables:
        session.execute(text(f"ANALYZE {table}"))
