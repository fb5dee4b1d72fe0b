"""277CA: what became of a submission (005010X214); 277: where a claim stands (005010X212)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workqueue.kit.interchange import Kind, Segment, TransactionSet, compact, money
from workqueue.kit.office import CLINIC, Bill, Insurer, Provider
from workqueue.kit.totals import Totals

REJECTIONS = ("A3", "A4", "A6", "A7", "A8")


@dataclass(frozen=True)
class Status:
    """One claim's status: lists 507 and 508, and who is meant."""

    bill: Bill
    category: str
    code: str
    on: date
    entity: str = ""
    paid_cents: int = 0

    @property
    def is_rejected(self) -> bool:
        return self.category in REJECTIONS

    @property
    def composite(self) -> tuple[str, ...]:
        return (self.category, self.code, self.entity) if self.entity else (self.category, self.code)


@dataclass(frozen=True)
class Answer:
    """What one payer says on one day about several claims."""

    reference: str
    insurer: Insurer
    on: date
    statuses: tuple[Status, ...]
    provider: Provider = CLINIC


def acknowledgement_set(answer: Answer) -> TransactionSet:
    """Write an answer to a submission."""
    day = compact(answer.on)
    charge = sum(each.bill.charge_cents for each in answer.statuses)
    body: list[Segment] = [
        ("BHT", "0085", "08", answer.reference, day, "0900", "TH"),
        ("HL", "1", "", "20", "1"),
        ("NM1", "PR", "2", answer.insurer.name.upper(), "", "", "", "", "PI", answer.insurer.code),
        ("TRN", "1", answer.reference),
        ("DTP", "050", "D8", day),
        ("DTP", "009", "D8", day),
        ("HL", "2", "1", "21", "1"),
        ("NM1", "41", "2", answer.provider.name, "", "", "", "", "46", answer.provider.tax_id),
        ("TRN", "2", f"B{answer.reference}"),
        ("STC", ("A1", "19", "PR"), day, "WQ", money(charge)),
        *_counts(answer.statuses, "90", "AA"),
        ("HL", "3", "2", "19", "1"),
        ("NM1", "85", "2", answer.provider.name, "", "", "", "", "XX", answer.provider.npi),
        ("TRN", "1", "0"),
        ("STC", ("A1", "19", "PR"), "", "WQ", money(charge)),
        *_counts(answer.statuses, "QA", "QC"),
    ]
    for ordinal, status in enumerate(answer.statuses, start=4):
        body += _acknowledged(status, ordinal)
    return TransactionSet(Kind.ACKNOWLEDGEMENT, tuple(body), _totals(answer))


def status_set(answer: Answer) -> TransactionSet:
    """Write an answer to a question about claims."""
    day = compact(answer.on)
    body: list[Segment] = [
        ("BHT", "0010", "08", answer.reference, day, "0900", "DG"),
        ("HL", "1", "", "20", "1"),
        ("NM1", "PR", "2", answer.insurer.name.upper(), "", "", "", "", "PI", answer.insurer.code),
        ("HL", "2", "1", "21", "1"),
        ("NM1", "41", "2", answer.provider.name, "", "", "", "", "46", answer.provider.tax_id),
        ("HL", "3", "2", "19", "1"),
        ("NM1", "1P", "2", answer.provider.name, "", "", "", "", "XX", answer.provider.npi),
    ]
    for ordinal, status in enumerate(answer.statuses, start=4):
        body += _answered(status, ordinal, answer.reference)
    return TransactionSet(Kind.STATUS, tuple(body), _totals(answer))


def _totals(answer: Answer) -> Totals:
    # What a status says of money is information: it is added up nowhere.
    return Totals(transactions=1, claims=len(answer.statuses))


def _counts(statuses: Sequence[Status], accepted: str, rejected: str) -> Iterator[Segment]:
    good = [each.bill.charge_cents for each in statuses if not each.is_rejected]
    bad = [each.bill.charge_cents for each in statuses if each.is_rejected]
    if good:
        yield ("QTY", accepted, str(len(good)))
    if bad:
        yield ("QTY", rejected, str(len(bad)))
    if good:
        yield ("AMT", "YU", money(sum(good)))
    if bad:
        yield ("AMT", "YY", money(sum(bad)))


def _patient(status: Status, qualifier: str) -> Segment:
    person = status.bill.patient
    last, first = person.last_name.upper(), person.first_name.upper()
    return ("NM1", qualifier, "1", last, first, "", "", "", "MI", person.member_id)


def _acknowledged(status: Status, ordinal: int) -> Iterator[Segment]:
    bill = status.bill
    yield ("HL", str(ordinal), "3", "PT")
    yield _patient(status, "QC")
    yield ("TRN", "2", bill.number)
    action = "U" if status.is_rejected else "WQ"
    yield ("STC", status.composite, compact(status.on), action, money(bill.charge_cents))
    if not status.is_rejected:
        yield ("REF", "1K", bill.control_number)
    yield ("DTP", "472", "D8", compact(bill.service_on))


def _answered(status: Status, ordinal: int, reference: str) -> Iterator[Segment]:
    bill = status.bill
    yield ("HL", str(ordinal), "3", "22", "0")
    yield _patient(status, "IL")
    yield ("TRN", "2", f"{reference}-{ordinal}")
    charge, paid = money(bill.charge_cents), money(status.paid_cents)
    yield ("STC", status.composite, compact(status.on), "", charge, paid)
    if status.category != "D0":
        yield ("REF", "1K", bill.control_number)
    yield ("REF", "EJ", bill.number)
    yield ("DTP", "472", "D8", compact(bill.service_on))
