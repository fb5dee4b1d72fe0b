"""What a rep may log of a piece of work, as data: what each asks for, counts as, and does next.

Codes, counting and next steps follow the office's reference (regulation and EDI, 5.3). To add one, write it
in the file of its channel. What a patient or a payer may say is then behind "More" by itself; what is done at
the desk is offered only where OFFERED or _ASKING names it.
"""

from workqueue.rules.disposition_facts import Disposition
from workqueue.rules.dispositions_desk import DEFERRED, DESK, PASSED, PUT_ASIDE
from workqueue.rules.dispositions_patient import PATIENT
from workqueue.rules.dispositions_payer import PAYER
from workqueue.rules.kinds import KINDS, Party, TaskKind

__all__ = ["DEFERRED", "PASSED", "PUT_ASIDE"]

DISPOSITIONS = {each.code: each for each in (*DESK, *PAYER, *PATIENT, *PUT_ASIDE)}

DIGIT_KEYS = 9

_CALLED = ("no_answer", "message_left", "promise", "says_paid", "callback")
_HELD = ("cannot_pay", "disputes", "wrong_number")

# In the order of the digit keys: what is logged most comes first, and never more than nine.
OFFERED: dict[TaskKind, tuple[str, ...]] = {
    TaskKind.CLAIM_REJECTED: (
        "corrected_rebilled", "resubmitted", "payer_in_process", "payer_not_reached", "office_asked",
        "patient_asked", "written_off",
    ),
    TaskKind.CLAIM_NOT_FOUND: (
        "resubmitted", "corrected_rebilled", "payer_in_process", "payer_paid", "payer_denied", "records_sent",
        "payer_not_reached", "office_asked", "written_off",
    ),
    TaskKind.CLAIM_NO_RESPONSE: (
        "payer_in_process", "payer_paid", "payer_denied", "payer_wants_records", "payer_not_reached",
        "resubmitted", "corrected_rebilled", "office_asked",
    ),
    TaskKind.INFORMATION_REQUESTED: (
        "records_sent", "patient_asked", "office_asked", "payer_in_process", "payer_denied",
        "corrected_rebilled", "payer_not_reached", "written_off",
    ),
    TaskKind.DENIAL: (
        "appeal_sent", "corrected_rebilled", "records_sent", "payer_reprocessing", "billed_to_patient",
        "written_off", "payer_not_reached", "office_asked", "patient_asked",
    ),
    TaskKind.APPEAL_DEADLINE: (
        "appeal_sent", "corrected_rebilled", "payer_reprocessing", "billed_to_patient", "written_off",
        "payer_not_reached", "office_asked",
    ),
    TaskKind.FILING_DEADLINE: (
        "resubmitted", "corrected_rebilled", "payer_in_process", "payer_paid", "payer_denied",
        "payer_not_reached", "office_asked", "written_off",
    ),
    TaskKind.UNDERPAID: (
        "underpayment_disputed", "underpayment_accepted", "payer_reprocessing", "appeal_sent", "records_sent",
        "payer_not_reached", "office_asked",
    ),
    TaskKind.PAYMENT_UNMATCHED: ("applied_to_account", "payer_asked", "office_asked", "refund_issued"),
    TaskKind.CREDIT_BALANCE: (
        "refund_issued", "applied_to_account", "payer_takes_back", "payer_asked", "office_asked",
    ),
    TaskKind.BALANCE_REVIEW: (
        "billed_to_patient", "next_payer_billed", "corrected_rebilled", "payer_reprocessing", "written_off",
        "payer_not_reached", "office_asked",
    ),
    TaskKind.PATIENT_BALANCE: (*_CALLED, "insurance_given", *_HELD),
    TaskKind.PROMISE_DUE: (*_CALLED, "answered", *_HELD),
    TaskKind.PROMISE_BROKEN: (*_CALLED, "insurance_given", *_HELD),
    TaskKind.CALLBACK_DUE: (*_CALLED, "answered", "insurance_given", "cannot_pay", "disputes"),
}  # fmt: skip

_ASKING = ("patient_asked", "office_asked", "records_sent")
_WITHOUT_A_CALL = ("letter_sent", "office_asked")
"""For a patient who cannot be called: no number is known, or they asked for letters."""
_OF_CREDITS = (
    "payer_escalated_supervisor", "payer_escalated_representative", "payer_hold_abandoned",
    "payer_not_reached", "payer_portal_resolved",
)  # fmt: skip

# What else can come of the work, behind "More": whatever a patient or a payer may say in a call, by itself;
# what is done at the desk is named here.
MORE: dict[TaskKind, tuple[str, ...]] = {
    kind: (*(each.code for each in PATIENT), *_WITHOUT_A_CALL)
    if facts.party is Party.PATIENT
    else (*(each.code for each in PAYER if each.code != "payer_asked"), *_ASKING)
    for kind, facts in KINDS.items()
} | {TaskKind.PAYMENT_UNMATCHED: _OF_CREDITS, TaskKind.CREDIT_BALANCE: _OF_CREDITS}


def offered_first(kind: TaskKind) -> tuple[Disposition, ...]:
    """Return what is logged most of a task of this kind, in the order of the digit keys."""
    return tuple(DISPOSITIONS[code] for code in OFFERED[kind])


def dispositions_for(kind: TaskKind) -> tuple[Disposition, ...]:
    """Return all that may be logged of a task of this kind: what has a digit key first, then the rest."""
    return tuple(DISPOSITIONS[code] for code in dict.fromkeys((*OFFERED[kind], *MORE[kind])))


def find(kind: TaskKind, code: str) -> Disposition | None:
    """Return the disposition if it can be logged of a task of this kind."""
    allowed = (*dispositions_for(kind), *PUT_ASIDE)
    return next((each for each in allowed if each.code == code), None)


def label_of(code: str) -> str:
    """Return the words for a code, also for one that is no longer offered."""
    known = DISPOSITIONS.get(code)
    return known.label if known else code.replace("_", " ").capitalize()


CONVERSATIONS = frozenset(code for code, each in DISPOSITIONS.items() if each.is_conversation)
