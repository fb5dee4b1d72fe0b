"""Holds, callbacks, notes and drafts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_account,
    make_hold,
    make_patient,
    make_phone,
    make_task,
    otto,
    sue,
    uma,
)
from tests.services.desk import billed_to_payer, no_difference, owed_by_patient, task_of
from tests.services.queues import derive
from workqueue.models import Account, Callback, Hold, Note, Patient, Task, TaskChange
from workqueue.rules.business_days import office_midnight
from workqueue.rules.holds import ABOUT_PATIENT, HOLDS, HoldKind
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CallbackState, CauseKind, TaskState
from workqueue.services import callbacks, deriving, drafts, holding, noting, relations
from workqueue.services.callbacks import CallbackOver
from workqueue.services.holding import HoldOver

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
    ).callback_id


def test_a_hold_takes_the_patients_tasks_out_of_the_queue_until_its_end(session: Session) -> None:
    account = owed_by_patient(session)
    hold_id = hold(session, account.id)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.state, task.held_until) == (TaskState.WAITING, datetime(2026, 3, 20, 4, tzinfo=UTC))
    change = session.scalars(select(TaskChange).order_by(TaskChange.id.desc())).first()
    assert change is not None
    assert (change.cause, change.cause_id) == (CauseKind.HOLD, hold_id)
    no_difference(session)


def lift(session: Session, hold_id: int, at: datetime = NOON, reason: str = "answered") -> None:
    holding.lift(session, hold_id=hold_id, reason=reason, actor_id=sue(session).id, now=at)


def test_a_hold_that_is_lifted_gives_the_tasks_back(session: Session) -> None:
    account = owed_by_patient(session)
    hold_id = hold(session, account.id)
    lift(session, hold_id, NOON + timedelta(hours=1))
    lifted = session.get_one(Hold, hold_id)
    assert (lifted.lifted_at, lifted.lifted_by_id) == (NOON + timedelta(hours=1), sue(session).id)
    assert lifted.lift_reason == "answered"
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED
    with pytest.raises(HoldOver):
        lift(session, hold_id)


def test_lifting_needs_a_reason(session: Session) -> None:
    hold_id = hold(session, owed_by_patient(session).id)
    with pytest.raises(Invalid) as refusal:
        lift(session, hold_id, reason=" ")
    assert refusal.value.field == "reason"
    assert session.get_one(Hold, hold_id).lifted_at is None


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
        lift(session, NOBODY)
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


def place(session: Session, account: Account, kind: HoldKind, **more: Any) -> int:
    return holding.place(
        session,
        account_id=account.id,
        kind=kind,
        reason="told us",
        owner_id=otto(session).id,
        now=NOON,
        **more,
    )


def states(
    session: Session, *accounts: Account, kind: TaskKind = TaskKind.PATIENT_BALANCE
) -> list[TaskState]:
    return [task_of(session, each, kind).state for each in accounts]


def test_a_kind_brings_its_usual_end(session: Session) -> None:
    account = owed_by_patient(session)
    placed = session.get_one(Hold, place(session, account, HoldKind.DISPUTE))
    assert placed.kind is HoldKind.DISPUTE
    assert placed.until_at == office_midnight(TODAY + timedelta(days=HOLDS[HoldKind.DISPUTE].usual_days))


def test_what_is_true_of_a_person_covers_all_they_answer_for_and_what_comes_later(session: Session) -> None:
    person = make_patient(session)
    child = make_patient(session)
    own, of_child = owed_by_patient(session, patient=person), owed_by_patient(session, patient=child)
    of_child.guarantor_id = person.id
    unrelated = owed_by_patient(session)
    hold_id = place(session, own, HoldKind.DECEASED)
    assert (session.get_one(Hold, hold_id).account_id, session.get_one(Hold, hold_id).patient_id) == (
        None,
        person.id,
    )
    assert states(session, own, of_child, unrelated) == [
        TaskState.WAITING,
        TaskState.WAITING,
        TaskState.QUEUED,
    ]
    later = owed_by_patient(session, patient=person)
    assert states(session, later) == [TaskState.WAITING]
    no_difference(session)
    lift(session, hold_id)
    assert states(session, own, of_child, later) == [TaskState.QUEUED] * 3
    no_difference(session)


@pytest.mark.parametrize("kind", ABOUT_PATIENT)
def test_what_is_true_of_the_patient_stays_with_their_care_whoever_answers_for_it(
    session: Session, kind: HoldKind
) -> None:
    patient, guarantor = make_patient(session), make_patient(session)
    of_patient, with_guarantor = (owed_by_patient(session, patient=patient) for _ in range(2))
    of_guarantor = owed_by_patient(session, patient=guarantor)
    with_guarantor.guarantor_id = guarantor.id
    hold_id = place(session, with_guarantor, kind)
    assert session.get_one(Hold, hold_id).patient_id == patient.id
    accounts = (of_patient, with_guarantor, of_guarantor)
    assert states(session, *accounts) == [TaskState.WAITING, TaskState.WAITING, TaskState.QUEUED]
    no_difference(session)
    set_guarantor(session, account_id=of_patient.id, guarantor_id=guarantor.id)
    assert states(session, *accounts) == [TaskState.WAITING, TaskState.WAITING, TaskState.QUEUED]
    no_difference(session)
    lift(session, hold_id)
    assert states(session, *accounts) == [TaskState.QUEUED] * 3
    no_difference(session)


def set_guarantor(session: Session, *, account_id: int, guarantor_id: int | None) -> None:
    relations.set_guarantor(
        session, account_ids=[account_id], guarantor_id=guarantor_id, actor_id=sue(session).id, now=NOON
    )


def test_who_is_minor_is_not_spoken_to_but_their_guarantor_is(session: Session) -> None:
    account, guarantor = owed_by_patient(session), make_patient(session)
    place(session, account, HoldKind.MINOR)
    assert states(session, account) == [TaskState.WAITING]
    set_guarantor(session, account_id=account.id, guarantor_id=guarantor.id)
    assert states(session, account) == [TaskState.QUEUED]
    no_difference(session)
    set_guarantor(session, account_id=account.id, guarantor_id=None)
    assert states(session, account) == [TaskState.WAITING]
    no_difference(session)


def test_an_account_whose_patient_is_found_a_little_later_is_found_too(session: Session) -> None:
    account, patient = owed_by_patient(session), make_patient(session)
    account.guarantor_id, account.patient_id = make_patient(session).id, patient.id
    make_hold(session, person=patient, kind=HoldKind.QMB)
    assert states(session, account) == [TaskState.QUEUED]
    assert holding.derive_what_was_missed(session, now=NOON + timedelta(minutes=4)) == 1
    assert states(session, account) == [TaskState.WAITING]


def test_a_hold_on_the_patient_does_not_stop_calls_to_the_guarantor(session: Session) -> None:
    account = owed_by_patient(session)
    patient_id, account.guarantor_id = account.patient_id, make_patient(session).id
    other = owed_by_patient(session, patient=session.get_one(Patient, patient_id))
    place(session, other, HoldKind.ATTORNEY)
    derive(session, account)
    assert states(session, other, account) == [TaskState.WAITING, TaskState.QUEUED]


def test_both_edges_of_a_persons_hold_are_moments_of_the_clock(session: Session) -> None:
    account = owed_by_patient(session)
    ends_on = TODAY + timedelta(days=10)
    place(session, account, HoldKind.ATTORNEY, until_on=ends_on)
    ends_at = office_midnight(ends_on)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (task.held_until, task.rescore_at) == (ends_at, ends_at)
    assert deriving.rescore_due(session, now=ends_at - timedelta(seconds=1)) == 0
    assert states(session, account) == [TaskState.WAITING]
    assert deriving.rescore_due(session, now=ends_at) == 1
    assert states(session, account) == [TaskState.QUEUED]
    assert deriving.check(session, now=ends_at) == []


def test_a_restriction_to_the_plan_stops_the_payers_tasks_and_no_others(session: Session) -> None:
    account = billed_to_payer(session)
    account.patient_cents = 5_000
    place(session, account, HoldKind.PAID_IN_FULL_RESTRICTION)
    assert states(session, account, kind=TaskKind.CLAIM_NO_RESPONSE) == [TaskState.WAITING]
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).held_until is None
    place(session, account, HoldKind.BANKRUPTCY)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).held_until is not None
    no_difference(session)


def test_the_longest_hold_counts_and_lifting_it_leaves_the_other(session: Session) -> None:
    account = owed_by_patient(session)
    long = place(session, account, HoldKind.ATTORNEY, until_on=TODAY + timedelta(days=40))
    place(session, account, HoldKind.DISPUTE, until_on=TODAY + timedelta(days=20))
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert task.held_until == office_midnight(TODAY + timedelta(days=40))
    lift(session, long)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).held_until == office_midnight(
        TODAY + timedelta(days=20)
    )
    account = session.get_one(Account, account.id)
    assert [each.kind for each in holding.in_force(session, account, Party.PATIENT, NOON)] == [
        HoldKind.DISPUTE
    ]


def bankrupt(session: Session, account: Account, petition_on: date) -> tuple[int, ...]:
    return holding.place_bankruptcy(
        session,
        account_id=account.id,
        petition_on=petition_on,
        reason="chapter 7",
        owner_id=sue(session).id,
        placed_by_id=otto(session).id,
        now=NOON,
    )


def test_a_bankruptcy_holds_all_care_up_to_the_petition_in_one_act(session: Session) -> None:
    person = make_patient(session)
    petition_on = TODAY - timedelta(days=30)
    before, on_the_day, after = (
        owed_by_patient(session, patient=person, service_on=petition_on + timedelta(days=days))
        for days in (-1, 0, 1)
    )
    assert bankrupt(session, after, petition_on) == (before.id, on_the_day.id)
    assert states(session, before, on_the_day, after) == [
        TaskState.WAITING,
        TaskState.WAITING,
        TaskState.QUEUED,
    ]
    # Asked again it adds nothing.
    assert bankrupt(session, before, petition_on) == ()
    assert session.scalar(select(func.count()).select_from(Hold)) == 2
    change = session.scalars(select(TaskChange).order_by(TaskChange.id.desc())).first()
    assert change is not None
    assert change.actor_id == otto(session).id
    no_difference(session)


@pytest.mark.parametrize("days", [-60, 1])
def test_a_petition_before_all_care_or_ahead_holds_nothing(session: Session, days: int) -> None:
    account = owed_by_patient(session)
    with pytest.raises(Invalid) as refusal:
        bankrupt(session, account, TODAY + timedelta(days=days))
    assert refusal.value.field == "petition_on"
    assert session.scalar(select(func.count()).select_from(Hold)) == 0


def test_a_hold_needs_somebody_who_can_look_after_it_and_a_person_to_be_on(session: Session) -> None:
    account = owed_by_patient(session)
    for nobody in (NOBODY, uma(session).id):
        with pytest.raises(Invalid) as refusal:
            holding.place(session, account_id=account.id, reason="x", owner_id=nobody, now=NOON)
        assert refusal.value.field == "owner_id"
    account.patient_id = None
    with pytest.raises(Invalid) as refusal:
        place(session, account, HoldKind.CEASE)
    assert refusal.value.field == "kind"
    with pytest.raises(Invalid) as refusal:
        place(session, account, HoldKind.PRE_COLLECTION)
    assert refusal.value.field == "kind"


def test_an_account_opened_in_the_moment_of_a_hold_is_found_a_little_later(session: Session) -> None:
    account = owed_by_patient(session)
    person = session.get_one(Patient, account.patient_id)
    # Neither transaction saw the other: the hold is there, the account was derived without it.
    hold = make_hold(session, person=person, kind=HoldKind.ATTORNEY)
    assert states(session, account) == [TaskState.QUEUED]
    assert holding.derive_what_was_missed(session, now=NOON + timedelta(minutes=4)) == 1
    assert states(session, account) == [TaskState.WAITING]
    hold.lifted_at = NOON + timedelta(hours=1)
    session.flush()
    assert holding.derive_what_was_missed(session, now=NOON + timedelta(minutes=61)) == 1
    assert states(session, account) == [TaskState.QUEUED]
    assert holding.derive_what_was_missed(session, now=NOON + timedelta(hours=2)) == 0


def test_a_callback_that_is_cancelled_closes_its_task(session: Session) -> None:
    account = owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id))
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
