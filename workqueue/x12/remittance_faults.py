"""The sums of an 835 and what is wrong with its claims: what, where, and what to do about it."""

from collections import defaultdict
from dataclasses import dataclass, field

from workqueue.x12.records import Finding
from workqueue.x12.sets import MOST_FINDINGS_OF_A_CLAIM, OpenSet
from workqueue.x12.values import AmountError, Cents, dollars

_ASK = "Ask the payer for a corrected remittance."


@dataclass(slots=True, eq=False)
class Totals:
    """Sums over the claims of a set, and whether each of them adds up."""

    claims: int = 0
    lines: int = 0
    charge: int = 0
    paid: int = 0
    responsible: int = 0
    by_group: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    is_sound: bool = True
    """Every amount could be read, every line and claim adds up."""


@dataclass(slots=True, eq=False)
class Faults:
    """The findings of the claim that is open. No sentence shows a name, a number or an unreadable text."""

    opened: OpenSet
    totals: Totals
    table: Cents
    findings: tuple[Finding, ...] = ()

    def cents(self, tag: str, elements: list[str], at: int, position: int) -> int:
        """An amount of a segment in which one could not be read; 0 with a finding for that one."""
        try:
            return self.table[elements[at]]
        except AmountError:
            message = f"{tag}{at:02} is not an amount of money and was counted as 0. {_ASK}"
            self._add("amount_unreadable", tag, position, message, is_money=True)
            return 0

    def sums(self, position: int, *, charge: int, adjusted: int, paid: int, lines: int) -> None:
        """CLP03 - CAS = CLP04, and the lines make up the claim."""
        if charge - adjusted != paid:
            message = (
                f"CLP03 less all CAS amounts of the claim and its lines is {dollars(charge - adjusted)}, "
                f"but CLP04 says {dollars(paid)}. {_ASK}"
            )
            self._add("claim_unbalanced", "CLP", position, message, is_money=True)
        if lines != charge:
            message = (
                f"The charges of the lines add up to {dollars(lines)}, but CLP03 says {dollars(charge)}. "
                "Look whether lines are missing."
            )
            self._add("lines_charge", "CLP", position, message, is_error=False)

    def line(self, position: int, left: int, paid: int) -> None:
        """SVC02 - CAS is not SVC03."""
        expected = f"SVC02 less the CAS amounts of the line is {dollars(left)}"
        message = f"{expected}, but SVC03 says {dollars(paid)}. {_ASK}"
        self._add("line_unbalanced", "SVC", position, message, is_money=True)

    def clp_short(self, elements: list[str], position: int) -> None:
        """One of the first four elements is empty."""
        missing = next(at for at in (1, 2, 3, 4) if not elements[at])
        what = ("claim number", "status", "charge", "payment")[missing - 1]
        message = f"CLP{missing:02} is empty: the claim has no {what}."
        self.segment_short("CLP", position, message, is_money=missing > 2)

    def segment_short(self, tag: str, position: int, what: str, *, is_money: bool = True) -> None:
        """Elements that must be there are not."""
        self._add("segment_short", tag, position, f"{what} {_ASK}", is_money=is_money)

    def date_impossible(self, position: int) -> None:
        """A day that no calendar has."""
        message = "DTM02 is not a day of the calendar. Ask the payer for the right date."
        self._add("date_impossible", "DTM", position, message)

    def claim_too_large(self, position: int, most: int) -> None:
        """More parts than any real claim has."""
        message = f"The claim has more than {most} adjustments or lines; they were not kept. {_ASK}"
        self._add("claim_too_large", "CLP", position, message, is_money=True)

    def _add(
        self,
        code: str,
        tag: str,
        position: int,
        message: str,
        *,
        is_error: bool = True,
        is_money: bool = False,
    ) -> None:
        if is_money:
            self.totals.is_sound = False
        finding = self.opened.finding(code, tag, position, message, is_error=is_error)
        if len(self.findings) < MOST_FINDINGS_OF_A_CLAIM:
            self.findings += (finding,)
