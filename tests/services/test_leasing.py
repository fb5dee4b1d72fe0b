"""Leasing: what a rep is offered, how long they hold it, and that every write proves it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, delete, select, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_hold,
    make_patient,
    make_user,
    make_window,
    otto,
    sue,
    uma,
)
from tests.services.desk import billed_to_payer, deny, owed_by_patient, unmatched_payment
from tests.services.queues import derive, differences, history_of, task_of
from workqueue.models import Account, Lease, Task, UserSkill
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState
from workqueue.services import leasing, verifying
from workqueue.services.leasing import LeasedTask, LeaseLost, NoSuchTask, NotAssignable

NIGHT = NOON + timedelta(hours=15)
"""Three o'clock in Chicago: nobody may be called."""


def lease(session: Session, rep_id: int, *, now: datetime = NOON, seconds: int = 60) -> LeasedTask | None:
    found = leasing.lease_next(session, rep_id=rep_id, now=now, lease_seconds=seconds)
    session.expire_all()
    return found


def must_lease(session: Session, rep_id: int, **more: int) -> LeasedTask:
    found = lease(session, rep_id, **more)
    assert found is not None
    return found


def run_down(session: Session) -> None:
    """Let all leases have run out a moment ago."""
    session.execute(update(Task).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    session.expire_all()


def test_the_best_task_is_offered_first(session: Session) -> None:
    billed_to_payer(session, 10_000)
    best = billed_to_payer(session, 90_000)
    billed_to_payer(session, 50_000)
    found = must_lease(session, ana(session).id)
    task = session.get_one(Task, found.task_id)
    assert (task.account_id, task.state, task.holder_id) == (best.id, TaskState.LEASED, ana(session).id)
    assert (found.account_id, found.token, found.until) == (best.id, task.lease_token, task.lease_until)


def test_two_reps_get_two_tasks_and_a_third_gets_nothing(session: Session) -> None:
    billed_to_payer(session)
    billed_to_payer(session)
    first, second = must_lease(session, ana(session).id), must_lease(session, ben(session).id)
    assert first.task_id != second.task_id
    assert lease(session, sue(session).id) is None


def test_a_second_tab_shows_the_same_task(session: Session) -> None:
    billed_to_payer(session)
    billed_to_payer(session)
    assert must_lease(session, ana(session).id) == must_lease(session, ana(session).id)


def test_only_what_a_rep_has_learned_is_offered(session: Session) -> None:
    unmatched_payment(session)
    assert lease(session, ana(session).id) is None
    assert lease(session, otto(session).id) is not None


def test_patients_are_offered_only_while_they_may_be_called(session: Session) -> None:
    account = owed_by_patient(session)
    assert lease(session, otto(session).id, now=NIGHT) is None
    assert must_lease(session, otto(session).id, now=NOON).account_id == account.id


def test_work_that_calls_nobody_is_offered_at_night(session: Session) -> None:
    owed_by_patient(session, 900_000)
    unmatched = unmatched_payment(session)
    assert must_lease(session, otto(session).id, now=NIGHT).account_id == unmatched.id


def test_a_patient_of_a_window_nobody_knew_is_offered_at_once(session: Session) -> None:
    assert lease(session, otto(session).id) is None
    window = make_window(session, "America/Boise")
    account = owed_by_patient(session, patient=make_patient(session, window=window))
    assert must_lease(session, otto(session).id).account_id == account.id


def test_what_waits_is_not_offered(session: Session) -> None:
    billed_to_payer(session, submitted_on=TODAY)
    assert lease(session, ana(session).id) is None


def test_what_was_passed_to_a_rep_waits_for_that_rep_alone(session: Session) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    leasing.reassign(
        session,
        task.id,
        to_user_id=ben(session).id,
        reason="knows the payer",
        lead_id=sue(session).id,
        now=NOON,
    )
    assert lease(session, ana(session).id) is None
    assert must_lease(session, ben(session).id).task_id == task.id


def test_what_was_passed_stays_takeable_when_the_rep_loses_the_skill(session: Session) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    task.owner_id = ana(session).id
    session.execute(delete(UserSkill).where(UserSkill.user_id == ana(session).id))
    session.flush()
    assert must_lease(session, ana(session).id).task_id == task.id


def test_what_was_passed_is_compared_with_all_other_work(session: Session) -> None:
    small, large = billed_to_payer(session, 1_000), billed_to_payer(session, 900_000)
    task_of(session, small, TaskKind.CLAIM_NO_RESPONSE).owner_id = ana(session).id
    session.flush()
    assert must_lease(session, ana(session).id).account_id == large.id


def test_a_heartbeat_extends_the_lease(session: Session) -> None:
    billed_to_payer(session)
    found = must_lease(session, ana(session).id, seconds=5)
    until = leasing.heartbeat(session, found.task_id, found.token, rep_id=ana(session).id, lease_seconds=900)
    assert until > found.until + timedelta(seconds=800)


@pytest.mark.parametrize("what", ["another token", "another rep", "run out"])
def test_no_write_is_accepted_without_the_lease(session: Session, what: str) -> None:
    billed_to_payer(session)
    found = must_lease(session, ana(session).id)
    rep_id = ben(session).id if what == "another rep" else ana(session).id
    token = found.token + 1 if what == "another token" else found.token
    if what == "run out":
        run_down(session)
    with pytest.raises(LeaseLost):
        leasing.prove(session, found.task_id, token, rep_id=rep_id)
    with pytest.raises(LeaseLost):
        leasing.heartbeat(session, found.task_id, token, rep_id=rep_id, lease_seconds=60)
    with pytest.raises(LeaseLost):
        leasing.release(session, found.task_id, token, rep_id=rep_id, now=NOON)


def test_there_is_no_lease_on_a_task_that_does_not_exist(session: Session) -> None:
    with pytest.raises(NoSuchTask):
        leasing.prove(session, 0, 0, rep_id=0)


def test_a_released_task_is_offered_again(session: Session) -> None:
    billed_to_payer(session)
    found = must_lease(session, ana(session).id)
    leasing.release(session, found.task_id, found.token, rep_id=ana(session).id, now=NOON)
    again = must_lease(session, ben(session).id)
    assert (again.task_id, again.token > found.token) == (found.task_id, True)
    ended = session.get_one(Lease, found.token)
    assert (ended.ended_by, ended.ended_at is not None) == (LeaseEnd.RELEASED, True)


def test_a_lease_that_ran_out_goes_back_to_the_queue_and_history_says_so(session: Session) -> None:
    account = billed_to_payer(session)
    found = must_lease(session, ana(session).id)
    assert leasing.run_out(session) == 0
    run_down(session)
    assert leasing.run_out(session) == 1
    session.expire_all()
    task = session.get_one(Task, found.task_id)
    assert (task.state, task.holder_id, task.lease_token) == (TaskState.QUEUED, None, None)
    assert session.get_one(Lease, found.token).ended_by is LeaseEnd.RAN_OUT
    change = history_of(session, account)[-1]
    assert (change.cause, change.cause_id) == (CauseKind.LEASE, found.token)
    assert differences(session) == []


def test_a_task_held_back_meanwhile_goes_back_to_waiting(session: Session) -> None:
    account = owed_by_patient(session)
    found = must_lease(session, otto(session).id)
    now = datetime.now(UTC)
    make_hold(session, account=account, placed_at=now, until_at=now + timedelta(days=30))
    derive(session, account, at=now)
    run_down(session)
    leasing.run_out(session)
    session.expire_all()
    assert session.get_one(Task, found.task_id).state is TaskState.WAITING
    assert differences(session, now) == []


def test_a_task_that_closed_meanwhile_stays_closed(session: Session) -> None:
    account = billed_to_payer(session)
    found = must_lease(session, ana(session).id)
    deny(session, account, 50_000)
    run_down(session)
    leasing.run_out(session)
    session.expire_all()
    assert session.get_one(Task, found.task_id).state is TaskState.CLOSED
    assert verifying.certify(session, now=NOON).is_ok


def test_a_rep_whose_own_lease_ran_out_gets_work_without_waiting_for_the_sweeper(session: Session) -> None:
    billed_to_payer(session)
    found = must_lease(session, ana(session).id)
    run_down(session)
    again = must_lease(session, ana(session).id)
    assert (again.task_id, again.token > found.token) == (found.task_id, True)


def test_a_lead_takes_a_task_away_and_the_old_lease_is_over_at_once(session: Session) -> None:
    account = billed_to_payer(session)
    found = must_lease(session, ana(session).id)
    leasing.reassign(
        session, found.task_id, to_user_id=ben(session).id, reason="ill", lead_id=sue(session).id, now=NOON
    )
    with pytest.raises(LeaseLost):
        leasing.prove(session, found.task_id, found.token, rep_id=ana(session).id)
    assert session.get_one(Lease, found.token).ended_by is LeaseEnd.TAKEN_OVER
    change = history_of(session, account)[-1]
    assert (change.cause, change.actor_id) == (CauseKind.LEAD, sue(session).id)
    assert change.after["reason"] == "ill"
    assert verifying.certify(session, now=NOON).is_ok


def test_a_task_is_given_only_to_somebody_who_works(session: Session) -> None:
    task = task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE)
    for person in (uma(session), make_user(session, is_active=False)):
        with pytest.raises(NotAssignable):
            leasing.reassign(
                session, task.id, to_user_id=person.id, reason="", lead_id=sue(session).id, now=NOON
            )


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


def test_a_task_another_rep_is_just_taking_is_passed_over(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        accounts = [billed_to_payer(session, cents).id for cents in (90_000, 10_000)]
        rep_ids = [ana(session).id, ben(session).id]
    with Session(engine) as first, Session(engine) as second:
        taken = [must_lease(each, rep_id) for each, rep_id in zip((first, second), rep_ids, strict=True)]
        assert [each.account_id for each in taken] == accounts
        first.commit()
        second.commit()


def test_the_lease_is_proved_after_waiting_for_the_account(engine: Engine) -> None:
    """The clock is read when the lock is granted, not when it was asked for."""
    with Session(engine) as session, session.begin():
        account_id, rep_id = billed_to_payer(session).id, ana(session).id
    with Session(engine) as rep, Session(engine) as worker:
        found = must_lease(rep, rep_id, seconds=1)
        rep.commit()
        worker.execute(select(Account).where(Account.id == account_id).with_for_update())
        waiting = Thread(target=worker_done_later, args=(worker, 1.3))
        waiting.start()
        began = time.monotonic()
        with pytest.raises(LeaseLost):
            leasing.prove(rep, found.task_id, found.token, rep_id=rep_id)
        assert time.monotonic() - began > 0.8, "the lease was good when it was asked for"
        waiting.join()


def worker_done_later(worker: Session, seconds: float) -> None:
    time.sleep(seconds)
    worker.commit()
