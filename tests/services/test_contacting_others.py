"""Whom a call about somebody may reach besides them, by whose wishes, and at which of several places."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, make_call, make_patient, make_phone, make_window
from tests.services.test_contacting import CHICAGO, outlook, owing, refused_by, relate
from workqueue.models import Account, ConfidentialInstruction, Patient, PostalAddress, Relation
from workqueue.rules.channels import ContactChannel, PointSource, RelationRole
from workqueue.rules.states import PhonePlace


def test_a_later_number_that_opens_sooner_than_the_first_counts(session: Session) -> None:
    task, hawaii = owing(session, e164="+18083331234")
    make_phone(session, patient=session.get_one(Patient, hawaii.patient_id), e164=CHICAGO)
    night = NOON + timedelta(hours=12)
    assert outlook(session, task, night).next_legal_at == datetime.fromisoformat("2026-03-11T13:00:00+00:00")


def test_calls_to_the_attorney_are_neither_counted_nor_rested(session: Session) -> None:
    task, phone = owing(session)
    for role in (RelationRole.ATTORNEY, RelationRole.AUTHORISED_CONTACT):
        theirs = relate(session, phone, role)
        make_call(
            session,
            task=task,
            patient=session.get_one(Patient, theirs.patient_id),
            phone=theirs,
            placed_at=NOON - timedelta(days=1),
            disposition="callback",
        )
        rested = set() if role is RelationRole.ATTORNEY else {"COOLDOWN_7D"}
        assert refused_by(session, task, theirs) == rested


def by_letter_only(session: Session, patient_id: int) -> None:
    session.add(
        ConfidentialInstruction(
            patient_id=patient_id,
            channel=ContactChannel.LETTER,
            recorded_by_id=ana(session).id,
            recorded_at=NOON,
        )
    )


@pytest.mark.parametrize("role", list(RelationRole))
def test_the_patients_confidential_way_binds_calls_about_them_to_others(
    session: Session, role: RelationRole
) -> None:
    task, phone = owing(session)
    theirs = relate(session, phone, role)
    assert refused_by(session, task, theirs) == set()
    by_letter_only(session, phone.patient_id)
    assert refused_by(session, task, phone) == {"CONFIDENTIAL_WAY"}
    stands_in = role in {RelationRole.PERSONAL_REPRESENTATIVE, RelationRole.EXECUTOR}
    assert refused_by(session, task, theirs) == (set() if stands_in else {"CONFIDENTIAL_WAY"})


def test_the_patients_confidential_way_binds_calls_to_the_guarantor_unless_they_stand_in(
    session: Session,
) -> None:
    task, childs = owing(session)
    hers = relate(session, childs, RelationRole.PERSONAL_REPRESENTATIVE)
    session.get_one(Account, task.account_id).guarantor_id = hers.patient_id
    by_letter_only(session, childs.patient_id)
    assert refused_by(session, task, hers) == set()
    session.execute(update(Relation).values(role=RelationRole.AUTHORISED_CONTACT))
    assert refused_by(session, task, hers) == {"CONFIDENTIAL_WAY"}
    session.execute(update(Relation).values(role=RelationRole.EXECUTOR, ends_on=TODAY - timedelta(days=1)))
    assert refused_by(session, task, hers) == {"CONFIDENTIAL_WAY"}


def test_the_guarantors_own_confidential_way_does_not_bind_calls_to_the_patients_representative(
    session: Session,
) -> None:
    task, childs = owing(session)
    mother = make_patient(session, window=make_window(session, "America/Chicago"))
    theirs = relate(session, childs, RelationRole.AUTHORISED_CONTACT)
    session.get_one(Account, task.account_id).guarantor_id = mother.id
    by_letter_only(session, mother.id)
    assert refused_by(session, task, theirs) == set()


def test_once_it_is_stale_every_address_counts_again(session: Session) -> None:
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    session.add(
        PostalAddress(
            patient_id=patient.id,
            place=PhonePlace.HOME,
            street="1 Sample Street",
            city="Honolulu",
            state="HI",
            zip="96813",
            source=PointSource.FILE,
            created_at=NOON,
        )
    )
    patient.stated_zone, patient.stated_until = "America/Chicago", NOON + timedelta(days=30)
    assert refused_by(session, task, phone) == set()
    patient.stated_until = NOON
    assert "OUTSIDE_HOURS" in refused_by(session, task, phone)
