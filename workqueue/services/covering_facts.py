"""What waits on somebody who is away, and who is here to take it over."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Lane, Patient, Task, User
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.covering import Coverer, Waiting
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.moves import MoveWhy
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.shifts import Span
from workqueue.rules.states import CallbackState, TaskState
from workqueue.services import abilities, staffing

DAY = timedelta(days=1)

_IS_ITS_CALLBACK = and_(
    Task.kind == TaskKind.CALLBACK_DUE, Callback.account_id == Task.account_id, Callback.id == Task.subject
)


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task that waits on the absent, and what it looked like."""

    waiting: Waiting
    account_id: int
    owner_id: int | None
    """Empty for a callback the absent booked that is open to everybody as it is."""
    callback_id: int | None
    worked_at: datetime | None


def waiting_on(session: Session, user_id: int, *, until: datetime) -> list[WaitingTask]:
    """Return what is a person's and comes up before then, callbacks they promised included."""
    # What comes up when: of three times the latest, and those that are not known do not count.
    comes_up_at = func.greatest(Task.available_at, Task.held_until, Task.deferred_until)
    rows = session.execute(
        select(
            Task.id,
            Task.account_id,
            Task.kind,
            Task.owner_id,
            Task.minutes,
            Task.deadline_on,
            Task.worked_at,
            Task.available_at,
            Lane.skill_id,
            Callback.id,
            Callback.at,
            Patient.language,
        )
        .join(Lane, Lane.id == Task.lane_id)
        .join(Account, Account.id == Task.account_id)
        .outerjoin(Patient, Patient.id == Account.person_id)
        .outerjoin(Callback, _IS_ITS_CALLBACK)
        .where(
            Task.id.in_(_owned_or_promised(user_id)),
            or_(
                Task.state == TaskState.QUEUED,
                and_(Task.state == TaskState.WAITING, comes_up_at < until),
            ),
        )
        .order_by(Task.account_id, Task.id)
    )
    return [_waiting_task(tuple(row), until) for row in rows]


def _owned_or_promised(user_id: int) -> CompoundSelect[int]:
    # Three ways in, each with an index of its own.
    owned = [
        select(Task.id).where(Task.owner_id == user_id, Task.state == state)
        for state in (TaskState.QUEUED, TaskState.WAITING)
    ]
    promised = (
        select(Task.id)
        .join(Callback, _IS_ITS_CALLBACK)
        .where(Callback.state == CallbackState.BOOKED)
        .where(func.coalesce(Callback.rep_id, Callback.booked_by_id) == user_id)
        .where(or_(Task.owner_id.is_(None), Task.owner_id == user_id))
    )
    return owned[0].union_all(owned[1], promised)


def _waiting_task(row: tuple[Any, ...], until: datetime) -> WaitingTask:
    (
        task_id, account_id, kind, owner_id, minutes, deadline_on, worked_at, available_at, skill_id,
        callback_id, callback_at, language,
    ) = row  # fmt: skip
    if callback_id is not None:
        why, due_at = MoveWhy.CALLBACK, callback_at
    elif deadline_on is not None and deadline_on <= office_day(until):
        why, due_at = MoveWhy.DEADLINE, office_midnight(deadline_on + DAY)
    else:
        why, due_at = MoveWhy.ABSENT, available_at
    is_call = KINDS[kind].party is Party.PATIENT
    spoken = language if is_call and language and language != abilities.SPOKEN_BY_ALL else ""
    return WaitingTask(
        Waiting(task_id, skill_id, minutes, spoken, why, due_at), account_id, owner_id, callback_id, worked_at
    )


def coverers(session: Session, user_id: int, *, until: datetime, now: datetime) -> list[Coverer]:
    """Return the people of a person's team who are here, with the time they have until then."""
    team = select(User.team_id).where(User.id == user_id).scalar_subquery()
    roles = session.execute(
        select(User.id, User.role)
        .where(User.team_id == team, User.is_active, User.role.in_(WORKERS), User.id != user_id)
        .where(staffing.is_here(now))
    ).all()
    ids = [row.id for row in roles]
    between, today = Span(now, until), office_day(now)
    minutes = staffing.capacity(session, ids, between=between)
    duties = staffing.duties(session, ids, between=between)
    levels = abilities.levels(session, ids, today)
    languages = abilities.languages(session, ids, today)
    given, calls = _given_minutes(session, ids), _calls(session, ids)
    return [
        Coverer(
            user_id=each,
            is_lead=role is Role.LEAD,
            levels=levels[each],
            languages=frozenset(languages[each]),
            minutes=minutes[each] - given.get(each, 0),
            duties=tuple(duties[each]),
            calls=calls[each],
        )
        for each, role in roles
    ]


def _given_minutes(session: Session, user_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Task.owner_id, func.sum(Task.minutes))
        .where(Task.owner_id.in_(user_ids), Task.state == TaskState.QUEUED)
        .group_by(Task.owner_id)
    )
    return {owner_id: minutes for owner_id, minutes in rows if owner_id is not None}


def _calls(session: Session, user_ids: Sequence[int]) -> dict[int, list[tuple[datetime, int]]]:
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    rows = session.execute(
        select(Task.owner_id, Callback.at, Task.minutes)
        .join(Callback, _IS_ITS_CALLBACK)
        .where(
            Task.owner_id.in_(user_ids),
            Task.state.in_((TaskState.QUEUED, TaskState.WAITING)),
            Callback.state == CallbackState.BOOKED,
        )
    )
    for owner_id, at, minutes in rows:
        if owner_id is not None:
            found[owner_id].append((at, minutes))
    return found
