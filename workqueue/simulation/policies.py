"""The orders of the queue that are compared: a larger number stands first, then whoever was there before.

Every policy keeps appointments: a callback that is due goes before all else, as in any office that gives its
word. What they order is the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from workqueue.rules.kinds import TaskKind
from workqueue.rules.priority import TIER_STEP, p_later_bp, score
from workqueue.rules.priors import FOREVER_DAYS, prior_of
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.simulation.truths import WITHIN_CALLS, Truth


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as the office sees it on a day."""

    number: str
    kind: TaskKind
    age_days: int
    balance_cents: int
    value_cents: int
    deadline_on: date | None
    due_at: datetime
    """Of a callback; of another task any moment will do."""
    truth: Truth
    """What nobody sees. Only the policies that say so look at it."""


Key = Callable[[Seen, date], int]
NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Policy:
    """An order of the queue."""

    key: Key
    rules: QueueRules | None = None
    """By which the clock moves tasks; the other orders do not change with the day."""

    def moves_on(self, seen: Seen, today: date) -> date | None:
        """Return the next day on which the clock changes the place of a task, as the derivation has it."""
        if self.rules is None:
            return None
        older = prior_of(seen.kind, seen.age_days).until_days - seen.age_days
        days = [today + timedelta(days=older)] if older < FOREVER_DAYS // 2 else []
        if seen.deadline_on is not None:
            leads = {
                self.rules.appeal_lead_days,
                self.rules.filing_lead_days,
                self.rules.revisit_days - 1,
                -1,
            }
            days += [seen.deadline_on - timedelta(days=lead) for lead in leads]
        return min((day for day in days if day > today), default=None)


def by_rules(rules: QueueRules) -> Policy:
    """Return our order: the priority the derivation would store, by the same rule and the same figures."""
    of_kind = {each.kind: each for each in rules.kinds}

    def key(seen: Seen, today: date) -> int:
        prior, rule = prior_of(seen.kind, seen.age_days), of_kind[seen.kind]
        return score(
            tier=rule.tier,
            value_cents=seen.value_cents,
            now_bp=prior.p_now_bp,
            later_bp=p_later_bp(prior.p_later_bp, seen.deadline_on, today, revisit_days=rules.revisit_days),
            penalty_cents=0,
            minutes=rule.minutes or prior.minutes,
            due_at=seen.due_at,
            discount_percent=rules.discount_percent,
            weight_percent=rule.weight_percent,
        ).priority

    return Policy(key, rules)


def _keeping_appointments(order: Key) -> Policy:
    appointments = by_rules(DELIVERED).key

    def key(seen: Seen, today: date) -> int:
        return appointments(seen, today) if seen.kind is TaskKind.CALLBACK_DUE else order(seen, today)

    return Policy(key)


@_keeping_appointments
def oldest_first(seen: Seen, today: date) -> int:
    """Work what is oldest, as lists by age do: the day from which its age counts, turned round."""
    return seen.age_days - today.toordinal() + TIER_STEP


@_keeping_appointments
def largest_first(seen: Seen, _today: date) -> int:
    """Work the largest balance first."""
    return seen.balance_cents


@_keeping_appointments
def at_random(seen: Seen, _today: date) -> int:
    """Work whatever comes to hand; the same hand each time."""
    return Random(f"{seen.number}:{seen.kind}").randrange(TIER_STEP)  # noqa: S311 - a model, not secrets


@_keeping_appointments
def knowing_chances(seen: Seen, _today: date) -> int:
    """Work what really brings most a minute: it knows each case's true chance, worth and time, not its luck.

    No office can do this. It shows how much of the distance to the bound is knowledge and how much is order.
    """
    truth = seen.truth
    chance = (
        truth.chance
        if seen.kind is not TaskKind.PATIENT_BALANCE
        else truth.chance * truth.reach / WITHIN_CALLS
    )
    return round(truth.worth_cents * chance / truth.minutes * 1000)


OURS = "ours"
OTHERS: dict[str, Policy] = {
    "oldest_first": oldest_first,
    "largest_first": largest_first,
    "random": at_random,
    "knowing_chances": knowing_chances,
}
NAMES = (OURS, *OTHERS)


def policies(rules: QueueRules) -> dict[str, Policy]:
    """Return all orders that are compared, ours by these rules."""
    return {OURS: by_rules(rules), **OTHERS}
