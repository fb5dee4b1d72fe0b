"""What a run counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

BY_NUMBER = frozenset({"by_day", "calls", "answered"})
"""What is counted by the position of a day, or by an hour; the other counts are by kind of task."""


@dataclass
class Tally:
    """One office's days under one policy. Money is in cents, time in minutes."""

    hours: float
    """Paid hours of all reps."""
    cents: Counter[str] = field(default_factory=Counter)
    """What came of the work, by kind of task; the payers' answers to it may come after the last day."""
    by_day: Counter[int] = field(default_factory=Counter)
    alone_cents: int = 0
    """What came by itself, before anybody worked on it."""
    minutes: float = 0
    touches: Counter[str] = field(default_factory=Counter)
    calls: Counter[int] = field(default_factory=Counter)
    """By the hour of the office's day."""
    answered: Counter[int] = field(default_factory=Counter)
    deadlines: int = 0
    """Hard deadlines that were met or missed in these days."""
    missed: int = 0
    missed_cents: int = 0
    promises: int = 0
    """Promises whose last day of grace came in these days; those kept are of them."""
    kept: int = 0
    appointments: int = 0
    punctual: int = 0

    @property
    def collected_cents(self) -> int:
        return sum(self.cents.values())

    @property
    def cents_an_hour(self) -> float:
        return self.collected_cents / self.hours if self.hours else 0.0


def added(tallies: Sequence[Tally]) -> Tally:
    """Add up what was counted in several worlds."""
    whole = Tally(hours=0)
    for tally in tallies:
        for each in fields(Tally):
            setattr(whole, each.name, getattr(whole, each.name) + getattr(tally, each.name))
    return whole
