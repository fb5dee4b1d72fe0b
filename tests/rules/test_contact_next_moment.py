"""What must hold of every verdict, whoever the person is and whatever happened to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.contact_cases import HOME, MOBILE, WORK, at, only, person
from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.contact import may_contact
from workqueue.rules.contact_facts import Attempt, BadTime, ContactFacts, HoldInForce
from workqueue.rules.contact_rules import ContactRule, Hours
from workqueue.rules.first_contact_rules import FIRST_RULES
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace

NOW = datetime(2026, 8, 20, tzinfo=UTC)
ZONES = ["America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles", "Pacific/Guam"]
LAWS = ["MA", "NY", "NYC", "DC", "PA", "FL", "WV", "OR", "NH", "WA", "NV", "TX"]

# The first case of all pays for reading zones and holidays; how long one takes says nothing.
any_case = settings(deadline=None, max_examples=100)

moments = st.integers(0, 100 * 24 * 60).map(lambda each: NOW + timedelta(minutes=each))
before = st.integers(1, 35 * 24 * 60).map(lambda each: timedelta(minutes=-each))


@st.composite
def attempts(draw: st.DrawFn, at: datetime) -> Attempt:
    return Attempt(
        at + draw(before),
        draw(st.sampled_from([None, 1, 2])),
        draw(st.sampled_from([None, *PhonePlace])),
        draw(st.sampled_from([ContactChannel.CALL, ContactChannel.CALL, ContactChannel.TEXT])),
        is_inbound=draw(st.booleans()),
        is_connected=draw(st.booleans()),
        is_conversation=draw(st.booleans()),
        is_with_consent=draw(st.booleans()),
    )


@st.composite
def bad_times(draw: st.DrawFn) -> BadTime:
    begins, ends = sorted(draw(st.lists(st.times(), min_size=2, max_size=2, unique=True)))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return BadTime(days, begins, ends, draw(st.sampled_from([None, PhonePlace.HOME])))


@st.composite
def cases(draw: st.DrawFn) -> tuple[ContactFacts, datetime]:
    at = draw(moments)
    ends = at + timedelta(minutes=draw(st.integers(-600, 20_000)))
    facts = person(
        zones=tuple(draw(st.lists(st.sampled_from(ZONES), max_size=3, unique=True))),
        jurisdictions=draw(st.frozensets(st.sampled_from(LAWS), max_size=3)),
        collects_as=draw(st.sampled_from(CollectsAs)),
        channel=draw(st.sampled_from([ContactChannel.CALL, ContactChannel.CALL, ContactChannel.TEXT])),
        number=draw(st.sampled_from([HOME, MOBILE, WORK])),
        holds=[HoldInForce(HoldKind.OFFICE, "", ends)] if draw(st.booleans()) else [],
        bad_times=draw(st.lists(bad_times(), max_size=2)),
        attempts=draw(st.lists(attempts(at), max_size=9)),
        booked_call_at=draw(st.none() | before.map(lambda each: at + timedelta(days=5) + each)),
        callback_asked_at=draw(st.none() | before.map(lambda each: at + each)),
        notice_mailed_on=draw(st.none() | before.map(lambda each: (at + each * 3).date())),
    )
    return facts, at


@any_case
@given(case=cases(), percent=st.integers(0, 99))
def test_the_next_legal_moment_is_allowed_and_none_before_it_is(
    case: tuple[ContactFacts, datetime], percent: int
) -> None:
    facts, now = case
    verdict = may_contact(facts, FIRST_RULES, now)
    then = verdict.next_legal_at
    assert verdict.is_allowed is (then == now)
    if then is None:
        return
    assert may_contact(facts, FIRST_RULES, then).is_allowed
    wait = (then - now).total_seconds()
    for seconds in {wait * percent / 100, wait - 1, wait - 60} if wait else ():
        earlier = now + timedelta(seconds=max(seconds, 0))
        assert not may_contact(facts, FIRST_RULES, earlier).is_allowed, earlier


@any_case
@given(case=cases(), more=st.data())
def test_what_is_refused_stays_refused_after_more_attempts(
    case: tuple[ContactFacts, datetime], more: st.DataObject
) -> None:
    facts, now = case
    if may_contact(facts, FIRST_RULES, now).is_allowed:
        return
    another = more.draw(attempts(now))
    facts = replace(facts, attempts=[*facts.attempts, another])
    assert not may_contact(facts, FIRST_RULES, now).is_allowed


@any_case
@given(case=cases())
def test_every_rule_says_by_itself_what_it_says_in_company(case: tuple[ContactFacts, datetime]) -> None:
    facts, now = case
    alone = {(rule.code, rule.version): rule for rule in FIRST_RULES}
    verdict = may_contact(facts, FIRST_RULES, now)
    assert verdict.is_allowed is all(each.is_ok for each in verdict.rules)
    assert verdict.reasons
    for each in verdict.rules:
        assert each.sentence
        assert each.citation
        assert each.next_at is None or (not each.is_ok and each.next_at > now)
        if each.rule_id is not None and each.next_at is not None:
            rule = [alone[each.code, each.rule_version or 0]]
            then = [one for one in may_contact(facts, rule, each.next_at).rules if one.code == each.code]
            assert all(one.is_ok for one in then)


@any_case
@given(case=cases())
def test_the_order_of_the_rules_changes_nothing_but_the_order(case: tuple[ContactFacts, datetime]) -> None:
    facts, now = case
    there, back = may_contact(facts, FIRST_RULES, now), may_contact(facts, FIRST_RULES[::-1], now)
    assert set(there.reasons) == set(back.reasons)
    assert there.next_legal_at == back.next_legal_at


def hours(opens: str, closes: str) -> Sequence[ContactRule]:
    window = Hours(time.fromisoformat(opens), time.fromisoformat(closes))
    return [replace(rule, parameters=window) for rule in only("OUTSIDE_HOURS")]


@pytest.mark.parametrize(
    ("opens", "closes", "now", "expected"),
    [
        # The clock jumps from 2 to 3: what opens at 2:30 opens with the jump.
        ("02:30", "21:00", "2026-03-08 06:30", "2026-03-08 07:00"),
        # The hour from 1 to 2 comes twice. What closes at 1:30 is open again when it comes back.
        ("00:30", "01:30", "2026-11-01 05:45", "2026-11-01 06:00"),
        ("00:30", "01:30", "2026-11-01 06:30", "2026-11-02 05:30"),
        # And what opens at 1:30 closes when the clock is put back, and opens a second time.
        ("01:30", "21:00", "2026-11-01 05:15", "2026-11-01 05:30"),
        ("01:30", "21:00", "2026-11-01 06:15", "2026-11-01 06:30"),
        # Eight in the morning is what the clock shows on either day.
        ("08:00", "21:00", "2026-03-08 02:00", "2026-03-08 12:00"),
        ("08:00", "21:00", "2026-11-01 02:00", "2026-11-01 13:00"),
    ],
)
def test_in_the_nights_the_clock_changes_the_next_moment_is_exact(
    opens: str, closes: str, now: str, expected: str
) -> None:
    facts = person(zones=("America/New_York",))
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    verdict = may_contact(facts, hours(opens, closes), moment)
    assert verdict.next_legal_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_the_days_of_a_limit_end_at_the_midnight_of_the_person_also_when_the_clock_changes() -> None:
    zone = ZoneInfo("America/New_York")
    called = [Attempt(datetime(2026, 10, 26, 12, hour, tzinfo=zone)) for hour in range(7)]
    verdict = may_contact(
        person(zones=("America/New_York",), attempts=called),
        only("FREQ_7IN7", "OUTSIDE_HOURS"),
        datetime(2026, 11, 1, 12, tzinfo=zone),
    )
    assert verdict.next_legal_at == datetime(2026, 11, 2, 8, tzinfo=zone)


def test_zones_that_never_meet_have_no_next_moment() -> None:
    facts = person(zones=("America/Los_Angeles", "Europe/Athens", "Australia/Sydney"))
    assert may_contact(facts, only("OUTSIDE_HOURS"), at(NOW.date())).next_legal_at is None
