"""The orders that are compared; ours is the derivation's, moment by moment."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.rules.queue_rule_sets import rule_sets
from tests.simulation.worlds import CERTAIN
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.simulation.policies import NO_TIME, OTHERS, Seen, by_rules

TODAY = date(2026, 3, 10)


def seen(kind: TaskKind = TaskKind.DENIAL, **changes: object) -> Seen:
    given_ = {
        "number": "A1",
        "kind": kind,
        "age_days": 20,
        "balance_cents": 50_000,
        "value_cents": 50_000,
        "deadline_on": None,
        "due_at": NO_TIME,
        "truth": CERTAIN,
    }
    return Seen(**{**given_, **changes})  # type: ignore[arg-type]


def test_a_denial_of_500_dollars_stands_where_the_rule_puts_it() -> None:
    # The example of tests/rules/test_priority.py: 17.10 dollars in 25 minutes.
    assert by_rules(DELIVERED).key(seen(), TODAY) == 1_710 * 1000 // 25


@given(
    rules=rule_sets(),
    kind=st.sampled_from(TaskKind),
    age=st.integers(-5, 400),
    left=st.none() | st.integers(-60, 200),
    later=st.integers(1, 130),
)
def test_between_two_moments_of_rescoring_nothing_moves(
    rules: QueueRules, kind: TaskKind, age: int, left: int | None, later: int
) -> None:
    policy = by_rules(rules)
    deadline_on = None if left is None else TODAY + timedelta(days=left)
    now = seen(kind, age_days=age, deadline_on=deadline_on)
    moves_on = policy.moves_on(now, TODAY)
    day = TODAY + timedelta(days=later)
    if moves_on is None or day < moves_on:
        assert policy.key(seen(kind, age_days=age + later, deadline_on=deadline_on), day) == policy.key(
            now, TODAY
        )


def test_only_the_one_that_says_so_looks_at_the_truth() -> None:
    hidden = replace(CERTAIN, chance=0.01, worth_cents=1, minutes=110.0, luck=0.99)
    for name, policy in {"ours": by_rules(DELIVERED), **OTHERS}.items():
        looks = policy.key(seen(), TODAY) != policy.key(seen(truth=hidden), TODAY)
        assert looks is (name == "knowing_chances"), name


def test_every_order_keeps_appointments() -> None:
    callback = seen(TaskKind.CALLBACK_DUE, value_cents=1, balance_cents=1, age_days=0)
    large = seen(value_cents=10**9, balance_cents=10**9, age_days=900)
    for policy in (by_rules(DELIVERED), *OTHERS.values()):
        assert policy.key(callback, TODAY) > policy.key(large, TODAY)


def test_the_others_are_what_they_are_called() -> None:
    old, new = seen(age_days=90, balance_cents=1_000), seen(age_days=2, balance_cents=90_000)
    assert OTHERS["oldest_first"].key(old, TODAY) > OTHERS["oldest_first"].key(new, TODAY)
    assert OTHERS["largest_first"].key(old, TODAY) < OTHERS["largest_first"].key(new, TODAY)
    # Looked at on another day, the older one is still the older one.
    tomorrow = TODAY + timedelta(days=1)
    assert OTHERS["oldest_first"].key(seen(age_days=91), tomorrow) == OTHERS["oldest_first"].key(
        seen(age_days=90), TODAY
    )
