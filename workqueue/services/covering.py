"""Nothing waits on an absent person: what was theirs is handed on when they go, and back when they are here.

Callbacks go first, then deadlines, to whoever is here and can; the rest is open to everybody. All of it is
one rebalance, whose cause is the absence.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Absence, Lease, Rebalance, RebalanceMove, Task, TaskChange, User
from workqueue.rules.covering import share_out
from workqueue.rules.moves import MoveResult, RebalanceCause, RebalanceState
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState
from workqueue.services import calling, deriving, handing, leasing, staffing
from workqueue.services.covering_facts import WaitingTask, coverers, waiting_on
from workqueue.services.posting import lock_accounts

AT_ONCE = 20
"""So many absences begin or end in one transaction of the sweeper."""


def report_sick(session: Session, user_id: int, *, actor_id: int, now: datetime) -> int:
    """Write down that a person is sick from now on, and hand on what waits on them; return the rebalance.

    Raises AwayThen if they are away already.
    """
    deriving.keep_rebuild_away(session)
    absence_id = staffing.sick_now(session, user_id, actor_id=actor_id, now=now)
    return cover(session, absence_id, actor_id=actor_id, now=now)


def report_back(session: Session, user_id: int, *, actor_id: int, now: datetime) -> None:
    """Let a person's absence end now, and give them back what was theirs; raises NotAway."""
    deriving.keep_rebuild_away(session)
    absence_id = staffing.back_now(session, user_id, now=now)
    _give_back(session, absence_id, actor_id=actor_id, now=now)


def cover(session: Session, absence_id: int, *, actor_id: int | None, now: datetime) -> int:
    """Hand on what waits on whoever is away; return the rebalance: one an absence, later work is added to it.

    What they hold is taken out of their hands unless they are on the line with somebody.
    """
    deriving.keep_rebuild_away(session)
    absence = session.get_one(Absence, absence_id)
    person = session.get_one(User, absence.user_id)
    rebalance_id = _rebalance_of(session, absence, person, actor_id, now)
    held = session.scalar(_held_by(person.id))
    found = waiting_on(session, person.id, until=absence.ends_at)
    account_ids = {each.account_id for each in found} | ({held.account_id} if held else set())
    lock_accounts(session, account_ids)
    if held is not None:
        _take_out_of_hands(session, held.id, person, rebalance_id, actor_id, now)
        found = [
            each
            for each in waiting_on(session, person.id, until=absence.ends_at)
            if each.account_id in account_ids
        ]
    _plan(session, rebalance_id, absence, found, now)
    handing.go_on(session, session.get_one(Rebalance, rebalance_id), now=now)
    return rebalance_id


def cover_the_absent(session: Session, *, now: datetime) -> int:
    """Cover who has gone away, and what has come up since for who is away; return how many people."""
    begun = (
        select(Absence.id)
        .outerjoin(Rebalance, Rebalance.absence_id == Absence.id)
        .where(staffing.is_going_on(now), or_(Rebalance.id.is_(None), _waits_on(Absence.user_id)))
        .order_by(Absence.id)
        .limit(AT_ONCE)
    )
    ids = session.scalars(begun).all()
    for absence_id in ids:
        cover(session, absence_id, actor_id=None, now=now)
    return len(ids)


def give_back_what_is_over(session: Session, *, now: datetime) -> int:
    """Give back the work of those whose absence is over, or was called off; return of how many absences."""
    over = (
        select(Absence.id)
        .join(Rebalance, Rebalance.absence_id == Absence.id)
        .where(Rebalance.state == RebalanceState.APPLIED)
        .where(or_(Absence.ends_at <= now, Absence.cancelled_at.is_not(None)))
        .order_by(Absence.id)
        .limit(AT_ONCE)
    )
    ids = session.scalars(over).all()
    for absence_id in ids:
        _give_back(session, absence_id, actor_id=None, now=now)
    return len(ids)


def waiting_on_the_absent(session: Session, *, now: datetime) -> int:
    """Count the tasks in the queue that only somebody who is away is offered: has to be 0."""
    count = (
        select(func.count())
        .select_from(Task)
        .join(Absence, Absence.user_id == Task.owner_id)
        .where(Task.state == TaskState.QUEUED, Task.owner_id.is_not(None), staffing.is_going_on(now))
    )
    return session.execute(count).scalar_one()


def _waits_on(user_id: Any) -> ColumnElement[bool]:
    return select(Task.id).where(Task.owner_id == user_id, Task.state == TaskState.QUEUED).exists()


def _rebalance_of(
    session: Session, absence: Absence, person: User, actor_id: int | None, now: datetime
) -> int:
    """Return the one rebalance of an absence, made when there is none; two who ask at once get the same."""
    session.execute(
        insert(Rebalance)
        .values(
            team_id=person.team_id,
            cause=RebalanceCause.ABSENCE,
            state=RebalanceState.APPLIED,
            absence_id=absence.id,
            reason=f"{person.name} is away",
            made_by_id=actor_id,
            applied_by_id=actor_id,
            made_at=now,
            until_at=absence.ends_at,
            applied_at=now,
        )
        .on_conflict_do_nothing(index_elements=["absence_id"], index_where=Rebalance.absence_id.is_not(None))
    )
    return session.execute(
        select(Rebalance.id).where(Rebalance.absence_id == absence.id).with_for_update()
    ).scalar_one()


def _held_by(user_id: int) -> Select[Task]:
    # Through the open leases: one a person, found by their index.
    return (
        select(Task)
        .join(Lease, and_(Lease.task_id == Task.id, Lease.id == Task.lease_token))
        .where(Lease.rep_id == user_id, Lease.ended_at.is_(None))
    )


def _take_out_of_hands(
    session: Session, task_id: int, person: User, rebalance_id: int, actor_id: int | None, now: datetime
) -> None:
    """End the lease of a task whose account is locked, unless a call is open."""
    task = session.scalars(
        _held_by(person.id)
        .where(Task.id == task_id)
        .with_for_update(of=Task)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if task is None or calling.open_call(session, task, person.id) is not None:
        return
    before = task.state
    leasing.end(session, task, LeaseEnd.TAKEN_OVER)
    session.add(
        TaskChange(
            task_id=task.id,
            account_id=task.account_id,
            at=now,
            cause=CauseKind.REBALANCE,
            cause_id=rebalance_id,
            actor_id=actor_id,
            before={"state": before},
            after={"state": task.state, "reason": f"{person.name} is away"},
        )
    )
    deriving.derive(
        session,
        {task.account_id: rebalance_id},
        cause=CauseKind.REBALANCE,
        now=now,
        actor_id=actor_id,
    )


def _plan(
    session: Session, rebalance_id: int, absence: Absence, found: Sequence[WaitingTask], now: datetime
) -> None:
    """Write down whom each task goes to. One that was covered before in this absence is moved once more."""
    people = coverers(session, absence.user_id, until=absence.ends_at, now=now) if found else []
    takes = share_out([each.waiting for each in found], people)
    if not found:
        return
    planned = insert(RebalanceMove)
    planned = planned.on_conflict_do_update(
        index_elements=["rebalance_id", "task_id"],
        set_={
            name: planned.excluded[name]
            for name in ("from_user_id", "to_user_id", "minutes", "why", "seen_worked_at", "result")
        }
        | {"stayed": None},
    )
    session.execute(
        planned,
        [
            {
                "rebalance_id": rebalance_id,
                "task_id": each.waiting.task_id,
                "account_id": each.account_id,
                "from_user_id": each.owner_id,
                "to_user_id": takes[each.waiting.task_id],
                "minutes": each.waiting.minutes,
                "why": each.waiting.why,
                "callback_id": each.callback_id,
                "seen_worked_at": each.worked_at,
                "result": MoveResult.PLANNED,
            }
            for each in found
        ],
    )
    session.execute(
        update(Rebalance).where(Rebalance.id == rebalance_id).values(tasks=Rebalance.tasks + len(found))
    )


def _give_back(session: Session, absence_id: int, *, actor_id: int | None, now: datetime) -> None:
    deriving.keep_rebuild_away(session)
    rebalance = session.scalars(
        select(Rebalance)
        .where(Rebalance.absence_id == absence_id, Rebalance.state == RebalanceState.APPLIED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if rebalance is None:
        return
    rebalance.state, rebalance.ended_at, rebalance.ended_by_id = RebalanceState.RETURNED, now, actor_id
    handing.go_on(session, rebalance, now=now)
