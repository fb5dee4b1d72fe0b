"""What came of a call to a patient: the patient half of the office's table (regulation and EDI, 5.3).

A call that came in is logged with the same codes; it never counts as an attempt, and counts as a
conversation where the code does.
"""

from functools import partial

from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field, FieldRule, Group, HoldRule
from workqueue.rules.holds import HOLDS, HoldKind
from workqueue.rules.kinds import Party

_ON_NUMBER = FieldRule(Field.PHONE, "Which number, if not the one called", is_required=False)
_TIME_FOR_CALL = FieldRule(Field.CALLBACK_AT, "Call at")


def _days(kind: HoldKind) -> int:
    return HOLDS[kind].usual_days


_nobody = partial(Disposition, channel=Channel.CALL, waits_on=Party.PATIENT)
_somebody = partial(
    Disposition, channel=Channel.CALL, is_answered=True, counts_as_attempt=True, waits_on=Party.PATIENT
)
_person = partial(_somebody, is_conversation=True, is_right_party=True)

PATIENT = (
    _nobody(
        "no_answer", "No answer", "Comes back on another day, at another time of day.", Group.NOBODY,
        counts_as_attempt=True, effect=Effect.RETRY, wait_days=1,
    ),
    _nobody(
        "message_left", "Message left", "On voicemail, the limited message only. Tries again in 3 days.",
        Group.NOBODY, counts_as_attempt=True, effect=Effect.RETRY, wait_days=3,
    ),
    _nobody(
        "voicemail_no_message", "Voicemail, no message left", "Tries again in 2 days.", Group.NOBODY,
        counts_as_attempt=True, effect=Effect.RETRY, wait_days=2,
    ),
    _nobody(
        "voicemail_full", "Voicemail full", "Tries again in 2 days.", Group.NOBODY,
        counts_as_attempt=True, effect=Effect.RETRY, wait_days=2,
    ),
    _nobody(
        "busy", "Busy", "Never connected, so it does not count. Tries again in an hour.", Group.NOBODY,
        is_connected=False, effect=Effect.RETRY_SOON, wait_days=1,
    ),
    _nobody(
        "disconnected", "Number out of service",
        "Never connected, so it does not count. Takes the number out of use.", Group.NOBODY,
        is_connected=False, effect=Effect.INVALIDATE_PHONE, wait_days=1,
    ),
    _somebody(
        "hung_up", "Hung up before saying who it was", "Tries again in 2 days.", Group.SOMEBODY_ELSE,
        effect=Effect.RETRY, wait_days=2,
    ),
    _somebody(
        "third_party_message", "Message left with somebody else",
        "Only that we called and ask for a call back. Tries again in 3 days.", Group.SOMEBODY_ELSE,
        fields=(FieldRule(Field.SPOKE_WITH, "Who took it", is_required=False),),
        effect=Effect.RETRY, wait_days=3,
    ),
    _somebody(
        "wrong_number", "Wrong number",
        "Takes the number out of use, and takes back the consent to be called there by machine.",
        Group.SOMEBODY_ELSE, fields=(_ON_NUMBER,), wait_days=1, effect=Effect.INVALIDATE_PHONE,
    ),
    _somebody(
        "id_failed", "Could not show who they are",
        "Say nothing of the bill. A letter asks them to call; waits 14 days. Counts as a conversation.",
        Group.SOMEBODY_ELSE, fields=(FieldRule(Field.LETTER_ON, "Letter goes out on"),),
        is_conversation=True, wait_days=14,
    ),
    _person(
        "promise", "Promised to pay", "Waits for the promised day and 3 working days more.", Group.PERSON,
        fields=(FieldRule(Field.AMOUNT, "Amount"), FieldRule(Field.DUE_ON, "Will pay by")),
        effect=Effect.PROMISE, wait_days=7,
    ),
    _person(
        "plan", "Pays in instalments", "Each month's payment is waited for, with 3 working days more.",
        Group.PERSON,
        fields=(
            FieldRule(Field.INSTALMENTS, "Number of payments"), FieldRule(Field.DUE_ON, "First payment on")
        ),
        effect=Effect.PLAN, wait_days=30,
    ),
    _person(
        "says_paid", "Has paid", "Waits 10 days for the payment to arrive.", Group.PERSON,
        fields=(FieldRule(Field.AMOUNT, "Amount paid", is_required=False),), wait_days=10,
    ),
    _person(
        "says_paid_part", "Paid a part already", "Waits 10 days for the payment to arrive.", Group.PERSON,
        fields=(FieldRule(Field.AMOUNT, "Amount paid", is_suggested=False),), wait_days=10,
    ),
    _person(
        "callback", "Wants a call at another time", "Books the callback. To ask for it is to consent to it.",
        Group.PERSON, fields=(_TIME_FOR_CALL, FieldRule(Field.PHONE, "On this number", is_required=False)),
        effect=Effect.CALLBACK, wait_days=7,
    ),
    _person(
        "insurance_given", "Has other insurance",
        f"Holds calls for {_days(HoldKind.OTHER_INSURANCE)} days while it is billed.", Group.PERSON,
        fields=(FieldRule(Field.REASON, "Insurance and member number"),), waits_on=Party.OFFICE,
        hold=HoldRule(HoldKind.OTHER_INSURANCE, "other insurance is being billed"), voids_promises=True,
    ),
    _person(
        "assistance_requested", "Asks for financial assistance",
        f"Send the application. Holds calls for {_days(HoldKind.ASSISTANCE_PENDING)} days.", Group.PERSON,
        waits_on=Party.PATIENT,
        hold=HoldRule(HoldKind.ASSISTANCE_PENDING, "financial assistance was asked for"),
        voids_promises=True,
    ),
    _person(
        "cannot_pay", "Cannot pay",
        f"Offers assistance; holds calls for {_days(HoldKind.ASSISTANCE_OFFERED)} days.", Group.PERSON,
        hold=HoldRule(HoldKind.ASSISTANCE_OFFERED, "financial assistance was offered"),
    ),
    _person(
        "refuses", "Refuses to pay",
        "Waits 7 days for a supervisor's decision. Refused in writing it is a stop.",
        Group.PERSON, fields=(FieldRule(Field.REASON, "Why", is_required=False),),
        waits_on=Party.OFFICE, wait_days=7,
    ),
    _person(
        "disputes", "Disputes the bill",
        f"Holds calls for {_days(HoldKind.DISPUTE)} days until it is answered,"
        f" {_days(HoldKind.ESTIMATE_DISPUTE)} if it is above the estimate.", Group.PERSON,
        fields=(
            FieldRule(Field.DISPUTED, "What they dispute", is_required=False),
            FieldRule(Field.REASON, "What is disputed"),
        ),
        waits_on=Party.OFFICE, hold=HoldRule(HoldKind.DISPUTE, "the patient disputes the bill"),
    ),
    _person(
        "answered", "Spoke; nothing more to do now", "Waits 14 days for the patient.", Group.PERSON,
        wait_days=14, needs_note=True,
    ),
    _somebody(
        "has_attorney", "Has an attorney",
        "From now on the attorney is spoken to. Holds all the person's bills.",
        Group.WISHES,
        fields=(FieldRule(Field.ATTORNEY, "Attorney's name"),
                FieldRule(Field.ATTORNEY_PHONE, "Attorney's telephone", is_required=False)),
        is_conversation=True, waits_on=Party.OFFICE, effect=Effect.ATTORNEY,
        hold=HoldRule(HoldKind.ATTORNEY, "an attorney speaks for them"),
    ),
    _somebody(
        "bankruptcy", "Is bankrupt",
        "Stops all collection, statements too. Holds all the person's bills; with the day of the petition,"
        " those of care up to it.", Group.WISHES,
        # None is needed: to be told of a petition is enough to have to stop (11 USC 362(a)(6)).
        fields=(FieldRule(Field.CASE_NUMBER, "Case number", is_required=False),
                FieldRule(Field.CHAPTER, "Chapter", is_required=False),
                FieldRule(Field.HAPPENED_ON, "Filed on", is_required=False)),
        is_conversation=True, waits_on=Party.OFFICE, voids_promises=True,
        hold=HoldRule(HoldKind.BANKRUPTCY, "bankruptcy"),
    ),
    _somebody(
        "deceased", "Has died", "Stops calls to the person; an executor is found by letter.", Group.WISHES,
        fields=(FieldRule(Field.SPOKE_WITH, "Who said so"),
                FieldRule(Field.HAPPENED_ON, "Died on", is_required=False)),
        is_conversation=True, waits_on=Party.OFFICE, voids_promises=True,
        hold=HoldRule(HoldKind.DECEASED, "the person has died"),
    ),
    _person(
        "cease", "Wants no more contact", "Stops all contact about all the person's bills.", Group.WISHES,
        waits_on=Party.OFFICE, hold=HoldRule(HoldKind.CEASE, "asked for no more contact"),
    ),
    _person(
        "opt_out", "Wants no calls, texts, e-mail or letters", "Heeded at once. Waits 14 days.", Group.WISHES,
        fields=(FieldRule(Field.MEDIUM, "Not by"),
                FieldRule(Field.ONLY_THIS_NUMBER, "Only on this number", is_required=False), _ON_NUMBER),
        effect=Effect.OPT_OUT, wait_days=14,
    ),
    _person(
        "inconvenient", "Not at that time or place", "Heeded at once. Waits 7 days.", Group.WISHES,
        fields=(FieldRule(Field.PLACE, "Only at this place", is_required=False),
                FieldRule(Field.WEEKDAYS, "On these days", is_required=False),
                FieldRule(Field.FROM_TIME, "Not from", is_required=False),
                FieldRule(Field.UNTIL_TIME, "Until", is_required=False)),
        effect=Effect.BAD_TIME, wait_days=7,
    ),
    _somebody(
        "language", "Speaks another language", "Keeps the language. Comes back tomorrow with an interpreter.",
        Group.WISHES,
        fields=(FieldRule(Field.LANGUAGE, "Language"),
                FieldRule(Field.CALLBACK_AT, "Agreed time for the interpreter", is_required=False)),
        effect=Effect.LANGUAGE, wait_days=1,
    ),
)  # fmt: skip
