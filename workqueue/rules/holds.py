"""Why the office leaves an account or a person alone, and what each reason stops.

The catalogue of the office's reference (regulation and EDI, 3.5). Each hold has a kind, an owner and an end:
an open balance that nobody comes back to would be lost.
"""

from dataclasses import dataclass
from enum import StrEnum

from workqueue.rules.kinds import Party


class HoldKind(StrEnum):
    """The reason for a hold; the value is also what history and the API call it."""

    OFFICE = "office"
    """A reason in a person's own words."""
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    MINOR = "minor"
    ATTORNEY = "attorney"
    CEASE = "cease"
    DISPUTE = "dispute"
    ESTIMATE_DISPUTE = "estimate_dispute"
    """Patient-provider dispute about a good faith estimate (45 CFR 149.620)."""
    NO_SURPRISES = "no_surprises"
    ASSISTANCE_OFFERED = "assistance_offered"
    ASSISTANCE_PENDING = "assistance_pending"
    ASSISTANCE_INCOMPLETE = "assistance_incomplete"
    MEDICAID = "medicaid"
    QMB = "qmb"
    WORKERS_COMPENSATION = "workers_compensation"
    LIABILITY = "liability"
    GOVERNMENT_PROGRAM = "government_program"
    OTHER_INSURANCE = "other_insurance"
    MILITARY = "military"
    LEGAL = "legal"
    RESTRICTED = "restricted"
    PAID_IN_FULL_RESTRICTION = "paid_in_full_restriction"
    PRE_COLLECTION = "pre_collection"


class HoldReach(StrEnum):
    """Whom a hold covers."""

    ACCOUNT = "account"
    PERSON = "person"
    """All accounts this person answers for, also those opened later."""


@dataclass(frozen=True)
class HoldFacts:
    """The standing facts of one kind of hold."""

    label: str
    sentence: str
    """What it means for the rep, in words."""
    reach: HoldReach
    stops: frozenset[Party]
    """Whose tasks wait while it lasts."""
    usual_days: int
    """Until it is looked at again, unless somebody says otherwise."""
    citation: str
    tag: str
    """How sure the reference is of its source: V, V2, K-high or K."""
    may_rep_place: bool = False
    """A rep may place it, because a patient tells it on the telephone; lifting is a lead's."""
