"""Reads an 835 set (005010X221A1): the payment, its claims, provider adjustments, and whether it balances.

Balance: line `SVC02 - CAS = SVC03`; claim `CLP03 - all CAS = CLP04`; set `BPR02 = sum of CLP04 - sum of PLB`
(005010X221 1.10.2; X12 RFI 2348, 2601).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from workqueue.x12.records import ProviderAdjustment, Record, RemittanceEnd, RemittanceStart
from workqueue.x12.remittance_claims import Claims
from workqueue.x12.remittance_faults import Totals
from workqueue.x12.sets import OpenSet
from workqueue.x12.values import AmountError, Cents, Dates, dollars


def read_remittance(opened: OpenSet) -> Iterator[Record]:
    """The records of one 835 set."""
    remittance = _Remittance(opened)
    yield from opened.records(remittance.handlers)
    yield from remittance.finish()


class _Remittance:
    def __init__(self, opened: OpenSet) -> None:
        self.opened = opened
        self.cents = Cents()
        self.dates = Dates()
        self.totals = Totals()
        self.claims = Claims(opened, self.totals, self.cents, self.dates)
        self.is_started = False
        self.bpr = [""] * 17
        self.amount = 0
        self.paid_on: date | None = None
        self.trn = [""] * 4
        self.receiver_id = ""
        self.produced_on: date | None = None
        self.payer = [""] * 5
        self.payee = [""] * 5
        self.payee_tin = ""
        self.is_payee = False
        self.provider_adjusted = 0
        self.handlers = opened.handlers(
            {
                "BPR": self._bpr,
                "TRN": self._trn,
                "REF": self._ref,
                "DTM": self._dtm,
                "N1": self._n1,
                "CLP": self._first_clp,
                "PLB": self._plb,
            }
        )

    def _elements(self, segment: str, count: int) -> list[str]:
        elements = segment.split(self.opened.element)
        return elements + [""] * (count - len(elements))

    def _bpr(self, segment: str, position: int) -> None:
        self.bpr = self._elements(segment, 17)
        self.amount = self._cents("BPR", self.bpr, 2, position)
        if self.bpr[3] == "D":
            self.amount = -self.amount
        if self.amount < 0:
            self._flag(
                "payment_negative",
                "BPR",
                position,
                "BPR02 and BPR03 say that the payer takes money back, which a remittance cannot do. "
                "Ask the payer for a corrected remittance.",
            )
        self.paid_on = self.dates[self.bpr[16]]
        if self.paid_on is None and self.bpr[16].strip():
            self._flag(
                "date_impossible",
                "BPR",
                position,
                "BPR16, the day of payment, is not a day of the calendar. Ask the payer for the right date.",
            )

    def _trn(self, segment: str, _position: int) -> None:
        self.trn = self._elements(segment, 4)

    def _ref(self, segment: str, _position: int) -> None:
        elements = self._elements(segment, 3)
        if elements[1] == "EV":
            self.receiver_id = elements[2]
        elif elements[1] == "TJ" and self.is_payee:
            self.payee_tin = elements[2]

    def _dtm(self, segment: str, _position: int) -> None:
        elements = self._elements(segment, 3)
        if elements[1] == "405":
            self.produced_on = self.dates[elements[2]]

    def _n1(self, segment: str, _position: int) -> None:
        elements = self._elements(segment, 5)
        self.is_payee = elements[1] == "PE"
        if self.is_payee:
            self.payee = elements
        elif elements[1] == "PR":
            self.payer = elements

    def _first_clp(self, segment: str, position: int) -> Iterable[Record]:
        """From here on DTM, REF and the like speak of claims."""
        self.handlers.update(self.opened.handlers(self.claims.handlers()))
        self.claims.clp_segment(segment, position)
        return self._start()

    def _start(self) -> tuple[Record, ...]:
        if self.is_started:
            return ()
        self.is_started = True
        for tag, elements, at, what in (("BPR", self.bpr, 2, "amount"), ("TRN", self.trn, 2, "number")):
            if not elements[at].strip():
                self._flag(
                    "segment_short",
                    tag,
                    self.opened.header.position,
                    f"{tag}{at:02} is missing: the payment has no {what}. Ask the payer for it.",
                )
        bpr, trn = self.bpr, self.trn
        qualifier, payee_id = self.payee[3], self.payee[4]
        start = RemittanceStart(
            self.opened.header,
            handling_code=bpr[1],
            amount_cents=self.amount,
            credit_or_debit=bpr[3],
            method=bpr[4],
            paid_on=self.paid_on,
            trace=trn[2],
            payer_tin=trn[3],
            payer_name=self.payer[2],
            payer_id=self.payer[4],
            payee_name=self.payee[2],
            payee_npi=payee_id if qualifier == "XX" else "",
            payee_tin=payee_id if qualifier == "FI" else self.payee_tin,
            produced_on=self.produced_on,
            receiver_id=self.receiver_id,
        )
        return (start,)

    def _plb(self, segment: str, position: int) -> Iterator[Record]:
        """Up to six pairs of reason and amount for one provider; the claim before is over."""
        yield from self._start()
        yield from self.claims.finish() or ()
        elements = self._elements(segment, 5)
        fiscal_on = self.dates[elements[2]]
        for at in range(3, min(len(elements) - 1, 14), 2):
            if not elements[at] and not elements[at + 1]:
                continue
            cents = self._cents("PLB", elements, at + 1, position)
            self.provider_adjusted += cents
            reason, _, reference = elements[at].partition(self.opened.component)
            yield ProviderAdjustment(elements[1], fiscal_on, reason, reference, cents, position)

    def finish(self) -> Iterator[Record]:
        """The last claim, and the end of the set with its balance."""
        yield from self._start()
        yield from self.claims.finish() or ()
        totals = self.totals
        difference = self.amount - (totals.paid - self.provider_adjusted)
        if difference:
            self._flag_difference(difference)
        summary = self.opened.close()
        yield RemittanceEnd(
            self.opened.header,
            summary,
            amount_cents=self.amount,
            claims=totals.claims,
            lines=totals.lines,
            charge_cents=totals.charge,
            paid_cents=totals.paid,
            patient_responsibility_cents=totals.responsible,
            provider_adjustment_cents=self.provider_adjusted,
            adjustments=tuple(
                sorted((group, cents) for group, cents in totals.by_group.items() if group or cents)
            ),
            difference_cents=difference,
            is_balanced=totals.is_sound and not difference,
        )

    def _flag_difference(self, difference: int) -> None:
        expected = self.amount - difference
        self._flag(
            "payment_unbalanced",
            "BPR",
            self.opened.header.position + 1,
            f"The claims paid less the provider adjustments make {dollars(expected)}, but BPR02 says "
            f"{dollars(self.amount)}. Compare with the bank and ask the payer for a corrected remittance.",
        )

    def _cents(self, tag: str, elements: list[str], at: int, position: int) -> int:
        try:
            return self.cents[elements[at]]
        except AmountError:
            self.totals.is_sound = False
            self._flag(
                "amount_unreadable",
                tag,
                position,
                f"{tag}{at:02} is not an amount of money and was counted as 0. "
                "Ask the payer for a corrected remittance.",
            )
            return 0

    def _flag(self, code: str, tag: str, position: int, message: str) -> None:
        self.opened.flag(code, tag, position, message)
