"""What is done at the desk: sent, asked, moved, put aside."""

from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field, FieldRule, Group
from workqueue.rules.kinds import Party

REP_WRITE_OFF_CENTS = 10_000
REP_REFUND_CENTS = 50_000
"""House limits: above them a lead has to look."""

_AMOUNT = FieldRule(Field.AMOUNT, "Amount")
_REASON = FieldRule(Field.REASON, "Reason")
_NEXT = FieldRule(Field.NEXT_ON, "Look again on", is_required=False)
_TRACKING = FieldRule(Field.REFERENCE, "Submission or tracking number", is_required=False)

DESK = (
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
        Group.ASKED, fields=(_NEXT,), waits_on=Party.PATIENT, wait_days=14, latest_days=60,
    ),
    Disposition(
        "letter_sent", "Letter sent", "Waits 14 days for the patient.",
        Group.ASKED, fields=(_NEXT,), waits_on=Party.PATIENT, wait_days=14, latest_days=60,
    ),
    Disposition(
        "office_asked", "Asked inside the office", "Waits 5 days for a colleague's answer.",
        Group.ASKED, fields=(FieldRule(Field.SPOKE_WITH, "Who was asked"), _NEXT),
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
)  # fmt: skip

DEFERRED = Disposition(
    "deferred", "Put off", "Comes back on that day.", Group.ASIDE, Channel.DESK,
    fields=(FieldRule(Field.NEXT_ON, "Until"), _REASON), latest_days=90,
)  # fmt: skip
PASSED = Disposition(
    "passed", "Pass on", "Waits for that person only.", Group.ASIDE, Channel.DESK,
    fields=(FieldRule(Field.COLLEAGUE, "To"), _REASON), effect=Effect.HAND_ON,
)  # fmt: skip

PUT_ASIDE = (DEFERRED, PASSED)
"""Possible with every task."""
