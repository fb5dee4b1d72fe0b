"""Consents that are never changed, bad times, and the one confidential way."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, make_patient, make_phone, sue
from tests.services.desk import owed_by_patient, take
from workqueue.models import ConfidentialInstruction, Consent, InconvenientTime, Patient, Phone
from workqueue.rules.bad_times import END, Inconvenience, inconvenience
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.kinds import TaskKind
from workqueue.rules.preferences import is_stopped
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, preferences
from workqueue.services.reading.reach import reach
from workqueue.services.reading.task import task_card

CALL = ContactChannel.CALL


def say(session: Session, patient_id: int, *, gives: bool, **given: object) -> int:
    values: dict[str, object] = {
        "channel": CALL,
        "scope": ConsentScope.BILLING,
        "phone_id": None,
        "how": "On the telephone",
        "said_at": NOON,
        "recorded_by_id": None,
        "now": NOON,
    }
    return preferences.say(session, patient_id=patient_id, is_given=gives, **(values | given))  # type: ignore[arg-type]


def test_words_are_added_and_never_changed_and_the_newest_counts(session: Session) -> None:
    person = make_patient(session)
    first = say(session, person.id, gives=True, said_at=NOON - timedelta(days=2))
    second = say(session, person.id, gives=False, said_at=NOON - timedelta(days=1))
    assert session.scalars(select(Consent.id).order_by(Consent.id)).all() == [first, second]
    assert is_stopped(preferences.words_of(session, [person.id])[person.id], CALL)


def test_a_word_written_down_late_counts_by_when_it_was_said(session: Session) -> None:
    person = make_patient(session)
    say(session, person.id, gives=False, said_at=NOON - timedelta(days=1))
    say(session, person.id, gives=True, said_at=NOON - timedelta(days=9))
    assert is_stopped(preferences.words_of(session, [person.id])[person.id], CALL)


def test_the_words_of_many_persons_are_read_at_once(session: Session) -> None:
    one, other, silent = (make_patient(session) for _ in range(3))
    say(session, one.id, gives=False)
    say(session, other.id, gives=True)
    words = preferences.words_of(session, [one.id, other.id, silent.id])
    assert [each.is_given for each in words[one.id]] == [False]
    assert [each.is_given for each in words[other.id]] == [True]
    assert words[silent.id] == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"how": "  "}, "how"),
        ({"said_at": NOON + timedelta(minutes=1)}, "said_on"),
        ({"said_at": datetime(1989, 12, 31, 17, tzinfo=UTC)}, "said_on"),
        ({"phone_id": 999_999_999}, "phone_id"),
    ],
)
def test_a_word_that_cannot_be_is_refused(session: Session, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        say(session, make_patient(session).id, gives=True, **given)
    assert refused.value.field == field


def add_bad_time(session: Session, patient_id: int, **given: object) -> int:
    values: dict[str, object] = {
        "said": inconvenience({0, 4}, time(9), time(17), PhonePlace.WORK),
        "how": "On the telephone",
        "recorded_by_id": ana(session).id,
        "now": NOON,
    }
    return preferences.add_bad_time(session, patient_id=patient_id, **(values | given))  # type: ignore[arg-type]


def test_a_bad_time_is_kept_until_it_suits_again(session: Session) -> None:
    person, stranger, rep = make_patient(session), make_patient(session), ana(session)
    bad_time_id = add_bad_time(session, person.id)
    bad_time = session.get_one(InconvenientTime, bad_time_id)
    assert (bad_time.weekdays, bad_time.recorded_by_id) == (0b10001, rep.id)
    with pytest.raises(NotFound):
        preferences.end_bad_time(
            session, patient_id=stranger.id, bad_time_id=bad_time_id, ended_by_id=rep.id, now=NOON
        )
    preferences.end_bad_time(
        session, patient_id=person.id, bad_time_id=bad_time_id, ended_by_id=rep.id, now=NOON
    )
    assert (bad_time.ended_at, bad_time.ended_by_id) == (NOON, rep.id)


def test_the_end_of_a_day_survives_the_database(session: Session) -> None:
    said = inconvenience((), time(20), time(0), "")
    bad_time_id = add_bad_time(session, make_patient(session).id, said=said)
    session.expire_all()
    assert session.get_one(InconvenientTime, bad_time_id).until_time == END


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (inconvenience({7}, None, None, ""), "weekdays"),
        (inconvenience((), time(17), time(9), ""), "until_time"),
        (inconvenience((), None, None, ""), "from_time"),
    ],
)
def test_a_span_that_is_none_is_refused(session: Session, said: Inconvenience, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_bad_time(session, make_patient(session).id, said=said)
    assert refused.value.field == field


def instruct(session: Session, patient_id: int, channel: ContactChannel, **points: int | None) -> int:
    named: dict[str, int | None] = {"phone_id": None, "email_id": None, "address_id": None}
    return preferences.instruct(
        session,
        patient_id=patient_id,
        channel=channel,
        note="",
        how="In writing",
        recorded_by_id=ana(session).id,
        now=NOON,
        **(named | points),  # type: ignore[arg-type]
    )


def test_a_confidential_instruction_leaves_one_number_to_offer(session: Session) -> None:
    account = owed_by_patient(session)
    patient_id, rep = account.patient_id, ana(session)
    assert patient_id is not None
    person = session.get_one(Patient, patient_id)
    usual = make_phone(session, patient=person, e164="+13122210142")
    mobile = make_phone(session, patient=person, e164="+13122210143")
    task_id, _ = take(session, account, TaskKind.PATIENT_BALANCE, rep)

    def offered() -> set[int]:
        return {each.phone_id for each in task_card(session, task_id=task_id, rep_id=rep.id, now=NOON).phones}

    assert offered() == {usual.id, mobile.id}
    with persons.changing(session, patient_id, actor_id=rep.id, now=NOON):
        instruct(session, patient_id, CALL, phone_id=mobile.id)
    assert offered() == {mobile.id}
    with persons.changing(session, patient_id, actor_id=rep.id, now=NOON):
        instruct(session, patient_id, ContactChannel.TEXT, phone_id=usual.id)
    assert offered() == set()
    with persons.changing(session, patient_id, actor_id=rep.id, now=NOON):
        preferences.end_instruction(session, patient_id=patient_id, ended_by_id=sue(session).id, now=NOON)
    assert offered() == {usual.id, mobile.id}


def test_a_new_instruction_takes_the_place_of_the_old_one(session: Session) -> None:
    person = make_patient(session)
    one, two = (make_phone(session, patient=person, e164=f"+1312221014{each}") for each in (2, 3))
    first = instruct(session, person.id, CALL, phone_id=one.id)
    second = instruct(session, person.id, CALL, phone_id=two.id)
    assert session.get_one(ConfidentialInstruction, first, populate_existing=True).ended_at == NOON
    in_force = session.scalars(
        select(ConfidentialInstruction.id).where(ConfidentialInstruction.ended_at.is_(None))
    ).all()
    assert in_force == [second]


def test_an_instruction_whose_number_turns_out_wrong_leaves_no_way_at_all(session: Session) -> None:
    person = make_patient(session)
    make_phone(session, patient=person, e164="+13122210142")
    phone = make_phone(session, patient=person, e164="+13122210143")
    instruct(session, person.id, CALL, phone_id=phone.id)
    contact_points.invalidate_phone(session, phone_id=phone.id, now=NOON)
    view = reach(session, person.id, NOON)
    assert view is not None
    assert view.confidential is not None
    assert not view.confidential.is_usable
    assert not any(each.is_offered for each in view.numbers)


def test_an_instruction_names_one_way_of_the_persons_own(session: Session) -> None:
    person, other = make_patient(session), make_patient(session)
    phone = make_phone(session, patient=person, e164="+13122210142")
    stopped = make_phone(session, patient=person, e164="+13122210143")
    wrong = make_phone(session, patient=person, e164="+13122210144", is_valid=False)
    contact_points.stop_phone(session, phone_id=stopped.id, now=NOON)
    email_id = contact_points.add_email(
        session, patient_id=person.id, text="a@example.org", place=PhonePlace.HOME,
        source=PointSource.PATIENT, now=NOON,
    )  # fmt: skip
    cases: list[tuple[int, ContactChannel, dict[str, int | None], str]] = [
        (person.id, CALL, {}, "phone_id"),
        (person.id, ContactChannel.LETTER, {"phone_id": phone.id}, "address_id"),
        (person.id, CALL, {"phone_id": phone.id, "email_id": email_id}, "channel"),
        (other.id, CALL, {"phone_id": phone.id}, "phone_id"),
        (person.id, CALL, {"phone_id": stopped.id}, "phone_id"),
        (person.id, CALL, {"phone_id": wrong.id}, "phone_id"),
    ]
    for patient_id, channel, points, field in cases:
        with pytest.raises(Invalid) as refused:
            instruct(session, patient_id, channel, **points)
        assert refused.value.field == field
    assert session.scalar(select(ConfidentialInstruction.id)) is None
    # Calls to it are unwelcome, texts are not.
    instruct(session, person.id, ContactChannel.TEXT, phone_id=stopped.id)
    assert session.get_one(Phone, stopped.id).is_stopped


def test_there_is_nothing_to_end_where_nothing_was_written(session: Session) -> None:
    with pytest.raises(NotFound):
        preferences.end_instruction(
            session, patient_id=make_patient(session).id, ended_by_id=sue(session).id, now=NOON
        )
