from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from workqueue.demonstration.history import DAYS_AGO, NOON, days_of
from workqueue.demonstration.patients import AWAY, HOME, PAYERS, resident
from workqueue.demonstration.stories import STORIES, Chronicle, tell
from workqueue.rules.payers import payer_kind
from workqueue.rules.phones import is_dialable
from workqueue.rules.windows import candidate_zones

TODAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def chronicle() -> Chronicle:
    return tell(400, seed=7, today=TODAY)


def test_the_same_seed_and_day_tell_the_same_stories(chronicle: Chronicle) -> None:
    assert tell(400, seed=7, today=TODAY) == chronicle


def test_another_seed_tells_of_other_accounts(chronicle: Chronicle) -> None:
    other = tell(400, seed=8, today=TODAY)
    assert not {bill.number for bill in other.submitted} & {bill.number for bill in chronicle.submitted}


@pytest.mark.parametrize("accounts", [1, 5, len(STORIES), 100, 401])
def test_there_are_as_many_accounts_as_asked_for(accounts: int) -> None:
    told = tell(accounts, seed=7, today=TODAY)
    assert len({bill.number for bill in told.submitted}) == accounts


def test_nothing_happens_in_the_future(chronicle: Chronicle) -> None:
    days = [
        *(bill.submitted_on for bill in chronicle.submitted),
        *(status.on for status in (*chronicle.acknowledged, *chronicle.statuses)),
        *(on for on, _ in chronicle.settled),
        *(on for on, _, _ in chronicle.patient_paid),
    ]
    assert max(days) <= TODAY
    assert min(days) >= TODAY - timedelta(days=DAYS_AGO[0])


def test_nothing_is_paid_before_it_is_billed(chronicle: Chronicle) -> None:
    sent = {(bill.number, bill.sequence): bill.submitted_on for bill in chronicle.submitted}
    for on, settled in chronicle.settled:
        bill = settled.bill
        if (bill.number, bill.sequence) in sent:
            assert on > sent[bill.number, bill.sequence]


def test_every_settlement_balances(chronicle: Chronicle) -> None:
    for _, settled in chronicle.settled:
        for line in settled.lines:
            adjusted = sum(each.cents for each in line.adjustments)
            assert line.charge_cents - adjusted == line.paid_cents


def test_every_day_hears_of_what_happened_up_to_it(chronicle: Chronicle) -> None:
    days = days_of(chronicle, today=TODAY, now=datetime.combine(TODAY, NOON))
    assert [day.on for day in days] == sorted(day.on for day in days)
    heard = [bill for day in days for bill in day.told.submitted]
    assert Counter(heard) == Counter(chronicle.submitted)
    assert all(bill.submitted_on <= day.on for day in days for bill in day.told.submitted)


def test_telephones_are_of_the_exchange_kept_for_invented_ones() -> None:
    for ordinal in range(300):
        for number in resident(7, ordinal).numbers:
            assert number.e164[5:10] == "55501"
            assert is_dialable(number.e164)


def test_names_say_that_they_are_invented() -> None:
    invented = ("Test", "Sample", "Mock", "Specimen", "Example", "Dummy", "Demo", "Fiction")
    assert all(resident(7, ordinal).person.last_name.startswith(invented) for ordinal in range(300))


def test_patients_live_in_all_zones_that_are_called() -> None:
    zones = {zone for place in (*HOME, *AWAY) for zone in candidate_zones((), place.state, place.zip_code)}
    assert {
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "Pacific/Honolulu",
    } <= zones


def test_telephones_ring_where_their_owners_live() -> None:
    for place in (*HOME, *AWAY):
        by_place = candidate_zones((), place.state, place.zip_code)
        assert set(candidate_zones((f"+1{place.area}5550100",), place.state, place.zip_code)) == set(by_place)


def test_files_would_not_make_another_kind_of_any_payer() -> None:
    for terms in PAYERS:
        insurer = terms.insurer
        for indicator in (insurer.filing_indicator, insurer.remitted_indicator):
            assert payer_kind(insurer.name, indicator) is insurer.kind
