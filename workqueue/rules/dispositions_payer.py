"""What a payer said when it was asked: the payer half of the office's table (regulation and EDI, 5.3).

Whoever was spoken to and the call's reference number are always asked for: without them a payer later knows
of no call. In a payer's portal there is nobody to name.
"""

from functools import partial

from workqueue.rules.disposition_facts import Channel, Disposition, Field, FieldRule, Group
from workqueue.rules.kinds import Party

_HOLD_MINUTES = FieldRule(Field.HOLD_MINUTES, "Minutes on hold", is_required=False)
_ABOUT = (
    FieldRule(Field.CONTACT_BY, "Asked by", is_required=False),
    _HOLD_MINUTES,
    FieldRule(Field.CLAIM_CONTROL, "Payer's claim number", is_required=False),
)
_SPOKEN = (FieldRule(Field.REFERENCE, "Call reference number"), FieldRule(Field.SPOKE_WITH, "Spoke with"))
_NEXT = FieldRule(Field.NEXT_ON, "Look again on", is_required=False)
_EXPECTED = FieldRule(Field.NEXT_ON, "Payer expects to decide on")
"""The day the payer names; when it names none, the rep's own guess (office reference 5.3)."""
_WANTED = FieldRule(Field.REASON, "What is wanted")
_WANTED_BY = FieldRule(Field.WANTED_BY, "Wanted by", is_required=False)
_SEND_TO = FieldRule(Field.APPEAL_ADDRESS, "Send it to", is_required=False)
_AMOUNT = FieldRule(Field.AMOUNT, "Amount paid", is_required=False)
_CHECK = FieldRule(Field.CHECK_NUMBER, "Check or EFT number", is_required=False)
_PAID_ON = FieldRule(Field.PAID_ON, "Paid on", is_required=False)


def _asked(*fields: FieldRule) -> tuple[FieldRule, ...]:
    return (*_SPOKEN, *fields, *_ABOUT)


_payer = partial(Disposition, channel=Channel.PAYER)

PAYER = (
    _payer(
        "payer_not_on_file", "Payer has no such claim",
        "Comes back in 2 days to send it again, with the proof that it was accepted.", Group.PAYER_STANDS,
        fields=_asked(), waits_on=Party.OFFICE, wait_days=2,
    ),
    _payer(
        "payer_in_process", "Payer is working on it",
        "Looks again 3 working days after the payer's date, within 21 days.", Group.PAYER_STANDS,
        fields=_asked(_EXPECTED), waits_on=Party.PAYER, wait_days=14, latest_days=21, takes_forecast=True,
    ),
    _payer(
        "payer_pended_review", "Payer has it in medical review",
        "Looks again 3 working days after the payer's date, within 45 days.", Group.PAYER_STANDS,
        fields=_asked(_EXPECTED), waits_on=Party.PAYER, wait_days=14, latest_days=45, takes_forecast=True,
    ),
    _payer(
        "payer_reprocessing", "Payer is deciding again",
        "Looks again 3 working days after the payer's date, within 60 days.", Group.PAYER_STANDS,
        fields=_asked(_EXPECTED), waits_on=Party.PAYER, wait_days=30, latest_days=60, takes_forecast=True,
    ),
    _payer(
        "payer_denied", "Payer says it was denied", "Waits 7 days for the remittance.", Group.PAYER_STANDS,
        fields=_asked(
            FieldRule(Field.REASON, "Reason"),
            FieldRule(Field.REASON_CODE, "Reason code (CARC)", is_required=False),
            FieldRule(Field.APPEAL_ADDRESS, "Appeals go to", is_required=False),
            FieldRule(Field.WANTED_BY, "Appeal by", is_required=False),
            _NEXT,
        ),
        waits_on=Party.PAYER, wait_days=7, latest_days=30,
    ),
    _payer(
        "payer_asked", "Asked the payer", "Waits 7 days for the answer.", Group.PAYER_STANDS,
        fields=_asked(_NEXT), waits_on=Party.PAYER, wait_days=7, latest_days=30,
    ),
    _payer(
        "payer_portal_resolved", "Found in the payer's portal", "Waits 10 days for what the portal says.",
        Group.PAYER_STANDS,
        fields=(FieldRule(Field.REFERENCE, "Portal confirmation", is_required=False), _NEXT, _ABOUT[2]),
        waits_on=Party.PAYER, wait_days=10, latest_days=30, needs_note=True,
    ),
    _payer(
        "payer_wants_records", "Payer wants records", "Comes back in 2 days to send them.",
        Group.PAYER_WANTS, fields=_asked(FieldRule(Field.REASON, "Reason"), _WANTED_BY, _SEND_TO),
        waits_on=Party.OFFICE, wait_days=2,
    ),
    _payer(
        "payer_pended_cob", "Payer asks which insurance pays first",
        "Comes back in 2 days to have the patient or the office tell it.", Group.PAYER_WANTS,
        fields=_asked(_WANTED, _WANTED_BY, _SEND_TO), waits_on=Party.OFFICE, wait_days=2,
    ),
    _payer(
        "payer_pended_authorisation", "Payer misses an authorisation",
        "Comes back in 2 days to send its number or ask for one.", Group.PAYER_WANTS,
        fields=_asked(_WANTED, _WANTED_BY, _SEND_TO), waits_on=Party.OFFICE, wait_days=2,
    ),
    _payer(
        "payer_paid", "Payer says it was paid", "Waits 10 days for the remittance.", Group.PAYER_MONEY,
        fields=_asked(_AMOUNT, _CHECK, _PAID_ON, _NEXT), waits_on=Party.PAYER, wait_days=10, latest_days=30,
    ),
    _payer(
        "payer_paid_elsewhere", "Paid, but to the wrong address",
        "Waits 21 days for the payment to be issued again.", Group.PAYER_MONEY,
        fields=_asked(FieldRule(Field.CHECK_NUMBER, "Check or EFT number"), _AMOUNT, _PAID_ON, _NEXT),
        waits_on=Party.PAYER, wait_days=21, latest_days=45,
    ),
    _payer(
        "payer_check_uncashed", "Paid, but the check was never cashed",
        "Waits 21 days for the payment to be issued again.", Group.PAYER_MONEY,
        fields=_asked(FieldRule(Field.CHECK_NUMBER, "Check number"), _AMOUNT, _PAID_ON, _NEXT),
        waits_on=Party.PAYER, wait_days=21, latest_days=45,
    ),
    _payer(
        "payer_takes_back", "Payer will take it back", "Waits 45 days for the payer.", Group.PAYER_MONEY,
        fields=_asked(FieldRule(Field.AMOUNT, "Amount taken back", is_required=False), _NEXT),
        waits_on=Party.PAYER, wait_days=45,
    ),
    _payer(
        "payer_appeal_received", "Payer has the appeal",
        "Looks again 3 working days after the payer's date, within 60 days.", Group.PAYER_APPEAL,
        fields=_asked(_EXPECTED), waits_on=Party.PAYER, wait_days=30, latest_days=60, takes_forecast=True,
    ),
    _payer(
        "payer_appeal_upheld", "Appeal lost: the denial stands",
        "Comes back in 2 days for the next level, the patient's share, or a write-off.", Group.PAYER_APPEAL,
        fields=_asked(
            FieldRule(Field.REASON, "Reason"), FieldRule(Field.WANTED_BY, "Next level by", is_required=False)
        ),
        waits_on=Party.OFFICE, wait_days=2,
    ),
    _payer(
        "payer_appeal_overturned", "Appeal won", "Waits 30 days for the remittance.", Group.PAYER_APPEAL,
        fields=_asked(_EXPECTED), waits_on=Party.PAYER, wait_days=30, latest_days=60, takes_forecast=True,
    ),
    _payer(
        "payer_escalated_supervisor", "Taken to a supervisor", "Looks again in 5 working days.",
        Group.PAYER_NOT_REACHED, fields=_asked(_NEXT), waits_on=Party.PAYER, wait_business_days=5,
        latest_days=30,
    ),
    _payer(
        "payer_escalated_representative", "Taken to the provider representative",
        "Looks again in 5 working days.", Group.PAYER_NOT_REACHED, fields=_asked(_NEXT),
        waits_on=Party.PAYER, wait_business_days=5, latest_days=30,
    ),
    _payer(
        "payer_hold_abandoned", "Gave up on hold", "Comes back tomorrow.", Group.PAYER_NOT_REACHED,
        fields=(FieldRule(Field.HOLD_MINUTES, "Minutes on hold"),), waits_on=Party.PAYER, wait_days=1,
    ),
    _payer(
        "payer_not_reached", "Payer not reached", "Comes back tomorrow.", Group.PAYER_NOT_REACHED,
        fields=(_HOLD_MINUTES,), waits_on=Party.PAYER, wait_days=1,
    ),
)  # fmt: skip
