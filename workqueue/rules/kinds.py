"""The kinds of task an office works, and what is true of each wherever it stands."""

from dataclasses import dataclass
from enum import StrEnum


class TaskKind(StrEnum):
    """What a rep is asked to do; the value is also what history and the API call it."""

    CLAIM_REJECTED = "claim_rejected"
    CLAIM_NOT_FOUND = "claim_not_found"
    CLAIM_NO_RESPONSE = "claim_no_response"
    INFORMATION_REQUESTED = "information_requested"
    DENIAL = "denial"
    APPEAL_DEADLINE = "appeal_deadline"
    FILING_DEADLINE = "filing_deadline"
    UNDERPAID = "underpaid"
    PAYMENT_UNMATCHED = "payment_unmatched"
    CREDIT_BALANCE = "credit_balance"
    PATIENT_BALANCE = "patient_balance"
    PROMISE_DUE = "promise_due"
    PROMISE_BROKEN = "promise_broken"
    CALLBACK_DUE = "callback_due"
    BALANCE_REVIEW = "balance_review"


class Party(StrEnum):
    """Who is to be spoken to about a task, or who is being waited for."""

    PAYER = "payer"
    PATIENT = "patient"
    OFFICE = "office"


class Skill(StrEnum):
    """What a rep must be able to do; a code of the `skills` table."""

    CLAIMS = "claims"
    DENIALS = "denials"
    PAYMENTS = "payments"
    PATIENTS = "patients"


@dataclass(frozen=True)
class KindFacts:
    """The standing facts of one kind of task."""

    label: str
    skill: Skill
    party: Party
    """Patient tasks are offered only while the patient may be called."""
    has_hard_deadline: bool = False
    """Inside its lead time such a task goes before all that can wait (tier 1)."""
    can_be_settled: bool = False
    """A person may end it although the facts behind it stay. Never a kind that guards an open balance."""


KINDS: dict[TaskKind, KindFacts] = {
    TaskKind.CLAIM_REJECTED: KindFacts("Claim rejected", Skill.CLAIMS, Party.PAYER),
    TaskKind.CLAIM_NOT_FOUND: KindFacts("Claim not found", Skill.CLAIMS, Party.PAYER),
    TaskKind.CLAIM_NO_RESPONSE: KindFacts("No response from payer", Skill.CLAIMS, Party.PAYER),
    TaskKind.INFORMATION_REQUESTED: KindFacts("Information requested", Skill.CLAIMS, Party.PAYER),
    TaskKind.DENIAL: KindFacts("Denial", Skill.DENIALS, Party.PAYER),
    TaskKind.APPEAL_DEADLINE: KindFacts(
        "Appeal deadline", Skill.DENIALS, Party.PAYER, has_hard_deadline=True
    ),
    TaskKind.FILING_DEADLINE: KindFacts(
        "Timely filing deadline", Skill.CLAIMS, Party.PAYER, has_hard_deadline=True
    ),
    TaskKind.UNDERPAID: KindFacts("Underpaid", Skill.DENIALS, Party.PAYER, can_be_settled=True),
    TaskKind.PAYMENT_UNMATCHED: KindFacts("Payment without account", Skill.PAYMENTS, Party.OFFICE),
    TaskKind.CREDIT_BALANCE: KindFacts("Credit balance", Skill.PAYMENTS, Party.OFFICE),
    TaskKind.PATIENT_BALANCE: KindFacts("Patient balance", Skill.PATIENTS, Party.PATIENT),
    TaskKind.PROMISE_DUE: KindFacts("Promise due", Skill.PATIENTS, Party.PATIENT, can_be_settled=True),
    TaskKind.PROMISE_BROKEN: KindFacts("Promise broken", Skill.PATIENTS, Party.PATIENT, can_be_settled=True),
    TaskKind.CALLBACK_DUE: KindFacts("Callback due", Skill.PATIENTS, Party.PATIENT, can_be_settled=True),
    TaskKind.BALANCE_REVIEW: KindFacts("Balance to review", Skill.PAYMENTS, Party.OFFICE),
}

PATIENT_KINDS = tuple(kind for kind, facts in KINDS.items() if facts.party is Party.PATIENT)
"""What is done by calling whoever answers for the bill."""
