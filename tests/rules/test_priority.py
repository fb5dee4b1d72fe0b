"""The priority: what is worth doing first."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.kinds import KINDS, Skill, TaskKind
from workqueue.rules.priority import TIER_STEP, Score, gain_cents, p_later_bp, score
from workqueue.rules.priors import FOREVER_DAYS, PRIORS
from workqueue.rules.queue_rules import DELIVERED

REVISIT_DAYS, DISCOUNT_PERCENT = DELIVERED.revisit_days, DELIVERED.discount_percent
DUE_AT = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)

cents = st.integers(0, 10**11)
chances = st.integers(0, 10_000)
minutes = st.integers(1, 120)


def scored(
    tier: int = 2, value: int = 50_000, now_bp: int = 4_500, later_bp: int = 4_200, **other: int
) -> Score:
    return score(
        tier=tier,
        value_cents=value,
        now_bp=now_bp,
        later_bp=later_bp,
        penalty_cents=other.get("penalty", 0),
        minutes=other.get("minutes", 25),
        due_at=DUE_AT + timedelta(seconds=other.get("later", 0)),
        discount_percent=other.get("discount", DISCOUNT_PERCENT),
        weight_percent=other.get("weight", 100),
    )


def test_a_denial_of_500_dollars_is_worked_through_by_hand() -> None:
    # 500.00 x (45 % - 42 % x 99 %) = 500.00 x 3.42 % = 17.10 in 25 minutes
    found = scored()
    assert found.gain_cents == 1_710
    assert found.priority == 1_710 * 1000 // 25


def test_a_weight_counts_in_the_order_and_not_in_the_money() -> None:
    plain, double = scored(), scored(weight=200)
    assert (double.gain_cents, double.priority) == (plain.gain_cents, 2 * plain.priority)


def test_what_is_worth_less_later_gains_more_by_haste() -> None:
    assert scored(discount=80).gain_cents > scored().gain_cents


def test_a_penalty_avoided_is_a_gain() -> None:
    assert scored(penalty=500).gain_cents == 1_710 + 500


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, 4_200), (0, 0), (REVISIT_DAYS - 1, 0), (REVISIT_DAYS, 4_200), (100, 4_200)]
)
def test_nothing_is_left_for_a_touch_after_a_deadline_still_ahead(days: int, expected: int) -> None:
    found = p_later_bp(4_200, TODAY + timedelta(days=days), TODAY, revisit_days=REVISIT_DAYS)
    assert found == expected


def test_without_a_deadline_there_is_a_later() -> None:
    assert p_later_bp(4_200, None, TODAY, revisit_days=REVISIT_DAYS) == 4_200


@given(value=cents, now_bp=chances, later_bp=chances, spent=minutes)
def test_no_amount_of_money_lifts_a_task_out_of_its_tier(
    value: int, now_bp: int, later_bp: int, spent: int
) -> None:
    found = [scored(tier, value, now_bp, later_bp, minutes=spent).priority for tier in (2, 1, 0)]
    assert 0 <= found[0] < TIER_STEP <= found[1] < 2 * TIER_STEP <= found[2] < 3 * TIER_STEP


@given(value=cents, more=st.integers(1, 10**9), now_bp=chances, later_bp=chances, spent=minutes)
def test_more_money_is_never_less_urgent(
    value: int, more: int, now_bp: int, later_bp: int, spent: int
) -> None:
    if now_bp * 100 >= later_bp * 99:
        less, most = (
            scored(2, each, now_bp, later_bp, minutes=spent).priority for each in (value, value + more)
        )
        assert less <= most


@given(value=cents, now_bp=chances, later_bp=chances, spent=st.integers(1, 119))
def test_what_takes_longer_is_never_more_urgent(value: int, now_bp: int, later_bp: int, spent: int) -> None:
    short, long = (scored(2, value, now_bp, later_bp, minutes=each).priority for each in (spent, spent + 1))
    assert short >= long


@given(value=cents, now_bp=chances, later_bp=chances)
def test_a_chance_that_does_not_wait_is_never_less_urgent(value: int, now_bp: int, later_bp: int) -> None:
    none, some = (
        gain_cents(value, now_bp, each, 0, discount_percent=DISCOUNT_PERCENT) for each in (0, later_bp)
    )
    assert none >= some


def test_a_task_that_gains_nothing_by_haste_sorts_last_not_below_zero() -> None:
    assert scored(now_bp=1_000, later_bp=9_000).priority == 0


@given(st.integers(1, 10**7))
def test_an_earlier_callback_goes_first_whatever_it_is_worth(seconds: int) -> None:
    assert scored(0, 1).priority > scored(0, 10**9, later=seconds).priority


def test_every_kind_has_one_prior_at_every_age() -> None:
    for kind in TaskKind:
        spans = sorted((each.from_days, each.until_days) for each in PRIORS if each.kind is kind)
        assert [spans[0][0], spans[-1][1]] == [-FOREVER_DAYS, FOREVER_DAYS]
        assert all(one[1] == following[0] for one, following in pairwise(spans))


def test_chances_are_chances_and_never_better_later() -> None:
    for each in PRIORS:
        assert 0 < each.p_later_bp <= each.p_now_bp <= 10_000
        assert each.minutes > 0


def test_every_kind_says_what_is_true_of_it() -> None:
    assert set(KINDS) == set(TaskKind)
    assert {each.skill for each in KINDS.values()} == set(Skill)
    guards = {TaskKind.DENIAL, TaskKind.PATIENT_BALANCE, TaskKind.CREDIT_BALANCE, TaskKind.BALANCE_REVIEW}
    assert not any(KINDS[kind].can_be_settled for kind in guards)
