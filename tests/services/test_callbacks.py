"""Callbacks: what a person asked for in a call is their consent; what the office booked is none."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, make_call, make_callback, make_patient, make_phone, otto, sue
from tests.services.booking import desk
from tests.services.desk import log, owed_by_patient, take, task_of, unmatched_payment
from tests.services.test_contacting import owing, refused_by
from workqueue.models import Account, Callback, Patient, Phone, Relation, Task, User
from workqueue.rules.channels import RelationRole
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid, NotAllowed
from workqueue.rules.states import TaskState
from workqueue.services import callbacks, contacting, deriving
from workqueue.services.booking.promising import BookedAlready, Promise
from workqueue.services.booking.seats import SlotGone
from workqueue.services.callbacks import CallbackDue, RepNotFree

A_DAY = timedelta(days=1)


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


@pytest.fixture
def team(session: Session) -> list[User]:
    return desk.team_of(session, 2)


def promised(session: Session, account: Account, rep: User, *, at: datetime = NOON + A_DAY) -> Promise:
    return callbacks.book(
        session,
        account_id=account.id,
        at=at,
        phone_id=None,
        booked_by_id=rep.id,
        rep_id=rep.id,
        now=NOON,
    )


def test_whoever_books_makes_the_call_if_they_are_free(session: Session, team: list[User]) -> None:
    first, second = desk.somebody(session), desk.somebody(session, e164="+13122210181")
    rep = team[1]
    assert promised(session, first.account, rep).rep_id == rep.id
    assert promised(session, second.account, rep).rep_id == team[0].id
    assert task_of(session, second.account, TaskKind.CALLBACK_DUE).owner_id == team[0].id


def test_one_call_at_a_time_is_promised_to_a_person_about_an_account(
    session: Session, team: list[User]
) -> None:
    asking = desk.somebody(session)
    promised(session, asking.account, team[0])
    with pytest.raises(BookedAlready):
        promised(session, asking.account, team[0], at=NOON + 2 * A_DAY)


def test_who_asks_anew_in_a_call_has_their_call_moved(session: Session, team: list[User]) -> None:
    asking = desk.somebody(session)
    promise = promised(session, asking.account, team[0])
    held = take(session, asking.account, TaskKind.PATIENT_BALANCE, team[1])
    later = NOON + A_DAY + timedelta(hours=2)
    entry = OutcomeEntry("callback", callback_at=later, is_inbound=True, note="Works until three.")
    log(session, held, entry, team[1].id)
    callback = session.get_one(Callback, promise.callback_id)
    assert (callback.at, callback.rep_id, callback.asked_at) == (later, team[1].id, NOON)
    assert task_of(session, asking.account, TaskKind.CALLBACK_DUE).owner_id == team[1].id
    assert session.scalars(select(Callback.id)).all() == [promise.callback_id]


def test_a_call_that_is_moved_keeps_its_rep_if_they_are_free(session: Session, team: list[User]) -> None:
    asking = desk.somebody(session)
    promise = promised(session, asking.account, team[1])
    moved = callbacks.move(
        session, callback_id=promise.callback_id, at=NOON + 2 * A_DAY, actor_id=team[0].id, now=NOON
    )
    assert (moved.rep_id, moved.at, moved.phrase) == (team[1].id, NOON + 2 * A_DAY, promise.phrase)


def test_a_call_is_handed_to_who_is_free_and_its_task_with_it(session: Session, team: list[User]) -> None:
    asking = desk.somebody(session)
    promise = promised(session, asking.account, team[0])

    def hand_on(rep: User, actor: User) -> None:
        callbacks.hand_on(
            session, callback_id=promise.callback_id, rep_id=rep.id, actor_id=actor.id, now=NOON
        )

    with pytest.raises(NotAllowed):
        hand_on(team[1], actor=team[1])
    hand_on(team[1], actor=team[0])
    assert session.get_one(Callback, promise.callback_id).rep_id == team[1].id
    assert task_of(session, asking.account, TaskKind.CALLBACK_DUE).owner_id == team[1].id
    promised(session, desk.somebody(session, e164="+13122210181").account, team[0])
    with pytest.raises(RepNotFree):
        hand_on(team[0], actor=sue(session))
    with pytest.raises(RepNotFree):
        hand_on(ana(session), actor=sue(session))


def test_a_call_whose_time_has_come_is_handed_to_nobody(session: Session, team: list[User]) -> None:
    asking = desk.somebody(session)
    promise = promised(session, asking.account, team[0])
    with pytest.raises(CallbackDue):
        callbacks.hand_on(
            session,
            callback_id=promise.callback_id,
            rep_id=team[1].id,
            actor_id=sue(session).id,
            now=NOON + A_DAY,
        )
    assert callbacks.who_can_make(session, callbacks.known(session, promise.callback_id), now=NOON)


def test_nobody_is_called_who_is_not_known(session: Session) -> None:
    account = unmatched_payment(session)
    with pytest.raises(Invalid):
        book(session, account.id, at=NOON + A_DAY)


def test_while_a_call_is_booked_the_persons_other_bills_wait_and_then_go_on(
    session: Session, team: list[User]
) -> None:
    asking = desk.somebody(session)
    other = owed_by_patient(session, patient=asking.patient)
    balance = TaskKind.PATIENT_BALANCE

    def states() -> list[TaskState]:
        return [task_of(session, account, balance).state for account in (asking.account, other)]

    assert states() == [TaskState.QUEUED] * 2
    promise = promised(session, asking.account, team[0])
    assert states() == [TaskState.WAITING] * 2
    callbacks.move(
        session, callback_id=promise.callback_id, at=NOON + 2 * A_DAY, actor_id=team[0].id, now=NOON
    )
    assert deriving.check(session, now=NOON) == []
    callbacks.cancel(session, callback_id=promise.callback_id, actor_id=team[0].id, now=NOON)
    assert states() == [TaskState.QUEUED] * 2
    assert deriving.check(session, now=NOON) == []


def test_once_the_call_to_somebody_else_is_made_their_own_bills_go_on(
    session: Session, team: list[User]
) -> None:
    asking = desk.somebody(session)
    daughter = make_patient(session)
    her_own = owed_by_patient(session, patient=daughter)
    make_callback(session, account=asking.account, at=NOON, patient=daughter)
    deriving.rebuild(session, now=NOON)
    assert task_of(session, her_own, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    held = take(session, asking.account, TaskKind.CALLBACK_DUE, team[0])
    log(session, held, OutcomeEntry("refuses", is_inbound=True, note="Called in herself."), team[0].id)
    assert task_of(session, her_own, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED
    assert deriving.check(session, now=NOON) == []
