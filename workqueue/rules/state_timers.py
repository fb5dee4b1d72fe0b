"""How long states make a hospital wait before it collects, as data (reference 3.4).

Rows tagged K are kept as policy until counsel has confirmed them. A row covers what it names and nothing
else: 240 days before a suit in Maryland do not stop a placement there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class CollectionStep(StrEnum):
    """What may be done about a bill that nobody pays, each harder than the one before."""

    PLACEMENT = "placement"
    """With an agency that collects in our name or its own: no extraordinary action by itself
    (26 CFR 1.501(r)-6(b))."""
    SALE = "sale"
    CREDIT_REPORTING = "credit_reporting"
    DENIED_CARE = "denied_care"
    """Care put off, denied, or only for money in advance, because of an earlier bill."""
    SUIT = "suit"
    """Suit, lien, attachment, garnishment."""


EXTRAORDINARY = frozenset(CollectionStep) - {CollectionStep.PLACEMENT}
"""Extraordinary collection actions of 26 CFR 1.501(r)-6(b) [V; the list beyond sale and reporting K-high]."""

STEP_LABELS: dict[CollectionStep, str] = {
    CollectionStep.PLACEMENT: "Placement with an agency",
    CollectionStep.SALE: "Sale of the debt",
    CollectionStep.CREDIT_REPORTING: "Report to a credit bureau",
    CollectionStep.DENIED_CARE: "Care put off or denied",
    CollectionStep.SUIT: "Suit, lien or garnishment",
}

FURNISH_NEVER = (
    "This office reports to no credit bureau, in any state: the federal rule was vacated on 2025-07-11, many"
    " states forbid it, and the bureaus' own policies change."
)
"""Reference 3.3 [V2; states K]; house policy."""


@dataclass(frozen=True)
class StateTimer:
    """One state's wait, counted from the first bill."""

    state: str
    days: int
    covers: frozenset[CollectionStep]
    citation: str
    tag: str
    note: str = ""
    """What else it asks for, in words."""
    service_days: int = 0
    """So many days after the service too, where the state counts from both."""

    def earliest_on(self, first_bill_on: date, service_on: date | None) -> date:
        """Return the first day on which it allows what it covers."""
        by_bill = first_bill_on + timedelta(days=self.days)
        if self.service_days and service_on is not None:
            return max(by_bill, service_on + timedelta(days=self.service_days))
        return by_bill


_S = CollectionStep

STATE_TIMERS: tuple[StateTimer, ...] = (
    StateTimer(
        "CA", 180, frozenset({_S.PLACEMENT, _S.SALE, _S.CREDIT_REPORTING, _S.SUIT}),
        "Cal. HSC 127425; Civ. Code 1788.14", "V2",
        "A notice with an application for assistance goes out before the assignment.",
    ),
    StateTimer(
        "MD", 240, frozenset({_S.SUIT, _S.CREDIT_REPORTING}),
        "Md. HG 19-214.1; HB 268 of 2025, ch. 693", "V2",
        "No suit for $500 or less; no interest before day 240.",
    ),
    StateTimer(
        "CO", 182, EXTRAORDINARY, "Colo. hospital billing law", "K",
        "Plans for who qualifies are capped at 4% or 2% of income, 36 months.",
    ),
    StateTimer(
        "NY", 180, frozenset({_S.PLACEMENT, _S.SALE, _S.SUIT}), "N.Y. PHL 2807-k; CPLR", "K",
        "No liens on homes, no garnishment; limitation after three years.",
    ),
    StateTimer("WA", 120, frozenset({_S.PLACEMENT, _S.SALE}), "RCW 70.54.470", "V2"),
    StateTimer(
        "IL", 60, frozenset({_S.SUIT}), "Ill. Fair Patient Billing Act", "K",
        "Uninsured patients are screened, and a plan is offered, before any suit.",
    ),
    StateTimer(
        "ND", 45, frozenset({_S.PLACEMENT, _S.SALE, _S.SUIT}), "N.D. law on delinquent medical bills", "V2",
        "Not delinquent before; a late fee is at most 1% a month.", service_days=90,
    ),
)  # fmt: skip


def timers_for(states: Collection[str], step: CollectionStep) -> tuple[StateTimer, ...]:
    """Return the rows of these states that cover a step."""
    return tuple(each for each in STATE_TIMERS if each.state in states and step in each.covers)
