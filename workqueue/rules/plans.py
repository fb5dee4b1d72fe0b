"""Payment plans: over how many payments a balance may be spread, when each is due, where a plan stands."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LEAST_CENTS = 2_500
"""No payment is smaller than this (office reference 5.2: 25 to 50 dollars)."""

BANDS: tuple[tuple[int | None, int], ...] = ((50_000, 6), (150_000, 12), (500_000, 24), (None, 36))
"""Balances below so many cents are spread over so many months at most (office reference 5.2)."""

FIRST_WITHIN_DAYS = 30
"""The first payment comes no later, as any promise does (office reference 5.2)."""

MISSED_UNTIL_DEFAULT = 2
"""With so many payments missing a plan is in default (office reference 5.2)."""

FREE_OF_REGULATION_Z = 4
CREDITOR_NOTICE = (
    "A written agreement for more than four payments can make the office a creditor under Regulation Z"
    " (12 CFR 1026.2(a)(17); policy until counsel confirms). Charge no fee and no interest."
)
"""The reference tags this row K: it is policy until confirmed, and says so."""


class PlanState(StrEnum):
    """Where a plan stands, by the money that came."""

    ALIVE = "alive"
    KEPT = "kept"
    DEFAULT = "default"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Instalment:
    """One payment of a plan."""

    amount_cents: int
    cumulative_cents: int
    """What must have come by then, all earlier payments included."""
    due_on: date


def most_instalments(total_cents: int) -> int:
    """Return over how many payments a balance may be spread; below 2 it is too small for a plan."""
    months = next(months for below, months in BANDS if below is None or total_cents < below)
    return min(months, total_cents // LEAST_CENTS)


def objection(
    total_cents: int, instalments: int, first_due_on: date, *, today: date
) -> tuple[str, str] | None:
    """Return which field of a plan cannot stand and why; None when both can."""
    most = most_instalments(total_cents)
    if most < 2:
        return (
            "instalments",
            f"The balance is too small for a plan: no payment is below {LEAST_CENTS // 100} dollars.",
        )
    if not 2 <= instalments <= most:
        return "instalments", f"This balance can be spread over 2 to {most} payments."
    if first_due_on < today:
        return "due_on", "The day of payment has passed."
    if first_due_on > today + timedelta(days=FIRST_WITHIN_DAYS):
        return "due_on", f"The first payment is due within {FIRST_WITHIN_DAYS} days."
    return None


def schedule(total_cents: int, instalments: int, first_due_on: date) -> tuple[Instalment, ...]:
    """Spread the balance over so many months; the odd cents come with the first payments."""
    share, odd = divmod(total_cents, instalments)
    amounts = [share + (number < odd) for number in range(instalments)]
    return tuple(
        Instalment(amount, sum(amounts[: number + 1]), _months_later(first_due_on, number))
        for number, amount in enumerate(amounts)
    )


def state_of(*, is_cancelled: bool, total_cents: int, paid_cents: int, missed: int) -> PlanState:
    """Tell from the money received since it was made where a plan stands."""
    if is_cancelled:
        return PlanState.CANCELLED
    if paid_cents >= total_cents:
        return PlanState.KEPT
    return PlanState.DEFAULT if missed >= MISSED_UNTIL_DEFAULT else PlanState.ALIVE


def needs_creditor_notice(instalments: int) -> bool:
    return instalments > FREE_OF_REGULATION_Z


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months on; the last of a month that is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
