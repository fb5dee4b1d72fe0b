"""837: professional claims as the office sends them (005010X222A1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workqueue.kit.interchange import Kind, Segment, TransactionSet, compact, money
from workqueue.kit.office import CLINIC, Bill, Provider
from workqueue.kit.totals import Totals

SEQUENCE_LETTER = {1: "P", 2: "S", 3: "T"}


@dataclass(frozen=True)
class Batch:
    """Claims sent on one day."""

    reference: str
    """BHT03: what this batch is called."""
    sent_on: date
    bills: tuple[Bill, ...]
    provider: Provider = CLINIC


def submission_set(batch: Batch) -> TransactionSet:
    """Write a batch."""
    body = [*_header(batch)]
    for ordinal, bill in enumerate(batch.bills, start=2):
        body += _claim(bill, ordinal)
    totals = Totals(
        transactions=1, claims=len(batch.bills), charge_cents=sum(bill.charge_cents for bill in batch.bills)
    )
    return TransactionSet(Kind.SUBMISSION, tuple(body), totals)


def _header(batch: Batch) -> Iterator[Segment]:
    provider = batch.provider
    yield ("BHT", "0019", "00", batch.reference, compact(batch.sent_on), "0800", "CH")
    yield ("NM1", "41", "2", provider.name, "", "", "", "", "46", provider.tax_id)
    yield ("PER", "IC", "BILLING", "TE", provider.phone)
    yield ("NM1", "40", "2", "SAMPLEHOUSE", "", "", "", "", "46", "SAMPLEHOUSE")
    yield ("HL", "1", "", "20", "1")
    yield ("NM1", "85", "2", provider.name, "", "", "", "", "XX", provider.npi)
    yield ("N3", provider.street)
    yield ("N4", provider.city, provider.state, provider.zip_code)
    yield ("REF", "EI", provider.tax_id)


def _claim(bill: Bill, ordinal: int) -> Iterator[Segment]:
    person, letter = bill.patient, SEQUENCE_LETTER[bill.sequence]
    name = (person.last_name, person.first_name)
    insurer = (bill.insurer.name.upper(), "", "", "", "", "PI", bill.insurer.code)
    yield ("HL", str(ordinal), "1", "22", "0")
    yield ("SBR", letter, "18", *[""] * 6, bill.insurer.filing_indicator)
    yield ("NM1", "IL", "1", *name, "", "", "", "MI", person.member_id)
    yield ("N3", person.street)
    yield ("N4", person.city, person.state, person.zip_code)
    yield ("DMG", "D8", compact(person.birth_on), person.sex)
    yield ("NM1", "PR", "2", *insurer)
    place = ("11", "B", bill.frequency)
    yield ("CLM", bill.number, money(bill.charge_cents), "", "", place, "Y", "A", "Y", "Y")
    if bill.frequency != "1":
        yield ("REF", "F8", bill.control_number)
    yield ("HI", ("ABK", "R69"))
    if bill.sequence > 1:
        yield ("SBR", "P", "18", *[""] * 6, "CI")
        yield ("OI", "", "", "Y", "", "", "Y")
        yield ("NM1", "IL", "1", *name, "", "", "", "MI", person.member_id)
        yield ("NM1", "PR", "2", "FIRST SAMPLE PLAN", "", "", "", "", "PI", "FIRST1")
    for number, line in enumerate(bill.lines, start=1):
        yield ("LX", str(number))
        yield ("SV1", ("HC", line.procedure), money(line.charge_cents), "UN", "1", "", "", ("1",))
        yield ("DTP", "472", "D8", compact(bill.service_on))
        yield ("REF", "6R", f"{bill.number}-{line.procedure}")
