"""Who takes over what waits on somebody who is away: callbacks first, deadlines second.

The rest is given to nobody in particular: it stays in its lane at its priority, open to everybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workqueue.rules.moves import MoveWhy
from workqueue.rules.shifts import Duty, SkillLevel, expected_minutes

AROUND_A_CALL = timedelta(hours=1)
"""A callback is given to whoever has its minutes free in the hour that begins with it. Our own default."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task that waits on the absent."""

    task_id: int
    skill_id: int
    minutes: int
    language: str
    """What the patient speaks; empty where nobody is called, or in English."""
    why: MoveWhy
    due_at: datetime
    """The callback's time, or the end of the deadline's day."""


@dataclass(slots=True)
class Coverer:
    """Somebody who is here, and what they still have time for."""

    user_id: int
    is_lead: bool
    """Takes over only what no rep can."""
    levels: Mapping[int, SkillLevel]
    """By skill; what is not in it they cannot do."""
    languages: frozenset[str]
    minutes: int
    """For tasks until the absence ends, less what they were given already."""
    duties: tuple[Duty, ...]
    calls: list[tuple[datetime, int]] = field(default_factory=list)
    """Callbacks they make, with their minutes."""

    def minutes_for(self, task: Waiting) -> int | None:
        """Return how long it takes them; None if they cannot do it."""
        level = self.levels.get(task.skill_id)
        speaks = not task.language or task.language in self.languages
        return expected_minutes(task.minutes, level) if level and speaks else None

    def free_around(self, at: datetime) -> float:
        """Return the minutes at work in the hour that begins then, less the calls they make around it."""
        ends_at = at + AROUND_A_CALL
        worked = sum(
            max((min(duty.span.ends_at, ends_at) - max(duty.span.begins_at, at)).total_seconds(), 0)
            * duty.worked_share
            / 60
            for duty in self.duties
        )
        return worked - sum(minutes for when, minutes in self.calls if abs(when - at) < AROUND_A_CALL)


def share_out(waiting: Iterable[Waiting], coverers: Iterable[Coverer]) -> dict[int, int | None]:
    """Return for each task who takes it over; None is everybody.

    What is due first is given first, to whichever rep of those able has the most time left; of equals to the
    first by number. Nobody gets what they have no time for.
    """
    people = sorted(coverers, key=lambda each: each.user_id)
    order = {MoveWhy.CALLBACK: 0, MoveWhy.DEADLINE: 1}
    tasks = sorted(waiting, key=lambda each: (order.get(each.why, 2), each.due_at, each.task_id))
    return {task.task_id: _give(task, people) if task.why in order else None for task in tasks}


def _give(task: Waiting, people: list[Coverer]) -> int | None:
    able = [(person, minutes) for person in people if (minutes := person.minutes_for(task)) is not None]
    if task.why is MoveWhy.CALLBACK:
        able = [(person, minutes) for person, minutes in able if person.free_around(task.due_at) >= minutes]
    else:
        able = [(person, minutes) for person, minutes in able if person.minutes >= minutes]
    if not able:
        return None
    person, minutes = max(able, key=lambda each: (not each[0].is_lead, each[0].minutes, -each[0].user_id))
    person.minutes -= minutes
    if task.why is MoveWhy.CALLBACK:
        person.calls.append((task.due_at, minutes))
    return person.user_id
