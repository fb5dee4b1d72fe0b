"""Who may be spoken to, who answers for bills, and to whom the calls about them go."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, make_account, make_patient, make_phone, make_window, sue
from tests.services.desk import owed_by_patient
from tests.services.test_contact_points import zones_of_task
from workqueue.models import Account, Patient, Relation
from workqueue.rules.channels import RelationRole
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.services import deriving, persons, relations
from workqueue.services.reading.account import account_view
from workqueue.services.reading.person import person_view


def add(session: Session, patient_id: int, person_id: int, **given: object) -> int:
    values: dict[str, object] = {
        "role": RelationRole.AUTHORISED_CONTACT,
        "authority": "",
        "starts_on": TODAY,
        "ends_on": None,
        "recorded_by_id": ana(session).id,
        "now": NOON,
    }
    return relations.add(session, patient_id=patient_id, person_id=person_id, **(values | given))  # type: ignore[arg-type]


def test_a_relation_holds_from_its_first_day_to_its_last_and_shows_from_both_sides(session: Session) -> None:
    patient, sister = make_patient(session), make_patient(session, first_name="Alma")
    add(session, patient.id, sister.id, ends_on=TODAY + timedelta(days=1))
    line = person_view(session, person_id=patient.id, now=NOON).relations[0]
    assert (line.other_name, line.speaks_for_other, line.is_in_force) == ("Alma Testwell", False, True)
    assert person_view(session, person_id=sister.id, now=NOON).relations[0].speaks_for_other
    later = person_view(session, person_id=patient.id, now=NOON + timedelta(days=2))
    assert not later.relations[0].is_in_force


def test_a_relation_that_is_ended_is_over_at_once(session: Session) -> None:
    patient, other, lead = make_patient(session), make_patient(session), sue(session)
    relation_id = add(session, patient.id, other.id)
    with pytest.raises(NotFound):
        relations.end(session, patient_id=other.id, relation_id=relation_id, ended_by_id=lead.id, now=NOON)
    relations.end(session, patient_id=patient.id, relation_id=relation_id, ended_by_id=lead.id, now=NOON)
    assert session.get_one(Relation, relation_id).ended_by_id == lead.id
    assert not person_view(session, person_id=patient.id, now=NOON).relations[0].is_in_force


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": RelationRole.EXECUTOR}, "authority"),
        ({"role": RelationRole.PERSONAL_REPRESENTATIVE, "authority": " "}, "authority"),
        ({"starts_on": date(1989, 12, 31)}, "starts_on"),
        ({"starts_on": TODAY + timedelta(days=366)}, "starts_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": date(9999, 12, 31)}, "ends_on"),
    ],
)
def test_a_relation_without_a_right_or_with_days_out_of_range_is_refused(
    session: Session, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(session, make_patient(session).id, make_patient(session).id, **given)
    assert refused.value.field == field


def test_nobody_speaks_for_themselves_or_is_nobody(session: Session) -> None:
    patient = make_patient(session)
    for person_id in (patient.id, 999_999_999):
        with pytest.raises(Invalid) as refused:
            add(session, patient.id, person_id)
        assert refused.value.field == "person_id"


def test_a_person_is_found_by_name_and_number_before_another_is_made(session: Session) -> None:
    known = make_patient(session, first_name="Alma", last_name="Testwell")
    make_phone(session, patient=known, e164="+13122210142")

    def find(first: str, last: str, e164: str | None) -> int:
        return persons.find_or_add(session, first_name=first, last_name=last, e164=e164, now=NOON)

    assert find(" alma", "TESTWELL", "+13122210142") == known.id
    assert find("Alma", "Testwell", None) != known.id
    assert find("Olga", "Testwell", "+13122210142") != known.id
    with pytest.raises(Invalid, match="last name"):
        find("Alma", "  ", None)


def test_a_person_of_whom_nothing_is_known_may_be_anywhere_in_the_country(session: Session) -> None:
    person_id = persons.add(session, first_name="Alma", last_name="Testwell", now=NOON)
    assert len(person_view(session, person_id=person_id, now=NOON).reach.zones) == 6


def test_calls_about_a_bill_go_to_whoever_answers_for_it_in_their_hours(session: Session) -> None:
    account, rep = owed_by_patient(session), ana(session)
    parent = make_patient(session, first_name="Alma", window=make_window(session, "Pacific/Honolulu"))
    phone = make_phone(session, patient=parent, e164="+18082210142")
    relations.set_guarantor(
        session, account_ids=[account.id], guarantor_id=parent.id, actor_id=rep.id, now=NOON
    )
    assert zones_of_task(session, account) == "Pacific/Honolulu"
    view = account_view(session, account_id=account.id, now=NOON)
    assert view.reach is not None
    assert (view.reach.person_id, view.reach.is_guarantor) == (parent.id, True)
    assert [each.phone_id for each in view.reach.numbers] == [phone.id]
    relations.set_guarantor(session, account_ids=[account.id], guarantor_id=None, actor_id=rep.id, now=NOON)
    assert zones_of_task(session, account) == "America/Chicago"
    assert deriving.check(session, now=NOON) == []


def test_all_bills_of_a_guarantor_are_one_bundle(session: Session) -> None:
    rep, parent = ana(session), make_patient(session)
    own = make_account(session, patient=parent, patient_cents=1_000)
    children = [make_account(session, patient_cents=2_000) for _ in range(2)]
    relations.set_guarantor(
        session, account_ids=[each.id for each in children], guarantor_id=parent.id, actor_id=rep.id, now=NOON
    )
    view = person_view(session, person_id=parent.id, now=NOON)
    assert {each.account_id for each in view.bundle} == {own.id, *(each.id for each in children)}
    assert view.owed_cents == 5_000
    child_id = children[0].patient_id
    assert child_id is not None
    of_child = person_view(session, person_id=child_id, now=NOON)
    assert [each.is_answered_for for each in of_child.bundle] == [False]
    assert of_child.owed_cents == 0


def test_a_patient_named_as_their_own_guarantor_is_just_the_patient(session: Session) -> None:
    account = make_account(session)
    relations.set_guarantor(
        session, account_ids=[account.id], guarantor_id=account.patient_id, actor_id=ana(session).id, now=NOON
    )
    assert session.get_one(Account, account.id).guarantor_id is None


def test_a_minor_cannot_answer_for_a_bill(session: Session) -> None:
    account, child = make_account(session), make_patient(session, birth_on=date(2015, 1, 1))
    with pytest.raises(Invalid) as refused:
        relations.set_guarantor(
            session, account_ids=[account.id], guarantor_id=child.id, actor_id=ana(session).id, now=NOON
        )
    assert refused.value.field == "guarantor_id"
    assert session.scalar(select(Patient.id).where(Patient.id == child.id)) == child.id
