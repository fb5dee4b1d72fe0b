"""What the clock alone changes, it changes at the moment a task has announced; the score is the formula's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_callback,
    make_claim,
    make_hold,
    make_outcome,
    make_patient,
    make_payer,
    make_promise,
    make_task,
)
from tests.rules.queue_rule_sets import rule_sets
from tests.services.desk import open_office
from tests.services.queues import derive, differences, put_in_force
from workqueue.models import Account, Patient, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priority import p_later_bp, score
from workqueue.rules.priors import PRIORS
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.rules.states import TaskState
from workqueue.services import deriving

days = st.integers(-200, 60).map(lambda count: TODAY + timedelta(days=count))
moments = st.integers(-3 * 86_400, 90 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))
cents = st.sampled_from([0, 0, 1, 999, 12_345, 50_000, 10_000_000])
categories = st.sampled_from(["", "A1", "A2", "A3", "A4", "A7", "D0", "P1", "P3", "R4", "F1", "F2"])

claims = st.fixed_dictionaries(
    {
        "submitted_on": st.none() | days,
        "status_category": categories,
        "status_on": days,
        "adjudicated_on": st.none() | days,
        "paid_cents": cents,
        "denied_cents": cents,
        "denied_on": days,
        "charge_cents": cents,
    }
)
promises = st.fixed_dictionaries(
    {"due_on": days, "grace_days": st.integers(0, 6), "cents": st.integers(1, 9_999)}
)
accounts = st.fixed_dictionaries(
    {
        "insurance_cents": cents | st.just(-500),
        "patient_cents": cents | st.just(-500),
        "is_identified": st.sampled_from([True, True, True, False]),
        "service_on": days,
        "patient_since_on": st.none() | days,
        "claims": st.lists(claims, max_size=2),
        "promises": st.lists(promises, max_size=2),
        "callbacks": st.lists(moments, max_size=2),
        "holds": st.lists(
            st.tuples(
                moments.filter(lambda at: at > NOON),
                st.sampled_from(HoldKind),
                st.sampled_from([None, "guarantor_id", "patient_id"]),
            ),
            max_size=3,
        ),
        "has_guarantor": st.booleans(),
        "limits": st.tuples(st.integers(1, 60), st.integers(1, 200), st.integers(1, 200)),
    }
)


rules = st.just(DELIVERED) | rule_sets()


def make(session: Session, told: dict[str, Any]) -> Account:
    open_office(session)
    response_days, filing_days, appeal_days = told["limits"]
    payer = make_payer(session, response_days=response_days, filing_days=filing_days, appeal_days=appeal_days)
    account = make_account(
        session,
        guarantor=make_patient(session) if told["has_guarantor"] else None,
        insurance_cents=told["insurance_cents"],
        patient_cents=told["patient_cents"],
        is_identified=told["is_identified"],
        service_on=told["service_on"],
        patient_since_on=told["patient_since_on"],
        opened_at=NOON - timedelta(days=200),
    )
    for sequence, claim in enumerate(told["claims"], 1):
        denied_on = claim.pop("denied_on")
        key = f"{denied_on:%Y%m%d}:CO-50" if claim["denied_cents"] else ""
        make_claim(session, account=account, sequence=sequence, payer=payer, denial_key=key, **claim)
        claim["denied_on"] = denied_on
    task = make_task(session, TaskKind.PROMISE_DUE, account=account, subject=0)
    for promise in told["promises"]:
        make_promise(
            session,
            account=account,
            outcome=make_outcome(session, task=task),
            amount_cents=promise["cents"],
            made_on=TODAY - timedelta(days=200),
            due_on=promise["due_on"],
            grace_on=promise["due_on"] + timedelta(days=promise["grace_days"]),
        )
    for at in told["callbacks"]:
        make_callback(session, account=account, at=at)
    for at, kind, whose in told["holds"]:
        person = session.get(Patient, getattr(account, whose) or account.patient_id or 0) if whose else None
        make_hold(session, account=account, person=person, kind=kind, until_at=at)
    return account


@pytest.fixture
def undoing(session: Session) -> Callable[[Callable[[], None]], None]:
    """Run a generated example and take back all it made."""

    def run(example: Callable[[], None]) -> None:
        with session.begin_nested() as savepoint:
            example()
            savepoint.rollback()

    return run


generated = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def next_moment(session: Session) -> datetime | None:
    return session.scalar(select(func.min(Task.rescore_at)))


@generated
@given(told=accounts, part=st.floats(0, 0.999), is_settled=st.booleans(), rules=rules)
def test_until_the_announced_moment_the_clock_changes_nothing(
    session: Session,
    undoing: Callable[[Callable[[], None]], None],
    told: dict[str, Any],
    part: float,
    rules: QueueRules,
    *,
    is_settled: bool,
) -> None:
    def example() -> None:
        put_in_force(session, rules)
        account = make(session, told)
        derive(session, account)
        if is_settled:
            for task in session.scalars(select(Task).where(Task.state != TaskState.CLOSED)):
                task.settled_evidence = task.evidence
            derive(session, account)
        at = NOON
        for _ in range(12):
            assert differences(session, at) == []
            following = next_moment(session)
            if following is None or following > NOON + timedelta(days=400):
                break
            assert following > at
            # Neither shortly before it, nor anywhere on the way, is anything different.
            assert differences(session, following - timedelta(microseconds=1)) == []
            assert differences(session, at + (following - at) * part) == []
            at = following
            assert deriving.rescore_due(session, now=at) == 1

    undoing(example)


@generated
@given(told=accounts, at=moments, rules=rules)
def test_the_score_in_the_database_is_the_score_of_the_formula(
    session: Session,
    undoing: Callable[[Callable[[], None]], None],
    told: dict[str, Any],
    at: datetime,
    rules: QueueRules,
) -> None:
    def example() -> None:
        put_in_force(session, rules)
        derive(session, make(session, told), at=at)
        for task in session.scalars(select(Task).where(Task.state != TaskState.CLOSED)):
            assert_scored(task, office_day(at), rules)

    undoing(example)


def assert_scored(task: Task, today: date, rules: QueueRules) -> None:
    priors = [each for each in PRIORS if each.kind is task.kind and each.p_now_bp == task.p_now_bp]
    of_kind = rules.of(task.kind)
    assert task.p_later_bp in {
        p_later_bp(each.p_later_bp, task.deadline_on, today, revisit_days=rules.revisit_days)
        for each in priors
    }
    assert task.minutes in {of_kind.minutes or each.minutes for each in priors}
    expected = score(
        tier=task.tier,
        value_cents=task.value_cents,
        now_bp=task.p_now_bp,
        later_bp=task.p_later_bp,
        penalty_cents=task.penalty_cents,
        minutes=task.minutes,
        due_at=task.available_at,
        discount_percent=rules.discount_percent,
        weight_percent=of_kind.weight_percent,
    )
    assert (task.gain_cents, task.priority) == (expected.gain_cents, expected.priority)
    assert task.tier == of_kind.tier
