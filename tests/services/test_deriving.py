"""The derivation as such: history, deferral, settlement, leases, rebuild and check."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    make_account,
    make_claim,
    make_fact,
    make_lane,
    make_lease,
    make_outcome,
    make_payer,
    make_promise,
    sue,
)
from tests.services.desk import billed_to_payer, open_office, owed_by_patient, post
from tests.services.queues import derive, differences, history_of, open_kinds, task_of, whole_queue
from workqueue.database import engine_options
from workqueue.models import Account, Claim, Fact, Task
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CauseKind, FactKind, TaskState
from workqueue.services import deriving, leasing

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def rejected(session: Session) -> tuple[Account, Task]:
    account = billed_to_payer(session)
    post(session, status_fact(session, account, "A7"))
    return account, task_of(session, account, TaskKind.CLAIM_REJECTED)


def status_fact(session: Session, account: Account, category: str) -> Fact:
    return make_fact(
        session,
        FactKind.CLAIM_STATUS,
        account_number=account.number,
        effective_on=TODAY,
        code=category,
        payload={"status_key": f"{TODAY:%Y%m%d}:{category}"},
    )


def test_a_second_derivation_changes_nothing_and_writes_no_history(session: Session) -> None:
    account, task = rejected(session)
    before = (task.changed_at, len(history_of(session, account)))
    derive(session, account, at=NOON + SECOND)
    assert (task.changed_at, len(history_of(session, account))) == before


def test_history_names_the_fact_that_changed_a_task(session: Session) -> None:
    account = billed_to_payer(session)
    fact = status_fact(session, account, "A7")
    post(session, fact)
    (change,) = history_of(session, account)
    assert (change.cause, change.cause_id) == (CauseKind.FACT, fact.id)
    assert (change.before["state"], change.after["state"]) == ("queued", "closed")
    opened = task_of(session, account, TaskKind.CLAIM_REJECTED)
    assert (opened.opened_by_cause, opened.opened_by_id) == (CauseKind.FACT, fact.id)


def test_history_names_each_accounts_own_fact_in_a_batch(session: Session) -> None:
    accounts = [billed_to_payer(session) for _ in range(2)]
    facts = [status_fact(session, each, "A7") for each in accounts]
    post(session, *facts)
    assert [history_of(session, each)[-1].cause_id for each in accounts] == [each.id for each in facts]


def test_history_names_the_clock(session: Session) -> None:
    account = owed_by_patient(session, service_on=TODAY - 5 * DAY)
    deriving.rescore_due(session, now=office_midnight(TODAY + 9 * DAY))
    (change,) = history_of(session, account)
    assert (change.cause, change.cause_id, change.actor_id) == (CauseKind.CLOCK, None, None)
    assert (change.before["state"], change.after["state"]) == ("waiting", "queued")


def test_history_names_the_rebuild_and_who_asked_for_it(session: Session) -> None:
    account, task = rejected(session)
    session.execute(update(Task).where(Task.id == task.id).values(priority=7))
    report = deriving.rebuild(session, now=NOON, actor_id=sue(session).id)
    assert (report.opened, report.changed, report.closed) == (0, 1, 0)
    change = history_of(session, account)[-1]
    assert (change.cause, change.actor_id, change.before["priority"]) == (
        CauseKind.REBUILD,
        sue(session).id,
        7,
    )


def test_a_deferral_ends_at_its_time(session: Session) -> None:
    account, task = rejected(session)
    task.deferred_until = NOON + DAY
    derive(session, account)
    assert (task.state, task.rescore_at) == (TaskState.WAITING, NOON + DAY)
    derive(session, account, at=NOON + DAY - SECOND)
    assert task.state is TaskState.WAITING
    derive(session, account, at=NOON + DAY)
    assert (task.state, task.deferred_until) == (TaskState.QUEUED, None)


def test_a_deferral_ends_with_a_new_fact(session: Session) -> None:
    account, task = rejected(session)
    task.deferred_until = NOON + DAY
    derive(session, account)
    post(session, status_fact(session, account, "A7"))
    assert (task.state, task.deferred_until) == (TaskState.QUEUED, None)
    assert differences(session) == []


def test_a_settled_task_stays_closed_until_a_new_fact_arrives(session: Session) -> None:
    account, task = rejected(session)
    task.settled_evidence = task.evidence
    derive(session, account)
    derive(session, account, at=NOON + DAY)
    assert task.state is TaskState.CLOSED
    post(session, status_fact(session, account, "A6"))
    assert task.state is TaskState.QUEUED
    assert task.opened_at == NOON


def test_a_settled_task_whose_facts_are_gone_is_not_looked_at_again(session: Session) -> None:
    account, task = rejected(session)
    task.settled_evidence = task.evidence
    derive(session, account)
    assert task.rescore_at is not None
    account.insurance_cents = 0
    derive(session, account)
    assert task.rescore_at is None


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_a_settled_task_is_never_a_difference(session: Session, *, is_rebuilt: bool) -> None:
    account = owed_by_patient(session)
    outcome = make_outcome(session, task=task_of(session, account, TaskKind.PATIENT_BALANCE))
    make_promise(session, account=account, outcome=outcome, due_on=TODAY, grace_on=TODAY + 3 * DAY)
    derive(session, account)
    task = task_of(session, account, TaskKind.PROMISE_DUE)
    task.settled_evidence = task.evidence
    derive(session, account)
    for days in range(0, 140, 2):
        at = NOON + days * DAY
        if is_rebuilt:
            deriving.rebuild(session, now=at)
        else:
            deriving.rescore_due(session, now=at)
        assert differences(session, at) == []


def test_a_task_that_closes_in_a_reps_hands_keeps_its_lease(session: Session) -> None:
    account, task = rejected(session)
    lease = make_lease(session, task=task, granted_at=datetime.now(UTC))
    account.insurance_cents = 0
    derive(session, account)
    assert (task.state, task.lease_token) == (TaskState.CLOSED, lease.id)
    held = leasing.prove(session, task.id, lease.id, rep_id=ana(session).id)
    leasing.release(session, held.id, lease.id, rep_id=ana(session).id, now=NOON)
    assert (task.state, task.lease_token) == (TaskState.CLOSED, None)


def test_a_task_in_a_reps_hands_is_rescored_and_stays_there(session: Session) -> None:
    account, task = rejected(session)
    make_lease(session, task=task, granted_at=datetime.now(UTC))
    before = task.priority
    session.scalars(select(Claim)).one().charge_cents += 1
    account.insurance_cents *= 2
    derive(session, account)
    assert (task.state, task.priority > before) == (TaskState.LEASED, True)


def test_a_rebuild_of_an_empty_queue_gives_what_the_events_gave(session: Session) -> None:
    open_office(session)
    for _ in range(3):
        rejected(session)
        owed_by_patient(session)
    live = whole_queue(session)
    session.execute(text("DELETE FROM tasks"))
    report = deriving.rebuild(session, now=NOON)
    assert (report.tasks, report.opened) == (6, 6)
    assert whole_queue(session) == live
    assert differences(session) == []


def test_a_rebuild_of_a_right_queue_writes_nothing(session: Session) -> None:
    rejected(session)
    report = deriving.rebuild(session, now=NOON)
    assert (report.tasks, report.opened, report.changed, report.closed) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tasks SET priority = priority + 1",
        "UPDATE tasks SET value_cents = 1",
        "UPDATE tasks SET state = 'waiting' WHERE state = 'queued'",
        "UPDATE tasks SET state = 'closed' WHERE state = 'queued'",
        "UPDATE tasks SET deadline_on = deadline_on + 1",
        "UPDATE tasks SET lane_id = lane_id + 1",
        "UPDATE tasks SET rescore_at = rescore_at + interval '1 second'",
        "UPDATE tasks SET subject = 9 WHERE state = 'queued'",
        "UPDATE tasks SET state = 'queued' WHERE state = 'closed'",
        "DELETE FROM tasks WHERE state = 'queued'",
        "UPDATE accounts SET insurance_cents = insurance_cents + 100",
        "UPDATE claims SET status_category = 'A4'",
    ],
)
def test_the_check_sees_every_damage_and_a_rebuild_repairs_it(session: Session, damage: str) -> None:
    account, _ = rejected(session)
    assert differences(session) == []
    session.execute(text(damage))
    session.expire_all()
    assert {each.account_id for each in differences(session)} == {account.id}
    deriving.rebuild(session, now=NOON)
    assert differences(session) == []
    if damage.startswith(("UPDATE tasks", "DELETE")):
        assert open_kinds(session, account) == {TaskKind.CLAIM_REJECTED}


def test_an_account_whose_hour_has_come_is_left_to_the_sweeper(session: Session) -> None:
    account = owed_by_patient(session, service_on=TODAY - 5 * DAY)
    due_at = office_midnight(TODAY + 9 * DAY)
    assert differences(session, due_at) == []
    assert deriving.rescore_due(session, now=due_at) == 1
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED
    assert differences(session, due_at) == []
    assert deriving.rescore_due(session, now=due_at) == 0


def test_a_new_call_window_gets_its_lanes_by_itself(session: Session) -> None:
    account = owed_by_patient(session)
    session.execute(text("DELETE FROM lanes"))
    session.execute(text("DELETE FROM tasks"))
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.PATIENT_BALANCE}


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    """Real connections: two transactions at once."""
    made = create_engine(fresh_database, connect_args=engine_options()["connect_args"])
    yield made
    made.dispose()


def a_rejected_claim_at_work(engine: Engine) -> tuple[int, int, int]:
    with Session(engine) as session:
        open_office(session)
        account = make_account(session, charge_cents=50_000, insurance_cents=50_000)
        make_claim(session, account=account, payer=make_payer(session), status_category="A7", status_on=TODAY)
        make_lane(session)
        derive(session, account)
        task = task_of(session, account, TaskKind.CLAIM_REJECTED)
        found = (account.id, task.id, ana(session).id)
        session.commit()
    return found


@pytest.mark.parametrize("is_rebuild", [False, True])
def test_a_lease_granted_during_a_derivation_is_kept(engine: Engine, *, is_rebuild: bool) -> None:
    account_id, task_id, rep_id = a_rejected_claim_at_work(engine)
    with Session(engine) as rep, Session(engine) as worker:
        leased = leasing.lease_next(rep, rep_id=rep_id, now=NOON, lease_seconds=60)
        assert leased is not None
        waiting_for_the_rep = threading.Event()

        def work() -> None:
            account = worker.get_one(Account, account_id)
            account.insurance_cents = 70_000
            waiting_for_the_rep.set()
            if is_rebuild:
                deriving.rebuild(worker, now=NOON)
            else:
                derive(worker, account)
            worker.commit()

        thread = threading.Thread(target=work)
        thread.start()
        waiting_for_the_rep.wait()
        thread.join(0.5)
        assert thread.is_alive(), "the derivation waits for the row the rep is taking"
        rep.commit()
        thread.join(10)
        assert not thread.is_alive()
    with Session(engine) as session:
        task = session.get_one(Task, task_id)
        assert (task.state, task.lease_token, task.holder_id) == (TaskState.LEASED, leased.token, rep_id)
        assert task.value_cents == 70_000 * 5_500 // 10_000
        assert differences(session) == []


def test_a_rebuild_and_a_rep_who_writes_do_not_wait_for_each_other_in_a_ring(engine: Engine) -> None:
    account_id, task_id, rep_id = a_rejected_claim_at_work(engine)
    with Session(engine) as rep, Session(engine) as office:
        leased = leasing.lease_next(rep, rep_id=rep_id, now=NOON, lease_seconds=60)
        assert leased is not None
        # The rebuild has something to put right in the very row the rep is writing about.
        rep.execute(update(Task).values(priority=1))
        rep.commit()
        leasing.prove(rep, task_id, leased.token, rep_id=rep_id)
        thread = threading.Thread(target=lambda: (deriving.rebuild(office, now=NOON), office.commit()))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "the rebuild waits until the rep has finished"
        derive(rep, rep.get_one(Account, account_id))
        rep.commit()
        thread.join(10)
        assert not thread.is_alive()
