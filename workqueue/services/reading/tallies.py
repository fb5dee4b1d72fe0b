"""How many tasks stand where, counted over the whole queue at once and kept for a few seconds."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Task
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.room import AGE_FROM, DEADLINE_WEEK, AgeBand, DeadlineBand
from workqueue.rules.states import TaskState

LISTED_WAITING = and_(Task.state == TaskState.WAITING, Task.rescore_at.is_not(None))
"""What waits, as the team's queue lists it."""


@dataclass(frozen=True, slots=True)
class TaskCount:
    """How many tasks are alike in all of this."""

    lane_id: int
    kind: TaskKind
    state: TaskState
    tier: int
    deadline: DeadlineBand
    age: AgeBand
    count: int


Tally = tuple[TaskCount, ...]


DEADLINES, AGES = tuple(DeadlineBand), tuple(AgeBand)
# As numbers the bands cost half of what they cost as text, over a million rows.
_DEADLINE_PLACE = {band: literal(place) for place, band in enumerate(DEADLINES)}
_AGE_PLACE = {band: literal(place) for place, band in enumerate(AGES)}


def has_deadline(band: DeadlineBand, today: date) -> ColumnElement[bool]:
    """Whether the deadline of the task at hand is as near as this, as a range the planner can size."""
    week_ends = today + DEADLINE_WEEK
    return {
        DeadlineBand.NONE: Task.deadline_on.is_(None),
        DeadlineBand.OVERDUE: Task.deadline_on < today,
        DeadlineBand.TODAY: Task.deadline_on == today,
        DeadlineBand.WEEK: and_(Task.deadline_on > today, Task.deadline_on <= week_ends),
        DeadlineBand.LATER: Task.deadline_on > week_ends,
    }[band]


def has_age(band: AgeBand, now: datetime) -> ColumnElement[bool]:
    """Whether the task at hand is as old as this."""
    older = AGES[AGES.index(band) + 1 :]
    bounds = [Task.available_at > now - AGE_FROM[each] for each in older[:1]]
    if band in AGE_FROM:
        bounds.append(Task.available_at <= now - AGE_FROM[band])
    return and_(*bounds)


def _deadline_place(today: date) -> ColumnElement[int]:
    """As rules/room.py has it, of the task at hand."""
    return case(
        (Task.deadline_on.is_(None), _DEADLINE_PLACE[DeadlineBand.NONE]),
        (Task.deadline_on < today, _DEADLINE_PLACE[DeadlineBand.OVERDUE]),
        (Task.deadline_on == today, _DEADLINE_PLACE[DeadlineBand.TODAY]),
        (Task.deadline_on <= today + DEADLINE_WEEK, _DEADLINE_PLACE[DeadlineBand.WEEK]),
        else_=_DEADLINE_PLACE[DeadlineBand.LATER],
    )


def _age_place(now: datetime) -> ColumnElement[int]:
    """As rules/room.py has it, of the task at hand."""
    oldest_first = reversed(AGE_FROM.items())
    return case(
        *((Task.available_at <= now - age, _AGE_PLACE[band]) for band, age in oldest_first),
        else_=_AGE_PLACE[AgeBand.DAY],
    )


class Kept:
    """The last count, kept for as long as counting anew would take more than a twentieth of the time.

    Over a million tasks a count reads the whole queue, and every lead's page asks for it every few seconds.
    """

    LEAST_SECONDS = 2.0
    TIMES_AS_LONG = 20

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = -math.inf
        self._tally: Tally = ()

    def get(self, count: Callable[[], Tally]) -> Tally:
        # One counts, the others wait for what it finds.
        with self._lock:
            began = time.monotonic()
            if began >= self._until:
                self._tally = count()
                ended = time.monotonic()
                self._until = ended + max(self.LEAST_SECONDS, self.TIMES_AS_LONG * (ended - began))
            return self._tally


_kept = Kept()


def tally(session: Session, *, now: datetime) -> Tally:
    """Return the counts of everything queued or waiting, a few seconds old at most."""
    return _kept.get(lambda: counted(session, now=now))


def counted(session: Session, *, now: datetime) -> Tally:
    """Count everything queued or waiting."""
    each = (
        select(
            Task.lane_id,
            Task.kind,
            Task.state,
            Task.tier,
            _deadline_place(office_day(now)).label("deadline"),
            _age_place(now).label("age"),
        )
        .where(or_(Task.state == TaskState.QUEUED, LISTED_WAITING))
        .subquery("each")
    )
    rows = session.execute(select(*each.c, func.count().label("tasks")).group_by(*each.c))
    return tuple(
        TaskCount(
            row.lane_id, row.kind, row.state, row.tier, DEADLINES[row.deadline], AGES[row.age], row.tasks
        )
        for row in rows
    )
