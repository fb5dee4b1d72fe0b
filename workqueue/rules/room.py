"""What a lead's room tells apart: what a person is doing now, and how urgent and how old a task is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Doing(StrEnum):
    """What somebody is doing at this moment."""

    ON_CALL = "on_call"
    ON_TASK = "on_task"
    AWAY = "away"
    OFF_SHIFT = "off_shift"
    NOT_SIGNED_IN = "not_signed_in"
    """On shift, and nowhere signed in."""
    IDLE = "idle"


class DeadlineBand(StrEnum):
    """How near the day is on which something is lost."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NONE = "none"


class AgeBand(StrEnum):
    """For how long a task has been worth doing."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


DEADLINE_WORDS = {
    DeadlineBand.OVERDUE: "Overdue",
    DeadlineBand.TODAY: "Today",
    DeadlineBand.WEEK: "Within 7 days",
    DeadlineBand.LATER: "Later",
    DeadlineBand.NONE: "No deadline",
}
AGE_WORDS = {
    AgeBand.DAY: "Under a day",
    AgeBand.WEEK: "1 to 6 days",
    AgeBand.MONTH: "7 to 29 days",
    AgeBand.OLDER: "30 days and more",
}
AGE_FROM = {
    AgeBand.WEEK: timedelta(days=1),
    AgeBand.MONTH: timedelta(days=7),
    AgeBand.OLDER: timedelta(days=30),
}
DEADLINE_WEEK = timedelta(days=7)

LONGEST_CALL = timedelta(hours=4)
"""A call nobody ended after this time was left open by a lost lease, not by somebody who talks."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a person at a moment."""

    call_since: datetime | None = None
    task_since: datetime | None = None
    is_away: bool = False
    is_on_shift: bool = True
    is_signed_in: bool = True


def doing(seen: Seen) -> Doing:
    """Return what a person is doing: what they have in hand counts before what was planned for them."""
    if seen.call_since is not None:
        return Doing.ON_CALL
    if seen.task_since is not None:
        return Doing.ON_TASK
    if seen.is_away:
        return Doing.AWAY
    if not seen.is_on_shift:
        return Doing.OFF_SHIFT
    return Doing.IDLE if seen.is_signed_in else Doing.NOT_SIGNED_IN


def deadline_band(deadline_on: date | None, today: date) -> DeadlineBand:
    if deadline_on is None:
        return DeadlineBand.NONE
    if deadline_on < today:
        return DeadlineBand.OVERDUE
    if deadline_on == today:
        return DeadlineBand.TODAY
    return DeadlineBand.WEEK if deadline_on <= today + DEADLINE_WEEK else DeadlineBand.LATER


def age_band(available_at: datetime, now: datetime) -> AgeBand:
    age = now - available_at
    return next((band for band in reversed(AGE_FROM) if age >= AGE_FROM[band]), AgeBand.DAY)


def service_level(kept: int, late: int) -> float | None:
    """Return the share of the callbacks whose time has come that were made in time; None without any."""
    return kept / (kept + late) if kept + late else None
