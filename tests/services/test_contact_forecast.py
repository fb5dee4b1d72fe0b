"""What a list says of a person is what the verdict on them would say, whatever is known of them."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel
from workqueue.rules.contact import may_contact
from workqueue.rules.contact_facts import (
    Attempt,
    BadTime,
    ConfidentialWay,
    ContactFacts,
    HoldInForce,
    NumberFacts,
    Stop,
)
from workqueue.rules.first_contact_rules import FIRST_RULES
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace
from workqueue.services.contacting.forecast import Forecast

START = datetime(2026, 2, 20, tzinfo=UTC)
ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "Pacific/Honolulu", "Pacific/Guam")

moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
attempts = st.builds(
    Attempt,
    at=moments,
    account_id=st.sampled_from([1, 2]),
    place=st.sampled_from([PhonePlace.MOBILE, PhonePlace.WORK]),
    is_inbound=st.booleans(),
    is_connected=st.booleans(),
    is_conversation=st.sampled_from([False, False, True]),
    is_with_consent=st.booleans(),
)
bad_times = st.builds(
    BadTime,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    from_time=st.just(time(9)),
    until_time=st.sampled_from([time(12), time(20)]),
    place=st.sampled_from([None, PhonePlace.WORK]),
)
facts = st.builds(
    ContactFacts,
    collects_as=st.sampled_from(CollectsAs),
    account_id=st.just(1),
    zones=st.lists(st.sampled_from(ZONES), unique=True, max_size=3).map(tuple),
    jurisdictions=st.frozensets(st.sampled_from(["MA", "NYC", "NY", "WA", "DC", "PA", "NV"]), max_size=2),
    number=st.builds(
        NumberFacts,
        phone_id=st.just(1),
        place=st.sampled_from([PhonePlace.MOBILE, PhonePlace.WORK]),
        is_valid=st.sampled_from([True, True, True, False]),
        is_from_patient=st.booleans(),
    ),
    holds=st.lists(st.builds(HoldInForce, st.sampled_from(HoldKind), st.just("told"), moments), max_size=1),
    stops=st.sampled_from(
        [(), (), (), (Stop(ContactChannel.CALL, ConsentScope.ALL, None, START),)],
    ),
    bad_times=st.lists(bad_times, max_size=2),
    attempts=st.lists(attempts, max_size=12),
    booked_call_at=st.none() | moments,
    callback_asked_at=st.none() | moments,
    notice_mailed_on=st.sampled_from([None, date(2026, 1, 5)]),
    patients_way=st.sampled_from([None, None, None, ConfidentialWay(ContactChannel.LETTER)]),
    is_attorney=st.sampled_from([False, False, False, True]),
)


@settings(max_examples=300, deadline=None)
@given(facts, moments)
def test_the_forecast_of_a_list_is_the_verdict_of_the_person(known: ContactFacts, at: datetime) -> None:
    verdict = may_contact(known, FIRST_RULES, at)
    assert Forecast(FIRST_RULES, at).first_legal_at(known) == (
        at if verdict.is_allowed else verdict.next_legal_at
    )
