"""The table of the office's reference (regulation and EDI, 5.3), line by line, as literal expectations."""

import pytest

from workqueue.rules.disposition_facts import Channel, Effect, Field
from workqueue.rules.dispositions import CONVERSATIONS, DISPOSITIONS
from workqueue.rules.holds import HOLDS, HoldKind, HoldReach
from workqueue.rules.kinds import Party

# Code of the reference, code here, counts as an attempt, conversation, right party, and what it does next.
PATIENT_CALLS = [
    ("NO_ANSWER", "no_answer", True, False, False, Effect.RETRY),
    ("BUSY", "busy", False, False, False, Effect.RETRY_SOON),
    ("SIT_DISCONNECTED", "disconnected", False, False, False, Effect.INVALIDATE_PHONE),
    ("VM_LCM", "message_left", True, False, False, Effect.RETRY),
    ("VM_NO_MSG", "voicemail_no_message", True, False, False, Effect.RETRY),
    ("VM_FULL", "voicemail_full", True, False, False, Effect.RETRY),
    ("ANSWERED_HUNGUP", "hung_up", True, False, False, Effect.RETRY),
    ("THIRD_PARTY_MSG", "third_party_message", True, False, False, Effect.RETRY),
    ("WRONG_NUMBER", "wrong_number", True, False, False, Effect.INVALIDATE_PHONE),
    ("ID_FAILED", "id_failed", True, True, False, None),
    ("RPC_PAID_FULL", "says_paid", True, True, True, None),
    ("RPC_PARTIAL", "says_paid_part", True, True, True, None),
    ("RPC_PTP", "promise", True, True, True, Effect.PROMISE),
    ("RPC_PLAN", "plan", True, True, True, Effect.PLAN),
    ("RPC_CALLBACK", "callback", True, True, True, Effect.CALLBACK),
    ("RPC_INSURANCE_GIVEN", "insurance_given", True, True, True, None),
    ("RPC_FA_REQUEST", "assistance_requested", True, True, True, None),
    ("RPC_DISPUTE", "disputes", True, True, True, None),
    ("RPC_HARDSHIP", "cannot_pay", True, True, True, None),
    ("RPC_REFUSED", "refuses", True, True, True, None),
    ("RPC_ATTORNEY", "has_attorney", True, True, False, Effect.ATTORNEY),
    ("BANKRUPTCY", "bankruptcy", True, True, False, None),
    ("DECEASED", "deceased", True, True, False, None),
    ("RPC_CEASE", "cease", True, True, True, None),
    ("OPT_OUT", "opt_out", True, True, True, Effect.OPT_OUT),
    ("INCONVENIENT", "inconvenient", True, True, True, Effect.BAD_TIME),
    ("RPC_LANGUAGE", "language", True, False, False, Effect.LANGUAGE),
    ("answered, nothing more", "answered", True, True, True, None),
]

# What is logged, the kind of hold it leads to, whom that covers, and until when somebody looks again.
PLACED = {
    "insurance_given": (HoldKind.OTHER_INSURANCE, HoldReach.ACCOUNT, 45),
    "assistance_requested": (HoldKind.ASSISTANCE_PENDING, HoldReach.ACCOUNT, 45),
    "cannot_pay": (HoldKind.ASSISTANCE_OFFERED, HoldReach.ACCOUNT, 30),
    "disputes": (HoldKind.DISPUTE, HoldReach.ACCOUNT, 30),
    "has_attorney": (HoldKind.ATTORNEY, HoldReach.PERSON, 60),
    "bankruptcy": (HoldKind.BANKRUPTCY, HoldReach.ACCOUNT, 90),
    "deceased": (HoldKind.DECEASED, HoldReach.PATIENT, 60),
    "cease": (HoldKind.CEASE, HoldReach.PERSON, 365),
}

# Code of the reference, code here, who is waited for, days (negative: working days), takes a forecast.
PAYER_CALLS = [
    ("NOT_ON_FILE", "payer_not_on_file", Party.OFFICE, 2, False),
    ("IN_PROCESS", "payer_in_process", Party.PAYER, 14, True),
    ("PENDED_RECORDS", "payer_wants_records", Party.OFFICE, 2, False),
    ("PENDED_COB", "payer_pended_cob", Party.OFFICE, 2, False),
    ("PENDED_AUTH", "payer_pended_authorisation", Party.OFFICE, 2, False),
    ("PENDED_MEDREV", "payer_pended_review", Party.PAYER, 14, True),
    ("PAID", "payer_paid", Party.PAYER, 10, False),
    ("PAID_WRONG_ADDRESS", "payer_paid_elsewhere", Party.PAYER, 21, False),
    ("UNCASHED", "payer_check_uncashed", Party.PAYER, 21, False),
    ("DENIED", "payer_denied", Party.PAYER, 7, False),
    ("REPROCESSING", "payer_reprocessing", Party.PAYER, 30, True),
    ("APPEAL_RECEIVED", "payer_appeal_received", Party.PAYER, 30, True),
    ("APPEAL_UPHELD", "payer_appeal_upheld", Party.OFFICE, 2, False),
    ("APPEAL_OVERTURNED", "payer_appeal_overturned", Party.PAYER, 30, True),
    ("RECOUPMENT", "payer_takes_back", Party.PAYER, 45, False),
    ("ESCALATED_SUPERVISOR", "payer_escalated_supervisor", Party.PAYER, -5, False),
    ("ESCALATED_PROVIDER_REP", "payer_escalated_representative", Party.PAYER, -5, False),
    ("HOLD_ABANDONED", "payer_hold_abandoned", Party.PAYER, 1, False),
    ("PORTAL_RESOLVED", "payer_portal_resolved", Party.PAYER, 10, False),
    ("not reached", "payer_not_reached", Party.PAYER, 1, False),
    ("a question put to a payer", "payer_asked", Party.PAYER, 7, False),
]
UNSPOKEN = {"payer_hold_abandoned", "payer_portal_resolved", "payer_not_reached"}


@pytest.mark.parametrize(
    ("code", "counts", "is_conversation", "is_right_party", "effect"),
    [pytest.param(*line[1:], id=line[0]) for line in PATIENT_CALLS],
)
def test_a_call_to_a_patient_counts_as_the_table_says(
    code: str, counts: bool, is_conversation: bool, is_right_party: bool, effect: Effect | None
) -> None:
    each = DISPOSITIONS[code]
    assert (each.counts_as_attempt, each.is_conversation, each.is_right_party) == (
        counts,
        is_conversation,
        is_right_party,
    )
    assert each.effect is effect
    assert each.is_connected is counts


def test_nothing_is_logged_of_a_patient_that_the_table_does_not_know() -> None:
    codes = {each.code for each in DISPOSITIONS.values() if each.channel is Channel.CALL}
    assert codes == {line[1] for line in PATIENT_CALLS}
    assert {code for code, each in DISPOSITIONS.items() if not each.is_connected} == {"busy", "disconnected"}
    assert frozenset(line[1] for line in PATIENT_CALLS if line[3]) == CONVERSATIONS


def test_only_when_somebody_spoke_it_can_be_logged_of_a_call_that_came_in() -> None:
    calls = [each for each in DISPOSITIONS.values() if each.channel is Channel.CALL]
    silent = {each.code for each in calls if not each.is_answered}
    assert silent == {
        "no_answer", "busy", "disconnected", "message_left", "voicemail_no_message", "voicemail_full",
    }  # fmt: skip


def test_these_hold_whom_the_catalogue_says_for_as_long_as_it_says() -> None:
    kinds = {each.code: each.hold.kind for each in DISPOSITIONS.values() if each.hold is not None}
    assert {code: (kind, HOLDS[kind].reach, HOLDS[kind].usual_days) for code, kind in kinds.items()} == PLACED


def test_news_of_insurance_assistance_bankruptcy_or_death_calls_off_what_was_promised() -> None:
    voids = {each.code for each in DISPOSITIONS.values() if each.voids_promises}
    assert voids == {"insurance_given", "assistance_requested", "bankruptcy", "deceased"}


@pytest.mark.parametrize(
    ("code", "waits_on", "days", "is_forecast"), [pytest.param(*line[1:], id=line[0]) for line in PAYER_CALLS]
)
def test_a_call_to_a_payer_leads_where_the_table_says(
    code: str, waits_on: Party, days: int, is_forecast: bool
) -> None:
    each = DISPOSITIONS[code]
    assert each.waits_on is waits_on
    assert (each.wait_days or -each.wait_business_days) == days
    assert each.takes_forecast is is_forecast
    assert not is_forecast or each.latest_days > 0


def test_nothing_is_logged_of_a_payer_that_the_table_does_not_know() -> None:
    codes = {each.code for each in DISPOSITIONS.values() if each.channel is Channel.PAYER}
    assert codes == {line[1] for line in PAYER_CALLS}


@pytest.mark.parametrize("code", sorted({line[1] for line in PAYER_CALLS} - UNSPOKEN))
def test_what_a_payer_said_names_who_said_it_and_the_reference(code: str) -> None:
    each = DISPOSITIONS[code]
    asked = {rule.name for rule in each.fields if rule.is_required}
    assert {Field.REFERENCE, Field.SPOKE_WITH} <= asked
    may = {rule.name for rule in each.fields}
    assert {Field.CONTACT_BY, Field.HOLD_MINUTES, Field.CLAIM_CONTROL} <= may


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("plan", {"instalments", "due_on"}),
        ("callback", {"callback_at"}),
        ("has_attorney", {"attorney_name"}),
        # To be told of a petition is enough to have to stop; its particulars may come later.
        ("bankruptcy", set()),
        ("deceased", {"spoke_with"}),
        ("opt_out", {"medium"}),
        ("language", {"language"}),
        ("id_failed", {"letter_on"}),
        ("disputes", {"reason"}),
        ("says_paid_part", {"amount_cents"}),
        ("insurance_given", {"reason"}),
        ("payer_hold_abandoned", {"hold_minutes"}),
        ("payer_paid_elsewhere", {"reference_number", "spoke_with", "check_number"}),
        ("payer_denied", {"reference_number", "spoke_with", "reason"}),
    ],
)
def test_each_asks_for_what_its_next_step_needs(code: str, fields: set[str]) -> None:
    assert {rule.name.value for rule in DISPOSITIONS[code].fields if rule.is_required} == fields
