"""What one claim of an 835 says, as a line of COPY text: the place of intake written for speed.

A large payer's file has hundreds of thousands of claims, so each piece of text is made once and remembered:
a file repeats its codes, its days and its amounts. What the pieces mean is decided in rules/adjudication.py.
"""

from datetime import date
from typing import NamedTuple

from workqueue.rules.adjudication import (
    CONTRACT,
    NOTHING_DUE,
    PREDETERMINATION,
    REFUSAL,
    SEQUENCES,
    SHARE,
    Effect,
    Entry,
    effect_of,
    entry_of,
    main_reason,
    payment_entry,
    sequence_of,
)
from workqueue.rules.states import FactKind
from workqueue.services.intake.arrivals import day, escaped, json_text, number
from workqueue.x12.records import Adjustment, RemittanceClaim

REMEMBERED = 1 << 14
"""Texts kept of each sort: enough for a fee schedule, bounded for a file of any size."""


class Bodies:
    """Writes the claims of one payment."""

    def __init__(self, payer_id: int | None, paid_on: date | None, *, is_notice: bool) -> None:
        self.is_notice = is_notice
        self.payer = number(payer_id)
        self.day = day(paid_on)
        self.quoted = Quoted()
        self.days = Days()
        self.pieces = Pieces(self.quoted)

    def body(self, record: RemittanceClaim, claim_number: str) -> str:
        """Return the columns from `kind` on, as COPY text."""
        quoted, status = self.quoted, record.status_code
        sequence = SEQUENCES.get(status) or sequence_of(status, record.adjustments)
        is_silent = self.is_notice or status in NOTHING_DUE
        paid = 0 if is_silent else record.paid_cents
        entries, told, sums, reason = self._decided(record, paid, is_primary=sequence == 1)
        if is_silent:
            entries, sums, reason = "", "0\t0\t0", ""
        payload = (
            f'{{"entries":[{entries}],"adjustments":[{told}],"lines":[{self._lines(record)}]'
            f',"filing":{quoted[record.filing_indicator]}'
            f',"remarks":{quoted[" ".join(record.remark_codes)] if record.remark_codes else NOTHING}}}'
        )
        if status == PREDETERMINATION:
            payload = f'{payload[:-1]},"forecast_cents":{record.paid_cents}}}'
        return (
            f"{KIND}\t{escaped(claim_number)}\t{sequence}\t{self.payer}\t{escaped(record.payer_control_number)}"
            f"\t{self.day}\t{record.charge_cents}\t{paid}\t{sums}\t{escaped(status)}\t{reason}\t{payload}"
        )

    def _decided(
        self, record: RemittanceClaim, paid_cents: int, *, is_primary: bool
    ) -> tuple[str, str, str, str]:
        """Return ledger lines, adjustments as sent, sums (share, contractual, denied) and main denial."""
        pieces = self.pieces
        entries = [self._payment(paid_cents, is_primary=is_primary)] if paid_cents else []
        told: list[str] = []
        share = contractual = 0
        refused: dict[str, int] = {}
        for adjustment in record.adjustments:
            effect, entry, text, cents, refusal = pieces[adjustment]
            told.append(text)
            if entry and is_primary:
                entries.append(entry)
            if effect is CONTRACT:
                contractual += cents
            elif effect is SHARE:
                share += cents
            elif effect is REFUSAL:
                refused[refusal] = refused.get(refusal, 0) + cents
        lines, adjustments = ",".join(entries), ",".join(told)
        if not refused:
            return lines, adjustments, f"{share}\t{contractual}\t0", ""
        sums = f"{share}\t{contractual}\t{sum(refused.values())}"
        return lines, adjustments, sums, escaped(main_reason(refused))

    def _payment(self, paid_cents: int, *, is_primary: bool) -> str:
        return written(payment_entry(paid_cents, is_primary=is_primary), self.quoted)

    def _lines(self, record: RemittanceClaim) -> str:
        quoted, days = self.quoted, self.days
        return ",".join(
            [
                f"[{quoted[procedure or revenue]},{quoted[' '.join(modifiers)] if modifiers else NOTHING}"
                f",{charge},{paid},{days[first]},{quoted[' '.join(remarks)] if remarks else NOTHING}]"
                for _, _, procedure, modifiers, revenue, charge, paid, _, first, _, _, remarks in record.lines
            ]
        )


class Piece(NamedTuple):
    """All that is to be known of one adjustment."""

    effect: Effect
    entry: str
    """Its ledger line, where the primary payer makes it; empty when it makes none."""
    text: str
    cents: int
    refusal: str


class Pieces(dict[Adjustment, Piece]):
    """One adjustment in all its texts."""

    def __init__(self, quoted: "Quoted") -> None:
        super().__init__()
        self._quoted = quoted

    def __missing__(self, adjustment: Adjustment) -> Piece:
        group, reason, cents, line = adjustment
        effect = effect_of(group, reason)
        entry = entry_of(effect, group, reason, cents)
        piece = Piece(
            effect,
            written(entry, self._quoted) if entry else "",
            f"[{self._quoted[group]},{self._quoted[reason]},{cents},{line}]",
            cents,
            f"{group}-{reason}",
        )
        if len(self) >= REMEMBERED:
            self.clear()
        self[adjustment] = piece
        return piece


class Quoted(dict[str, str]):
    """Short texts as JSON inside COPY."""

    def __missing__(self, value: str) -> str:
        quoted = json_text(value)
        if len(self) >= REMEMBERED:
            self.clear()
        self[value] = quoted
        return quoted


class Days(dict[date | None, str]):
    """Days as JSON."""

    def __missing__(self, value: date | None) -> str:
        self[value] = quoted = f'"{value.isoformat() if value else ""}"'
        return quoted


def written(entry: Entry, quoted: Quoted) -> str:
    kind, group, reason, insurance, patient = entry
    return f'["{kind.value}",{quoted[group]},{quoted[reason]},{insurance},{patient}]'


KIND = FactKind.REMITTANCE_CLAIM.value
NOTHING = '""'
