"""What the claim status categories (X12 code list 507) mean to the office, in words of our own.

States and what follows from each are those of the office's reference (regulation and EDI, 4.3).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ClaimState(StrEnum):
    """Where a claim stands, by what was last heard of it."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    INFORMATION_REQUESTED = "information_requested"
    PATIENT_INFORMATION_REQUESTED = "patient_information_requested"
    FINALIZED = "finalized"
    DENIED = "denied"
    FORWARDED = "forwarded"
    QUERY_FAILED = "query_failed"
    """Our question could not be answered: nothing is known of the claim."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Category:
    """One category: its state, what it says, and how far along the claim is with it."""

    state: ClaimState
    words: str
    rank: int
    """Of two statuses of one day the larger counts."""


_QUERY, _RECEIVED, _ACCEPTED, _PENDING, _ASKED, _REFUSED, _DECIDED = 0, 10, 20, 30, 40, 50, 60
_ASKING = ClaimState.INFORMATION_REQUESTED

CATEGORIES: dict[str, Category] = {
    "A0": Category(ClaimState.ACKNOWLEDGED, "Passed on to another company", _RECEIVED),
    "A1": Category(ClaimState.ACKNOWLEDGED, "Received, not yet accepted", _RECEIVED),
    "A2": Category(ClaimState.ACCEPTED, "Accepted for a decision", _ACCEPTED),
    "A3": Category(ClaimState.REJECTED, "Sent back unprocessed: correct it and send it as new", _REFUSED),
    "A4": Category(ClaimState.NOT_FOUND, "Not found at the payer", _RECEIVED + 5),
    "A5": Category(ClaimState.ACKNOWLEDGED, "Split into several claims", _ACCEPTED),
    "A6": Category(ClaimState.REJECTED, "Rejected: something is missing", _REFUSED),
    "A7": Category(ClaimState.REJECTED, "Rejected: something is not valid", _REFUSED),
    "A8": Category(ClaimState.REJECTED, "Rejected: two entries contradict each other", _REFUSED),
    "P0": Category(ClaimState.PENDING, "Pending", _PENDING),
    "P1": Category(ClaimState.PENDING, "In process", _PENDING),
    "P2": Category(ClaimState.PENDING, "Under review by the payer", _PENDING),
    "P3": Category(_ASKING, "Waiting for information from us", _ASKED),
    "P4": Category(
        ClaimState.PATIENT_INFORMATION_REQUESTED, "Waiting for information from the patient", _ASKED
    ),
    "P5": Category(ClaimState.PENDING, "Held by the payer's own system", _PENDING),
    "F0": Category(ClaimState.FINALIZED, "Decided; the remittance will say how", _DECIDED),
    "F1": Category(ClaimState.FINALIZED, "Decided and paid", _DECIDED),
    "F2": Category(ClaimState.DENIED, "Decided and denied", _DECIDED + 1),
    "F3": Category(ClaimState.FINALIZED, "Decision changed", _DECIDED + 2),
    "F3F": Category(ClaimState.FORWARDED, "Decided and passed on to the next payer", _DECIDED + 2),
    "F3N": Category(ClaimState.FINALIZED, "Decided and not passed on: bill the next payer", _DECIDED + 2),
    "F4": Category(ClaimState.FINALIZED, "Decided; no payment will come", _DECIDED),
    "R0": Category(_ASKING, "Information requested", _ASKED),
    "R1": Category(_ASKING, "Information requested", _ASKED),
    "R2": Category(_ASKING, "Information about a person or company requested", _ASKED),
    "R3": Category(_ASKING, "Information about the claim or a line requested", _ASKED),
    "R4": Category(_ASKING, "Records requested", _ASKED),
    "R5": Category(_ASKING, "More detail requested", _ASKED),
    "R6": Category(_ASKING, "Information required by law requested", _ASKED),
    "R7": Category(_ASKING, "Information about the plan's policy requested", _ASKED),
    "R8": Category(_ASKING, "Information about an exception in coverage requested", _ASKED),
    "R9": Category(_ASKING, "Proof of medical need requested", _ASKED),
    "R10": Category(_ASKING, "Information in support of an appeal requested", _ASKED),
    "R11": Category(_ASKING, "Records requested before payment", _ASKED),
    "R12": Category(_ASKING, "Reasons for a procedure requested", _ASKED),
    "R13": Category(_ASKING, "What was sent could not be read: send it again", _ASKED + 1),
    "R14": Category(_ASKING, "What was sent was not what was asked for", _ASKED + 1),
    "R15": Category(_ASKING, "Information about work accident coverage requested", _ASKED),
    "R16": Category(_ASKING, "Information about eligibility requested", _ASKED),
    "R17": Category(_ASKING, "New request in place of an earlier one", _ASKED + 2),
    "E0": Category(ClaimState.QUERY_FAILED, "Our inquiry had an error", _QUERY),
    "E1": Category(ClaimState.QUERY_FAILED, "The payer's system did not answer", _QUERY),
    "E2": Category(ClaimState.QUERY_FAILED, "The holder of the information did not answer", _QUERY),
    "E3": Category(ClaimState.QUERY_FAILED, "Our inquiry contradicted itself", _QUERY),
    "E4": Category(ClaimState.QUERY_FAILED, "Our inquiry broke a rule of the payer", _QUERY),
    "D0": Category(ClaimState.NOT_FOUND, "Search without success", _RECEIVED + 5),
}
REPORTING = Category(ClaimState.ACKNOWLEDGED, "Data reporting acknowledgement", _QUERY)
UNLISTED = Category(ClaimState.UNKNOWN, "Status the office does not know", _QUERY)

REJECTED = frozenset(code for code, each in CATEGORIES.items() if each.state is ClaimState.REJECTED)
NOT_FOUND = frozenset(code for code, each in CATEGORIES.items() if each.state is ClaimState.NOT_FOUND)
INFORMATION_REQUESTED = frozenset(
    code
    for code, each in CATEGORIES.items()
    if each.state in {ClaimState.INFORMATION_REQUESTED, ClaimState.PATIENT_INFORMATION_REQUESTED}
)
NOT_IN_A_BATCH = frozenset(code for code in CATEGORIES if code[0] in "PFRD") | {"E1", "E2", "E3", "E4"}
"""Categories a 277CA may not carry: it acknowledges, it does not decide (reference 4.2)."""


def category(code: str) -> Category:
    """Return what is known of a category; DR01 to DR08 are one, an unlisted code has a meaning too."""
    return CATEGORIES.get(code) or (REPORTING if code.startswith("DR") else UNLISTED)


def status_key(effective_on: date | None, code: str, status: str = "") -> str:
    """Return text that sorts statuses by day, then by how far along they are; the largest is the current."""
    day = effective_on.strftime("%Y%m%d") if effective_on else "00000000"
    return f"{day}{category(code).rank:02d}{code:<4}{status}".rstrip()
