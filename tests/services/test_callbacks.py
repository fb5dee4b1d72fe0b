"""Callbacks: what a person asked for in a call is their consent; what the office booked is none."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, make_call, make_callback, make_patient, make_phone, otto
from tests.services.desk import task_of
from tests.services.test_contacting import owing, refused_by
from workqueue.models import Account, Patient, Phone, Relation, Task
from workqueue.rules.channels import RelationRole
from workqueue.rules.kinds import TaskKind
from workqueue.services import callbacks, contacting, deriving
from workqueue.services.booking.promising import Promise
from workqueue.services.booking.seats import SlotGone


def test_a_callback_that_was_asked_for_is_free_of_the_limits(session: Session) -> None:
    task, phone = owing(session)
    patient = session.get_one(Patient, phone.patient_id)
    asked_in = make_call(
        session,
        task=task,
        patient=patient,
        phone=phone,
        placed_at=NOON - timedelta(days=1, hours=1),
        disposition="callback",
    )
    assert "COOLDOWN_7D" in refused_by(session, task, phone)
    account = session.get_one(Account, task.account_id)
    make_callback(session, account=account, at=NOON, booked_at=NOON - timedelta(days=1), asked_in=asked_in)
    deriving.rebuild(session, now=NOON)
    due = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert refused_by(session, due, phone) == set()
    (judged,) = contacting.judged(session, [due.id], NOON)
    assert judged.verdict.is_with_consent


def test_an_appointment_the_office_made_lifts_no_limit(session: Session) -> None:
    task, phone = spoken_with(session)
    account = session.get_one(Account, task.account_id)
    at = NOON + timedelta(hours=1)
    make_callback(session, account=account, at=at)
    deriving.rebuild(session, now=NOON)
    due = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert "COOLDOWN_7D" in refused_by(session, due, phone, at)
    assert not any(each.verdict.is_with_consent for each in contacting.judged(session, [due.id], at))


def test_the_office_promises_no_call_that_the_limits_forbid(session: Session) -> None:
    task, _ = spoken_with(session)
    with pytest.raises(SlotGone) as refusal:
        book(session, task.account_id, at=NOON + timedelta(hours=1))
    assert min(refusal.value.nearest) > NOON + timedelta(days=5)


def test_who_asked_at_the_desk_is_promised_a_call_within_seven_days(session: Session) -> None:
    task, phone = spoken_with(session)
    account = session.get_one(Account, task.account_id)
    at = NOON + timedelta(hours=1)
    promise = book(session, task.account_id, at=at, is_asked=True)
    due = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert (promise.at, due.owner_id) == (at, promise.rep_id)
    assert refused_by(session, due, phone, at) == set()
    assert "COOLDOWN_7D" not in refused_by(session, due, phone, at + timedelta(days=6))


def test_consent_given_at_the_desk_lasts_seven_days(session: Session) -> None:
    otto(session)
    task, phone = owing(session)
    account = session.get_one(Account, task.account_id)
    book(session, task.account_id, at=NOON + timedelta(days=8), is_asked=True)
    for hours in range(24, 24 + 7 * 12, 12):
        make_call(
            session,
            task=task,
            patient=session.get_one(Patient, phone.patient_id),
            phone=phone,
            placed_at=NOON + timedelta(hours=hours),
            disposition="no_answer",
        )
    due = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert "FREQ_7IN7" not in refused_by(session, due, phone, NOON + timedelta(days=6))
    assert "FREQ_7IN7" in refused_by(session, due, phone, NOON + timedelta(days=7))


def spoken_with(session: Session) -> tuple[Task, Phone]:
    """Have somebody who was spoken to yesterday, and somebody who calls patients back."""
    otto(session)
    task, phone = owing(session)
    make_call(
        session,
        task=task,
        patient=session.get_one(Patient, phone.patient_id),
        phone=phone,
        placed_at=NOON - timedelta(days=1),
        disposition="refuses",
    )
    return task, phone


def book(session: Session, account_id: int, *, at: datetime, is_asked: bool = False) -> Promise:
    return callbacks.book(
        session,
        account_id=account_id,
        at=at,
        phone_id=None,
        booked_by_id=ana(session).id,
        now=NOON,
        is_asked=is_asked,
    )


def test_nobody_but_who_asked_consents_to_a_callback(session: Session) -> None:
    task, phone = owing(session)
    patient, other = session.get_one(Patient, phone.patient_id), make_patient(session)
    others = make_phone(session, patient=other, e164="+13122210143")
    session.add(
        Relation(
            patient_id=patient.id,
            person_id=other.id,
            role=RelationRole.AUTHORISED_CONTACT,
            authority="",
            starts_on=TODAY,
            recorded_by_id=ana(session).id,
            recorded_at=NOON,
        )
    )
    account = session.get_one(Account, task.account_id)
    for each, number in ((patient, phone), (other, others)):
        make_call(
            session,
            task=task,
            patient=each,
            phone=number,
            placed_at=NOON - timedelta(days=1),
            disposition="refuses",
        )
    asked_in = make_call(session, task=task, patient=other, phone=others, placed_at=NOON - timedelta(days=2))
    make_callback(session, account=account, at=NOON, booked_at=NOON, patient=other, asked_in=asked_in)
    deriving.rebuild(session, now=NOON)
    due = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert "COOLDOWN_7D" not in refused_by(session, due, others)
    assert "COOLDOWN_7D" in refused_by(session, due, phone)
    consents = {
        each.phone_id: each.verdict.is_with_consent for each in contacting.judged(session, [due.id], NOON)
    }
    assert consents == {phone.id: False, others.id: True}
