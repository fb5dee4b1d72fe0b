"""The rules of the queue as a value: what may be changed, what may not, and how it is kept."""

import importlib.util
import json
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings

from tests.rules.queue_rule_sets import rule_sets
from workqueue.config import PROJECT
from workqueue.rules.kinds import KINDS, Skill, TaskKind
from workqueue.rules.queue_rules import (
    DELIVERED,
    HAS_FLOOR,
    LIMITS,
    MAY_BE_OFF,
    NUMBERS,
    KindRule,
    QueueRules,
    check,
    objections,
    raw_rules,
    rules_of,
)
from workqueue.rules.refusals import Invalid


def with_kind(kind: TaskKind, **changes: object) -> QueueRules:
    """Return the rules as delivered, with one kind treated otherwise."""
    return replace(
        DELIVERED,
        kinds=tuple(replace(each, **changes) if each.kind is kind else each for each in DELIVERED.kinds),
    )


def migration() -> ModuleType:
    (path,) = (PROJECT / "migrations" / "versions").glob("*_queue_rules.py")
    spec = importlib.util.spec_from_file_location("queue_rules_migration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_migration_inserts_the_delivered_rules_literally() -> None:
    assert json.loads(json.dumps(raw_rules(DELIVERED))) == migration().FIRST


def test_the_delivered_rules_stand() -> None:
    assert objections(DELIVERED) == {}
    assert [each.kind for each in DELIVERED.kinds] == list(KINDS)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule_sets())
def test_rules_are_read_as_they_were_kept(rules: QueueRules) -> None:
    assert objections(rules) == {}
    assert rules_of(json.loads(json.dumps(raw_rules(rules)))) == rules


def test_what_an_old_version_does_not_know_is_as_delivered() -> None:
    assert rules_of({"revisit_days": 9, "kinds": {"denial": {"weight_percent": 150}}}) == replace(
        with_kind(TaskKind.DENIAL, weight_percent=150), revisit_days=9
    )


def test_every_number_has_limits_and_every_limit_a_number() -> None:
    assert set(NUMBERS) == set(raw_rules(DELIVERED)) - {"kinds"}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda each: each.name)
def test_a_number_beyond_its_limits_is_refused_by_its_name(limit: object) -> None:
    name, least, most = limit.name, limit.least, limit.most  # type: ignore[attr-defined]
    assert [set(objections(replace(DELIVERED, **{name: each}))) for each in (least - 1, most + 1)] == [
        {name},
        {name},
    ]
    assert [objections(replace(DELIVERED, **{name: each})) for each in (least, most)] == [{}, {}]


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if kind not in MAY_BE_OFF])
def test_what_guards_a_balance_a_deadline_or_a_word_stays_on(kind: TaskKind) -> None:
    assert set(objections(with_kind(kind, is_on=False))) == {f"{kind.value}.is_on"}


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if kind not in HAS_FLOOR])
def test_other_peoples_money_and_our_word_have_no_floor(kind: TaskKind) -> None:
    assert set(objections(with_kind(kind, floor_cents=1))) == {f"{kind.value}.floor_cents"}


def test_nothing_goes_before_callbacks() -> None:
    assert set(objections(with_kind(TaskKind.DENIAL, tier=0))) == {"denial.tier"}
    assert set(objections(with_kind(TaskKind.CALLBACK_DUE, tier=1))) == {"callback_due.tier"}


@pytest.mark.parametrize(
    ("name", "value"), [("weight_percent", 9), ("weight_percent", 1_001), ("minutes", 0), ("minutes", 121)]
)
def test_a_weight_and_minutes_have_limits(name: str, value: int) -> None:
    assert set(objections(with_kind(TaskKind.DENIAL, **{name: value}))) == {f"denial.{name}"}


def test_what_cannot_stand_is_not_kept() -> None:
    with pytest.raises(Invalid) as caught:
        check(with_kind(TaskKind.CREDIT_BALANCE, is_on=False))
    assert caught.value.field == "credit_balance.is_on"


def test_a_kind_is_looked_up_by_name() -> None:
    assert DELIVERED.of(TaskKind.UNDERPAID) == KindRule(TaskKind.UNDERPAID, Skill.DENIALS, 2)
