"""What a file adds up to, counted from what it was meant to say."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

GROUPS = ("CO", "PR", "OA", "PI", "CR")


def _no_adjustments() -> dict[str, int]:
    return dict.fromkeys(GROUPS, 0)


@dataclass(frozen=True)
class Totals:
    """Signed sums, in the words of `flask intake --json`."""

    transactions: int = 0
    claims: int = 0
    charge_cents: int = 0
    paid_cents: int = 0
    patient_responsibility_cents: int = 0
    """The sum of CLP05; a reversal leaves it empty."""
    adjustment_cents: Mapping[str, int] = field(default_factory=_no_adjustments)
    provider_adjustment_cents: int = 0
    bpr_cents: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def added(totals: Iterable[Totals]) -> Totals:
    """Add the totals of parts up to those of the whole."""
    parts = tuple(totals)
    return Totals(
        transactions=sum(each.transactions for each in parts),
        claims=sum(each.claims for each in parts),
        charge_cents=sum(each.charge_cents for each in parts),
        paid_cents=sum(each.paid_cents for each in parts),
        patient_responsibility_cents=sum(each.patient_responsibility_cents for each in parts),
        adjustment_cents={group: sum(each.adjustment_cents[group] for each in parts) for group in GROUPS},
        provider_adjustment_cents=sum(each.provider_adjustment_cents for each in parts),
        bpr_cents=sum(each.bpr_cents for each in parts),
    )
