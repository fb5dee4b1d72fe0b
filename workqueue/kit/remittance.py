"""835: a payment and the claims it pays (005010X221A1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from workqueue.kit.interchange import Kind, Segment, TransactionSet, compact, money
from workqueue.kit.office import CLINIC, Insurer, Provider
from workqueue.kit.settling import Adjustment, Settled, SettledLine
from workqueue.kit.totals import Totals, added

BANK = ("01", "999999992", "DA", "123456")


@dataclass(frozen=True)
class ProviderLevel:
    """One PLB adjustment; plus lowers the payment, minus raises it."""

    reason: str
    reference: str
    cents: int


@dataclass(frozen=True)
class Payment:
    """One check or transfer."""

    insurer: Insurer
    trace: str
    paid_on: date
    settled: tuple[Settled, ...]
    provider_level: tuple[ProviderLevel, ...] = ()
    provider: Provider = CLINIC

    @property
    def cents(self) -> int:
        """Return what is transferred: the claims' payments less the provider's adjustments."""
        return sum(each.paid_cents for each in self.settled) - sum(each.cents for each in self.provider_level)

    @property
    def totals(self) -> Totals:
        return replace(
            added(each.totals for each in self.settled),
            transactions=1,
            provider_adjustment_cents=sum(each.cents for each in self.provider_level),
            bpr_cents=self.cents,
        )


def remittance_set(payment: Payment) -> TransactionSet:
    """Write a payment. One that is below nothing cannot be: the payer carries it forward instead (FB)."""
    if payment.cents < 0:
        carried = ProviderLevel("FB", payment.trace, payment.cents)
        payment = replace(payment, provider_level=(*payment.provider_level, carried))
    body = [*header_segments(payment, payment.cents)]
    for settled in payment.settled:
        body += claim_segments(payment, settled)
    body += _provider_level(payment)
    return TransactionSet(Kind.REMITTANCE, tuple(body), payment.totals)


def header_segments(payment: Payment, cents: int) -> Iterator[Segment]:
    """Write what stands before the claims; `cents` is what is transferred."""
    day, insurer, provider = compact(payment.paid_on), payment.insurer, payment.provider
    payer_id = f"1{provider.tax_id}"
    if cents:
        bank = ("ACH", "CCP", *BANK, payer_id, "", *BANK)
        yield ("BPR", "I", money(cents), "C", *bank, day)
    else:
        # Nothing is transferred: a notification (H), of decisions all the same.
        yield ("BPR", "H", "0", "C", "NON", *[""] * 11, day)
    yield ("TRN", "1", payment.trace, payer_id)
    yield ("REF", "EV", "SAMPLEHOUSE")
    yield ("DTM", "405", day)
    yield ("N1", "PR", insurer.name.upper(), "XV", insurer.code)
    yield ("N3", "1 PAYER PLAZA")
    yield ("N4", "SAMPLE CITY", "IL", "606990000")
    yield ("PER", "BL", "PROVIDER SERVICES", "TE", "3125550199")
    yield ("N1", "PE", provider.name, "XX", provider.npi)
    yield ("N3", provider.street)
    yield ("N4", provider.city, provider.state, provider.zip_code)
    yield ("REF", "TJ", provider.tax_id)
    yield ("LX", "1")


def claim_segments(payment: Payment, settled: Settled) -> Iterator[Segment]:
    """Write one claim with its services."""
    bill = settled.bill
    yield (
        "CLP", bill.number, settled.status, money(settled.charge_cents), money(settled.paid_cents),
        money(settled.patient_cents) if settled.patient_cents else "",
        bill.insurer.remitted_indicator, bill.control_number, "11", bill.frequency,
    )  # fmt: skip
    person = bill.patient
    last, first = person.last_name.upper(), person.first_name.upper()
    yield ("NM1", "QC", "1", last, first, "", "", "", "MI", person.member_id)
    yield ("NM1", "82", "2", payment.provider.name, "", "", "", "", "XX", payment.provider.npi)
    yield ("REF", "1L", f"G{bill.insurer.code}")
    yield ("DTM", "050", compact(bill.submitted_on))
    for line in settled.lines:
        yield from _line(settled, line)


def _line(settled: Settled, line: SettledLine) -> Iterator[Segment]:
    units = "1" if line.paid_cents else "0"
    yield (
        "SVC", ("HC", line.line.procedure), money(line.charge_cents), money(line.paid_cents), "", units,
    )  # fmt: skip
    yield ("DTM", "472", compact(settled.bill.service_on))
    yield from adjustment_segments(line.adjustments)
    yield ("REF", "6R", f"{settled.bill.number}-{line.line.procedure}")
    allowed = line.paid_cents + sum(each.cents for each in line.adjustments if each.group == "PR")
    if allowed > 0:
        yield ("AMT", "B6", money(allowed))
    if line.remark:
        yield ("LQ", "HE", line.remark)


def adjustment_segments(adjustments: Iterable[Adjustment]) -> Iterator[Segment]:
    """Write one CAS for each group, its reasons side by side."""
    for group, members in groupby(
        sorted(adjustments, key=lambda each: each.group), key=lambda each: each.group
    ):
        triples: list[str] = []
        for each in members:
            triples += [each.reason, money(each.cents), ""]
        yield ("CAS", group, *triples[:-1])


def _provider_level(payment: Payment) -> Iterator[Segment]:
    fiscal = f"{payment.paid_on.year}1231"
    for chunk in _in_sixes(payment.provider_level):
        pairs = [part for each in chunk for part in ((each.reason, each.reference), money(each.cents))]
        yield ("PLB", payment.provider.npi, fiscal, *pairs)


def _in_sixes(items: Sequence[ProviderLevel]) -> Iterator[Sequence[ProviderLevel]]:
    for start in range(0, len(items), 6):
        yield items[start : start + 6]
