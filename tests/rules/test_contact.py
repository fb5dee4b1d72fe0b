"""May this person be called: the vectors of the office's reference, sections 1.2 and 1.7."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest

from tests.rules.contact_cases import (
    HOME,
    MONDAY,
    REGULATION_F,
    against,
    as_collector,
    at,
    calls,
    days,
    judge,
    only,
    person,
)
from workqueue.rules.channels import ContactChannel
from workqueue.rules.contact import may_contact
from workqueue.rules.contact_facts import Attempt, HoldInForce
from workqueue.rules.contact_rules import RuleBasis
from workqueue.rules.contact_verdict import inbound_call, payer_call
from workqueue.rules.first_contact_rules import FIRST_RULES
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace

SUNDAY = MONDAY + days(6)
SPOKEN = Attempt(at(MONDAY), is_conversation=True)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:59:59", ["OUTSIDE_HOURS"]), ("08:00:00", []), ("20:59:59", []), ("21:00:00", ["OUTSIDE_HOURS"])],
)
@pytest.mark.parametrize("day", [MONDAY, date(2026, 3, 8), date(2026, 11, 1)])
def test_hours_are_from_eight_until_nine_on_every_day(day: date, clock: str, expected: list[str]) -> None:
    assert against(person(), at(day, clock)) == expected


def test_at_night_the_next_legal_moment_is_eight_in_the_morning() -> None:
    verdict = judge(person(), at(MONDAY, "22:00:00"))
    assert verdict.next_legal_at == at(MONDAY + days(1), "08:00:00")
    assert verdict.reasons == ("It is 10:00 PM in Chicago; calls end at 9 PM.",)
    assert judge(person(), at(MONDAY, "07:41:00")).reasons == (
        "It is 7:41 AM in Chicago; calls begin at 8 AM.",
    )


def test_of_a_person_whose_place_is_unknown_the_whole_country_counts() -> None:
    verdict = judge(person(zones=()), at(MONDAY, "09:00:00"))
    assert [each.code for each in verdict.rules if not each.is_ok] == ["OUTSIDE_HOURS"]
    assert verdict.next_legal_at == at(MONDAY, "12:00:00")


def test_the_eighth_call_in_seven_days_waits_until_the_first_has_dropped_out() -> None:
    facts = person(attempts=calls(7))
    verdict = judge(facts, at(SUNDAY, "18:00:00"))
    assert verdict.reasons == ("7 calls to this person in 7 days; 7 is the limit.",)
    assert verdict.next_legal_at == at(SUNDAY + days(1), "08:00:00")
    assert judge(facts, at(SUNDAY + days(1))).is_allowed


def test_a_call_at_the_very_beginning_of_seven_days_with_an_hour_twice_counts() -> None:
    first = date(2026, 10, 26)
    attempts = [*[Attempt(at(first, "00:00:00"))] * 6, Attempt(at(first + days(6)))]
    last_second = at(date(2026, 11, 1), "23:59:59")
    assert last_second - attempts[0].at > days(7)
    assert against(person(attempts=attempts), last_second, only("FREQ_7IN7")) == ["FREQ_7IN7"]


def test_six_calls_leave_one_more() -> None:
    assert judge(person(attempts=calls(6)), at(SUNDAY)).is_allowed


@pytest.mark.parametrize("known", [{"is_connected": False}, {"is_inbound": True}, {"is_with_consent": True}])
def test_what_was_not_connected_came_in_or_was_asked_for_is_not_counted(known: dict[str, bool]) -> None:
    attempts = [*calls(6), Attempt(at(SUNDAY, "09:00:00"), **known)]
    assert judge(person(attempts=attempts), at(SUNDAY)).is_allowed


@pytest.mark.parametrize("place", [None, *PhonePlace])
def test_all_numbers_and_accounts_of_the_person_share_one_count(place: PhonePlace | None) -> None:
    attempts = [*calls(6, account_id=1), Attempt(at(SUNDAY, "09:00:00"), account_id=2, place=place)]
    assert against(person(attempts=attempts), at(SUNDAY)) == ["FREQ_7IN7"]


def test_texts_and_emails_do_not_count_as_calls() -> None:
    other = [Attempt(at(SUNDAY), channel=each) for each in (ContactChannel.TEXT, ContactChannel.EMAIL)]
    assert judge(person(attempts=[*calls(6), *other]), at(SUNDAY)).is_allowed


def test_after_a_conversation_on_the_second_calls_wait_until_the_ninth() -> None:
    facts = person(attempts=[SPOKEN])
    for later in range(7):
        verdict = judge(facts, at(MONDAY + days(later), "20:00:00"))
        assert [each.code for each in verdict.rules if not each.is_ok] == ["COOLDOWN_7D"], later
        assert verdict.next_legal_at == at(date(2026, 3, 9), "08:00:00")
    assert judge(facts, at(date(2026, 3, 9), "08:00:00")).is_allowed


def test_a_conversation_the_person_began_counts_for_the_days_without_calls_only() -> None:
    attempts = [*calls(6), Attempt(at(MONDAY), is_inbound=True, is_conversation=True)]
    assert against(person(attempts=attempts), at(SUNDAY)) == ["COOLDOWN_7D"]


def test_calls_to_the_attorney_are_no_calls_the_law_counts() -> None:
    """12 CFR 1006.14(b)(3)(iii): neither the count nor the days of rest stand in their way."""
    known = person(attempts=[*calls(7), SPOKEN], callback_asked_at=None)
    assert against(known, at(SUNDAY, "09:00:00")) == ["FREQ_7IN7", "COOLDOWN_7D"]
    attorney = replace(known, is_attorney=True)
    assert against(attorney, at(SUNDAY, "09:00:00")) == []
    assert against(attorney, at(SUNDAY, "21:00:00")) == ["OUTSIDE_HOURS"]


def test_a_callback_that_was_asked_for_is_allowed_once() -> None:
    thursday, asked_at = MONDAY + days(3), at(MONDAY, "12:05:00")
    verdict = judge(person(attempts=[SPOKEN], callback_asked_at=asked_at), at(thursday))
    assert (verdict.is_allowed, verdict.is_with_consent) == (True, True)
    met = Attempt(at(thursday), is_conversation=True, is_with_consent=True)
    again = judge(person(attempts=[SPOKEN, met], callback_asked_at=asked_at), at(thursday + days(1)))
    assert [each.code for each in again.rules if not each.is_ok] == ["COOLDOWN_7D"]
    assert not again.is_with_consent


def test_tries_to_keep_an_appointment_do_not_use_the_consent_up() -> None:
    asked_at = at(MONDAY, "12:05:00")
    tried = Attempt(at(MONDAY + days(3)), is_with_consent=True)
    assert judge(
        person(attempts=[SPOKEN, tried], callback_asked_at=asked_at), at(MONDAY + days(4))
    ).is_allowed


def test_consent_to_a_callback_ends_after_seven_days_its_own_included() -> None:
    many = [Attempt(at(MONDAY + days(7), f"{hour:02}:00:00")) for hour in range(9, 16)]
    facts = person(attempts=many, callback_asked_at=at(MONDAY + days(1), "13:00:00"))
    assert judge(facts, at(MONDAY + days(7), "20:59:59")).is_allowed
    assert against(facts, at(MONDAY + days(8))) == ["FREQ_7IN7"]


def test_a_person_may_be_called_twice_a_day_and_not_a_third_time() -> None:
    rules = only("HOUSE_DAILY")
    twice = [Attempt(at(MONDAY, "09:00:00")), Attempt(at(MONDAY, "10:00:00"))]
    assert against(person(attempts=twice[:1]), at(MONDAY), rules) == []
    verdict = judge(person(attempts=twice), at(MONDAY), rules)
    assert verdict.reasons == ("2 calls to this person today; 2 is the limit.",)
    assert verdict.next_legal_at == at(MONDAY + days(1), "00:00:00")


def test_the_limit_counts_in_every_zone_the_person_may_be_in() -> None:
    start = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # Monday in New York, Tuesday in Guam; open in both
    attempts = [Attempt(start + days(each)) for each in range(7)]
    facts = person(zones=("America/New_York", "Pacific/Guam"), attempts=attempts)
    assert against(facts, start + days(6)) == ["FREQ_7IN7"]
    assert judge(facts, start + days(7)).is_allowed


def test_every_reason_is_given_in_the_order_of_the_reference() -> None:
    facts = person(
        holds=[HoldInForce(HoldKind.DISPUTE, "says it was paid", at(MONDAY + days(30)))],
        owes=False,
        is_minor=True,
        number=None,
        attempts=[*calls(7), SPOKEN],
        is_spoken_to=True,
    )
    verdict = judge(facts, at(SUNDAY, "22:00:00"))
    assert [each.code for each in verdict.rules if not each.is_ok] == [
        "DISPUTE",
        "OWES",
        "MINOR",
        "PHONE_DIALABLE",
        "OUTSIDE_HOURS",
        "FREQ_7IN7",
        "COOLDOWN_7D",
        "ON_THE_LINE",
    ]
    assert len(verdict.reasons) == 8
    # A child does not come of age by the clock of this office.
    assert verdict.next_legal_at is None


def test_a_rule_that_begins_tomorrow_is_foreseen() -> None:
    city = only("NYC_FREQ")
    facts = person(
        zones=("America/New_York",),
        jurisdictions=frozenset({"NY", "NYC"}),
        attempts=[
            Attempt(datetime(2026, 8, 30, 16, tzinfo=UTC)),
            Attempt(datetime(2026, 8, 31, 16, tzinfo=UTC)),
        ],
    )
    # Two are the limit until August 31; from September 1 on there may be three.
    verdict = judge(facts, datetime(2026, 8, 31, 17, tzinfo=UTC), city)
    assert verdict.next_legal_at == datetime(2026, 9, 1, 4, tzinfo=UTC)


def test_the_basis_of_a_rule_is_law_or_policy_by_what_the_office_collects_as() -> None:
    moment = at(MONDAY)
    ours = {each.code: each for each in judge(person(), moment).rules}
    theirs = {each.code: each for each in judge(as_collector(person()), moment).rules}
    assert ours["OUTSIDE_HOURS"].basis is RuleBasis.HOUSE
    assert "1692a(6)(A)" in ours["OUTSIDE_HOURS"].scope
    assert theirs["OUTSIDE_HOURS"].basis is RuleBasis.LAW
    assert {each.basis for each in theirs.values() if each.citation.startswith("12 CFR 1006.14(b)")} == {
        RuleBasis.LAW
    }


def test_rules_that_wait_to_be_confirmed_say_so() -> None:
    rules = {each.code: each for each in judge(person(), at(MONDAY), FIRST_RULES).rules}
    assert rules["HOUSE_DAILY"].source.endswith("(house policy, to be confirmed)")
    assert rules["FREQ_7IN7"].source == "12 CFR 1006.14(b)(2)(i)(A) (house policy)"


def test_a_payer_may_always_be_called_and_the_record_says_why() -> None:
    verdict = payer_call(at(MONDAY, "03:00:00"))
    assert verdict.is_allowed
    assert "Payers may be called at any time" in verdict.reasons[0]
    assert inbound_call(at(MONDAY, "03:00:00")).is_allowed


def test_the_verdict_as_kept_names_rule_citation_basis_inputs_and_version() -> None:
    kept = judge(person(attempts=calls(2)), at(MONDAY + days(2)), FIRST_RULES).as_json()
    assert json.loads(json.dumps(kept)) == kept
    assert kept["version"]
    rules = {each["code"]: each for each in kept["rules"]}
    assert rules["FREQ_7IN7"]["inputs"] == {"calls": 2, "limit": 7, "days": 7}
    assert rules["FREQ_7IN7"]["citation"] == "12 CFR 1006.14(b)(2)(i)(A)"
    assert (rules["FREQ_7IN7"]["rule_id"], rules["FREQ_7IN7"]["rule_version"]) == (2, 1)
    assert rules["OUTSIDE_HOURS"]["inputs"] == {"local": {"America/Chicago": "2026-03-04 12:00"}}


def test_a_page_of_fifty_persons_costs_a_few_milliseconds() -> None:
    """The figures are in docs/decisions/0012; the bound here only catches what grew tenfold."""
    people = [
        person(account_id=number, number=HOME, attempts=calls(3, account_id=number)) for number in range(50)
    ]
    begun = process_time()
    for facts in people:
        may_contact(facts, FIRST_RULES, at(MONDAY + timedelta(days=4)))
    assert process_time() - begun < 0.1


def test_all_rules_are_looked_at_although_the_first_already_forbids() -> None:
    codes = [each.code for each in judge(person(owes=False), at(MONDAY), REGULATION_F).rules]
    assert codes[-5:] == ["BAD_TIME", "FREQ_7IN7", "COOLDOWN_7D", "CALL_BOOKED", "ON_THE_LINE"]
    assert len(codes) == len(set(codes))
