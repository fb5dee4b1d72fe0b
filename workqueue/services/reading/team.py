"""A lead's view: the team's queue in pages, who holds what, how much of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from workqueue.models import Lane, Skill, Task, User, Window
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import WORKERS
from workqueue.rules.room import AgeBand, DeadlineBand
from workqueue.rules.states import TaskState
from workqueue.rules.windows import is_open
from workqueue.services import contact_rules, contacting, queue_rules, staffing
from workqueue.services.contacting import Outlook
from workqueue.services.reading.lines import IS_HELD, TaskLine, lines_of, task_lines
from workqueue.services.reading.tallies import LISTED_WAITING, has_age, has_deadline

PAGE = 50
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

Filters = Sequence[ColumnElement[bool]]

Cursor = tuple[int, int]
"""The sort value and the task after which the next page begins."""


class CallWindow(StrEnum):
    """Whether the people a task has somebody call may be called at this moment.

    What calls no patient may be done at any hour: its window is always open.
    """

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TeamFilters:
    """What of the team's queue is looked at; open tasks when nothing is said."""

    state: TaskState = TaskState.QUEUED
    kind: TaskKind | None = None
    owner_id: int | None = None
    """Passed to this person."""
    holder_id: int | None = None
    """In this person's hands."""
    window: CallWindow | None = None
    skill: SkillCode | None = None
    lane_id: int | None = None
    tier: int | None = None
    deadline: DeadlineBand | None = None
    age: AgeBand | None = None
    is_owner_away: bool = False
    """Passed to somebody who is away now."""

    @property
    def is_banded(self) -> bool:
        """Whether something is asked that no index of the queue knows."""
        return self.tier is not None or self.deadline is not None or self.age is not None


@dataclass(frozen=True, slots=True)
class TeamPage:
    rows: tuple[TaskLine, ...]
    next: Cursor | None
    outlooks: Mapping[int, Outlook] = field(default_factory=dict)
    """By task: whether the patient may be called now; a task that needs no call to one has none."""


@dataclass(frozen=True, slots=True)
class HolderLine:
    rep_id: int
    rep_name: str
    task: TaskLine | None
    passed_count: int


@dataclass(frozen=True, slots=True)
class TeamCount:
    kind: TaskKind
    kind_label: str
    queued: int
    leased: int
    waiting: int


def team_page(
    session: Session,
    *,
    team_id: int,
    filters: TeamFilters,
    now: datetime,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> TeamPage:
    """Return one page; what is queued comes in the order of the queue, what waits by when it comes up."""
    chosen = _CHOOSE.get(filters.state)
    if chosen is None:
        raise Invalid("Choose open, in hand or waiting.", field="state")
    if filters.is_banded and filters.state is TaskState.QUEUED:
        chosen = _scanned
    is_timed = filters.state is TaskState.WAITING
    order = (Task.rescore_at, Task.id) if is_timed else (Task.priority.desc(), Task.id)
    lanes = lanes_of(session, team_id, filters, now)
    ids = chosen(lanes, filtered(filters, now), after, limit + 1).subquery("chosen")
    # As an array the ids are looked up by key; as IN (subquery) the planner may join the whole queue.
    statement = task_lines(Task.id == func.any(func.array(select(ids.c.id).scalar_subquery())))
    rows = lines_of(session.execute(statement.order_by(*order)))
    is_last, rows = len(rows) <= limit, rows[:limit]
    return TeamPage(rows, None if is_last else _cursor(rows[-1], is_timed=is_timed))


def with_outlooks(session: Session, page: TeamPage, now: datetime) -> TeamPage:
    """Return the page with a verdict for each of its patients, gathered for all of them together."""
    outlooks = contacting.outlooks(session, [row.task_id for row in page.rows], now)
    return TeamPage(page.rows, page.next, outlooks)


def _cursor(row: TaskLine, *, is_timed: bool) -> Cursor:
    if is_timed and row.rescore_at is not None:
        return (row.rescore_at - EPOCH) // MICROSECOND, row.task_id
    return row.priority, row.task_id


def lanes_of(session: Session, team_id: int, filters: TeamFilters, now: datetime) -> Select[Any]:
    """Select the lanes of a team in which what is asked for may stand."""
    lanes = _lanes(team_id)
    if filters.skill is not None:
        lanes = lanes.where(Skill.code == filters.skill)
    if filters.kind is not None:
        # The kind names the skill, so that the other lanes need not be looked into.
        lanes = lanes.where(Skill.code == queue_rules.in_force(session).rules.of(filters.kind).skill)
    if filters.lane_id is not None:
        lanes = lanes.where(Lane.id == filters.lane_id)
    if filters.window is not None:
        lanes = lanes.where(Lane.window_id.in_(windows(session, filters.window, now)))
    return lanes


def _lanes(team_id: int) -> Select[Any]:
    return select(Lane.id).join(Skill, Skill.id == Lane.skill_id).where(Skill.team_id == team_id)


def windows(session: Session, window: CallWindow, now: datetime) -> list[int]:
    """Return the windows that are open, or closed, at this moment: a dozen exist."""
    rows = session.execute(select(Window.id, Window.zones))
    zoned = [(row[0], tuple(filter(None, row[1].split("|")))) for row in rows]
    hours, wanted = contact_rules.hours(session), window is CallWindow.OPEN
    return [window_id for window_id, zones in zoned if is_open(zones, hours, now) is wanted]


def filtered(filters: TeamFilters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what is asked of the tasks themselves."""
    asked: list[ColumnElement[bool]] = []
    if filters.kind is not None:
        asked.append(Task.kind == filters.kind)
    if filters.owner_id is not None:
        asked.append(Task.owner_id == filters.owner_id)
    if filters.holder_id is not None:
        asked.append(Task.holder_id == filters.holder_id)
    if filters.tier is not None:
        asked.append(Task.tier == filters.tier)
    if filters.deadline is not None:
        asked.append(has_deadline(filters.deadline, office_day(now)))
    if filters.age is not None:
        asked.append(has_age(filters.age, now))
    if filters.is_owner_away:
        asked.append(Task.owner_id.in_(staffing.absent(now)))
    return asked


def _after_priority(after: Cursor | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    priority, task_id = after
    # The first half is what the index understands; the second tells equals apart.
    return [Task.priority <= priority, or_(Task.priority < priority, Task.id > task_id)]


def _queued(lanes: Select[Any], filters: Filters, after: Cursor | None, limit: int) -> Select[Any]:
    """Take the heads of each lane from its index, and the tasks passed to somebody from theirs."""
    lane = lanes.subquery("lane")
    asked = [Task.state == TaskState.QUEUED, *filters, *_after_priority(after)]
    order = (Task.priority.desc(), Task.id)
    head = (
        select(Task.id, Task.priority)
        .where(Task.lane_id == lane.c.id, Task.owner_id.is_(None), *asked)
        .order_by(*order)
        .limit(limit)
        .lateral("head")
    )
    passed = (
        select(Task.id, Task.priority)
        .where(Task.owner_id.is_not(None), Task.lane_id.in_(lanes), *asked)
        .order_by(*order)
        .limit(limit)
        .subquery("passed")
    )
    both = union_all(
        select(head.c.id, head.c.priority).select_from(lane.join(head, true())),
        select(passed.c.id, passed.c.priority),
    ).subquery("both")
    return select(both.c.id).order_by(both.c.priority.desc(), both.c.id).limit(limit)


def _scanned(lanes: Select[Any], filters: Filters, after: Cursor | None, limit: int) -> Select[Any]:
    """Take them from the whole queue at once.

    The index of a lane knows nothing of deadlines and ages: in its order a rare one is found after reading
    the lane row by row, ten times as long as reading the table from end to end.
    """
    return (
        select(Task.id)
        .where(Task.state == TaskState.QUEUED, Task.lane_id.in_(lanes), *filters, *_after_priority(after))
        .order_by(Task.priority.desc(), Task.id)
        .limit(limit)
    )


def _leased(lanes: Select[Any], filters: Filters, after: Cursor | None, limit: int) -> Select[Any]:
    return (
        select(Task.id)
        .where(IS_HELD, Task.lane_id.in_(lanes))
        .where(*filters, *_after_priority(after))
        .order_by(Task.priority.desc(), Task.id)
        .limit(limit)
    )


def _waiting(lanes: Select[Any], filters: Filters, after: Cursor | None, limit: int) -> Select[Any]:
    statement = (
        select(Task.id)
        .where(LISTED_WAITING, Task.lane_id.in_(lanes), *filters)
        .order_by(Task.rescore_at, Task.id)
        .limit(limit)
    )
    if after is None:
        return statement
    try:
        at, task_id = EPOCH + after[0] * MICROSECOND, after[1]
    except OverflowError:
        raise Invalid("This cursor is not one of ours; start again without it.", field="cursor") from None
    return statement.where(Task.rescore_at >= at, or_(Task.rescore_at > at, Task.id > task_id))


_CHOOSE = {TaskState.QUEUED: _queued, TaskState.LEASED: _leased, TaskState.WAITING: _waiting}


def who_holds_what(session: Session, *, team_id: int) -> tuple[HolderLine, ...]:
    """Return everybody of the team with the task in their hands and how many were passed to them."""
    people = session.execute(
        select(User.id, User.name)
        .where(User.team_id == team_id, User.is_active, User.role.in_(WORKERS))
        .order_by(User.name)
    ).all()
    ids = [row.id for row in people]
    now_held = task_lines(IS_HELD, Task.holder_id.in_(ids), Task.lease_until > func.clock_timestamp())
    held = {line.holder_id: line for line in lines_of(session.execute(now_held))}
    passed = select(Task.owner_id, func.count()).where(
        Task.state == TaskState.QUEUED, Task.owner_id.is_not(None), Task.owner_id.in_(ids)
    )
    counts = {row[0]: row[1] for row in session.execute(passed.group_by(Task.owner_id))}
    return tuple(HolderLine(row.id, row.name, held.get(row.id), counts.get(row.id, 0)) for row in people)


def counts(session: Session, *, team_id: int) -> tuple[TeamCount, ...]:
    """Return how many tasks of each kind the team has, by where they stand."""
    states = (TaskState.QUEUED, TaskState.LEASED, TaskState.WAITING)
    rows = session.execute(
        select(Task.kind, *(func.count().filter(Task.state == state) for state in states))
        .where(Task.state != TaskState.CLOSED, Task.lane_id.in_(_lanes(team_id)))
        .group_by(Task.kind)
    )
    found = [TeamCount(kind, KINDS[kind].label, *numbers) for kind, *numbers in rows]
    return tuple(sorted(found, key=lambda each: (-each.queued, each.kind_label)))
