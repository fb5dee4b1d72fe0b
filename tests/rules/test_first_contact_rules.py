"""The rules the product brings: readable, sourced, and the same as the migration's."""

import importlib.util
from dataclasses import replace
from datetime import date
from types import ModuleType

import pytest

from workqueue.config import PROJECT
from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rules import (
    HOUSE,
    BadRule,
    ContactRule,
    RuleBasis,
    RuleKind,
    parameters_of,
    raw_parameters,
)
from workqueue.rules.first_contact_rules import FIRST_HOURS, FIRST_RULES


def migration() -> ModuleType:
    path = PROJECT / "migrations" / "versions" / "0005_first_contact_rules.py"
    spec = importlib.util.spec_from_file_location("first_contact_rules_migration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_code(code: str) -> ContactRule:
    return next(rule for rule in FIRST_RULES if rule.code == code)


def test_the_migration_inserts_these_rules_literally() -> None:
    inserted = [
        ContactRule(
            id=number,
            code=code,
            version=version,
            kind=RuleKind(kind),
            label=label,
            jurisdiction=place,
            parameters=parameters_of(RuleKind(kind), parameters),
            citation=citation,
            tag=tag,
            binds=frozenset(map(CollectsAs, binds)),
            is_kept_anyway=is_kept,
            effective_from=begins,
            effective_to=ends,
            note=note,
        )
        for number, (
            code, version, kind, label, place, parameters, citation, tag, binds, is_kept, begins, ends, note,
        ) in enumerate(migration().RULES, 1)
    ]  # fmt: skip
    assert inserted == list(FIRST_RULES)


@pytest.mark.parametrize("rule", FIRST_RULES, ids=lambda rule: f"{rule.code}-{rule.version}")
def test_every_rule_says_where_it_comes_from_and_survives_being_kept(rule: ContactRule) -> None:
    assert rule.citation
    assert rule.tag
    assert rule.binds
    assert parameters_of(rule.kind, raw_parameters(rule.parameters)) == rule.parameters


def test_no_two_rules_share_code_and_version() -> None:
    keys = [(rule.code, rule.version) for rule in FIRST_RULES]
    assert len(set(keys)) == len(keys)


def test_versions_of_a_rule_follow_one_another_without_a_gap() -> None:
    first, second = (rule for rule in FIRST_RULES if rule.code == "NYC_FREQ")
    assert first.effective_to == date(2026, 8, 31)
    assert second.effective_from == date(2026, 9, 1)


def test_regulation_f_is_law_for_a_collector_and_policy_for_this_office() -> None:
    rule = by_code("FREQ_7IN7")
    assert rule.basis(CollectsAs.THIRD_PARTY) is RuleBasis.LAW
    assert rule.basis(CollectsAs.FIRST_PARTY) is RuleBasis.HOUSE


@pytest.mark.parametrize("code", ["WA_3IN7", "WA_HOURS", "WA_WORK_1IN7", "NV_WAITING"])
def test_what_binds_agencies_only_does_not_bind_this_office(code: str) -> None:
    assert by_code(code).basis(CollectsAs.FIRST_PARTY) is None
    assert by_code(code).basis(CollectsAs.THIRD_PARTY) is RuleBasis.LAW


def test_the_limits_of_the_office_are_policy_whatever_it_collects_as() -> None:
    for rule in FIRST_RULES:
        if rule.jurisdiction == HOUSE:
            assert {rule.basis(each) for each in CollectsAs} == {RuleBasis.HOUSE}


def test_lanes_follow_the_hours_that_hold_for_every_call() -> None:
    codes = {rule.code for rule in FIRST_HOURS}
    assert codes == {"OUTSIDE_HOURS", "HOUSE_WEEKDAYS", "HOUSE_SATURDAY", "HOUSE_SUNDAYS", "HOUSE_HOLIDAYS"}


@pytest.mark.parametrize(
    ("kind", "raw", "field"),
    [
        (RuleKind.HOURS, {"opens": "21:00", "closes": "08:00"}, "opens"),
        (RuleKind.HOURS, {"opens": "08:00"}, "closes"),
        (RuleKind.HOURS, {"opens": "08:00", "closes": "21:00", "weekdays": [7]}, "opens"),
        (RuleKind.HOURS, {"opens": "08:00", "closes": "21:00", "channels": []}, "channels"),
        (RuleKind.HOURS, {"opens": "early", "closes": "21:00"}, None),
        (RuleKind.CLOSED_DAYS, {"weekdays": [0, 1, 2, 3, 4, 5, 6]}, "weekdays"),
        (RuleKind.FREQUENCY, {"most": 0, "days": 7}, "most"),
        (RuleKind.FREQUENCY, {"most": 1, "days": 0}, "days"),
        (RuleKind.FREQUENCY, {"most": 1, "days": 7, "channels": ["smoke"]}, None),
        (RuleKind.COOLDOWN, {"days": 400}, "days"),
        (RuleKind.WAITING, {}, "days"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(
    kind: RuleKind, raw: dict[str, object], field: str | None
) -> None:
    with pytest.raises(BadRule) as refusal:
        parameters_of(kind, raw)
    assert refusal.value.field == field


def test_a_rule_is_in_force_from_its_first_day_to_its_last() -> None:
    rule = replace(by_code("MA_2IN7"), effective_from=date(2026, 3, 1), effective_to=date(2026, 3, 31))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [rule.is_in_force(day) for day in days] == [False, True, True, False]
