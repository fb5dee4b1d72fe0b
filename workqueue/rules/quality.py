"""What holds of reviews: how many are drawn, how long a score may be disputed, when a mean says much."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LEAST_REVIEWS = 20
"""Below it a mean is shown with the remark that it says little; the same 20 from which on the office's own
outcomes are believed (rules/estimates.py)."""

MOST_A_REP = 50
MOST_DAYS = 92
LEAST_DISPUTE_DAYS, MOST_DISPUTE_DAYS = 3, 60


@dataclass(frozen=True)
class Policy:
    """What the timetable draws of each rep of a team, each week. Our own default: 3, 2, and 10 days."""

    random_per_rep: int = 3
    risk_per_rep: int = 2
    dispute_days: int = 10


class SampleKind(StrEnum):
    """How a sample was drawn. The two are never averaged together: by risk is biased on purpose."""

    RANDOM = "random"
    RISK = "risk"


class ReviewState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"


class DisputeState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    """The score stays."""
    CHANGED = "changed"


KIND_WORDS = {SampleKind.RANDOM: "At random", SampleKind.RISK: "By risk"}


@dataclass(frozen=True)
class Mean:
    """A mean score with what stands behind it."""

    count: int
    mean_bp: int | None
    spread_bp: float = 0.0
    """Standard deviation of the single scores."""

    @property
    def remark(self) -> str:
        """Say how far the mean can be trusted."""
        if not self.count:
            return "Nothing reviewed yet."
        if self.count < LEAST_REVIEWS:
            return f"Fewer than {LEAST_REVIEWS}: says little yet."
        give = round(1.96 * self.spread_bp / math.sqrt(self.count) / 100)
        points = "1 point" if give <= 1 else f"{give} points"
        return f"Give or take {points}, 95 times in 100."


def week_before(today: date) -> tuple[date, date]:
    """Return Monday and Sunday of the last week that is over."""
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)
