"""What no waiting changes: the account, the person, the number, and the person's own wishes."""

from datetime import date, time

import pytest

from tests.rules.contact_cases import (
    HOME,
    MOBILE,
    MONDAY,
    WORK,
    against,
    as_collector,
    at,
    days,
    judge,
    person,
)
from workqueue.rules.channels import ConsentScope, ContactChannel, Technology
from workqueue.rules.contact_facts import BadTime, ConfidentialWay, HoldInForce, NumberFacts, Stop
from workqueue.rules.contact_rules import RuleBasis
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace

NOON = at(MONDAY)
CALL, TEXT, EMAIL, LETTER = ContactChannel
BY_HAND, BY_MACHINE = Technology
AUTOMATIC, ABOUT_BILLS, ANYTHING = ConsentScope


def held(kind: HoldKind, reason: str = "", until: str = "23:00:00") -> HoldInForce:
    return HoldInForce(kind, reason, at(MONDAY, until))


@pytest.mark.parametrize("kind", list(HoldKind))
def test_every_hold_stops_contact_until_it_ends(kind: HoldKind) -> None:
    facts = person(holds=[held(kind, "a reason")])
    verdict = judge(facts, NOON)
    assert not verdict.is_allowed
    assert len(verdict.reasons) == 1
    # It ends at night: the call then waits for the morning.
    assert verdict.next_legal_at == at(MONDAY + days(1), "08:00:00")
    assert judge(facts, at(MONDAY + days(1), "08:00:00")).is_allowed


def test_holds_are_named_with_their_reason_and_source() -> None:
    both = person(holds=[held(HoldKind.BANKRUPTCY, "chapter 13"), held(HoldKind.OFFICE, "the lead asked")])
    verdict = judge(both, NOON)
    assert verdict.reasons == ("Bankruptcy: chapter 13.", "The account is on hold: the lead asked.")
    assert verdict.rules[0].citation.startswith("11 USC 362")
    assert verdict.rules[0].basis is RuleBasis.LAW


@pytest.mark.parametrize("kind", [HoldKind.CEASE, HoldKind.MINOR, HoldKind.LEGAL])
def test_of_several_holds_the_last_to_end_decides(kind: HoldKind) -> None:
    later = HoldInForce(kind, "", at(MONDAY + days(3), "13:00:00"))
    for both in ([held(kind), later], [later, held(kind)]):
        assert judge(person(holds=both), NOON).next_legal_at == later.until_at


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"owes": False}, "OWES"),
        ({"is_minor": True}, "MINOR"),
        ({"is_identified": False}, "IDENTIFIED"),
        ({"number": None}, "PHONE_DIALABLE"),
        ({"number": NumberFacts(1, PhonePlace.HOME, is_dialable=False)}, "PHONE_DIALABLE"),
        ({"number": NumberFacts(1, PhonePlace.HOME, is_valid=False)}, "PHONE_VALID"),
        ({"number": NumberFacts(1, PhonePlace.HOME, is_stopped=True)}, "PHONE_STOPPED"),
        ({"number": NumberFacts(1, PhonePlace.WORK)}, "WORK_NUMBER"),
        ({"is_spoken_to": True}, "ON_THE_LINE"),
        ({"confidential": ConfidentialWay(LETTER)}, "CONFIDENTIAL_WAY"),
        ({"patients_way": ConfidentialWay(LETTER)}, "CONFIDENTIAL_WAY"),
        ({"patients_way": ConfidentialWay(ContactChannel.CALL, 7)}, "CONFIDENTIAL_WAY"),
        ({"confidential": ConfidentialWay(ContactChannel.CALL, 7)}, "CONFIDENTIAL_WAY"),
    ],
)
def test_what_never_ends_by_itself_has_no_next_moment(known: dict[str, object], code: str) -> None:
    verdict = judge(person(**known), NOON)
    assert [each.code for each in verdict.rules if not each.is_ok] == [code]
    assert verdict.next_legal_at is None


@pytest.mark.parametrize("booked_for", ["00:00:01", "11:59:59", "15:00:00", "22:59:59"])
def test_while_a_call_is_booked_nobody_else_calls_before_its_office_day_is_over(booked_for: str) -> None:
    """The office is in New York: its day ends at eleven in Chicago, and calls begin at eight there."""
    verdict = judge(person(booked_call_at=at(MONDAY, booked_for)), NOON)
    (refused,) = (each for each in verdict.rules if not each.is_ok)
    assert (refused.code, refused.basis, refused.jurisdiction) == ("CALL_BOOKED", RuleBasis.HOUSE, "HOUSE")
    assert refused.next_at == at(MONDAY, "23:00:00")
    assert verdict.next_legal_at == at(MONDAY + days(1), "08:00:00")


@pytest.mark.parametrize(("day", "codes"), [(MONDAY - days(1), []), (MONDAY + days(1), ["CALL_BOOKED"])])
def test_a_call_that_was_booked_for_another_day_and_is_still_owed(day: date, codes: list[str]) -> None:
    assert against(person(booked_call_at=at(day)), NOON) == codes


def test_who_booked_a_call_is_told_why_nobody_else_calls() -> None:
    (said,) = judge(person(booked_call_at=at(MONDAY, "15:00:00")), NOON).reasons
    booked_for = "A call is booked for March 2, 2026, 4:00 PM"
    assert said == f"{booked_for}; until it is made or its day is over nobody else calls."


@pytest.mark.parametrize("channel", [TEXT, EMAIL, LETTER])
def test_a_call_that_is_booked_stops_no_writing(channel: ContactChannel) -> None:
    known = person(booked_call_at=at(MONDAY, "15:00:00"), channel=channel)
    assert "CALL_BOOKED" not in {each.code for each in judge(known, NOON).rules}


def test_a_number_at_work_is_dialled_when_the_person_gave_it() -> None:
    assert judge(person(number=WORK), NOON).is_allowed


def test_a_number_at_work_is_dialled_when_it_is_the_confidential_way() -> None:
    unknown = NumberFacts(9, PhonePlace.WORK)
    way = ConfidentialWay(ContactChannel.CALL, 9)
    assert judge(person(number=unknown, confidential=way), NOON).is_allowed


def test_the_confidential_way_closes_every_other() -> None:
    way = ConfidentialWay(ContactChannel.CALL, MOBILE.phone_id)
    assert judge(person(confidential=way), NOON).is_allowed
    assert against(person(confidential=way, number=HOME), NOON) == ["CONFIDENTIAL_WAY"]
    for channel in (TEXT, EMAIL, LETTER):
        assert "CONFIDENTIAL_WAY" in against(person(confidential=way, channel=channel), NOON)


@pytest.mark.parametrize(
    ("stop", "channel", "technology", "is_stopped"),
    [
        (Stop(CALL, ABOUT_BILLS, None, NOON), CALL, BY_HAND, True),
        (Stop(CALL, ANYTHING, 1, NOON), CALL, BY_HAND, True),
        (Stop(CALL, ANYTHING, 2, NOON), CALL, BY_HAND, False),
        (Stop(TEXT, ANYTHING, None, NOON), CALL, BY_HAND, False),
        (Stop(TEXT, ANYTHING, None, NOON), TEXT, BY_HAND, True),
        (Stop(CALL, AUTOMATIC, None, NOON), CALL, BY_HAND, False),
        (Stop(CALL, AUTOMATIC, None, NOON), CALL, BY_MACHINE, True),
    ],
)
def test_a_stop_holds_for_its_medium_its_number_and_its_scope(
    stop: Stop, channel: ContactChannel, technology: Technology, *, is_stopped: bool
) -> None:
    facts = person(stops=[stop], channel=channel, technology=technology, has_consent_to_automation=True)
    assert against(facts, NOON) == (["CHANNEL_STOP"] if is_stopped else [])


def test_a_revocation_is_kept_at_once_although_the_law_gives_ten_business_days() -> None:
    said_at = at(date(2026, 11, 23))
    stop = Stop(ContactChannel.CALL, ConsentScope.BILLING, None, said_at)
    verdict = judge(person(stops=[stop]), said_at)
    refused = next(each for each in verdict.rules if not each.is_ok)
    assert refused.code == "CHANNEL_STOP"
    # Thanksgiving lies in between.
    assert refused.inputs["to_be_kept_from"] == "2026-12-08"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"technology": Technology.MANUAL}, []),
        ({"technology": Technology.AUTOMATED}, ["AUTOMATION_CONSENT"]),
        ({"technology": Technology.AUTOMATED, "number": HOME}, ["AUTOMATION_CONSENT"]),
        ({"technology": Technology.AUTOMATED, "has_consent_to_automation": True}, []),
        ({"technology": Technology.AUTOMATED, "channel": TEXT}, ["AUTOMATION_CONSENT"]),
        ({"technology": Technology.AUTOMATED, "channel": EMAIL, "number": None}, []),
        (
            {
                "technology": Technology.AUTOMATED,
                "has_consent_to_automation": True,
                "jurisdictions": frozenset({"MN"}),
            },
            ["AUTOMATION_MN"],
        ),
        ({"technology": Technology.MANUAL, "jurisdictions": frozenset({"MN"})}, []),
    ],
)
def test_what_a_machine_dials_needs_consent(known: dict[str, object], expected: list[str]) -> None:
    assert against(person(**known), NOON) == expected


def test_a_landline_is_dialled_by_machine_with_consent_by_policy_a_mobile_by_law() -> None:
    machine = {"technology": BY_MACHINE}
    landline, mobile = (
        judge(person(number=HOME, **machine), NOON),
        judge(person(number=MOBILE, **machine), NOON),
    )
    bases = [next(each.basis for each in verdict.rules if not each.is_ok) for verdict in (landline, mobile)]
    assert bases == [RuleBasis.HOUSE, RuleBasis.LAW]


EVENINGS = BadTime(frozenset({0, 2}), time(17), time(20))


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (0, "16:59:59", []),
        (0, "17:00:00", ["BAD_TIME"]),
        (0, "19:59:59", ["BAD_TIME"]),
        (0, "20:00:00", []),
        (1, "18:00:00", []),
        (2, "18:00:00", ["BAD_TIME"]),
    ],
)
def test_times_the_person_named_are_kept_on_their_days(day: int, clock: str, expected: list[str]) -> None:
    assert against(person(bad_times=[EVENINGS]), at(MONDAY + days(day), clock)) == expected


def test_a_bad_time_names_the_hour_at_which_it_is_over() -> None:
    verdict = judge(person(bad_times=[EVENINGS]), at(MONDAY, "18:00:00"))
    assert verdict.next_legal_at == at(MONDAY, "20:00:00")
    assert verdict.reasons == ("The person is not to be contacted from 5 PM until 8 PM (Chicago time).",)


def test_a_bad_time_at_one_place_leaves_the_others() -> None:
    at_work = BadTime(frozenset(range(7)), time(9), time(17), PhonePlace.WORK)
    assert against(person(bad_times=[at_work], number=WORK), NOON) == ["BAD_TIME"]
    assert against(person(bad_times=[at_work], number=HOME), NOON) == []


def test_a_bad_time_counts_in_every_zone_the_person_may_be_in() -> None:
    mornings = BadTime(frozenset(range(7)), time(8), time(10))
    facts = person(bad_times=[mornings], zones=("America/Chicago", "America/Los_Angeles"))
    verdict = judge(facts, at(MONDAY, "11:00:00"))  # 9 in Los Angeles
    assert [each.code for each in verdict.rules if not each.is_ok] == ["BAD_TIME"]
    assert verdict.next_legal_at == at(MONDAY, "12:00:00")


def test_a_person_for_whom_no_time_is_left_is_never_called() -> None:
    always = BadTime(frozenset(range(7)), time(0), time(23, 59))
    facts = person(bad_times=[always])
    verdict = judge(facts, NOON)
    assert verdict.next_legal_at is None


def test_regulation_f_gates_are_law_for_a_collector() -> None:
    stopped = person(number=NumberFacts(1, PhonePlace.HOME, is_stopped=True))
    ours, theirs = judge(stopped, NOON), judge(as_collector(stopped), NOON)
    by_code = {each.code: each.basis for each in ours.rules}, {each.code: each.basis for each in theirs.rules}
    assert (by_code[0]["PHONE_STOPPED"], by_code[1]["PHONE_STOPPED"]) == (RuleBasis.HOUSE, RuleBasis.LAW)


def test_a_letter_asks_neither_for_the_hour_nor_for_a_number() -> None:
    facts = person(channel=LETTER, number=None, bad_times=[EVENINGS], owes=True)
    assert judge(facts, at(MONDAY, "03:00:00")).is_allowed
