"""Which of the days a file tells of are believed.

A mistyped year passes every calendar: believed, 2062 would put a task off for a generation, and 1926 would
let every deadline pass. So a day is measured against the file's own, and that against the day the file came.
"""

from collections.abc import Iterable
from datetime import date

AHEAD_DAYS = 31
"""So far a day may lie after the file's own: checks are dated up to some weeks ahead, statuses and bills
never. It bounds what a mistyped month can put off."""

BEHIND_DAYS = 3_653
"""So far it may lie before: ten years, longer than any payer takes a claim or keeps one open."""


def is_believable(day: date, told_on: date) -> bool:
    """Return whether a file of this day can speak of the other."""
    return -BEHIND_DAYS <= (day - told_on).days <= AHEAD_DAYS


def told_on(own: Iterable[date | None], received_on: date) -> date:
    """Return the file's own day: the first it gives that is not after the day it came, else that day."""
    return next((day for day in own if day and (day - received_on).days <= AHEAD_DAYS), received_on)
