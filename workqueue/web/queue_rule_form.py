"""The form about a set of rules of the queue: what stands in it, and what was typed into it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from workqueue.rules.kinds import KINDS, Skill, TaskKind
from workqueue.rules.queue_rule_words import SKILL_WORDS, TIER_WORDS
from workqueue.rules.queue_rules import (
    CALLBACK_TIER,
    HAS_FLOOR,
    LEAST_MINUTES,
    LEAST_WEIGHT,
    LIMITS,
    MAY_BE_OFF,
    MOST_FLOOR_CENTS,
    MOST_MINUTES,
    MOST_WEIGHT,
    WAITS_BELOW_FLOOR,
    KindRule,
    Limit,
    QueueRules,
    objections,
)
from workqueue.web.forms import Fields

LONGEST_LABEL, LONGEST_NOTE = 80, 1_000

SKILL_OPTIONS = [(each.value, SKILL_WORDS[each]) for each in Skill]
TIER_OPTIONS = [(str(tier), words) for tier, words in TIER_WORDS.items()]


class Tier(StrEnum):
    """The order of a kind as a form sends it."""

    FIRST = "1"
    ORDINARY = "2"


@dataclass(frozen=True)
class KindFields:
    """One kind of task as a row of the form."""

    name: str
    label: str
    may_be_off: bool
    has_floor: bool
    waits_below_floor: bool
    is_callback: bool


KIND_FIELDS = tuple(
    KindFields(
        kind.value,
        facts.label,
        kind in MAY_BE_OFF,
        kind in HAS_FLOOR,
        kind in WAITS_BELOW_FLOOR,
        kind is TaskKind.CALLBACK_DUE,
    )
    for kind, facts in KINDS.items()
)


def filled(rules: QueueRules) -> dict[str, str]:
    """Return a set of rules as it stands in the form."""
    values = {each.name: _shown(each, getattr(rules, each.name)) for each in LIMITS}
    for rule in rules.kinds:
        name = rule.kind.value
        values |= {
            f"{name}.skill": rule.skill.value,
            f"{name}.tier": str(rule.tier),
            f"{name}.is_on": "on" if rule.is_on else "",
            f"{name}.weight_percent": str(rule.weight_percent),
            f"{name}.floor_cents": _dollars(rule.floor_cents) if rule.floor_cents else "",
            f"{name}.minutes": str(rule.minutes or ""),
        }
    return values


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was sent, to stand in the form again."""
    return {name: form[name] for name in form}


def read(form: Mapping[str, str], base: QueueRules) -> tuple[QueueRules, str, str, dict[str, str]]:
    """Return the rules typed with their name and note, and what is wrong by the name of the field."""
    fields = Fields(form)
    numbers = {each.name: _number(fields, each, getattr(base, each.name)) for each in LIMITS}
    rules = replace(base, kinds=tuple(_kind(fields, each) for each in base.kinds), **numbers)
    label = fields.text("label", longest=LONGEST_LABEL)
    note = fields.text("note", longest=LONGEST_NOTE, is_required=False, has_lines=True)
    return rules, label, note, objections(rules) | fields.errors


def _number(fields: Fields, limit: Limit, otherwise: int) -> int:
    if limit.unit == "cents":
        found = fields.money_cents(limit.name, least=limit.least, most=limit.most)
    else:
        found = fields.whole_number(limit.name, least=limit.least, most=limit.most)
    return otherwise if found is None else found


def _kind(fields: Fields, base: KindRule) -> KindRule:
    """Read one row; what a kind has no choice in is not asked."""
    name = base.kind.value
    weight = fields.whole_number(f"{name}.weight_percent", least=LEAST_WEIGHT, most=MOST_WEIGHT)
    floor = fields.money_cents(f"{name}.floor_cents", least=0, most=MOST_FLOOR_CENTS, is_required=False)
    minutes = fields.whole_number(
        f"{name}.minutes", least=LEAST_MINUTES, most=MOST_MINUTES, is_required=False
    )
    tier = None if base.tier == CALLBACK_TIER else fields.choice(f"{name}.tier", Tier)
    skill = fields.choice(f"{name}.skill", Skill)
    return replace(
        base,
        skill=skill or base.skill,
        tier=int(tier) if tier else base.tier,
        is_on=fields.is_on(f"{name}.is_on") if base.kind in MAY_BE_OFF else True,
        weight_percent=weight or base.weight_percent,
        floor_cents=(floor or 0) if base.kind in HAS_FLOOR else 0,
        minutes=minutes,
    )


def _shown(limit: Limit, value: int) -> str:
    return _dollars(value) if limit.unit == "cents" else str(value)


def _dollars(cents: int) -> str:
    return f"{cents / 100:.2f}"
