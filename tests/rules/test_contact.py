"""May this person be called: the vectors of the office's reference, section 1.7."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workqueue.rules.contact import Attempt, ContactFacts, Verdict, inbound_call, may_contact, payer_call

CHICAGO = ZoneInfo("America/Chicago")
ZONES = ("America/Chicago",)
MONDAY = date(2026, 3, 2)


def at(day: date, clock: str = "12:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CHICAGO).astimezone(UTC)


def failing(verdict: Verdict) -> list[str]:
    return [each.code for each in verdict.rules if not each.is_ok]


def calls(count: int, *, counts: bool = True) -> list[Attempt]:
    return [Attempt(at(MONDAY + timedelta(days=each)), counts=counts) for each in range(count)]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:59:59", ["OUTSIDE_HOURS"]), ("08:00:00", []), ("20:59:59", []), ("21:00:00", ["OUTSIDE_HOURS"])],
)
@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 3, 8), date(2026, 11, 1)])
def test_hours_are_from_eight_until_nine_on_every_day(day: date, clock: str, expected: list[str]) -> None:
    assert failing(may_contact(ContactFacts(ZONES), at(day, clock))) == expected


def test_at_night_the_next_legal_moment_is_eight_in_the_morning() -> None:
    verdict = may_contact(ContactFacts(ZONES), at(MONDAY, "22:00:00"))
    assert verdict.next_legal_at == at(MONDAY + timedelta(days=1), "08:00:00")
    assert verdict.reasons == ("It is 10:00 PM in Chicago; calls are allowed from 8 AM until 9 PM.",)


def test_of_a_person_whose_place_is_unknown_the_whole_country_counts() -> None:
    verdict = may_contact(ContactFacts(()), at(MONDAY, "09:00:00"))
    assert failing(verdict) == ["OUTSIDE_HOURS"]
    assert verdict.next_legal_at == at(MONDAY, "12:00:00")


def test_the_eighth_call_in_seven_days_waits_until_the_first_has_dropped_out() -> None:
    facts = ContactFacts(ZONES, attempts=calls(7))
    sunday = MONDAY + timedelta(days=6)
    verdict = may_contact(facts, at(sunday, "18:00:00"))
    assert failing(verdict) == ["FREQ_7IN7"]
    assert verdict.next_legal_at == at(sunday + timedelta(days=1), "08:00:00")
    assert may_contact(facts, at(sunday + timedelta(days=1))).is_allowed


def test_six_calls_leave_one_more() -> None:
    assert may_contact(ContactFacts(ZONES, attempts=calls(6)), at(MONDAY + timedelta(days=6))).is_allowed


def test_a_call_that_was_never_connected_is_not_counted() -> None:
    attempts = [*calls(6), Attempt(at(MONDAY + timedelta(days=6)), counts=False)]
    assert may_contact(ContactFacts(ZONES, attempts=attempts), at(MONDAY + timedelta(days=6))).is_allowed


def test_after_a_conversation_on_the_second_calls_wait_until_the_ninth() -> None:
    facts = ContactFacts(ZONES, attempts=[Attempt(at(MONDAY), is_conversation=True)])
    for days in range(7):
        verdict = may_contact(facts, at(MONDAY + timedelta(days=days), "20:00:00"))
        assert failing(verdict) == ["COOLDOWN_7D"], days
        assert verdict.next_legal_at == at(date(2026, 3, 9), "08:00:00")
    assert may_contact(facts, at(date(2026, 3, 9), "08:00:00")).is_allowed


def test_a_conversation_the_person_began_counts_for_the_days_without_calls_only() -> None:
    attempts = [*calls(6), Attempt(at(MONDAY), counts=False, is_conversation=True)]
    verdict = may_contact(ContactFacts(ZONES, attempts=attempts), at(MONDAY + timedelta(days=6)))
    assert failing(verdict) == ["COOLDOWN_7D"]


def test_a_callback_that_was_asked_for_is_allowed_once() -> None:
    spoken = Attempt(at(MONDAY), is_conversation=True)
    thursday = MONDAY + timedelta(days=3)
    asked = ContactFacts(ZONES, attempts=[spoken], callback_asked_at=at(MONDAY, "12:05:00"))
    assert may_contact(asked, at(thursday)).is_allowed
    again = ContactFacts(
        ZONES,
        attempts=[spoken, Attempt(at(thursday), is_conversation=True)],
        callback_asked_at=at(MONDAY, "12:05:00"),
    )
    assert failing(may_contact(again, at(thursday + timedelta(days=1)))) == ["COOLDOWN_7D"]


def test_consent_to_a_callback_ends_after_seven_days() -> None:
    attempts = [Attempt(at(MONDAY + timedelta(days=4)), is_conversation=True)]
    asked = ContactFacts(
        ZONES, attempts=attempts, callback_asked_at=at(MONDAY + timedelta(days=4), "13:00:00")
    )
    assert may_contact(asked, at(MONDAY + timedelta(days=10))).is_allowed
    # The conversation's own days have passed by then; the eighth call of a week shows that consent ended.
    many = [Attempt(at(MONDAY + timedelta(days=9), f"{hour:02}:00:00")) for hour in range(9, 16)]
    late = ContactFacts(ZONES, attempts=many, callback_asked_at=at(MONDAY, "13:00:00"))
    assert may_contact(late, at(MONDAY + timedelta(days=6))).is_allowed
    assert failing(may_contact(late, at(MONDAY + timedelta(days=10)))) == ["FREQ_7IN7"]


def test_every_reason_is_given_not_only_the_first() -> None:
    until = at(MONDAY + timedelta(days=30), "00:00:00")
    facts = ContactFacts(
        ZONES,
        is_phone_valid=False,
        attempts=[*calls(7), Attempt(at(MONDAY), is_conversation=True)],
        held_until=until,
        hold_reason="the patient disputes the bill",
    )
    verdict = may_contact(facts, at(MONDAY + timedelta(days=6), "22:00:00"))
    assert failing(verdict) == ["HOLD", "PHONE_VALID", "OUTSIDE_HOURS", "FREQ_7IN7", "COOLDOWN_7D"]
    assert len(verdict.reasons) == 5
    # A wrong number never becomes right by waiting.
    assert verdict.next_legal_at is None


def test_a_hold_that_ends_at_night_lets_the_call_wait_for_the_morning() -> None:
    facts = ContactFacts(ZONES, held_until=at(MONDAY, "23:00:00"), hold_reason="dispute")
    verdict = may_contact(facts, at(MONDAY))
    assert verdict.next_legal_at == at(MONDAY + timedelta(days=1), "08:00:00")


def test_the_limit_counts_in_every_zone_the_person_may_be_in() -> None:
    zones = ("America/New_York", "Pacific/Guam")
    start = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # Monday in New York, Tuesday in Guam; open in both
    attempts = [Attempt(start + timedelta(days=each)) for each in range(7)]
    facts = ContactFacts(zones, attempts=attempts)
    assert failing(may_contact(facts, start + timedelta(days=6))) == ["FREQ_7IN7"]
    assert may_contact(facts, start + timedelta(days=7)).is_allowed


def test_a_payer_may_always_be_called_and_the_record_says_why() -> None:
    verdict = payer_call(at(MONDAY, "03:00:00"))
    assert verdict.is_allowed
    assert "Payers may be called at any time" in verdict.reasons[0]
    assert inbound_call(at(MONDAY, "03:00:00")).is_allowed


def test_the_verdict_as_kept_names_rule_citation_basis_inputs_and_version() -> None:
    kept = may_contact(ContactFacts(ZONES, attempts=calls(2)), at(MONDAY + timedelta(days=2))).as_json()
    assert json.loads(json.dumps(kept)) == kept
    assert kept["version"]
    rules = {each["code"]: each for each in kept["rules"]}
    assert rules["FREQ_7IN7"]["inputs"] == {"calls": 2, "limit": 7, "days": 7}
    assert rules["FREQ_7IN7"]["citation"] == "12 CFR 1006.14(b)(2)(i)(A)"
    assert {each["basis"] for each in kept["rules"]} == {"house policy"}
    assert "1692a(6)(A)" in rules["OUTSIDE_HOURS"]["scope"]
