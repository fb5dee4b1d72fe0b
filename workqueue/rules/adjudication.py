"""What a payer's decision on a claim does to the account: which bucket moves, and what is a denial.

The classification of an adjustment depends on its group and reason alone, never on the claim's status or
its sign. A reversal (CLP02 22) therefore passes through the same code as what it reverses and takes back
exactly that.

What is decided here is put together, claim by claim, in services/intake/bodies.py. Contractual amounts and
the patient's share are booked from the first payer alone: what those of a later payer change is seen only
beside the first one's (services/coordination.py). What a later payer pays was the patient's share until then.
A forecast (CLP02 25), a claim passed on (23) and a notice about money that does not come move nothing.
"""

from collections.abc import Iterable
from typing import NamedTuple

from workqueue.rules.states import EntryKind

# CARCs by which a payer lowers the price and does not refuse: nobody owes the amount any more. Every other
# adjustment outside group PR is a refusal, stays in the insurance balance and is followed up as a denial.
CONTRACTUAL: dict[str, str] = {
    "44": "discount for prompt payment",
    "45": "above the contracted or fee schedule amount",
    "69": "day outlier of a case rate",
    "70": "cost outlier: the payer pays more than the case rate",
    "74": "indirect medical education, paid on top",
    "75": "direct medical education, paid on top",
    "76": "disproportionate share, paid on top",
    "78": "days not covered or room above the rate",
    "90": "ingredient cost of a drug, by contract",
    "91": "dispensing fee, by contract",
    "94": "payment above the charge: the case rate was higher",
    "102": "major medical adjustment",
    "103": "discount the provider promised",
    "104": "withheld under a managed-care contract",
    "105": "tax withheld",
    "118": "support of the dialysis networks, withheld from every treatment",
    "121": "indemnification in place of the member's share",
    "131": "discount negotiated for this claim",
    "132": "demonstration project, agreed beforehand",
    "137": "surcharge or tax set by law",
    "139": "funding agreement of the contract",
    "143": "part of the payment deferred under the contract",
    "144": "incentive, paid on top or withheld",
    "161": "performance bonus, paid on top",
    "172": "rate of this kind of provider",
    "186": "rate of another level of care",
    "223": "set by federal, state or local law",
    "225": "interest or penalty",
    "237": "penalty set by law",
    "253": "sequestration",
}

# Amounts that only say what happened elsewhere: no bucket moves and nothing was refused.
INFORMATIONAL: dict[str, str] = {
    "23": "what an earlier payer decided and this one took into account",
    "101": "a forecast: the claim was not decided",
}

FORWARDED, PREDETERMINATION, REVERSAL = "23", "25", "22"
NOTHING_DUE = frozenset({FORWARDED, PREDETERMINATION})
"""Claim statuses (CLP02) that decide nothing: what the claim owes stays as it was."""

SEQUENCES = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}
"""CLP02 to the turn in which the payer was asked."""

Entry = tuple[EntryKind, str, str, int, int]
"""Ledger line: kind, group, reason, cents added to the insurance balance, cents added to the patient's."""


def sequence_of(status_code: str, adjustments: Iterable[tuple[str, str, int, int]]) -> int:
    """Return the payer's turn; where the status does not say, an earlier payer's share (OA-23) tells."""
    known = SEQUENCES.get(status_code)
    if known is not None:
        return known
    return 2 if any(each[1] == "23" for each in adjustments) else 1


class Effect(NamedTuple):
    """What one adjustment does, whoever sends it: depends on its group and reason alone."""

    is_share: bool = False
    """Falls to the patient."""
    is_contractual: bool = False
    is_refusal: bool = False


SHARE, CONTRACT, REFUSAL, REMARK = (
    Effect(is_share=True),
    Effect(is_contractual=True),
    Effect(is_refusal=True),
    Effect(),
)


def effect_of(group: str, reason: str) -> Effect:
    """Tell what an adjustment is."""
    if group == "PR":
        return SHARE
    if reason in CONTRACTUAL:
        return CONTRACT
    return REMARK if reason in INFORMATIONAL else REFUSAL


def entry_of(effect: Effect, group: str, reason: str, cents: int) -> Entry | None:
    """Return the ledger line an adjustment of the primary payer makes, if any."""
    if not cents:
        return None
    if effect.is_share:
        return (EntryKind.PATIENT_RESPONSIBILITY, group, reason, -cents, cents)
    if effect.is_contractual:
        return (EntryKind.CONTRACTUAL, group, reason, -cents, 0)
    return None


def payment_entry(paid_cents: int, *, is_primary: bool) -> Entry:
    """Return the ledger line of a payment. What a later payer pays was the patient's share until then."""
    insurance, patient = (-paid_cents, 0) if is_primary else (0, -paid_cents)
    return (EntryKind.PAYER_PAYMENT, "", "", insurance, patient)


def main_reason(refused: dict[str, int]) -> str:
    """Return the reason with the largest amount; ties go by the code, not by the order of the file.

    Empty when nothing is refused on balance.
    """
    if not refused or sum(refused.values()) <= 0:
        return ""
    return max(refused, key=lambda key: (refused[key], key))
