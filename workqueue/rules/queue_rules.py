"""The rules of the queue that a lead may change: what weighs how much, who works a kind, when it comes up.

A set of rules is one value. Versions of it are kept as rows, one of them is in force, and the derivation
takes it as it takes the moment: the same facts under the same rules give the same queue. The numbers a lead
may not change stay where they are used: a payer's terms are its contract's, a promise's grace is the
patient's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from workqueue.rules.kinds import KINDS, Skill, TaskKind
from workqueue.rules.refusals import Invalid

CALLBACK_TIER, FIRST_TIER, ORDINARY_TIER = 0, 1, 2

MAY_BE_OFF = frozenset(
    {
        TaskKind.CLAIM_REJECTED,
        TaskKind.CLAIM_NOT_FOUND,
        TaskKind.INFORMATION_REQUESTED,
        TaskKind.UNDERPAID,
    }
)
"""Without such a kind the claim is still looked after: as one without a response, or, underpaid, by whatever
its open balance calls for. Every other kind guards a balance, a deadline or a word given."""

WAITS_BELOW_FLOOR = frozenset(
    {
        TaskKind.CLAIM_NO_RESPONSE,
        TaskKind.DENIAL,
        TaskKind.PATIENT_BALANCE,
        TaskKind.BALANCE_REVIEW,
    }
)
"""Such a kind guards a balance: below its floor it waits for a time that ends, it does not stay away."""

HAS_FLOOR = MAY_BE_OFF | WAITS_BELOW_FLOOR
"""Credits and unknown money are other people's, a promise and a callback are our word: none has a floor."""


@dataclass(frozen=True)
class KindRule:
    """How the queue treats one kind of task."""

    kind: TaskKind
    skill: Skill
    """Who works it: one skill belongs to one team."""
    tier: int
    """1 goes before all that can wait, 2 is ordered by gain; 0 is for callbacks alone."""
    is_on: bool = True
    weight_percent: int = 100
    """What its gain counts for in the order of its tier; 100 is its money and no more."""
    floor_cents: int = 0
    """Below so much at stake it is not opened, or waits for `small_waits_days` where it guards a balance."""
    minutes: int | None = None
    """The lead's own figure; empty, the estimate and else the reviewed default hold."""


@dataclass(frozen=True)
class QueueRules:
    """One whole set of rules. Days are the office's, money is in cents."""

    kinds: tuple[KindRule, ...]
    appeal_lead_days: int = 7
    """A denial becomes an appeal deadline so many days before the payer stops hearing appeals."""
    filing_lead_days: int = 7
    """An unanswered claim becomes a filing deadline so many days before the payer stops taking claims."""
    revisit_days: int = 7
    """How long until the next possible touch when a task is left for later."""
    discount_percent: int = 99
    """What a chance is still worth after a revisit interval."""
    recheck_days: int = 14
    """A pending claim is looked at again after so many days (P0-P2, P5)."""
    remittance_days: int = 7
    """A finalized claim's remittance is traced after so many days (F0-F4)."""
    underpaid_cents: int = 1_000
    underpaid_bp: int = 200
    """A variance above both, ten dollars and two per cent of the expected amount, is worth a dispute."""
    first_call_days: int = 14
    """A patient is first called so many days after the balance became theirs: the statement comes before."""
    after_promise_days: int = 14
    """The ordinary follow-up leaves a promise, and the task of a broken one, so many days."""
    next_payer_days: int = 30
    """A patient is not asked while a further payer may still pay, counted from the claim to that payer."""
    callback_lead_minutes: int = 5
    """A callback comes up so many minutes before its time."""
    small_waits_days: int = 60
    """What is below its kind's floor waits until it is so old, and then comes up all the same."""

    def of(self, kind: TaskKind) -> KindRule:
        """Return the rule of one kind."""
        return next(each for each in self.kinds if each.kind is kind)

    def is_open(self, kind: TaskKind) -> bool:
        return self.of(kind).is_on


def _tier(kind: TaskKind) -> int:
    if kind is TaskKind.CALLBACK_DUE:
        return CALLBACK_TIER
    return FIRST_TIER if KINDS[kind].has_hard_deadline else ORDINARY_TIER


DELIVERED = QueueRules(tuple(KindRule(kind, facts.skill, _tier(kind)) for kind, facts in KINDS.items()))
"""What holds until an office publishes rules of its own; also version 1, as a migration wrote it."""


@dataclass(frozen=True)
class Limit:
    """What a number of the rules is called, and between which values it makes sense."""

    name: str
    label: str
    hint: str
    unit: str
    least: int
    most: int


LIMITS: tuple[Limit, ...] = (
    # At least a revisit interval: a deadline that comes up later could pass before anybody looks again.
    Limit("appeal_lead_days", "Appeals come up", "Before the last day for an appeal.", "days", 7, 120),
    Limit("filing_lead_days", "Filing comes up", "Before the last day for the claim.", "days", 7, 120),
    Limit("revisit_days", "Next possible touch", "Of a task that is left for later.", "days", 1, 30),
    Limit("discount_percent", "A later chance counts for", "At the next touch.", "percent", 50, 100),
    Limit(
        "recheck_days", "Pending claims come up again", "After the status that the payer gave.", "days", 1, 90
    ),
    Limit("remittance_days", "Remittances are traced", "After a claim was finalized.", "days", 1, 60),
    Limit("underpaid_cents", "Underpaid by more than", "Less is not disputed.", "cents", 0, 100_000),
    Limit(
        "underpaid_bp",
        "And by more, of what was expected",
        "200 is two per cent.",
        "hundredths of a per cent",
        0,
        5_000,
    ),
    Limit("first_call_days", "Patients are first called", "After it became theirs to pay.", "days", 0, 90),
    Limit("after_promise_days", "Left alone after a promise", "After its grace.", "days", 0, 60),
    Limit("next_payer_days", "Left to a further payer", "From the claim to that payer.", "days", 0, 120),
    Limit("callback_lead_minutes", "Callbacks come up", "Before their time.", "minutes", 0, 60),
    Limit("small_waits_days", "Below its floor a task waits", "Until it is so old.", "days", 1, 120),
)

LEAST_WEIGHT, MOST_WEIGHT = 10, 1_000
MOST_FLOOR_CENTS = 100_000
LEAST_MINUTES, MOST_MINUTES = 1, 120

NUMBERS = tuple(each.name for each in LIMITS)


def objections(rules: QueueRules) -> dict[str, str]:
    """Return what cannot stand, by the name of the field: `revisit_days`, `denial.floor_cents`."""
    found = {
        each.name: f"Enter a number from {each.least} to {each.most}."
        for each in LIMITS
        if not each.least <= getattr(rules, each.name) <= each.most
    }
    for rule in rules.kinds:
        found |= {f"{rule.kind.value}.{name}": sentence for name, sentence in _of_kind(rule).items()}
    return found


def _of_kind(rule: KindRule) -> dict[str, str]:
    found = {}
    is_callback = rule.kind is TaskKind.CALLBACK_DUE
    if rule.tier not in ({CALLBACK_TIER} if is_callback else {FIRST_TIER, ORDINARY_TIER}):
        found["tier"] = "A callback comes first, and nothing else does."
    if not rule.is_on and rule.kind not in MAY_BE_OFF:
        found["is_on"] = "This kind guards a balance, a deadline or a word given. It stays on."
    if not LEAST_WEIGHT <= rule.weight_percent <= MOST_WEIGHT:
        found["weight_percent"] = f"Enter a percentage from {LEAST_WEIGHT} to {MOST_WEIGHT}."
    if not 0 <= rule.floor_cents <= (MOST_FLOOR_CENTS if rule.kind in HAS_FLOOR else 0):
        found["floor_cents"] = f"Enter an amount from 0 to {MOST_FLOOR_CENTS // 100} dollars."
    if rule.minutes is not None and not LEAST_MINUTES <= rule.minutes <= MOST_MINUTES:
        found["minutes"] = f"Enter minutes from {LEAST_MINUTES} to {MOST_MINUTES}."
    return found


def check(rules: QueueRules) -> None:
    """Raise Invalid for the first number that cannot stand."""
    for field, sentence in objections(rules).items():
        raise Invalid(sentence, field=field)


def raw_rules(rules: QueueRules) -> dict[str, Any]:
    """Return a set of rules as it is kept: every number of it, so that it says the same in years."""
    return {name: getattr(rules, name) for name in NUMBERS} | {
        "kinds": {
            each.kind.value: {name: value for name, value in asdict(each).items() if name != "kind"}
            for each in rules.kinds
        }
    }


def rules_of(raw: Mapping[str, Any]) -> QueueRules:
    """Read a set of rules as it is kept. What it does not know yet is as delivered."""
    kinds: Mapping[str, Mapping[str, Any]] = raw.get("kinds", {})
    return replace(
        DELIVERED,
        kinds=tuple(_kind_rule_of(each, kinds.get(each.kind.value, {})) for each in DELIVERED.kinds),
        **{name: int(raw[name]) for name in NUMBERS if name in raw},
    )


def _kind_rule_of(delivered: KindRule, raw: Mapping[str, Any]) -> KindRule:
    known = {each.name for each in fields(KindRule)} - {"kind"}
    given = {name: value for name, value in raw.items() if name in known}
    if "skill" in given:
        given["skill"] = Skill(given["skill"])
    return replace(delivered, **given)
