"""Holds, callbacks, notes and drafts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, ben, make_account, make_phone, make_task, otto
from tests.services.desk import no_difference, owed_by_patient, task_of
from workqueue.models import Callback, Hold, Note, Patient, Task, TaskChange
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CallbackState, CauseKind, TaskState
from workqueue.services import callbacks, drafts, holding, noting
from workqueue.services.callbacks import CallbackOver

NOBODY = 987_654_321


def hold(session: Session, account_id: int, until_on: date = TODAY + timedelta(days=10)) -> int:
    return holding.place(
        session,
        account_id=account_id,
        reason="estate",
        until_on=until_on,
        owner_id=otto(session).id,
        now=NOON,
    )


def book(session: Session, account_id: int, at: datetime, phone_id: int | None = None) -> int:
    return callbacks.book(
        session, account_id=account_id, at=at, phone_id=phone_id, booked_by_id=otto(session).id, now=NOON
    )


def test_a_hold_takes_the_patients_tasks_out_of_the_queue_until_its_end(session: Session) -> None:
    account = owed_by_patient(session)
    hold_id = hold(session, account.id)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.held_until) == (TaskState.WAITING, datetime(2026, 3, 20, 4, tzinfo=UTC))
    change = session.scalars(select(TaskChange).order_by(TaskChange.id.desc())).first()
    assert change is not None
    assert (change.cause, change.cause_id) == (CauseKind.HOLD, hold_id)
    no_difference(session)


def test_a_hold_that_is_lifted_gives_the_tasks_back(session: Session) -> None:
    account = owed_by_patient(session)
    hold_id = hold(session, account.id)
    for _ in range(2):  # lifting twice is lifting once
        holding.lift(session, hold_id=hold_id, actor_id=otto(session).id, now=NOON + timedelta(hours=1))
    assert session.get_one(Hold, hold_id).lifted_at == NOON + timedelta(hours=1)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_hold_has_an_end_within_a_year(session: Session, days: int) -> None:
    account = owed_by_patient(session)
    with pytest.raises(Invalid) as refusal:
        hold(session, account.id, TODAY + timedelta(days=days))
    assert refusal.value.field == "until_on"


def test_a_hold_has_a_reason_and_an_account(session: Session) -> None:
    with pytest.raises(NotFound):
        hold(session, NOBODY)
    with pytest.raises(NotFound):
        holding.lift(session, hold_id=NOBODY, actor_id=otto(session).id, now=NOON)
    with pytest.raises(Invalid) as refusal:
        holding.place(
            session,
            account_id=make_account(session).id,
            reason="  ",
            until_on=TODAY + timedelta(days=1),
            owner_id=otto(session).id,
            now=NOON,
        )
    assert refusal.value.field == "reason"


def test_a_callback_that_is_cancelled_closes_its_task(session: Session) -> None:
    account = owed_by_patient(session)
    callback_id = book(session, account.id, NOON + timedelta(days=1))
    assert task_of(session, account, TaskKind.CALLBACK_DUE).state is TaskState.WAITING
    callbacks.cancel(session, callback_id=callback_id, actor_id=otto(session).id, now=NOON)
    assert session.get_one(Callback, callback_id).state is CallbackState.CANCELLED
    assert task_of(session, account, TaskKind.CALLBACK_DUE).state is TaskState.CLOSED
    no_difference(session)
    with pytest.raises(CallbackOver):
        callbacks.cancel(session, callback_id=callback_id, actor_id=otto(session).id, now=NOON)


@pytest.mark.parametrize("hours", [-1, 0, 12, 24 * 61])
def test_a_callback_is_at_a_time_that_suits_where_the_patient_is(session: Session, hours: int) -> None:
    account = owed_by_patient(session)
    with pytest.raises(Invalid) as refusal:
        book(session, account.id, NOON + timedelta(hours=hours))
    assert refusal.value.field == "callback_at"


def test_a_callback_goes_to_a_number_of_the_patient(session: Session) -> None:
    account = owed_by_patient(session)
    own = make_phone(session, patient=session.get_one(Patient, account.patient_id))
    book(session, account.id, NOON + timedelta(days=1), own.id)
    with pytest.raises(Invalid) as refusal:
        book(session, account.id, NOON + timedelta(days=1), make_phone(session).id)
    assert refusal.value.field == "phone_id"
    with pytest.raises(NotFound):
        book(session, NOBODY, NOON + timedelta(days=1))


def test_a_note_is_kept_as_it_was_written(session: Session) -> None:
    account = make_account(session)
    noting.add_note(session, account_id=account.id, text="  two\nlines ", author_id=ana(session).id, now=NOON)
    note = session.scalars(select(Note)).one()
    assert (note.text, note.at) == ("two\nlines", NOON)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_001])
def test_a_note_says_something_and_is_no_book(session: Session, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        noting.add_note(
            session, account_id=make_account(session).id, text=text, author_id=ana(session).id, now=NOON
        )
    assert refusal.value.field == "text"
    with pytest.raises(NotFound):
        noting.add_note(session, account_id=NOBODY, text="x", author_id=ana(session).id, now=NOON)


def test_a_draft_belongs_to_one_person_and_needs_no_lease(session: Session) -> None:
    task = make_task(session)
    assert session.get_one(Task, task.id).lease_token is None
    drafts.save(session, user_id=ana(session).id, task_id=task.id, fields={"note": "mine"}, now=NOON)
    assert drafts.load(session, user_id=ana(session).id, task_id=task.id) == {"note": "mine"}
    assert drafts.load(session, user_id=ben(session).id, task_id=task.id) == {}


def test_a_draft_has_bounds_and_a_task(session: Session) -> None:
    task = make_task(session)
    for fields in ({"note": "x" * 10_001}, {f"field{number}": "" for number in range(41)}):
        with pytest.raises(Invalid):
            drafts.save(session, user_id=ana(session).id, task_id=task.id, fields=fields, now=NOON)
    with pytest.raises(NotFound):
        drafts.save(session, user_id=ana(session).id, task_id=NOBODY, fields={}, now=NOON)
