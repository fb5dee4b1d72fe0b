"""Which task is worth doing first, and why: the numbers on screen sum to the number that sorts.

    value    = balance at stake x net share
    gain     = value x (p_now - p_later x discount) + penalty avoided
    priority = tier, then gain per expected minute

The same formula stands once more in SQL (services/deriving/scoring.py), because it runs over a million rows;
a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date, datetime

REVISIT_DAYS = 7
"""How long until the next possible touch when a task is left for later."""

DISCOUNT_PERCENT = 99
"""What a chance is still worth after a revisit interval."""

APPEAL_LEAD_DAYS = 30
FILING_LEAD_DAYS = 30
"""From so many days before a hard deadline it goes before all that can wait."""

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


def p_later_bp(default_bp: int, deadline_on: date | None, today: date) -> int:
    """Return the chance at the next touch: none when the deadline comes before it.

    A deadline that has passed hurries nobody any more.
    """
    if deadline_on is not None and 0 <= (deadline_on - today).days < REVISIT_DAYS:
        return 0
    return default_bp


def gain_cents(value_cents: int, now_bp: int, later_bp: int, penalty_cents: int) -> int:
    """Return what doing it now brings over leaving it for the next touch."""
    return value_cents * (now_bp * 100 - later_bp * DISCOUNT_PERCENT) // 1_000_000 + penalty_cents


def score(
    *,
    tier: int,
    value_cents: int,
    now_bp: int,
    later_bp: int,
    penalty_cents: int,
    minutes: int,
    due_at: datetime,
) -> Score:
    """Return the score; `due_at` orders tier 0 only, whose callbacks come in the order of their times."""
    gain = gain_cents(value_cents, now_bp, later_bp, penalty_cents)
    if tier == 0:
        within = TIER_STEP - 1 - int(due_at.timestamp())
    else:
        within = min(max(gain * 1000 // minutes, 0), TIER_STEP - 1)
    return Score(
        tier, value_cents, now_bp, later_bp, penalty_cents, gain, minutes, (2 - tier) * TIER_STEP + within
    )
