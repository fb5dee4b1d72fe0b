"""What a rep arranged for a claim goes on when the clock alone makes another kind of task of it."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_account, make_claim, make_payer, make_user
from tests.services.desk import open_office
from tests.services.queues import derive, differences, task_of
from workqueue.models import Account, Task
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.states import TaskState

APPEAL_DAYS = 60
INTO_THE_LEAD_TIME = NOON + timedelta(days=53)


def denied(session: Session) -> Account:
    open_office(session)
    payer = make_payer(session, appeal_days=APPEAL_DAYS)
    account = make_account(session, insurance_cents=50_000)
    claim = make_claim(
        session,
        account=account,
        payer=payer,
        adjudicated_on=TODAY,
        denied_cents=50_000,
        denial_key=f"{TODAY:%Y%m%d}:CO-50",
    )
    claim.fact_id = 7
    session.flush()
    derive(session, account)
    return account


def wait_for_the_payer(session: Session, task: Task, until: datetime) -> None:
    task.deferred_until, task.deferred_for = until, Party.PAYER
    session.flush()


def test_an_appeal_that_is_out_is_not_hurried_by_its_own_deadline(session: Session) -> None:
    account = denied(session)
    until = INTO_THE_LEAD_TIME + timedelta(days=4)
    wait_for_the_payer(session, task_of(session, account, TaskKind.DENIAL), until)

    derive(session, account, at=INTO_THE_LEAD_TIME)

    urgent = task_of(session, account, TaskKind.APPEAL_DEADLINE)
    assert urgent.state is TaskState.WAITING
    assert (urgent.deferred_until, urgent.deferred_for) == (until, Party.PAYER)
    assert differences(session, INTO_THE_LEAD_TIME) == []


def test_the_deadline_comes_up_when_the_wait_is_over(session: Session) -> None:
    account = denied(session)
    until = INTO_THE_LEAD_TIME + timedelta(days=4)
    wait_for_the_payer(session, task_of(session, account, TaskKind.DENIAL), until)
    derive(session, account, at=INTO_THE_LEAD_TIME)

    derive(session, account, at=until)

    assert task_of(session, account, TaskKind.APPEAL_DEADLINE).state is TaskState.QUEUED
    assert differences(session, until) == []


def test_a_deadline_nobody_answered_comes_up_at_once(session: Session) -> None:
    account = denied(session)

    derive(session, account, at=INTO_THE_LEAD_TIME)

    assert task_of(session, account, TaskKind.APPEAL_DEADLINE).state is TaskState.QUEUED


def test_a_new_fact_ends_the_wait_also_across_kinds(session: Session) -> None:
    account = denied(session)
    wait_for_the_payer(
        session, task_of(session, account, TaskKind.DENIAL), INTO_THE_LEAD_TIME + timedelta(days=10)
    )
    session.execute(update(Task).values(evidence=6))

    derive(session, account, at=INTO_THE_LEAD_TIME)

    assert task_of(session, account, TaskKind.APPEAL_DEADLINE).state is TaskState.QUEUED


def test_the_rep_it_was_passed_to_keeps_it(session: Session) -> None:
    account = denied(session)
    ben = make_user(session, username="ben")
    task_of(session, account, TaskKind.DENIAL).owner_id = ben.id
    session.flush()

    derive(session, account, at=INTO_THE_LEAD_TIME)

    assert task_of(session, account, TaskKind.APPEAL_DEADLINE).owner_id == ben.id
