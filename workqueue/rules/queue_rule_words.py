"""The rules of the queue in words: each number, and what differs between two sets."""

from dataclasses import dataclass

from workqueue.rules.kinds import KINDS, Skill
from workqueue.rules.queue_rules import CALLBACK_TIER, LIMITS, KindRule, Limit, QueueRules
from workqueue.rules.words import dollars

SKILL_WORDS = {
    Skill.CLAIMS: "Claims",
    Skill.DENIALS: "Denials",
    Skill.PAYMENTS: "Payments",
    Skill.PATIENTS: "Patients",
}

TIER_WORDS = {1: "Before all that can wait", 2: "By gain a minute"}


@dataclass(frozen=True)
class Change:
    """One rule that two sets say differently."""

    label: str
    was: str
    now: str


def changes(was: QueueRules, now: QueueRules) -> tuple[Change, ...]:
    """Say what differs, numbers first, then kind by kind."""
    numbers = [
        Change(each.label, value_words(each, before), value_words(each, after))
        for each in LIMITS
        for before, after in [(getattr(was, each.name), getattr(now, each.name))]
        if before != after
    ]
    kinds = [change for each in now.kinds for change in _of_kind(was.of(each.kind), each)]
    return (*numbers, *kinds)


def value_words(limit: Limit, value: int) -> str:
    """Say a number with its unit."""
    if limit.unit == "cents":
        return dollars(value)
    if limit.unit == "hundredths of a per cent":
        return f"{value / 100:g} %"
    if limit.unit == "percent":
        return f"{value} %"
    unit = limit.unit.removesuffix("s") if value == 1 else limit.unit
    return f"{value} {unit}"


def _of_kind(was: KindRule, now: KindRule) -> list[Change]:
    label = KINDS[now.kind].label
    pairs = [
        ("", _on(was), _on(now)),
        ("worked by", SKILL_WORDS[was.skill], SKILL_WORDS[now.skill]),
        ("order", _tier(was), _tier(now)),
        ("weight", f"{was.weight_percent} %", f"{now.weight_percent} %"),
        ("floor", _floor(was), _floor(now)),
        ("minutes", _minutes(was), _minutes(now)),
    ]
    return [
        Change(f"{label}: {name}" if name else label, before, after)
        for name, before, after in pairs
        if before != after
    ]


def _on(rule: KindRule) -> str:
    return "on" if rule.is_on else "off"


def _tier(rule: KindRule) -> str:
    if rule.tier == CALLBACK_TIER:
        return "at its time"
    return TIER_WORDS[rule.tier].lower()


def _floor(rule: KindRule) -> str:
    return dollars(rule.floor_cents) if rule.floor_cents else "none"


def _minutes(rule: KindRule) -> str:
    return "as estimated" if rule.minutes is None else str(rule.minutes)
