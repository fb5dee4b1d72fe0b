"""Payment plans: written as promises, waited for while they live, in default after two missing payments."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOON, make_hold, make_ledger_entry, otto
from tests.services.desk import call, log, owed_by_patient, refused, take
from tests.services.queues import derive, differences, open_kinds, task_of
from workqueue.models import Account, PaymentPlan, Promise, Task
from workqueue.rules.business_days import office_midnight
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.plans import CREDITOR_NOTICE, PlanState
from workqueue.rules.promises import PromiseState
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import TaskState
from workqueue.services import plans
from workqueue.services.outcomes import LoggedOutcome
from workqueue.services.reading.account import account_version, account_view
from workqueue.services.reading.task import task_card

FIRST = date(2026, 3, 20)
SECOND, THIRD = date(2026, 4, 20), date(2026, 5, 20)
# Three working days after each payment's day, and the day on which it counts as missing.
MISSED_FIRST, MISSED_SECOND, MISSED_THIRD = date(2026, 3, 26), date(2026, 4, 24), date(2026, 5, 27)


def agreed(
    session: Session, *, cents: int = 30_000, instalments: int = 3
) -> tuple[Account, PaymentPlan, LoggedOutcome]:
    rep, account = otto(session), owed_by_patient(session, cents)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    logged = log(session, held, OutcomeEntry("plan", instalments=instalments, due_on=FIRST), rep.id)
    return account, session.scalars(select(PaymentPlan)).one(), logged


def pay(session: Session, account: Account, cents: int, on: date) -> None:
    """Let the patient pay, as far as the ledger and the balance show it."""
    make_ledger_entry(session, account=account, patient_cents=-cents, effective_on=on)
    session.execute(
        update(Account).where(Account.id == account.id).values(patient_cents=Account.patient_cents - cents)
    )
    session.expire_all()


def states_on(session: Session, account: Account, day: date) -> dict[TaskKind, list[TaskState]]:
    """Return the states of the account's tasks once that office day has begun; a rebuild would agree."""
    at = office_midnight(day)
    derive(session, account, at=at)
    assert [each for each in differences(session, at) if each.account_id == account.id] == []
    found: dict[TaskKind, list[TaskState]] = {}
    rows = session.scalars(
        select(Task)
        .where(Task.account_id == account.id, Task.state != TaskState.CLOSED)
        .order_by(Task.subject)
    )
    for task in rows:
        found.setdefault(task.kind, []).append(task.state)
    return found


def test_a_plan_spreads_the_balance_over_promises_that_build_on_each_other(session: Session) -> None:
    account, plan, logged = agreed(session, cents=30_001)
    assert (plan.total_cents, plan.instalments, plan.first_due_on) == (30_001, 3, FIRST)
    assert plan.outcome_id == logged.outcome_id
    parts = session.scalars(select(Promise).order_by(Promise.id)).all()
    assert [(each.amount_cents, each.cumulative_cents, each.due_on) for each in parts] == [
        (10_001, 10_001, FIRST),
        (10_000, 20_001, SECOND),
        (10_000, 30_001, THIRD),
    ]
    assert {each.plan_id for each in parts} == {plan.id}
    assert logged.next_at == datetime(2026, 3, 20, 4, tzinfo=UTC)
    assert logged.sentence == "Pays in instalments. It comes up again on March 20, 2026."
    assert open_kinds(session, account) == {TaskKind.PATIENT_BALANCE, TaskKind.PROMISE_DUE}
    assert differences(session) == []


def test_more_than_four_payments_say_so_when_logged_and_on_the_page(session: Session) -> None:
    account, _, logged = agreed(session, instalments=5)
    assert logged.sentence.endswith(CREDITOR_NOTICE)
    shown = account_view(session, account_id=account.id, now=NOON).plans[0]
    assert shown.notice == CREDITOR_NOTICE


@pytest.mark.parametrize(
    ("instalments", "due_on", "field"),
    [(7, FIRST, "instalments"), (1, FIRST, "instalments"), (3, date(2026, 4, 10), "due_on")],
)
def test_a_plan_outside_the_house_rules_is_not_written(
    session: Session, instalments: int, due_on: date, field: str
) -> None:
    rep, account = otto(session), owed_by_patient(session, 30_000)
    held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    call(session, account, held, rep.id)
    entry = OutcomeEntry("plan", instalments=instalments, due_on=due_on)
    assert set(refused(session, held, entry, rep.id)) == {field}
    assert session.scalars(select(PaymentPlan)).all() == []


def test_a_payment_counts_once_over_the_instalments(session: Session) -> None:
    account, _, _ = agreed(session)
    pay(session, account, 15_000, FIRST)
    view = account_view(session, account_id=account.id, now=office_midnight(FIRST))
    plan = view.plans[0]
    assert [(each.paid_cents, each.state) for each in plan.instalments] == [
        (10_000, PromiseState.KEPT),
        (5_000, PromiseState.PARTIAL),
        (0, PromiseState.OPEN),
    ]
    assert (plan.paid_cents, plan.state, plan.missed) == (15_000, PlanState.ALIVE, 0)
    assert plan.next_due == plan.instalments[1]
    assert view.promises == ()
    found = states_on(session, account, SECOND)
    assert found[TaskKind.PROMISE_DUE] == [TaskState.QUEUED, TaskState.WAITING]
    due = session.scalars(
        select(Task).where(Task.kind == TaskKind.PROMISE_DUE, Task.state == TaskState.QUEUED)
    ).one()
    assert due.value_cents == 5_000


def test_the_ordinary_call_waits_for_the_plan_while_it_lives_and_one_missing_payment_is_followed_up(
    session: Session,
) -> None:
    account, _, _ = agreed(session)
    before, missed = (
        states_on(session, account, day) for day in (MISSED_FIRST - timedelta(days=1), MISSED_FIRST)
    )
    assert before[TaskKind.PROMISE_DUE][0] is TaskState.QUEUED
    assert TaskKind.PROMISE_BROKEN not in before
    assert missed[TaskKind.PROMISE_BROKEN] == [TaskState.QUEUED]
    assert missed[TaskKind.PATIENT_BALANCE] == [TaskState.WAITING]
    # Until fourteen days after the last payment's grace.
    derive(session, account, at=office_midnight(MISSED_FIRST))
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).available_at == office_midnight(
        MISSED_THIRD + timedelta(days=13)
    )


def test_two_missing_payments_are_a_default_and_the_balance_is_followed_up_like_any_other(
    session: Session,
) -> None:
    account, _, _ = agreed(session)
    before = states_on(session, account, MISSED_SECOND - timedelta(days=1))
    assert before[TaskKind.PROMISE_BROKEN] == [TaskState.QUEUED]
    found = states_on(session, account, MISSED_SECOND)
    assert found[TaskKind.PROMISE_BROKEN] == [TaskState.QUEUED, TaskState.QUEUED]
    available = task_of(session, account, TaskKind.PATIENT_BALANCE).available_at
    assert available == office_midnight(MISSED_SECOND + timedelta(days=13))
    at = office_midnight(MISSED_SECOND)
    broken = session.scalars(
        select(Task.id).where(Task.kind == TaskKind.PROMISE_BROKEN).order_by(Task.subject)
    ).all()
    card = task_card(session, task_id=broken[1], rep_id=otto(session).id, now=at)
    assert card.why.reasons == (
        "Payment 2 of a plan, $100.00, is due on April 20, 2026. It has not come.",
        "The plan is in default: 2 payments are missing.",
    )
    plan = account_view(session, account_id=account.id, now=at).plans[0]
    assert (plan.state, plan.missed) == (PlanState.DEFAULT, 2)
    later = states_on(session, account, MISSED_SECOND + timedelta(days=13))
    assert later[TaskKind.PATIENT_BALANCE] == [TaskState.QUEUED]


def test_a_plan_in_default_lives_again_when_the_money_comes(session: Session) -> None:
    account, _, _ = agreed(session)
    states_on(session, account, MISSED_SECOND)
    pay(session, account, 10_000, MISSED_SECOND)
    found = states_on(session, account, MISSED_SECOND)
    assert found[TaskKind.PROMISE_BROKEN] == [TaskState.QUEUED]
    plan = account_view(session, account_id=account.id, now=office_midnight(MISSED_SECOND)).plans[0]
    assert (plan.state, plan.missed) == (PlanState.ALIVE, 1)
    pay(session, account, 20_000, MISSED_SECOND)
    assert states_on(session, account, MISSED_SECOND) == {}
    plan = account_view(session, account_id=account.id, now=office_midnight(MISSED_SECOND)).plans[0]
    assert (plan.state, plan.next_due) == (PlanState.KEPT, None)


def test_on_every_day_of_a_plan_nobody_pays_the_queue_is_what_a_rebuild_would_give(session: Session) -> None:
    account, _, _ = agreed(session)
    for days in range(0, 100, 3):
        states_on(session, account, date(2026, 3, 11) + timedelta(days=days))


@pytest.mark.parametrize("newer", ["promise", "plan"])
def test_a_newer_promise_or_plan_takes_its_place(session: Session, newer: str) -> None:
    account, plan, _ = agreed(session)
    rep, later = otto(session), office_midnight(MISSED_FIRST) + timedelta(hours=16)
    derive(session, account, at=later)
    held = take(session, account, TaskKind.PROMISE_BROKEN, rep)
    due_on = date(2026, 4, 2)
    entry = (
        OutcomeEntry("promise", amount_cents=30_000, due_on=due_on, is_inbound=True)
        if newer == "promise"
        else OutcomeEntry("plan", instalments=2, due_on=due_on, is_inbound=True)
    )
    log(session, held, entry, rep.id, later)
    old = session.get_one(PaymentPlan, plan.id, populate_existing=True)
    assert old.cancelled_at == later
    alive = session.scalars(select(Promise).where(Promise.cancelled_at.is_(None))).all()
    assert {each.plan_id for each in alive} & {plan.id} == set()
    assert len(alive) == (1 if newer == "promise" else 2)
    assert TaskKind.PROMISE_BROKEN not in open_kinds(session, account)
    assert differences(session, later) == []


def test_a_plan_called_off_gives_the_balance_back_to_the_ordinary_call(session: Session) -> None:
    account, plan, _ = agreed(session)
    before = account_version(session, account_id=account.id)
    later = NOON + timedelta(days=15)
    plans.cancel(session, plan_id=plan.id, actor_id=otto(session).id, now=later)
    assert open_kinds(session, account) == {TaskKind.PATIENT_BALANCE}
    assert account_version(session, account_id=account.id) != before
    shown = account_view(session, account_id=account.id, now=later).plans[0]
    assert shown.state is PlanState.CANCELLED
    with pytest.raises(plans.PlanOver):
        plans.cancel(session, plan_id=plan.id, actor_id=otto(session).id, now=later)
    with pytest.raises(NotFound):
        plans.cancel(session, plan_id=plan.id + 1, actor_id=otto(session).id, now=later)


def test_a_hold_stops_the_calls_about_a_plan_too(session: Session) -> None:
    account, _, _ = agreed(session)
    make_hold(session, account=account, until_at=office_midnight(MISSED_THIRD))
    found = states_on(session, account, MISSED_FIRST)
    assert set(found[TaskKind.PROMISE_BROKEN]) == {TaskState.WAITING}
