"""Which tasks an account gets as a whole: money, the patient's share, promises, callbacks, holds."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_callback,
    make_claim,
    make_hold,
    make_ledger_entry,
    make_patient,
    make_promise,
    make_window,
)
from tests.services.desk import open_office
from tests.services.queues import derive, differences, kinds_on, open_kinds, task_of
from workqueue.models import Account, Lane, Patient, Task
from workqueue.models.patients import NO_CALL_WINDOW, UNKNOWN_WINDOW
from workqueue.rules.business_days import office_midnight
from workqueue.rules.holds import HOLDS, HoldKind
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import deriving

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def owing(session: Session, **facts: Any) -> Account:
    """Return an account of which the patient owes 80.00 since long ago."""
    open_office(session)
    facts = {"patient_cents": 8_000, "patient_since_on": TODAY - 60 * DAY} | facts
    return make_account(session, charge_cents=8_000, **facts)


def state_at(session: Session, account: Account, kind: TaskKind, at: datetime) -> TaskState:
    derive(session, account, at=at)
    return task_of(session, account, kind).state


def window_of(session: Session, task: Task) -> int:
    return session.get_one(Lane, task.lane_id).window_id


@pytest.mark.parametrize(
    ("insurance_cents", "patient_cents", "kinds"),
    [
        (0, 0, set()),
        (-100, 0, {TaskKind.CREDIT_BALANCE}),
        (0, -100, {TaskKind.CREDIT_BALANCE}),
        (-100, 100, {TaskKind.CREDIT_BALANCE, TaskKind.PATIENT_BALANCE}),
        (100, 0, {TaskKind.BALANCE_REVIEW}),
        (0, 100, {TaskKind.PATIENT_BALANCE}),
        (100, 100, {TaskKind.BALANCE_REVIEW, TaskKind.PATIENT_BALANCE}),
    ],
)
def test_every_open_balance_has_its_task(
    session: Session, insurance_cents: int, patient_cents: int, kinds: set[TaskKind]
) -> None:
    account = owing(session, insurance_cents=insurance_cents, patient_cents=patient_cents)
    derive(session, account)
    assert open_kinds(session, account) == kinds


@pytest.mark.parametrize(("insurance_cents", "patient_cents"), [(-5_000, 0), (0, -5_000), (700, 0)])
def test_money_for_an_unknown_account_waits_for_a_person(
    session: Session, insurance_cents: int, patient_cents: int
) -> None:
    account = owing(
        session, is_identified=False, insurance_cents=insurance_cents, patient_cents=patient_cents
    )
    make_claim(session, account=account)
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.PAYMENT_UNMATCHED}
    account.is_identified, account.insurance_cents, account.patient_cents = True, 0, 0
    derive(session, account)
    assert open_kinds(session, account) == set()


def test_a_patient_is_called_fourteen_days_after_the_share_became_theirs(session: Session) -> None:
    account = owing(session, patient_since_on=TODAY)
    due_at = office_midnight(TODAY + 14 * DAY)
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, due_at - SECOND) is TaskState.WAITING
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, due_at) is TaskState.QUEUED


def test_the_chance_with_a_patient_falls_with_the_age_of_the_balance(session: Session) -> None:
    account = owing(session, patient_since_on=TODAY)
    chances = []
    for days in (30, 31, 60, 61, 90, 91, 120, 121):
        derive(session, account, at=office_midnight(TODAY + days * DAY))
        chances.append(task_of(session, account, TaskKind.PATIENT_BALANCE).p_now_bp)
    assert chances == [3500, 2200, 2200, 1400, 1400, 900, 900, 500]


def test_a_patient_is_not_asked_while_a_second_payer_may_still_pay(session: Session) -> None:
    account = owing(session)
    claim = make_claim(session, account=account, sequence=2, submitted_on=TODAY - 10 * DAY)
    due_at = office_midnight(TODAY + 20 * DAY)
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, due_at - SECOND) is TaskState.WAITING
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, due_at) is TaskState.QUEUED
    claim.adjudicated_on, claim.paid_cents = TODAY, 1
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, NOON) is TaskState.QUEUED


def test_the_ordinary_call_leaves_a_promise_until_fourteen_days_after_its_grace(session: Session) -> None:
    account = owing(session)
    promise = make_promise(session, account=account, due_on=TODAY + 7 * DAY, grace_on=TODAY + 10 * DAY)
    due_at = office_midnight(TODAY + 24 * DAY)
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, due_at - SECOND) is TaskState.WAITING
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, due_at) is TaskState.QUEUED
    promise.cancelled_at = NOON
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, NOON) is TaskState.QUEUED


def test_a_promise_is_due_on_its_day_and_broken_after_its_grace(session: Session) -> None:
    account = owing(session)
    make_promise(session, account=account, due_on=TODAY + 7 * DAY, grace_on=TODAY + 10 * DAY)
    due_at, broken_at = office_midnight(TODAY + 7 * DAY), office_midnight(TODAY + 11 * DAY)
    assert state_at(session, account, TaskKind.PROMISE_DUE, due_at - SECOND) is TaskState.WAITING
    assert state_at(session, account, TaskKind.PROMISE_DUE, due_at) is TaskState.QUEUED
    assert state_at(session, account, TaskKind.PROMISE_DUE, broken_at - SECOND) is TaskState.QUEUED
    assert state_at(session, account, TaskKind.PROMISE_DUE, broken_at) is TaskState.CLOSED
    assert task_of(session, account, TaskKind.PROMISE_BROKEN).state is TaskState.QUEUED


def test_a_kept_promise_needs_nothing_and_a_partly_kept_one_does(session: Session) -> None:
    account = owing(session)
    make_promise(session, account=account, amount_cents=5_000, due_on=TODAY, grace_on=TODAY)
    make_ledger_entry(session, account=account, patient_cents=-4_999)
    derive(session, account)
    assert TaskKind.PROMISE_DUE in open_kinds(session, account)
    make_ledger_entry(session, account=account, patient_cents=-1)
    derive(session, account)
    assert TaskKind.PROMISE_DUE not in open_kinds(session, account)


def test_a_payment_from_before_a_promise_does_not_keep_it(session: Session) -> None:
    account = owing(session)
    make_ledger_entry(session, account=account, patient_cents=-5_000, effective_on=TODAY - DAY)
    make_promise(session, account=account, amount_cents=5_000, due_on=TODAY, grace_on=TODAY)
    derive(session, account)
    assert TaskKind.PROMISE_DUE in open_kinds(session, account)


def test_a_promise_settled_by_hand_still_breaks_when_its_grace_ends(session: Session) -> None:
    account = owing(session)
    make_promise(session, account=account, due_on=TODAY, grace_on=TODAY + 3 * DAY)
    derive(session, account)
    task = task_of(session, account, TaskKind.PROMISE_DUE)
    task.settled_evidence = task.evidence
    derive(session, account)
    assert task_of(session, account, TaskKind.PROMISE_DUE).state is TaskState.CLOSED
    assert TaskKind.PROMISE_BROKEN in kinds_on(session, account, TODAY + 4 * DAY)


def test_a_callback_comes_up_five_minutes_before_its_time_in_front_of_everything(session: Session) -> None:
    account = owing(session)
    callback = make_callback(session, account=account, at=NOON)
    due_at = NOON - timedelta(minutes=5)
    assert state_at(session, account, TaskKind.CALLBACK_DUE, due_at - SECOND) is TaskState.WAITING
    assert state_at(session, account, TaskKind.CALLBACK_DUE, due_at) is TaskState.QUEUED
    task = task_of(session, account, TaskKind.CALLBACK_DUE)
    assert (task.tier, task.subject) == (0, callback.id)
    callback.state = CallbackState.MET
    assert state_at(session, account, TaskKind.CALLBACK_DUE, NOON) is TaskState.CLOSED


def test_the_earlier_of_two_callbacks_goes_first(session: Session) -> None:
    early, late = owing(session), owing(session)
    make_callback(session, account=late, at=NOON + 2 * SECOND)
    make_callback(session, account=early, at=NOON + SECOND)
    for account in (early, late):
        derive(session, account)
    first, second = (task_of(session, each, TaskKind.CALLBACK_DUE).priority for each in (early, late))
    assert first > second


def test_a_hold_stops_calls_to_the_patient_until_it_ends(session: Session) -> None:
    account = owing(session)
    hold = make_hold(session, account=account, until_at=NOON + 9 * DAY)
    for at, state in ((NOON, "waiting"), (hold.until_at - SECOND, "waiting"), (hold.until_at, "queued")):
        assert state_at(session, account, TaskKind.PATIENT_BALANCE, at) == state
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, NOON) is TaskState.WAITING
    hold.lifted_at = NOON
    assert state_at(session, account, TaskKind.PATIENT_BALANCE, NOON) is TaskState.QUEUED


def test_a_hold_does_not_stop_work_with_the_payer(session: Session) -> None:
    account = owing(session, insurance_cents=5_000)
    make_claim(session, account=account, status_category="A7", status_on=TODAY)
    make_hold(session, account=account)
    assert state_at(session, account, TaskKind.CLAIM_REJECTED, NOON) is TaskState.QUEUED


def test_the_longest_of_several_holds_counts(session: Session) -> None:
    account = owing(session)
    make_hold(session, account=account, until_at=NOON + 9 * DAY)
    make_hold(session, account=account, until_at=NOON + 3 * DAY)
    derive(session, account)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).held_until == NOON + 9 * DAY


def test_calls_wait_in_the_lane_of_the_patients_window(session: Session) -> None:
    window = make_window(session, "America/Denver")
    account = owing(session, insurance_cents=-100, patient=make_patient(session, window=window))
    derive(session, account)
    assert window_of(session, task_of(session, account, TaskKind.PATIENT_BALANCE)) == window.id
    assert window_of(session, task_of(session, account, TaskKind.CREDIT_BALANCE)) == NO_CALL_WINDOW


def test_a_patient_of_unknown_place_is_called_when_it_is_day_in_the_whole_country(session: Session) -> None:
    patient = make_patient(session)
    patient.window_id = None
    account = owing(session, patient=patient)
    derive(session, account)
    assert window_of(session, task_of(session, account, TaskKind.PATIENT_BALANCE)) == UNKNOWN_WINDOW


def test_all_of_it_is_what_a_rebuild_would_have(session: Session) -> None:
    account = owing(session, insurance_cents=-100)
    make_promise(session, account=account)
    make_callback(session, account=account)
    make_hold(session, account=account)
    derive(session, account)
    assert session.scalars(select(Task.id).where(Task.account_id == account.id)).all()
    assert [each for each in differences(session) if each.account_id == account.id] == []


def test_the_window_is_of_the_person_who_would_be_called(session: Session) -> None:
    guarantor = make_patient(session, window=make_window(session, "Pacific/Honolulu"))
    account = owing(session, guarantor=guarantor)
    callback = make_callback(session, account=account, at=NOON + DAY)
    derive(session, account)
    for kind in (TaskKind.PATIENT_BALANCE, TaskKind.CALLBACK_DUE):
        assert window_of(session, task_of(session, account, kind)) == guarantor.window_id
    account.guarantor_id = None
    session.flush()
    derive(session, account)
    patient = session.get_one(Patient, account.patient_id)
    assert window_of(session, task_of(session, account, TaskKind.PATIENT_BALANCE)) == patient.window_id
    assert callback.account_id == account.id
    assert differences(session) == []


@pytest.mark.parametrize("kind", HoldKind)
@pytest.mark.parametrize("is_of_person", [False, True])
def test_each_kind_of_hold_stops_the_tasks_it_names_and_no_others(
    session: Session, kind: HoldKind, is_of_person: bool
) -> None:
    account = owing(session, insurance_cents=50_000)
    make_claim(session, account=account, submitted_on=TODAY - 60 * DAY)
    person = session.get_one(Patient, account.patient_id)
    make_hold(session, account=account, person=person if is_of_person else None, kind=kind)
    derive(session, account)
    waiting = {
        party: task_of(session, account, task_kind).state is TaskState.WAITING
        for party, task_kind in (
            (Party.PATIENT, TaskKind.PATIENT_BALANCE),
            (Party.PAYER, TaskKind.CLAIM_NO_RESPONSE),
        )
    }
    assert {party for party, waits in waiting.items() if waits} == HOLDS[kind].stops
    deriving.rebuild(session, now=NOON)
    assert differences(session) == []
