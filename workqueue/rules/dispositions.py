"""What a rep may log of a piece of work, as data: what each asks for, counts as, and does next.

Codes, counting and next steps follow the office's reference (regulation and EDI, 5.3). To add one, write it
here and name it in OFFERED.
"""

from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field, FieldRule
from workqueue.rules.kinds import Party, TaskKind

REP_WRITE_OFF_CENTS = 10_000
REP_REFUND_CENTS = 50_000
"""House limits: above them a lead has to look."""

_AMOUNT = FieldRule(Field.AMOUNT, "Amount")
_REASON = FieldRule(Field.REASON, "Reason")
_NEXT = FieldRule(Field.NEXT_ON, "Look again on", is_required=False)
_EXPECTED = FieldRule(Field.NEXT_ON, "Payer expects to decide on", is_required=False)
_REFERENCE = FieldRule(Field.REFERENCE, "Call reference number")
_SPOKE = FieldRule(Field.SPOKE_WITH, "Spoke with")
_TRACKING = FieldRule(Field.REFERENCE, "Submission or tracking number", is_required=False)

_DESK = (
    Disposition(
        "corrected_rebilled", "Corrected and rebilled", "Waits 30 days for the payer.",
        fields=(_TRACKING, _NEXT), waits_on=Party.PAYER, wait_days=30, meets_deadline=True,
    ),
    Disposition(
        "resubmitted", "Sent again unchanged", "Waits 30 days for the payer.",
        fields=(_TRACKING, _NEXT), waits_on=Party.PAYER, wait_days=30, meets_deadline=True,
    ),
    Disposition(
        "records_sent", "Records or information sent", "Waits 30 days for the payer.",
        fields=(_TRACKING, _NEXT), waits_on=Party.PAYER, wait_days=30,
    ),
    Disposition(
        "appeal_sent", "Appeal sent", "Waits 45 days for the payer.",
        fields=(_TRACKING, _NEXT), waits_on=Party.PAYER, wait_days=45, meets_deadline=True,
    ),
    Disposition(
        "next_payer_billed", "Next payer billed", "Waits 30 days for that payer.",
        fields=(_TRACKING, _NEXT), waits_on=Party.PAYER, wait_days=30, meets_deadline=True,
    ),
    Disposition(
        "patient_asked", "Asked the patient for information", "Waits 14 days for the patient.",
        fields=(_NEXT,), waits_on=Party.PATIENT, wait_days=14, latest_days=60,
    ),
    Disposition(
        "office_asked", "Asked inside the office", "Waits 5 days for a colleague's answer.",
        fields=(FieldRule(Field.SPOKE_WITH, "Who was asked"), _NEXT),
        waits_on=Party.OFFICE, wait_days=5, latest_days=30,
    ),
    Disposition(
        "underpayment_disputed", "Underpayment disputed", "Waits 30 days for the payer.",
        fields=(_TRACKING, _NEXT), waits_on=Party.PAYER, wait_days=30,
    ),
    Disposition(
        "underpayment_accepted", "Payment is right after all", "Ends the task until the payer decides anew.",
        fields=(_REASON,), effect=Effect.SETTLE,
    ),
    Disposition(
        "billed_to_patient", "Patient owes it", "Moves the amount to the patient's balance.",
        fields=(_AMOUNT, _REASON), effect=Effect.TO_PATIENT,
    ),
    Disposition(
        "written_off", "Written off", "Takes the amount off what payers owe.",
        fields=(_AMOUNT, _REASON), effect=Effect.WRITE_OFF, lead_above_cents=REP_WRITE_OFF_CENTS,
    ),
    Disposition(
        "refund_issued", "Refund issued", "Takes the amount off the credit.",
        fields=(_AMOUNT, _TRACKING), effect=Effect.REFUND, lead_above_cents=REP_REFUND_CENTS,
    ),
    Disposition(
        "applied_to_account", "Belongs to an account", "Moves all of this money to that account.",
        fields=(FieldRule(Field.ACCOUNT, "Account number"),), effect=Effect.TO_ACCOUNT,
    ),
    Disposition(
        "payer_takes_back", "Payer will take it back", "Waits 45 days for the payer.",
        channel=Channel.PAYER, fields=(_REFERENCE, _SPOKE, _NEXT), waits_on=Party.PAYER, wait_days=45,
    ),
)  # fmt: skip

_PAYER = (
    Disposition(
        "payer_in_process", "Payer is working on it",
        "Looks again 3 working days after the payer's date, within 21 days.",
        channel=Channel.PAYER,
        fields=(_REFERENCE, _SPOKE, _EXPECTED),
        waits_on=Party.PAYER, wait_days=14, latest_days=21, takes_forecast=True,
    ),
    Disposition(
        "payer_reprocessing", "Payer is deciding again", "Waits 30 days for the payer.",
        channel=Channel.PAYER, fields=(_REFERENCE, _SPOKE, _NEXT), waits_on=Party.PAYER, wait_days=30,
    ),
    Disposition(
        "payer_paid", "Payer says it was paid", "Waits 10 days for the remittance.",
        channel=Channel.PAYER,
        fields=(_REFERENCE, _SPOKE, FieldRule(Field.AMOUNT, "Amount paid", is_required=False), _NEXT),
        waits_on=Party.PAYER, wait_days=10, latest_days=30,
    ),
    Disposition(
        "payer_denied", "Payer says it was denied", "Waits 7 days for the remittance.",
        channel=Channel.PAYER, fields=(_REFERENCE, _SPOKE, _REASON, _NEXT),
        waits_on=Party.PAYER, wait_days=7, latest_days=30,
    ),
    Disposition(
        "payer_wants_records", "Payer wants records", "Comes back in 2 days to send them.",
        channel=Channel.PAYER, fields=(_REFERENCE, _SPOKE, _REASON), waits_on=Party.OFFICE, wait_days=2,
    ),
    Disposition(
        "payer_asked", "Asked the payer", "Waits 7 days for the answer.",
        channel=Channel.PAYER, fields=(_REFERENCE, _SPOKE, _NEXT), waits_on=Party.PAYER, wait_days=7,
        latest_days=30,
    ),
    Disposition(
        "payer_not_reached", "Payer not reached", "Comes back tomorrow.",
        channel=Channel.PAYER, waits_on=Party.PAYER, wait_days=1,
    ),
)  # fmt: skip

_PATIENT = (
    Disposition(
        "no_answer", "No answer", "Comes back on another day, at another time of day.",
        channel=Channel.CALL, counts_as_attempt=True, waits_on=Party.PATIENT, effect=Effect.RETRY,
        wait_days=1,
    ),
    Disposition(
        "message_left", "Message left", "Waits 3 days for the patient.",
        channel=Channel.CALL, counts_as_attempt=True, waits_on=Party.PATIENT, effect=Effect.RETRY,
        wait_days=3,
    ),
    Disposition(
        "promise", "Promised to pay", "Waits for the promised day and 3 working days more.",
        channel=Channel.CALL, fields=(_AMOUNT, FieldRule(Field.DUE_ON, "Will pay by")),
        counts_as_attempt=True, is_conversation=True, is_right_party=True, waits_on=Party.PATIENT,
        effect=Effect.PROMISE, wait_days=7,
    ),
    Disposition(
        "says_paid", "Has paid", "Waits 10 days for the payment to arrive.",
        channel=Channel.CALL, fields=(FieldRule(Field.AMOUNT, "Amount paid", is_required=False),),
        counts_as_attempt=True, is_conversation=True, is_right_party=True, waits_on=Party.PATIENT,
        wait_days=10,
    ),
    Disposition(
        "callback", "Wants a call at another time", "Books the callback.",
        channel=Channel.CALL,
        fields=(FieldRule(Field.CALLBACK_AT, "Call at"),
                FieldRule(Field.PHONE, "On this number", is_required=False)),
        counts_as_attempt=True, is_conversation=True, is_right_party=True, waits_on=Party.PATIENT,
        effect=Effect.CALLBACK, wait_days=7,
    ),
    Disposition(
        "insurance_given", "Has other insurance", "Holds calls for 45 days while it is billed.",
        channel=Channel.CALL, fields=(FieldRule(Field.REASON, "Insurance and member number"),),
        counts_as_attempt=True, is_conversation=True, is_right_party=True, waits_on=Party.OFFICE,
        effect=Effect.HOLD, wait_days=45, hold_reason="other insurance is being billed",
    ),
    Disposition(
        "cannot_pay", "Cannot or will not pay", "Offers assistance; holds calls for 30 days.",
        channel=Channel.CALL, counts_as_attempt=True, is_conversation=True, is_right_party=True,
        waits_on=Party.PATIENT, effect=Effect.HOLD, wait_days=30,
        hold_reason="financial assistance was offered",
    ),
    Disposition(
        "disputes", "Disputes the bill", "Holds calls for 30 days until it is answered.",
        channel=Channel.CALL, fields=(FieldRule(Field.REASON, "What is disputed"),),
        counts_as_attempt=True, is_conversation=True, is_right_party=True, waits_on=Party.OFFICE,
        effect=Effect.HOLD, wait_days=30, hold_reason="the patient disputes the bill",
    ),
    Disposition(
        "wrong_number", "Wrong number or out of service", "Takes the number out of use.",
        channel=Channel.CALL, counts_as_attempt=True, waits_on=Party.PATIENT, wait_days=1,
        effect=Effect.INVALIDATE_PHONE,
    ),
    Disposition(
        "answered", "Spoke; nothing more to do now", "Waits 14 days for the patient.",
        channel=Channel.CALL, counts_as_attempt=True, is_conversation=True, is_right_party=True,
        waits_on=Party.PATIENT, wait_days=14, needs_note=True,
    ),
)  # fmt: skip

DEFERRED = Disposition(
    "deferred", "Put off", "Comes back on that day.", fields=(FieldRule(Field.NEXT_ON, "Until"), _REASON),
    latest_days=90,
)  # fmt: skip
PASSED = Disposition(
    "passed", "Pass on", "Waits for that person only.", fields=(FieldRule(Field.COLLEAGUE, "To"), _REASON),
    effect=Effect.HAND_ON,
)  # fmt: skip

PUT_ASIDE = (DEFERRED, PASSED)
"""Possible with every task."""

DISPOSITIONS = {each.code: each for each in (*_DESK, *_PAYER, *_PATIENT, *PUT_ASIDE)}

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


def dispositions_for(kind: TaskKind) -> tuple[Disposition, ...]:
    """Return what may be logged of a task of this kind, in the order of the digit keys."""
    return tuple(DISPOSITIONS[code] for code in OFFERED[kind])


def find(kind: TaskKind, code: str) -> Disposition | None:
    """Return the disposition if it can be logged of a task of this kind."""
    allowed = (*dispositions_for(kind), *PUT_ASIDE)
    return next((each for each in allowed if each.code == code), None)


def label_of(code: str) -> str:
    """Return the words for a code, also for one that is no longer offered."""
    known = DISPOSITIONS.get(code)
    return known.label if known else code.replace("_", " ").capitalize()


CONVERSATIONS = frozenset(code for code, each in DISPOSITIONS.items() if each.is_conversation)
UNCOUNTED = frozenset(
    code for code, each in DISPOSITIONS.items() if each.needs_call and not each.counts_as_attempt
)
"""Calls that were never connected (12 CFR 1006.14(b)(3)(ii)); a call nobody has logged yet counts."""
