"""What a payer makes of a claim: invented, balanced to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from workqueue.kit.office import DEFAULT_CONTRACT_BP, Bill, BilledLine
from workqueue.kit.totals import GROUPS, Totals
from workqueue.rules.states import PayerKind

DENIALS = ("50", "197", "16", "29", "96", "97", "22", "18", "15", "204")
"""Ordinary denials; which of them are rebilled and which appealed is the office's business."""
REMARK = {"16": "M76", "29": "N211", "50": "N115", "96": "N130", "97": "M15"}
DEDUCTIBLE, COINSURANCE, COPAY = "1", "2", "3"
PRIMARY, SECONDARY, REVERSAL, FORWARDED = "1", "2", "22", "19"


class Settlement(StrEnum):
    """The ways a claim can come back."""

    PAID = "paid"
    NOTHING_LEFT = "nothing_left"
    """Paid, and the patient owes nothing."""
    ALL_DEDUCTIBLE = "all_deductible"
    """Allowed, paid nothing: all of it is the patient's, and it is no denial."""
    UNDERPAID = "underpaid"
    PARTIAL = "partial"
    """One service denied, the others paid."""
    DENIED = "denied"


@dataclass(frozen=True)
class Adjustment:
    """One CAS triple; plus lowers the payment."""

    group: str
    reason: str
    cents: int


@dataclass(frozen=True)
class SettledLine:
    """One service with what became of it."""

    line: BilledLine
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...]
    remark: str = ""


@dataclass(frozen=True)
class Settled:
    """One CLP with all below it."""

    bill: Bill
    status: str
    lines: tuple[SettledLine, ...]

    @property
    def charge_cents(self) -> int:
        return sum(line.charge_cents for line in self.lines)

    @property
    def paid_cents(self) -> int:
        return sum(line.paid_cents for line in self.lines)

    @property
    def patient_cents(self) -> int:
        """Return what CLP05 says: nothing in a reversal."""
        return 0 if self.status == REVERSAL else self.adjusted_cents("PR")

    def adjusted_cents(self, group: str) -> int:
        return sum(each.cents for line in self.lines for each in line.adjustments if each.group == group)

    @property
    def totals(self) -> Totals:
        return Totals(
            claims=1,
            charge_cents=self.charge_cents,
            paid_cents=self.paid_cents,
            patient_responsibility_cents=self.patient_cents,
            adjustment_cents={group: self.adjusted_cents(group) for group in GROUPS},
        )


def settle(bill: Bill, settlement: Settlement, draw: Random, *, reason: str = "") -> Settled:
    """Decide a first payer's claim; `reason` is the CARC of a denial."""
    lines = bill.lines
    reason = reason or draw.choice(DENIALS)
    if settlement is Settlement.DENIED:
        return _primary(bill, (_denied(line, reason) for line in lines))
    if settlement is Settlement.PARTIAL:
        first, *others = lines
        return _primary(bill, _with_one_denied(bill, first, others, reason, draw))
    return _primary(bill, (_allowed(bill, line, settlement, draw, first=line is lines[0]) for line in lines))


def settle_second(bill: Bill, first: Settled) -> Settled:
    """Decide a second payer's claim: four fifths of what the first one left to the patient."""
    settled = []
    for line in first.lines:
        left = sum(each.cents for each in line.adjustments if each.group == "PR")
        paid = left * 4 // 5
        taken = [Adjustment("OA", "23", line.charge_cents - left), Adjustment("PR", COINSURANCE, left - paid)]
        settled.append(SettledLine(line.line, line.charge_cents, paid, _worth_saying(taken)))
    return Settled(bill, SECONDARY, tuple(settled))


def reversal_of(settled: Settled) -> Settled:
    """Take a settlement back: the same reasons, every amount negated."""
    return replace(
        settled,
        status=REVERSAL,
        lines=tuple(
            replace(
                line,
                charge_cents=-line.charge_cents,
                paid_cents=-line.paid_cents,
                adjustments=tuple(replace(each, cents=-each.cents) for each in line.adjustments),
            )
            for line in settled.lines
        ),
    )


def forwarded(settled: Settled) -> Settled:
    """Say that the claim was passed on to the next payer."""
    return replace(settled, status=FORWARDED)


def _primary(bill: Bill, lines: Iterator[SettledLine]) -> Settled:
    return Settled(bill, PRIMARY, tuple(lines))


def _denied(line: BilledLine, reason: str) -> SettledLine:
    taken = (Adjustment("CO", reason, line.charge_cents),)
    return SettledLine(line, line.charge_cents, 0, taken, REMARK.get(reason, ""))


def _with_one_denied(
    bill: Bill, first: BilledLine, others: Sequence[BilledLine], reason: str, draw: Random
) -> Iterator[SettledLine]:
    if others:
        yield _denied(first, reason)
    else:
        # The only service: half of it is denied, within the line.
        half = BilledLine(first.procedure, first.charge_cents - first.charge_cents // 2)
        paid = _allowed(bill, half, Settlement.NOTHING_LEFT, draw)
        taken = (*paid.adjustments, Adjustment("CO", reason, first.charge_cents // 2))
        yield SettledLine(first, first.charge_cents, paid.paid_cents, taken, REMARK.get(reason, ""))
    for line in others:
        yield _allowed(bill, line, Settlement.PAID, draw)


def _allowed(
    bill: Bill, line: BilledLine, settlement: Settlement, draw: Random, *, first: bool = False
) -> SettledLine:
    share = bill.insurer.contract_bp or DEFAULT_CONTRACT_BP
    if settlement is Settlement.UNDERPAID:
        share = share * 6 // 10
    allowed = line.charge_cents * share // 10_000
    taken = [Adjustment("CO", "45", line.charge_cents - allowed)]
    patient = _patient_share(settlement, allowed, draw, first=first)
    taken += patient
    paid = allowed - sum(each.cents for each in patient)
    if bill.insurer.kind is PayerKind.MEDICARE:
        # Sequestration takes 2 % of what Medicare would pay.
        taken.append(Adjustment("CO", "253", paid // 50))
        paid -= paid // 50
    return SettledLine(line, line.charge_cents, paid, _worth_saying(taken))


def _patient_share(settlement: Settlement, allowed: int, draw: Random, *, first: bool) -> list[Adjustment]:
    if settlement is Settlement.ALL_DEDUCTIBLE:
        return [Adjustment("PR", DEDUCTIBLE, allowed)]
    if settlement not in {Settlement.PAID, Settlement.UNDERPAID}:
        return []
    shares = []
    if first and draw.random() < 0.5:
        shares.append(Adjustment("PR", COPAY, min(draw.choice((2_000, 2_500, 4_000)), allowed // 2)))
    elif draw.random() < 0.5:
        shares.append(Adjustment("PR", DEDUCTIBLE, allowed // 4))
    left = allowed - sum(each.cents for each in shares)
    return [*shares, Adjustment("PR", COINSURANCE, left // 5)]


def _worth_saying(adjustments: list[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(each for each in adjustments if each.cents)
