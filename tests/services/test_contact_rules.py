"""The rules of contact as rows: which hold on a day, how a version takes the place of another, and ends."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY
from tests.factories.people import ada
from workqueue.models import ContactRuleVersion
from workqueue.rules.channels import CollectsAs
from workqueue.rules.contact_rules import HOUSE, BadRule, Frequency, RuleBasis, RuleKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.services import contact_rules
from workqueue.services.contact_rules import NewRule, RuleOver, RulesOverlap

THREE_A_DAY = NewRule(
    code="OURS_A_DAY",
    kind=RuleKind.FREQUENCY,
    label="At most 3 calls a day",
    jurisdiction=HOUSE,
    parameters={"most": 3, "days": 1},
    citation="Office policy 12",
    tag="K",
    binds=frozenset(),
    is_kept_anyway=True,
    effective_from=TODAY,
    reviewed_by="Counsel",
)
WEEK = timedelta(days=7)


def add(session: Session, new: NewRule = THREE_A_DAY, **changes: Any) -> int:
    return contact_rules.add_version(session, replace(new, **changes), actor_id=ada(session).id, now=NOON)


def versions_on(session: Session, day: date, code: str = "OURS_A_DAY") -> list[int]:
    return [each.version for each in contact_rules.in_force(session, day) if each.code == code]


def test_a_rule_holds_from_its_day_on_and_is_read_as_it_was_meant(session: Session) -> None:
    rule_id = add(session, effective_from=TODAY + WEEK)
    assert versions_on(session, TODAY) == []
    (found,) = [each for each in contact_rules.in_force(session, TODAY + WEEK) if each.id == rule_id]
    assert isinstance(found.parameters, Frequency)
    assert (found.parameters.most, found.parameters.days) == (3, 1)
    assert found.basis(CollectsAs.FIRST_PARTY) is RuleBasis.HOUSE
    assert found.reviewed_by == "Counsel"


def test_a_new_version_ends_the_old_the_day_before_it_begins(session: Session) -> None:
    first = add(session)
    second = add(session, effective_from=TODAY + WEEK, parameters={"most": 2, "days": 1})
    assert versions_on(session, TODAY + WEEK - timedelta(days=1)) == [1]
    assert versions_on(session, TODAY + WEEK) == [2]
    old = session.get_one(ContactRuleVersion, first)
    assert (old.effective_to, old.ended_by_id, old.ended_at) == (
        TODAY + timedelta(days=6),
        ada(session).id,
        NOON,
    )
    assert old.parameters["most"] == 3
    assert session.get_one(ContactRuleVersion, second).added_by_id == ada(session).id


def test_a_rule_that_begins_somewhere_tomorrow_is_judged_by_already(session: Session) -> None:
    """Where the person is it may be tomorrow; and when a call is next allowed depends on it."""
    rule_id = add(session, effective_from=TODAY + timedelta(days=1))
    assert rule_id in {each.id for each in contact_rules.to_judge_by(session, NOON)}
    contact_rules.end(session, rule_id, on=TODAY + WEEK, actor_id=ada(session).id, now=NOON)
    later = NOON + WEEK + timedelta(days=1)
    assert rule_id in {each.id for each in contact_rules.to_judge_by(session, later)}
    much_later = NOON + WEEK + timedelta(days=3)
    assert rule_id not in {each.id for each in contact_rules.to_judge_by(session, much_later)}


@pytest.mark.parametrize("days", [0, -1])
def test_two_versions_never_hold_on_the_same_day(session: Session, days: int) -> None:
    add(session, effective_from=TODAY + WEEK)
    with pytest.raises(RulesOverlap, match="Version 1 begins on"):
        add(session, effective_from=TODAY + WEEK + timedelta(days=days))
    assert versions_on(session, TODAY + WEEK) == [1]


def test_a_gap_between_two_versions_stays_one(session: Session) -> None:
    first = add(session, effective_to=TODAY + timedelta(days=2))
    add(session, effective_from=TODAY + WEEK)
    assert session.get_one(ContactRuleVersion, first).effective_to == TODAY + timedelta(days=2)
    assert versions_on(session, TODAY + timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effective_from": TODAY - timedelta(days=1)}, "effective_from"),
        ({"effective_to": TODAY - timedelta(days=1)}, "effective_to"),
        ({"effective_from": TODAY + timedelta(days=6 * 366)}, "effective_from"),
        ({"effective_to": TODAY + timedelta(days=6 * 366)}, "effective_to"),
        ({"parameters": {"most": 0, "days": 1}}, "most"),
        ({"parameters": {"most": 1}}, "days"),
        ({"parameters": {"most": 1, "days": 1000}}, "days"),
        ({"jurisdiction": "MA", "is_kept_anyway": False}, "binds"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    session: Session, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add(session, **changes)
    assert refusal.value.field == field
    assert session.scalars(select(ContactRuleVersion.id).filter_by(code="OURS_A_DAY")).all() == []


def test_parameters_nobody_can_read_are_refused(session: Session) -> None:
    with pytest.raises(BadRule, match="cannot be read"):
        add(session, parameters={"most": "many", "days": 1})


def test_a_code_means_the_same_limit_in_the_same_place(session: Session) -> None:
    add(session)
    with pytest.raises(Invalid) as refusal:
        add(session, effective_from=TODAY + WEEK, jurisdiction="MA")
    assert refusal.value.field == "code"


def test_an_ended_rule_holds_until_its_last_day(session: Session) -> None:
    rule_id = add(session)
    contact_rules.end(session, rule_id, on=TODAY + WEEK, actor_id=ada(session).id, now=NOON)
    assert versions_on(session, TODAY + WEEK) == [1]
    assert versions_on(session, TODAY + WEEK + timedelta(days=1)) == []
    with pytest.raises(Invalid, match="before that day already"):
        contact_rules.end(session, rule_id, on=TODAY + 2 * WEEK, actor_id=ada(session).id, now=NOON)
    with pytest.raises(RuleOver):
        contact_rules.end(session, rule_id, on=TODAY + WEEK, actor_id=ada(session).id, now=NOON + 2 * WEEK)


def test_a_rule_is_not_ended_in_the_past(session: Session) -> None:
    rule_id = add(session)
    for day in (TODAY - timedelta(days=1), TODAY - WEEK):
        with pytest.raises(Invalid, match="today at the earliest"):
            contact_rules.end(session, rule_id, on=day, actor_id=ada(session).id, now=NOON)
    with pytest.raises(NotFound):
        contact_rules.end(session, 10**9, on=TODAY, actor_id=ada(session).id, now=NOON)


def test_the_rules_are_read_once_a_while_and_at_once_after_a_change(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_rules.in_force(session, TODAY)
    session.execute(ContactRuleVersion.__table__.delete())
    assert contact_rules.in_force(session, TODAY), "read again before its time"
    add(session)
    assert versions_on(session, TODAY) == [1]
    session.execute(ContactRuleVersion.__table__.delete())
    monkeypatch.setattr(contact_rules, "CACHED_SECONDS", 0.0)
    assert contact_rules.in_force(session, TODAY) == ()


def test_how_far_back_attempts_matter_follows_from_the_longest_rule(session: Session) -> None:
    add(session, parameters={"most": 3, "days": 200})
    assert contact_rules.look_back(contact_rules.in_force(session, TODAY)) == timedelta(days=202)
