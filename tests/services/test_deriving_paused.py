"""While a call is booked with somebody, nobody else calls about what they answer for."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_callback,
    make_hold,
    make_patient,
    make_promise,
)
from tests.services.desk import open_office
from tests.services.queues import derive, differences, open_kinds, task_of
from workqueue.models import Account, Patient
from workqueue.rules.business_days import office_midnight
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import deriving
from workqueue.services.booking import keeping
from workqueue.services.responsible import accounts_paused_by

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
TOMORROW_NOON = NOON + DAY
DAY_IS_OVER = office_midnight(TODAY + 2 * DAY)
"""The end of the office day of a call tomorrow at noon."""


def owing(session: Session, **facts: Any) -> Account:
    """Return an account of which the patient owes 80.00 since long ago."""
    open_office(session)
    facts = {"patient_cents": 8_000, "patient_since_on": TODAY - 60 * DAY} | facts
    return make_account(session, charge_cents=8_000, **facts)


def patient_of(session: Session, account: Account) -> Patient:
    return session.get_one(Patient, account.patient_id)


def state_at(session: Session, account: Account, kind: TaskKind, at: datetime) -> TaskState:
    derive(session, account, at=at)
    return task_of(session, account, kind).state


def waits(session: Session, account: Account, at: datetime = NOON) -> bool:
    """Return whether the patient's balance waits."""
    return state_at(session, account, TaskKind.PATIENT_BALANCE, at) is TaskState.WAITING


def test_another_account_of_the_person_waits_until_the_day_of_the_call_is_over(session: Session) -> None:
    about = owing(session)
    other = owing(session, patient=patient_of(session, about))
    make_callback(session, account=about, at=TOMORROW_NOON)
    for account in (about, other):
        assert waits(session, account)
        assert task_of(session, account, TaskKind.PATIENT_BALANCE).available_at == DAY_IS_OVER
        # A call that is due or late goes first.
        assert waits(session, account, DAY_IS_OVER - SECOND)
        assert not waits(session, account, DAY_IS_OVER)
    assert differences(session, DAY_IS_OVER) == []


def test_the_day_is_the_offices_own(session: Session) -> None:
    """Eleven at night in New York is the next day already in Greenwich."""
    account = owing(session)
    make_callback(session, account=account, at=office_midnight(TODAY + DAY) - timedelta(hours=1))
    derive(session, account)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).available_at == office_midnight(TODAY + DAY)


def test_a_day_on_which_the_clock_changes_ends_at_its_midnight(session: Session) -> None:
    account = owing(session)
    in_autumn = datetime.fromisoformat("2026-11-01T17:00:00+00:00")
    make_callback(session, account=account, at=in_autumn)
    derive(session, account)
    until = datetime.fromisoformat("2026-11-02T05:00:00+00:00")
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).available_at == until


@pytest.mark.parametrize("state", [CallbackState.MET, CallbackState.CANCELLED])
def test_what_was_made_or_cancelled_pauses_nothing(session: Session, state: CallbackState) -> None:
    about = owing(session)
    other = owing(session, patient=patient_of(session, about))
    callback = make_callback(session, account=about, at=TOMORROW_NOON)
    assert waits(session, other)
    callback.state = state
    assert not waits(session, about)
    assert not waits(session, other)


def test_the_last_of_several_calls_counts(session: Session) -> None:
    about = owing(session)
    other = owing(session, patient=patient_of(session, about))
    make_callback(session, account=other, at=TOMORROW_NOON)
    make_callback(session, account=about, at=NOON)
    for account in (about, other):
        derive(session, account)
        assert task_of(session, account, TaskKind.PATIENT_BALANCE).available_at == DAY_IS_OVER


def test_a_call_with_the_guarantor_pauses_all_they_answer_for_and_not_the_patients_own(
    session: Session,
) -> None:
    guarantor = make_patient(session)
    about = owing(session, guarantor=guarantor)
    childs_other = owing(session, patient=patient_of(session, about))
    their_own = owing(session, patient=guarantor)
    answered = owing(session, guarantor=guarantor)
    make_callback(session, account=about, patient=guarantor, at=TOMORROW_NOON)
    assert [waits(session, each) for each in (about, their_own, answered)] == [True, True, True]
    assert not waits(session, childs_other)


def test_a_call_with_the_patient_does_not_pause_what_a_guarantor_answers_for(session: Session) -> None:
    about = owing(session)
    patient = patient_of(session, about)
    answered = owing(session, patient=patient, guarantor=make_patient(session))
    make_callback(session, account=about, patient=patient, at=TOMORROW_NOON)
    assert waits(session, about)
    assert not waits(session, answered)


def test_a_call_with_somebody_else_pauses_the_account_it_is_about_and_their_own(session: Session) -> None:
    about, theirs = owing(session), owing(session)
    other = owing(session, patient=patient_of(session, about))
    make_callback(session, account=about, patient=patient_of(session, theirs), at=TOMORROW_NOON)
    assert [waits(session, each) for each in (about, theirs, other)] == [True, True, False]


def test_a_call_with_nobody_known_pauses_its_own_account(session: Session) -> None:
    about = owing(session)
    other = owing(session, patient=patient_of(session, about))
    callback = make_callback(session, account=about, at=TOMORROW_NOON)
    callback.patient_id = None
    assert [waits(session, each) for each in (about, other)] == [True, False]
    assert accounts_paused_by(session, account_id=about.id, person_id=None) == [about.id]


def test_what_a_call_pauses_is_told_in_the_order_in_which_it_is_locked(session: Session) -> None:
    guarantor = make_patient(session)
    accounts = [owing(session, guarantor=guarantor), owing(session), owing(session, patient=guarantor)]
    about = accounts[1]
    found = accounts_paused_by(session, account_id=about.id, person_id=guarantor.id)
    assert found == sorted(each.id for each in accounts)


def test_a_promise_that_is_due_waits_and_comes_up_when_the_day_is_over(session: Session) -> None:
    account = owing(session)
    other = owing(session, patient=patient_of(session, account))
    make_promise(session, account=account, due_on=TODAY, grace_on=TODAY + 9 * DAY)
    make_callback(session, account=other, at=TOMORROW_NOON)
    assert state_at(session, account, TaskKind.PROMISE_DUE, NOON) is TaskState.WAITING
    assert task_of(session, account, TaskKind.PROMISE_DUE).rescore_at == DAY_IS_OVER
    assert state_at(session, account, TaskKind.PROMISE_DUE, DAY_IS_OVER) is TaskState.QUEUED


def test_a_promise_whose_grace_ends_meanwhile_is_never_offered_as_due(session: Session) -> None:
    account = owing(session)
    make_promise(session, account=account, due_on=TODAY, grace_on=TODAY + DAY)
    make_callback(session, account=account, at=NOON + 5 * DAY)
    grace_is_over, day_is_over = office_midnight(TODAY + 2 * DAY), office_midnight(TODAY + 6 * DAY)
    assert state_at(session, account, TaskKind.PROMISE_DUE, NOON) is TaskState.WAITING
    due = task_of(session, account, TaskKind.PROMISE_DUE)
    # It would come up after it has become another kind of task: it is looked at again when that happens.
    assert (due.available_at, due.rescore_at) == (day_is_over, grace_is_over)
    assert deriving.rescore_due(session, now=grace_is_over) == 1
    assert task_of(session, account, TaskKind.PROMISE_DUE).state is TaskState.CLOSED
    broken = task_of(session, account, TaskKind.PROMISE_BROKEN)
    assert (broken.state, broken.available_at) == (TaskState.WAITING, day_is_over)
    assert deriving.rescore_due(session, now=day_is_over) == 1
    assert task_of(session, account, TaskKind.PROMISE_BROKEN).state is TaskState.QUEUED
    assert TaskKind.PROMISE_DUE not in open_kinds(session, account)
    assert differences(session, day_is_over) == []


def test_a_promise_whose_grace_ends_with_the_day_of_the_call_comes_up_as_broken(session: Session) -> None:
    account = owing(session)
    make_promise(session, account=account, due_on=TODAY, grace_on=TODAY + DAY)
    make_callback(session, account=account, at=TOMORROW_NOON)
    assert state_at(session, account, TaskKind.PROMISE_DUE, DAY_IS_OVER - SECOND) is TaskState.WAITING
    assert deriving.rescore_due(session, now=DAY_IS_OVER) == 1
    assert task_of(session, account, TaskKind.PROMISE_DUE).state is TaskState.CLOSED
    assert task_of(session, account, TaskKind.PROMISE_BROKEN).state is TaskState.QUEUED


def test_the_calls_themselves_and_work_with_payers_do_not_wait(session: Session) -> None:
    about = owing(session, insurance_cents=700)
    patient = patient_of(session, about)
    other = owing(session, patient=patient)
    make_callback(session, account=other, at=NOON)
    make_callback(session, account=about, at=TOMORROW_NOON)
    assert state_at(session, other, TaskKind.CALLBACK_DUE, NOON) is TaskState.QUEUED
    assert state_at(session, about, TaskKind.CALLBACK_DUE, TOMORROW_NOON) is TaskState.QUEUED
    assert state_at(session, about, TaskKind.BALANCE_REVIEW, NOON) is TaskState.QUEUED


def test_all_of_it_is_what_a_rebuild_would_have(session: Session) -> None:
    guarantor = make_patient(session)
    about = owing(session, guarantor=guarantor)
    accounts = [about, owing(session, patient=guarantor), owing(session, patient=patient_of(session, about))]
    make_promise(session, account=accounts[1], due_on=TODAY, grace_on=TODAY + 9 * DAY)
    make_callback(session, account=about, patient=guarantor, at=TOMORROW_NOON)
    for account in accounts:
        derive(session, account)
    assert differences(session) == []
    assert deriving.rebuild(session, now=NOON).changed == 0


def test_a_call_that_is_called_off_frees_all_it_paused(session: Session) -> None:
    about = owing(session)
    other = owing(session, patient=patient_of(session, about))
    callback = make_callback(session, account=about, at=NOON)
    for account in (about, other):
        assert waits(session, account)
    make_hold(session, account=about, kind=HoldKind.OFFICE, until_at=NOON + 90 * DAY)
    derive(session, about)
    assert keeping.call_off_what_is_held(session, now=NOON) == [callback.id]
    assert task_of(session, other, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED
    assert differences(session) == []


def test_what_several_calls_pause_is_locked_by_one_statement_in_order(session: Session) -> None:
    """Each call's accounts by themselves could not be locked without waiting in a ring for somebody else."""
    guarantor = make_patient(session)
    first, second = owing(session, guarantor=guarantor), owing(session)
    owing(session, patient=guarantor)
    for account in (second, first):
        make_callback(session, account=account, patient=guarantor, at=NOON)
        make_hold(session, account=account, until_at=NOON + 90 * DAY)
        derive(session, account)
    locked: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM accounts" in statement and "FOR NO KEY UPDATE" in statement:
            locked.append(parameters)

    event.listen(session.connection(), "before_cursor_execute", note)
    assert len(keeping.call_off_what_is_held(session, now=NOON)) == 2
    event.remove(session.connection(), "before_cursor_execute", note)
    (ids,) = (next(iter(each.values())) for each in locked)
    everything = accounts_paused_by(session, account_id=second.id, person_id=guarantor.id)
    assert ids == everything == sorted(everything)
    assert len(ids) == 3
    assert differences(session) == []
