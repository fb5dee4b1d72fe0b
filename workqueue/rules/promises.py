"""A patient's promise to pay: what may be promised, until when it counts, and whether it was kept."""

from datetime import date, timedelta
from enum import StrEnum

from workqueue.rules.business_days import add_business_days

LONGEST_DAYS = 30
"""A promise reaches no further; longer ones are a payment plan (office reference 5.2)."""

GRACE_BUSINESS_DAYS = 3
"""A payment this many working days late still keeps it (office reference 5.2)."""


class PromiseState(StrEnum):
    """Where a promise stands, by the money that came."""

    OPEN = "open"
    PARTIAL = "partial"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


def grace_on(due_on: date) -> date:
    """Return the last day on which a payment still keeps the promise."""
    return add_business_days(due_on, GRACE_BUSINESS_DAYS)


def objection(amount_cents: int, due_on: date, *, owed_cents: int, today: date) -> tuple[str, str] | None:
    """Return which field of a promise cannot stand and why; None when both can."""
    if amount_cents <= 0:
        return "amount_cents", "Promise an amount above zero."
    if amount_cents > owed_cents:
        return "amount_cents", "This is more than the patient owes."
    if due_on < today:
        return "due_on", "The day of payment has passed."
    if due_on > today + timedelta(days=LONGEST_DAYS):
        return "due_on", f"A promise reaches {LONGEST_DAYS} days ahead at most; agree on an earlier day."
    return None


def state_of(
    *, amount_cents: int, paid_cents: int, grace_on: date, is_cancelled: bool, today: date
) -> PromiseState:
    """Tell from the money received since it was made where a promise stands."""
    if is_cancelled:
        return PromiseState.CANCELLED
    if paid_cents >= amount_cents:
        return PromiseState.KEPT
    if today > grace_on:
        return PromiseState.BROKEN
    return PromiseState.PARTIAL if paid_cents > 0 else PromiseState.OPEN
