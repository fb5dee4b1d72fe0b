"""The queue follows the rules in force, and no rule makes an open balance vanish from it."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_fact, sue
from tests.rules.queue_rule_sets import rule_sets
from tests.rules.test_queue_rules import with_kind
from tests.services.desk import billed_to_payer, deny, owed_by_patient, post, unmatched_payment
from tests.services.queues import derive, differences, history_of, open_kinds, put_in_force, task_of
from tests.services.test_deriving_clock import accounts, generated, make, undoing
from workqueue.models import Account, Lane, Skill, Task
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.rules.states import CauseKind, FactKind, TaskState
from workqueue.services import deriving, queue_rules, verifying
from workqueue.services.reading.history import history

DAY = timedelta(days=1)

__all__ = ["undoing"]


def skill_of(session: Session, task: Task) -> str:
    lane = session.get_one(Lane, task.lane_id)
    return session.get_one(Skill, lane.skill_id).code


def rejected(session: Session) -> Account:
    account = billed_to_payer(session)
    status = make_fact(
        session,
        FactKind.CLAIM_STATUS,
        account_number=account.number,
        effective_on=TODAY,
        code="A7",
        payload={"status_key": f"{TODAY:%Y%m%d}:A7"},
    )
    post(session, status)
    return account


def test_version_1_is_what_was_delivered(session: Session) -> None:
    found = queue_rules.in_force(session)
    assert (found.version_id, found.rules) == (1, DELIVERED)


def test_the_publication_with_the_highest_number_holds(session: Session) -> None:
    put_in_force(session, replace(DELIVERED, revisit_days=9))
    newest = put_in_force(session, replace(DELIVERED, revisit_days=5))
    found = queue_rules.in_force(session)
    assert (found.publication_id, found.rules.revisit_days) == (newest.id, 5)


def test_a_kind_that_is_off_leaves_its_claims_to_the_next_rule(session: Session) -> None:
    account = rejected(session)
    assert open_kinds(session, account) == {TaskKind.CLAIM_REJECTED}
    put_in_force(session, with_kind(TaskKind.CLAIM_REJECTED, is_on=False))
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_NO_RESPONSE}
    assert differences(session) == []


def test_a_claim_below_the_floor_of_a_kind_is_left_to_the_next_rule(session: Session) -> None:
    account = rejected(session)
    put_in_force(session, with_kind(TaskKind.CLAIM_REJECTED, floor_cents=50_001))
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_NO_RESPONSE}
    put_in_force(session, with_kind(TaskKind.CLAIM_REJECTED, floor_cents=50_000))
    derive(session, account)
    assert open_kinds(session, account) == {TaskKind.CLAIM_REJECTED}


def test_a_balance_below_the_floor_waits_until_it_is_old_enough(session: Session) -> None:
    account = owed_by_patient(session, 1_500)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED
    put_in_force(session, with_kind(TaskKind.PATIENT_BALANCE, floor_cents=2_000))
    derive(session, account)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    old_enough_at = office_midnight(TODAY + 20 * DAY)
    assert (task.state, task.available_at, task.rescore_at) == (
        TaskState.WAITING,
        old_enough_at,
        old_enough_at,
    )
    deriving.rescore_due(session, now=old_enough_at)
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.QUEUED


def test_a_small_denial_that_waits_comes_up_for_its_appeal(session: Session) -> None:
    account = billed_to_payer(session, 3_000)
    deny(session, account, 3_000)
    put_in_force(session, with_kind(TaskKind.DENIAL, floor_cents=5_000))
    derive(session, account)
    denial = task_of(session, account, TaskKind.DENIAL)
    assert denial.state is TaskState.WAITING
    assert denial.deadline_on is not None
    derive(session, account, at=office_midnight(denial.deadline_on - 7 * DAY))
    appeal = task_of(session, account, TaskKind.APPEAL_DEADLINE)
    assert (appeal.state, appeal.tier) == (TaskState.QUEUED, 1)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"skill": SkillCode.PAYMENTS}, ("payments", 2, 15)),
        ({"tier": 1}, ("claims", 1, 15)),
        ({"minutes": 3}, ("claims", 2, 3)),
    ],
)
def test_the_rules_say_who_works_a_kind_and_what_it_takes(
    session: Session, changes: dict[str, Any], found: tuple[str, int, int]
) -> None:
    account = billed_to_payer(session)
    put_in_force(session, with_kind(TaskKind.CLAIM_NO_RESPONSE, **changes))
    derive(session, account)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert (skill_of(session, task), task.tier, task.minutes) == found


def test_a_rebuild_follows_the_rules_in_force_and_its_history_names_them(session: Session) -> None:
    account = billed_to_payer(session)
    unmatched_payment(session)
    sue(session)
    publication = put_in_force(session, with_kind(TaskKind.CLAIM_NO_RESPONSE, weight_percent=300))
    assert len(differences(session)) == 1
    report = deriving.rebuild(
        session, now=NOON, actor_id=sue(session).id, cause=CauseKind.RULES, cause_id=publication.id
    )
    assert (report.opened, report.changed, report.closed) == (0, 1, 0)
    (change,) = history_of(session, account)
    assert (change.cause, change.cause_id) == (CauseKind.RULES, publication.id)
    (line,) = history(session, account_id=account.id)
    assert line.cause_words == f"Sue published version {publication.version_id} of the rules of the queue"
    assert differences(session) == []


@settings(generated, max_examples=int(os.environ.get("WORKQUEUE_RULE_EXAMPLES", "12")))
@given(told=accounts, rules=rule_sets())
def test_under_any_rules_every_open_balance_has_its_place(
    session: Session,
    undoing: Callable[[Callable[[], None]], None],
    told: dict[str, Any],
    rules: QueueRules,
) -> None:
    def example() -> None:
        put_in_force(session, rules)
        derive(session, make(session, told))
        assert verifying.certify(session, now=NOON).open_balances["none"] == 0
        assert differences(session) == []

    undoing(example)
