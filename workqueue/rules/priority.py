"""Which task is worth doing first, and why: the numbers on screen sum to the number that sorts.

    value    = balance at stake x net share
    gain     = value x (p_now - p_later x discount) + penalty avoided
    priority = tier, then gain x the kind's weight per expected minute

The weights and intervals are the rules in force (rules/queue_rules.py). The same formula stands once more in
SQL (services/deriving/scoring.py), because it runs over a million rows; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date, datetime

TIER_STEP = 10**15
"""Far above any gain per minute, so that no amount of money lifts a task out of its tier."""


@dataclass(frozen=True)
class Score:
    """The parts of one task's priority."""

    tier: int
    value_cents: int
    p_now_bp: int
    p_later_bp: int
    penalty_cents: int
    gain_cents: int
    minutes: int
    priority: int


def p_later_bp(default_bp: int, deadline_on: date | None, today: date, *, revisit_days: int) -> int:
    """Return the chance at the next touch: none when the deadline comes before it.

    A deadline that has passed hurries nobody any more.
    """
    if deadline_on is not None and 0 <= (deadline_on - today).days < revisit_days:
        return 0
    return default_bp


def gain_cents(
    value_cents: int, now_bp: int, later_bp: int, penalty_cents: int, *, discount_percent: int
) -> int:
    """Return what doing it now brings over leaving it for the next touch."""
    return value_cents * (now_bp * 100 - later_bp * discount_percent) // 1_000_000 + penalty_cents


def score(
    *,
    tier: int,
    value_cents: int,
    now_bp: int,
    later_bp: int,
    penalty_cents: int,
    minutes: int,
    due_at: datetime,
    discount_percent: int,
    weight_percent: int,
) -> Score:
    """Return the score; `due_at` orders tier 0 only, whose callbacks come in the order of their times."""
    gain = gain_cents(value_cents, now_bp, later_bp, penalty_cents, discount_percent=discount_percent)
    if tier == 0:
        within = TIER_STEP - 1 - int(due_at.timestamp())
    else:
        within = min(max(gain * weight_percent * 10 // minutes, 0), TIER_STEP - 1)
    return Score(
        tier, value_cents, now_bp, later_bp, penalty_cents, gain, minutes, (2 - tier) * TIER_STEP + within
    )
