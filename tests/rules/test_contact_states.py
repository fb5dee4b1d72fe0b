"""The limits of states and cities: the numbers of the reference, section 1.6, and its dates and places."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.rules.contact_cases import (
    HOME,
    MOBILE,
    MONDAY,
    WORK,
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
from workqueue.rules.contact_facts import Attempt, ContactFacts
from workqueue.rules.contact_rules import RuleBasis
from workqueue.rules.first_contact_rules import FIRST_RULES
from workqueue.rules.states import PhonePlace

BOSTON, NEW_YORK = ZoneInfo("America/New_York"), ZoneInfo("America/New_York")
TEXT = ContactChannel.TEXT
LATER = MONDAY + days(2)


def of(state: str, **known: object) -> ContactFacts:
    return person(zones=("America/New_York",), jurisdictions=frozenset({state}), **known)


def called(count: int, place: PhonePlace = PhonePlace.MOBILE, **known: object) -> list[Attempt]:
    return calls(count, **({"place": place, "account_id": 1} | known))


@pytest.mark.parametrize("channel", [ContactChannel.CALL, TEXT])
@pytest.mark.parametrize("number", [MOBILE, HOME])
def test_massachusetts_two_in_seven_days_texts_included(channel: ContactChannel, number: object) -> None:
    facts = of("MA", attempts=called(2), channel=channel, number=number)
    verdict = judge(facts, at(LATER), FIRST_RULES)
    assert [each.code for each in verdict.rules if not each.is_ok] == ["MA_2IN7"]
    assert verdict.next_legal_at == at(MONDAY + days(7), "08:00:00", BOSTON)
    assert judge(facts, at(MONDAY + days(7)), FIRST_RULES).is_allowed


def test_massachusetts_counts_texts_that_were_sent() -> None:
    attempts = [*called(1), *called(1, channel=TEXT)]
    assert against(of("MA", attempts=attempts), at(LATER), FIRST_RULES) == ["MA_2IN7"]


def test_massachusetts_leaves_out_only_what_could_not_be_put_through() -> None:
    unreached = [*called(1), *called(1, is_connected=False)]
    assert judge(of("MA", attempts=unreached), at(LATER), FIRST_RULES).is_allowed
    # A callback the person asked for is no exception there.
    asked = of("MA", attempts=called(2, is_with_consent=True), callback_asked_at=at(MONDAY))
    assert against(asked, at(LATER), FIRST_RULES) == ["MA_2IN7"]


def test_massachusetts_counts_each_debt_by_itself() -> None:
    assert judge(of("MA", attempts=called(2, account_id=2)), at(LATER), FIRST_RULES).is_allowed
    # What nobody knows the account of counts on all.
    assert against(of("MA", attempts=called(2, account_id=None)), at(LATER), FIRST_RULES) == ["MA_2IN7"]


def test_massachusetts_at_work_two_in_thirty_days() -> None:
    attempts = called(2, PhonePlace.WORK)
    facts = of("MA", attempts=attempts, number=WORK)
    verdict = judge(facts, at(LATER), FIRST_RULES)
    assert [each.code for each in verdict.rules if not each.is_ok] == ["MA_WORK_2IN30"]
    assert verdict.next_legal_at == at(MONDAY + days(30), "08:00:00", BOSTON)
    # Calls at work leave those at home, and the other way round.
    assert judge(of("MA", attempts=attempts, number=HOME), at(LATER), FIRST_RULES).is_allowed
    assert judge(of("MA", attempts=called(2), number=WORK), at(LATER), FIRST_RULES).is_allowed


def test_massachusetts_spares_no_attorney() -> None:
    assert against(of("MA", attempts=called(2), is_attorney=True), at(LATER), FIRST_RULES) == ["MA_2IN7"]


def test_district_of_columbia_four_in_seven_days_an_account() -> None:
    rules = only("DC_4IN7")
    attempts = called(4)
    assert against(of("DC", attempts=attempts), at(MONDAY + days(5)), rules) == ["DC_4IN7"]
    assert against(of("DC", attempts=called(3)), at(MONDAY + days(5)), rules) == []
    assert against(of("DC", attempts=attempts, account_id=2), at(MONDAY + days(5)), rules) == []


def test_district_of_columbia_five_texts_and_emails_in_seven_days_an_account() -> None:
    rules = only("DC_MESSAGES_5IN7")
    media = (TEXT, ContactChannel.EMAIL, TEXT, ContactChannel.EMAIL, TEXT)
    sent = [Attempt(at(MONDAY + days(each)), account_id=1, channel=media[each]) for each in range(len(media))]
    then = at(MONDAY + days(6))
    for channel in (TEXT, ContactChannel.EMAIL):
        assert against(of("DC", attempts=sent, channel=channel), then, rules) == ["DC_MESSAGES_5IN7"]
        assert against(of("DC", attempts=sent[1:], channel=channel), then, rules) == []
        assert against(of("DC", attempts=sent, channel=channel, account_id=2), then, rules) == []
    assert against(of("DC", attempts=sent), then, rules) == []


@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        (date(2026, 8, 24), 1, []),
        (date(2026, 8, 24), 2, ["NYC_FREQ"]),
        (date(2026, 8, 31), 2, []),
        (date(2026, 8, 31), 3, ["NYC_FREQ"]),
    ],
)
def test_new_york_city_two_then_from_september_three(first: date, count: int, expected: list[str]) -> None:
    media = [ContactChannel.CALL, TEXT, ContactChannel.EMAIL]
    attempts = [Attempt(at(first + days(each)), account_id=1, channel=media[each]) for each in range(count)]
    facts = person(zones=("America/New_York",), jurisdictions=frozenset({"NY", "NYC"}), attempts=attempts)
    assert against(facts, at(first + days(4)), only("NYC_FREQ")) == expected


@pytest.mark.parametrize("state", ["PA", "MD", "NY"])
def test_states_with_a_week_of_rest_after_a_conversation(state: str) -> None:
    rules = only(f"{state}_COOLDOWN", f"{state}_FREQ")
    spoken = of(state, attempts=[Attempt(at(MONDAY), account_id=1, is_conversation=True)])
    assert against(spoken, at(MONDAY + days(6)), rules) == [f"{state}_COOLDOWN"]
    assert against(spoken, at(MONDAY + days(7)), rules) == []
    assert against(of(state, attempts=called(7)), at(MONDAY + days(6)), rules) == [f"{state}_FREQ"]


def test_west_virginia_thirty_calls_or_ten_conversations_a_week() -> None:
    rules = only("WV_CALLS", "WV_CONVERSATIONS")
    moment = at(MONDAY + days(6))
    thirty = [Attempt(at(MONDAY + days(each % 6), f"{9 + each // 6:02}:00:00")) for each in range(30)]
    assert against(of("WV", attempts=thirty[1:]), moment, rules) == []
    assert against(of("WV", attempts=thirty), moment, rules) == ["WV_CALLS"]
    ten = [Attempt(each.at, is_conversation=True, is_inbound=True) for each in thirty[:10]]
    assert against(of("WV", attempts=ten[1:]), moment, rules) == []
    assert against(of("WV", attempts=ten), moment, rules) == ["WV_CONVERSATIONS"]


@pytest.mark.parametrize(("state", "code", "rest"), [("OR", "OR_WORK", 7), ("NH", "NH_WORK", 30)])
def test_states_that_limit_calls_at_work(state: str, code: str, rest: int) -> None:
    facts = of(state, attempts=called(1, PhonePlace.WORK), number=WORK)
    assert against(facts, at(MONDAY + days(rest - 1)), only(code)) == [code]
    assert against(facts, at(MONDAY + days(rest)), only(code)) == []
    assert against(of(state, attempts=called(1, PhonePlace.WORK)), at(LATER), only(code)) == []


def test_washington_binds_agencies_only() -> None:
    rules = only("WA_3IN7", "WA_HOURS", "WA_WORK_1IN7")
    facts = of("WA", attempts=called(3))
    moment = at(MONDAY + days(4), "07:29:59", NEW_YORK)
    assert against(facts, moment, rules) == []
    assert against(as_collector(facts), moment, rules) == ["WA_HOURS", "WA_3IN7"]
    assert against(as_collector(facts), at(MONDAY + days(4), "07:30:00", NEW_YORK), rules) == ["WA_3IN7"]


@pytest.mark.parametrize(
    ("mailed_on", "day", "expected"),
    [
        (None, MONDAY, ["NV_WAITING"]),
        (MONDAY, MONDAY + days(59), ["NV_WAITING"]),
        (MONDAY, MONDAY + days(60), []),
    ],
)
def test_nevada_lets_agencies_wait_sixty_days_after_the_notice(
    mailed_on: date | None, day: date, expected: list[str]
) -> None:
    facts = of("NV", notice_mailed_on=mailed_on)
    assert against(as_collector(facts), at(day), only("NV_WAITING")) == expected
    assert against(facts, at(day), only("NV_WAITING")) == []
    if mailed_on and expected:
        verdict = judge(as_collector(facts), at(day), only("NV_WAITING"))
        assert verdict.next_legal_at == at(MONDAY + days(60), "00:00:00", NEW_YORK)


@pytest.mark.parametrize(
    ("channel", "expected"),
    [(ContactChannel.CALL, ["FL_HOURS"]), (TEXT, ["FL_HOURS"]), (ContactChannel.EMAIL, [])],
)
def test_florida_night_is_for_calls_and_texts_and_not_for_email(
    channel: ContactChannel, expected: list[str]
) -> None:
    facts = of("FL", channel=channel)
    assert against(facts, at(MONDAY, "21:00:00", NEW_YORK), only("FL_HOURS")) == expected


def test_a_person_of_two_states_is_under_the_stricter() -> None:
    facts = person(
        zones=("America/Chicago", "America/New_York"),
        jurisdictions=frozenset({"TX", "MA"}),
        attempts=called(2),
    )
    verdict = judge(facts, at(LATER), FIRST_RULES)
    refused = [each for each in verdict.rules if not each.is_ok]
    assert [(each.code, each.jurisdiction, each.basis) for each in refused] == [
        ("MA_2IN7", "MA", RuleBasis.LAW)
    ]


def test_rules_of_other_places_are_not_mentioned() -> None:
    codes = {each.jurisdiction for each in judge(of("TX"), at(MONDAY), FIRST_RULES).rules}
    assert codes == {"US", "HOUSE", "TX"}


@pytest.mark.parametrize(
    ("zones", "day", "opens", "closes"),
    [
        (("America/New_York", "America/Los_Angeles"), "2026-01-15", 11, 21),
        (("America/New_York", "America/Phoenix"), "2026-01-15", 10, 21),
        (("America/New_York", "America/Phoenix"), "2026-07-15", 11, 21),
        (("America/New_York", "Pacific/Honolulu"), "2026-01-15", 13, 21),
        (("America/New_York", "Pacific/Honolulu"), "2026-07-15", 14, 21),
        (("America/Puerto_Rico", "America/Los_Angeles"), "2026-01-15", 11, 20),
        (("America/Puerto_Rico", "America/Los_Angeles"), "2026-07-15", 11, 21),
        ((), "2026-01-15", 13, 21),
        ((), "2026-07-15", 14, 21),
        # The clock is put forward and back on these days; 8 and 21 are still what it shows.
        (("America/New_York",), "2026-03-08", 8, 21),
        (("America/New_York",), "2026-11-01", 8, 21),
        # The Navajo Nation changes its clocks, the rest of Arizona does not.
        (("America/Denver", "America/Phoenix"), "2026-01-15", 10, 23),
        (("America/Denver", "America/Phoenix"), "2026-07-15", 11, 23),
    ],
)
def test_windows_of_several_zones(zones: tuple[str, ...], day: str, opens: int, closes: int) -> None:
    facts, rules = person(zones=zones), only("OUTSIDE_HOURS")
    first = at(date.fromisoformat(day), f"{opens:02}:00:00", NEW_YORK)
    last = at(date.fromisoformat(day), f"{closes - 1:02}:59:59", NEW_YORK)
    for moment, is_open in ((first, True), (last, True)):
        assert judge(facts, moment, rules).is_allowed is is_open
    assert not judge(facts, datetime.fromtimestamp(first.timestamp() - 1, UTC), rules).is_allowed
    assert not judge(facts, datetime.fromtimestamp(last.timestamp() + 1, UTC), rules).is_allowed


def test_across_the_date_line_both_days_count() -> None:
    facts = person(zones=("America/New_York", "Pacific/Guam"))
    assert judge(facts, datetime(2026, 1, 15, 23, 0, tzinfo=UTC)).is_allowed
    # Saturday noon in New York is Sunday in Guam, on which the office calls nobody.
    saturday = datetime(2026, 1, 17, 22, 30, tzinfo=UTC)
    assert "HOUSE_SUNDAYS" in against(facts, saturday, only("HOUSE_SUNDAYS"))
    assert "Sunday in Guam" in judge(facts, saturday, only("HOUSE_SUNDAYS")).reasons[0]


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2026-11-25", "19:59:59", []),
        ("2026-11-25", "20:00:00", ["HOUSE_WEEKDAYS"]),
        ("2026-11-26", "12:00:00", ["HOUSE_HOLIDAYS"]),
        ("2026-11-28", "08:59:59", ["HOUSE_SATURDAY"]),
        ("2026-11-28", "09:00:00", []),
        ("2026-11-28", "17:00:00", ["HOUSE_SATURDAY"]),
        ("2026-11-29", "12:00:00", ["HOUSE_SUNDAYS"]),
        # New Year's Day of 2028 is a Saturday: the Friday before is free.
        ("2027-12-31", "12:00:00", ["HOUSE_HOLIDAYS"]),
    ],
)
def test_the_office_has_hours_and_days_of_its_own(day: str, clock: str, expected: list[str]) -> None:
    assert against(person(), at(date.fromisoformat(day), clock), FIRST_RULES) == expected


def test_before_thanksgiving_the_next_call_is_on_friday() -> None:
    verdict = judge(person(), at(date(2026, 11, 25), "20:30:00"), FIRST_RULES)
    assert verdict.next_legal_at == at(date(2026, 11, 27), "08:00:00")
