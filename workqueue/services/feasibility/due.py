"""Hard deadlines of the next days, added up or one by one. Callbacks are due in their hour.

A task has a deadline where the last day of an appeal or of timely filing stands behind it, whether or not it
is inside the lead time that makes it a kind of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    Subquery,
    case,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from workqueue.models import Callback, Lane, Skill, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.deadline_network import Batch, DueTask
from workqueue.rules.deadline_slots import HOURLY_DAYS, Slots, horizon, hour_of, slots_until
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState

Column = ColumnElement[Any] | InstrumentedAttribute[Any]

PASSED_DAYS = 30
"""Deadlines that passed longer ago are not counted any more. Our own default."""


@dataclass(frozen=True, slots=True)
class Load:
    """Tasks of one batch, added up."""

    batch: Batch
    owner_id: int | None
    due_on: date
    is_callback: bool
    count: int
    minutes: int
    value_cents: int

    @property
    def is_stuck(self) -> bool:
        """Whether it waits until after its deadline: no staff helps."""
        return self.batch.release > self.batch.due


@dataclass(frozen=True, slots=True)
class Tally:
    """So many tasks with so much at stake."""

    count: int = 0
    value_cents: int = 0


def slots_for(session: Session, last_on: date, *, now: datetime) -> Slots:
    """Cut the time until the end of a day around the hours of the next callbacks."""
    soon_on = min(last_on, horizon(office_day(now), HOURLY_DAYS))
    slots = slots_until(soon_on, now=now)
    rows = session.scalars(
        select(Callback.at)
        .join(Task, Task.subject == Callback.id)
        .where(*_OPEN_CALLBACK, Callback.at >= hour_of(now), Callback.at < slots.ends_at)
        .distinct()
    )
    return slots_until(last_on, now=now, hours_at=rows)


def loads(session: Session, slots: Slots, *, now: datetime) -> list[Load]:
    """Add up what is due, by batch and owner."""
    due = _due(slots, now).c
    groups = (due.skill, due.due_on, due.due_at, due.free_at, due.owner_id)
    rows = session.execute(
        select(*groups, func.count(), func.sum(due.minutes), func.sum(due.value_cents)).group_by(*groups)
    )
    return [
        Load(
            _batch(slots, now, row),
            row.owner_id,
            _day(row),
            row.due_at is not None,
            int(row[5]),
            int(row[6]),
            int(row[7]),
        )
        for row in rows
    ]


def tasks_of(
    session: Session, slots: Slots, batches: Collection[Batch], *, now: datetime
) -> dict[Batch, list[DueTask]]:
    """Return the tasks of these batches one by one."""
    due = _due(slots, now).c
    skills = {batch.skill for batch in batches}
    rows = session.execute(
        select(due.id, due.minutes, due.value_cents, due.skill, due.due_on, due.due_at, due.free_at)
        .where(due.skill.in_(skills))
        .order_by(due.id)
    )
    found: dict[Batch, list[DueTask]] = defaultdict(list)
    # Many rows have few batches; a day and a moment are made a slot once for all of them.
    known: dict[tuple[Any, ...], Batch] = {}
    for row in rows:
        task_id, minutes, value_cents, *place = row
        batch = known.get(key := tuple(place)) or known.setdefault(key, _batch(slots, now, row))
        if batch in batches:
            found[batch].append(
                DueTask(
                    task_id,
                    batch.skill,
                    batch.release,
                    batch.due,
                    minutes,
                    value_cents,
                    row.due_at is not None,
                )
            )
    return found


def stuck_ids(session: Session, slots: Slots, skills: Iterable[str], *, now: datetime) -> list[int]:
    """Return the tasks that wait until after their deadline, those of most value first."""
    due = _due(slots, now).c
    rows = session.execute(
        select(due.id, due.skill, due.due_on, due.due_at, due.free_at)
        .where(due.skill.in_(list(skills)), due.free_at.is_not(None))
        .order_by(due.value_cents.desc(), due.id)
    )
    return [row.id for row in rows if (batch := _batch(slots, now, row)).release > batch.due]


def passed(session: Session, skills: Iterable[str], *, now: datetime) -> Tally:
    """Count what is open although its deadline passed lately: nobody can prevent that any more."""
    row = session.execute(_passed(skills, now, func.count(), func.sum(Task.value_cents))).one()
    return Tally(row[0], int(row[1] or 0))


def passed_ids(session: Session, skills: Iterable[str], *, now: datetime) -> list[int]:
    """Return what `passed` counts, the latest first."""
    return list(session.scalars(_passed(skills, now, Task.id).order_by(Task.deadline_on.desc(), Task.id)))


_OPEN_CALLBACK = (Task.kind == TaskKind.CALLBACK_DUE, Task.state != TaskState.CLOSED)


def _due(slots: Slots, now: datetime) -> Subquery:
    """Select what is due until the horizon: one row a task.

    All open tasks are read, a quarter of a second a million: an index by deadline would cost every lease of
    such a task a page, and this is asked a few times a day.
    """
    # A patient's time is when the callback can be made: that it comes up only then makes it no later.
    waits = func.greatest(Task.held_until, Task.deferred_until)
    hard = select(
        *_columns(
            Task.deadline_on,
            cast(null(), DateTime(timezone=True)),
            func.greatest(waits, Task.available_at),
            now,
        )
    ).where(
        Task.state != TaskState.CLOSED,
        Task.deadline_on.between(slots.days[0], slots.days[-1]),
    )
    callbacks = (
        select(*_columns(cast(null(), Date), Callback.at, waits, now))
        .join(Callback, Callback.id == Task.subject)
        .where(*_OPEN_CALLBACK, Callback.at >= hour_of(now), Callback.at < slots.ends_at)
    )
    return union_all(
        *(
            each.join(Lane, Lane.id == Task.lane_id).join(Skill, Skill.id == Lane.skill_id)
            for each in (hard, callbacks)
        )
    ).subquery("due")


def _columns(due_on: Column, due_at: Column, free_at: Column, now: datetime) -> tuple[Column, ...]:
    # To the hour: so that what is put off to many moments makes few batches.
    waits_until = case((free_at > now, func.date_trunc("hour", free_at)))
    return (
        Task.id,
        Skill.code.label("skill"),
        due_on.label("due_on"),
        due_at.label("due_at"),
        waits_until.label("free_at"),
        Task.owner_id,
        Task.minutes,
        Task.value_cents,
    )


def _passed(skills: Iterable[str], now: datetime, *columns: Any) -> Select[Any]:
    today = office_day(now)
    return (
        select(*columns)
        .select_from(Task)
        .join(Lane, Lane.id == Task.lane_id)
        .join(Skill, Skill.id == Lane.skill_id)
        .outerjoin(Callback, (Callback.id == Task.subject) & (Task.kind == TaskKind.CALLBACK_DUE))
        .where(
            Task.state != TaskState.CLOSED,
            Skill.code.in_(list(skills)),
            or_(
                Task.deadline_on.between(today - timedelta(days=PASSED_DAYS), today - timedelta(days=1)),
                Callback.at < hour_of(now),
            ),
        )
    )


def _batch(slots: Slots, now: datetime, row: Any) -> Batch:
    release = slots.of(row.free_at) if row.free_at is not None else 0
    if row.due_at is None:
        return Batch(row.skill, None, release, slots.last_of(row.due_on))
    due = slots.of(max(row.due_at, now))
    day = slots.days[due]
    if day <= horizon(office_day(now), HOURLY_DAYS):
        return Batch(row.skill, None, max(release, due), due)
    return Batch(row.skill, None, max(release, slots.first_of(day)), slots.last_of(day))


def _day(row: Any) -> date:
    due_on: date = row.due_on if row.due_at is None else office_day(row.due_at)
    return due_on
