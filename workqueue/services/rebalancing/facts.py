"""A team's work and its people, gathered set-based for sharing out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, true, union_all
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Lane, Lease, Outcome, Patient, Skill, Task, User
from workqueue.rules.calendar import office_day
from workqueue.rules.dispositions import CONVERSATIONS
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.rebalance_classes import Item, Person, ordinary_minutes
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.shifts import Span
from workqueue.rules.states import TaskState
from workqueue.services import abilities, staffing

PINNED_BY_TALK = timedelta(days=7)
"""Whoever spoke with the patient so lately keeps the task. Our own default."""
KNOWN_BY_TALK = timedelta(days=30)
"""So long the patient is known to whom they spoke with. Our own default."""


class _Row(NamedTuple):
    """A task as it is looked up."""

    task_id: int
    account_id: int
    kind: TaskKind
    skill_id: int
    minutes: int
    owner_id: int | None
    worked_at: datetime | None
    lease_token: int | None
    language: str | None
    callback_at: datetime | None
    callback_id: int | None
    spoken_by_id: int | None
    spoken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A task and what it looked like, to be compared when it is moved."""

    item: Item
    account_id: int
    worked_at: datetime | None
    callback_id: int | None


def team_people(session: Session, team_id: int, *, until: datetime, now: datetime) -> list[Person]:
    """Return the people of a team who are here, with the work of an ordinary pace they have time for."""
    roles = session.execute(
        select(User.id, User.role)
        .where(User.team_id == team_id, User.is_active, User.role.in_(WORKERS), staffing.is_here(now))
        .order_by(User.id)
    ).all()
    ids, today = [row.id for row in roles], office_day(now)
    minutes = staffing.capacity(session, ids, between=Span(now, until))
    levels = abilities.levels(session, ids, today)
    languages = abilities.languages(session, ids, today)
    return [
        Person(
            id=user_id,
            minutes=ordinary_minutes(minutes[user_id], levels[user_id].values()),
            levels=levels[user_id],
            languages=frozenset(languages[user_id]),
            takes_more=role is Role.REP,
        )
        for user_id, role in roles
    ]


def team_work(
    session: Session, team_id: int, *, until: datetime, with_open_deadlines: bool, now: datetime
) -> list[Seen]:
    """Return what the team's people own and what comes up for them before then, the most urgent first.

    `with_open_deadlines`: also what is nobody's and has a hard deadline before then.
    """
    ids = _owned(team_id, until)
    if with_open_deadlines:
        ids.append(_open_deadlines(team_id, office_day(until)))
    rows = session.execute(_looked_up(union_all(*ids), now))
    return [_seen(_Row(*row), now) for row in rows]


def _owned(team_id: int, until: datetime) -> list[Select[int]]:
    """Return three ways in, each with an index of its own: what is open, comes up, and is in hand."""
    is_theirs = Task.owner_id.in_(select(User.id).where(User.team_id == team_id))
    comes_up_at = func.greatest(Task.available_at, Task.held_until, Task.deferred_until)
    is_held = Task.id.in_(select(Lease.task_id).where(Lease.ended_at.is_(None)))
    return [
        select(Task.id).where(is_theirs, Task.state == TaskState.QUEUED, Task.owner_id.is_not(None)),
        select(Task.id).where(
            is_theirs, Task.state == TaskState.WAITING, Task.owner_id.is_not(None), comes_up_at < until
        ),
        select(Task.id).where(is_theirs, Task.state == TaskState.LEASED, is_held),
    ]


def _open_deadlines(team_id: int, day: date) -> Select[int]:
    lanes = select(Lane.id).join(Skill, Skill.id == Lane.skill_id).where(Skill.team_id == team_id)
    hard = [kind for kind, facts in KINDS.items() if facts.has_hard_deadline]
    return select(Task.id).where(
        Task.lane_id.in_(lanes),
        Task.state == TaskState.QUEUED,
        Task.owner_id.is_(None),
        Task.kind.in_(hard),
        Task.deadline_on <= day,
    )


def _looked_up(ids: Any, now: datetime) -> Select[*tuple[Any, ...]]:
    chosen = ids.subquery("chosen")
    spoken = (
        select(Outcome.rep_id, Outcome.at)
        .where(Outcome.account_id == Task.account_id, Outcome.disposition.in_(CONVERSATIONS))
        .where(Outcome.at > now - KNOWN_BY_TALK)
        .order_by(Outcome.at.desc())
        .limit(1)
        .lateral("spoken")
    )
    its_callback: ColumnElement[bool] = and_(
        Task.kind == TaskKind.CALLBACK_DUE,
        Callback.account_id == Task.account_id,
        Callback.id == Task.subject,
    )
    return (
        select(
            Task.id,
            Task.account_id,
            Task.kind,
            Lane.skill_id,
            Task.minutes,
            Task.owner_id,
            Task.worked_at,
            Task.lease_token,
            Patient.language,
            Callback.at,
            Callback.id,
            spoken.c.rep_id,
            spoken.c.at,
        )
        .join(chosen, chosen.c.id == Task.id)
        .join(Lane, Lane.id == Task.lane_id)
        .join(Account, Account.id == Task.account_id)
        .outerjoin(Patient, Patient.id == Account.person_id)
        .outerjoin(Callback, its_callback)
        .outerjoin(spoken, true())
        .order_by(Task.priority.desc(), Task.id)
    )


def _seen(row: _Row, now: datetime) -> Seen:
    is_call = KINDS[row.kind].party is Party.PATIENT
    speaks_other = is_call and row.language and row.language != abilities.SPOKEN_BY_ALL
    item = Item(
        task_id=row.task_id,
        skill_id=row.skill_id,
        minutes=row.minutes,
        owner_id=row.owner_id,
        language=row.language or "" if speaks_other else "",
        known_by_id=row.spoken_by_id,
        is_pinned=_is_pinned(row, now),
    )
    return Seen(item, row.account_id, row.worked_at, row.callback_id)


def _is_pinned(row: _Row, now: datetime) -> bool:
    if row.lease_token is not None:
        return True
    if row.callback_at is not None and office_day(row.callback_at) <= office_day(now):
        return True
    is_lately = row.spoken_at is not None and row.spoken_at > now - PINNED_BY_TALK
    return is_lately and row.spoken_by_id == row.owner_id
