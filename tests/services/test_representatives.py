"""What somebody says who speaks for the patient binds towards them, and towards nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_patient, make_phone, make_window, otto
from tests.services.desk import log, no_difference, owed_by_patient, refused, take, task_of
from tests.services.test_contact_points import zones_of_task
from workqueue.models import (
    Account,
    Call,
    Callback,
    Consent,
    Hold,
    InconvenientTime,
    Patient,
    Phone,
    Relation,
)
from workqueue.rules.channels import RelationRole
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState
from workqueue.services import calling, contacting, relations

CHICAGO, HONOLULU = "+13122210142", "+18082210142"


@pytest.fixture
def account(session: Session) -> Account:
    """A bill of a patient, about which a representative may be spoken to as well."""
    patient = make_patient(session, window=make_window(session, "America/Chicago"))
    make_phone(session, patient=patient, e164="+13122210150")
    return owed_by_patient(session, patient=patient)


@pytest.fixture
def speaker(session: Session, account: Account) -> Phone:
    """The representative's number."""
    person = make_patient(session, window=make_window(session, "America/Chicago"))
    relations.add(
        session,
        patient_id=account.patient_id or 0,
        person_id=person.id,
        role=RelationRole.PERSONAL_REPRESENTATIVE,
        authority="power of attorney",
        starts_on=TODAY,
        ends_on=None,
        recorded_by_id=otto(session).id,
        now=NOON,
    )
    return make_phone(session, patient=person, e164=CHICAGO)


def called(session: Session, account: Account, phone: Phone) -> tuple[int, int]:
    """Let a rep call this number about the account."""
    held = take(session, account, TaskKind.PATIENT_BALANCE, otto(session))
    calling.place_call(
        session,
        task_id=held[0],
        lease_token=held[1],
        phone_id=phone.id,
        rep_id=otto(session).id,
        now=NOON,
    )
    return held


def say(session: Session, account: Account, phone: Phone, code: str, **typed: Any) -> None:
    held = called(session, account, phone)
    log(session, held, OutcomeEntry(code, **typed), otto(session).id)
    session.expire_all()
    no_difference(session)


def refused_by(session: Session, account: Account) -> dict[int, set[str]]:
    """Return, by person, which gates refuse a call, apart from limits that the call itself used up."""
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    return {
        each.dial.person_id: {rule.code for rule in each.verdict.rules if not rule.is_ok}
        for each in contacting.judged(session, [task.id], NOON + timedelta(minutes=5))
    }


def test_a_stop_of_calls_binds_towards_the_representative_who_asked_for_it(
    session: Session, account: Account, speaker: Phone
) -> None:
    say(session, account, speaker, "opt_out", medium="call")
    assert session.scalars(select(Consent.patient_id)).all() == [speaker.patient_id]
    found = refused_by(session, account)
    assert "CHANNEL_STOP" in found[speaker.patient_id]
    assert "CHANNEL_STOP" not in found[account.patient_id or 0]


def test_they_may_stop_the_one_number_that_was_called(
    session: Session, account: Account, speaker: Phone
) -> None:
    say(session, account, speaker, "opt_out", medium="call", only_this_number=True)
    word = session.scalars(select(Consent)).one()
    assert (word.patient_id, word.phone_id) == (speaker.patient_id, speaker.id)


def test_their_bad_time_and_their_language_are_their_own(
    session: Session, account: Account, speaker: Phone
) -> None:
    say(session, account, speaker, "inconvenient", weekdays=(0,))
    assert session.scalars(select(InconvenientTime.patient_id)).all() == [speaker.patient_id]
    say(session, owed_again(session, account), speaker, "language", language="es")
    assert session.get_one(Patient, speaker.patient_id).language == "es"
    assert session.get_one(Patient, account.patient_id).language != "es"


def owed_again(session: Session, account: Account) -> Account:
    """Return another bill of the same patient, for which nobody was spoken to this week."""
    call = session.scalars(select(Call)).one()
    call.placed_at -= timedelta(days=30)
    session.flush()
    return owed_by_patient(session, patient=session.get_one(Patient, account.patient_id))


def test_who_wants_no_more_contact_is_left_alone_and_the_patient_is_still_called(
    session: Session, account: Account, speaker: Phone
) -> None:
    own = owed_by_patient(session, patient=session.get_one(Patient, speaker.patient_id))
    say(session, account, speaker, "cease")
    hold = session.scalars(select(Hold)).one()
    assert (hold.kind, hold.patient_id, hold.account_id) == (HoldKind.CEASE, speaker.patient_id, None)
    assert task_of(session, own, TaskKind.PATIENT_BALANCE).held_until == hold.until_at
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.held_until) == (TaskState.QUEUED, None)
    found = refused_by(session, account)
    assert "CEASE" in " ".join(found[speaker.patient_id]).upper()
    assert found[account.patient_id or 0] == set()


def test_the_attorney_they_name_is_the_one_of_who_owes(
    session: Session, account: Account, speaker: Phone
) -> None:
    say(session, account, speaker, "has_attorney", attorney_name="Ada Sample")
    named = session.scalars(select(Relation).where(Relation.role == RelationRole.ATTORNEY)).one()
    assert named.patient_id == account.patient_id
    assert session.scalars(select(Hold.patient_id)).all() == [account.patient_id]


def test_they_are_called_back_at_a_number_of_their_own(
    session: Session, account: Account, speaker: Phone
) -> None:
    at = NOON + timedelta(days=1)
    held = called(session, account, speaker)
    patients = session.scalars(select(Phone).where(Phone.patient_id == account.patient_id)).one()
    entry = OutcomeEntry("callback", callback_at=at, phone_id=patients.id)
    assert set(refused(session, held, entry, otto(session).id)) == {"phone_id"}
    log(session, held, OutcomeEntry("callback", callback_at=at), otto(session).id)
    callback = session.scalars(select(Callback)).one()
    assert (callback.phone_id, callback.at) == (speaker.id, at)
    asked_in = session.scalars(select(Call.id)).one()
    assert (callback.patient_id, callback.asked_in_call_id) == (speaker.patient_id, asked_in)


def test_a_callback_is_looked_at_by_the_clock_where_they_are(
    session: Session, account: Account, speaker: Phone
) -> None:
    person = session.get_one(Patient, speaker.patient_id)
    person.window_id = make_window(session, "Pacific/Honolulu").id
    speaker.e164 = HONOLULU
    session.flush()
    later = NOON + timedelta(hours=3)  # ten in the morning in Honolulu
    held = take(session, account, TaskKind.PATIENT_BALANCE, otto(session))
    calling.place_call(
        session,
        task_id=held[0],
        lease_token=held[1],
        phone_id=speaker.id,
        rep_id=otto(session).id,
        now=later,
    )
    # Ten in the morning in Chicago is five in Honolulu.
    early = OutcomeEntry("callback", callback_at=datetime(2026, 3, 11, 15, tzinfo=UTC))
    assert set(refused(session, held, early, otto(session).id)) == {"callback_at"}


def test_their_own_bills_follow_when_their_number_turns_out_wrong(
    session: Session, account: Account, speaker: Phone
) -> None:
    person = session.get_one(Patient, speaker.patient_id)
    make_phone(session, patient=person, e164=HONOLULU)
    own = owed_by_patient(session, patient=person)
    say(session, account, speaker, "wrong_number")
    assert zones_of_task(session, own) == "America/Chicago|Pacific/Honolulu"


def test_their_own_bills_rest_after_a_conversation(
    session: Session, account: Account, speaker: Phone
) -> None:
    own = owed_by_patient(session, patient=session.get_one(Patient, speaker.patient_id))
    say(session, account, speaker, "refuses", reason="thinks insurance should pay")
    rested = task_of(session, own, TaskKind.PATIENT_BALANCE)
    assert rested.deferred_until == datetime(2026, 3, 17, 13, tzinfo=UTC)
