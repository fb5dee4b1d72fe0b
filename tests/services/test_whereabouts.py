"""Where persons may be, as the window of their tasks, and what they say of it themselves."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.factories import NOON, make_patient, make_phone, make_window
from tests.services.desk import owed_by_patient
from tests.services.test_contact_points import CHICAGO, zones_of, zones_of_task
from workqueue.models import Patient, Phone
from workqueue.rules.refusals import Invalid
from workqueue.rules.windows import candidate_zones
from workqueue.services import contact_points, deriving, persons, whereabouts

HONOLULU = "Pacific/Honolulu"
MONTH = timedelta(days=30)


def test_where_a_person_says_they_are_stands_alone_for_thirty_days(session: Session) -> None:
    account = owed_by_patient(session)
    patient_id = account.patient_id
    assert patient_id is not None
    make_phone(session, patient=session.get_one(Patient, patient_id), e164="+12122210142")
    with persons.changing(session, patient_id, actor_id=None, now=NOON):
        whereabouts.state_zone(session, patient_id=patient_id, zone=HONOLULU, now=NOON)
    assert zones_of_task(session, account) == HONOLULU
    just_before = NOON + MONTH - timedelta(seconds=1)
    assert whereabouts.end_stale(session, now=just_before) == 0
    assert whereabouts.end_stale(session, now=NOON + MONTH) == 1
    assert zones_of_task(session, account) == f"{CHICAGO}|America/New_York"
    person = session.get_one(Patient, patient_id)
    assert (person.stated_zone, person.stated_until) == ("", None)
    assert deriving.check(session, now=NOON + MONTH) == []


def test_a_stale_word_counts_no_more_even_before_the_sweeper_came(session: Session) -> None:
    person = make_patient(session)
    whereabouts.state_zone(session, patient_id=person.id, zone=HONOLULU, now=NOON)
    contact_points.refresh_window(session, person.id, NOON + MONTH)
    assert zones_of(session, person.id) == CHICAGO


def test_what_was_said_can_be_taken_back(session: Session) -> None:
    person = make_patient(session)
    whereabouts.state_zone(session, patient_id=person.id, zone=HONOLULU, now=NOON)
    whereabouts.state_zone(session, patient_id=person.id, zone="", now=NOON)
    assert zones_of(session, person.id) == CHICAGO


def test_a_place_that_is_no_zone_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        whereabouts.state_zone(session, patient_id=make_patient(session).id, zone="Mars/Base", now=NOON)
    assert refused.value.field == "zone"


def test_many_run_out_in_small_batches(session: Session) -> None:
    people = [make_patient(session) for _ in range(3)]
    for each in people:
        whereabouts.state_zone(session, patient_id=each.id, zone=HONOLULU, now=NOON)
    assert whereabouts.end_stale(session, now=NOON + MONTH, limit=2) == 2
    assert whereabouts.end_stale(session, now=NOON + MONTH, limit=2) == 1
    assert {zones_of(session, each.id) for each in people} == {CHICAGO}


def test_only_those_who_moved_are_named(session: Session) -> None:
    stays, moves = make_patient(session), make_patient(session, window=make_window(session, HONOLULU))
    assert whereabouts.refresh_windows(session, [stays.id, moves.id], NOON) == {moves.id}
    assert whereabouts.refresh_windows(session, [stays.id, moves.id], NOON) == set()


numbers = st.sampled_from(["+13122210142", "+12122210142", "+18082210142", "+18002210142", "+525555551234"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(valid=st.sets(numbers), wrong=st.sets(numbers), ended=st.sets(numbers))
def test_the_window_is_that_of_the_numbers_in_use_and_the_address(
    session: Session, valid: set[str], wrong: set[str], ended: set[str]
) -> None:
    person = make_patient(session)
    for e164 in valid | wrong | ended:
        phone: Phone = make_phone(session, patient=person, e164=e164, is_valid=e164 not in wrong)
        phone.ended_at = NOON if e164 in ended else None
    contact_points.refresh_window(session, person.id, NOON)
    expected = candidate_zones(sorted(valid - wrong - ended), "IL", "60601")
    assert zones_of(session, person.id) == "|".join(expected)
