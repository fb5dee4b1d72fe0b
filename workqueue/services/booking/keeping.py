"""Keeping promises: no callback is forgotten, whoever is away, late, or gone.

Each function may be cut off anywhere and run again: what it has done it finds done.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from workqueue.models import Call, Callback, CallbackChange, Task, TaskChange
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState, CauseKind, TaskState
from workqueue.services import deriving
from workqueue.services.booking import telling
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import accounts_paused_by

LATE_AFTER = timedelta(minutes=10)
"""Called within ten minutes of its time, a callback was kept on time; after that the person is apologised to.

Our own default: what the office's reports call punctual.
"""

OPEN_FROM = timedelta(0)
"""From its time on a callback is offered to everybody who can make it, should its rep be busy."""

HELD = "a hold forbids the call"

AT_ONCE = 100


def open_what_is_due(session: Session, *, now: datetime) -> int:
    """Offer callbacks whose time has come and whose rep has not taken them to everybody; return how many."""
    due = _of_callbacks(Task.state == TaskState.QUEUED, Task.owner_id.is_not(None)).where(
        Callback.at <= now - OPEN_FROM
    )
    found = _locked(session, due)
    for callback, _ in found:
        rehome(session, callback, rep_id=None, reason="its rep is busy", now=now)
    return len(found)


def follow_new_owners(session: Session, *, now: datetime) -> int:
    """Reserve the time of whoever was given a callback's task, and free that of who had it; return how many.

    Whose time is promised to somebody else already cannot keep this one too: it is offered to everybody.
    """
    found = _locked(
        session,
        _of_callbacks(Task.state != TaskState.CLOSED, Task.owner_id.is_distinct_from(Callback.rep_id)),
    )
    for callback, task in found:
        is_free = task.owner_id is None or not _is_promised(session, callback, task.owner_id)
        rep_id = task.owner_id if is_free else None
        rehome(session, callback, rep_id=rep_id, reason="given to somebody else", now=now)
    return len(found)


def notice_what_was_missed(session: Session, *, now: datetime) -> list[int]:
    """Mark the callbacks nobody has made in time; return them, to be apologised for.

    They stay booked: a promise that is late is still owed, and the oldest goes before all else.
    """
    is_being_made = exists().where(
        Call.task_id == Task.id,
        Call.placed_at >= Callback.at - LATE_AFTER,
        Call.account_id == Task.account_id,
    )
    found = _locked(
        session,
        _of_callbacks(Task.state != TaskState.CLOSED, ~is_being_made, Task.held_until.is_(None)).where(
            Callback.at <= now - LATE_AFTER, Callback.missed_at.is_(None)
        ),
    )
    for callback, _ in found:
        callback.missed_at = now
        note(session, callback, CallbackChangeKind.MISSED, now=now)
    session.flush()
    return [callback.id for callback, _ in found]


def call_off_what_is_held(session: Session, *, now: datetime) -> list[int]:
    """Call off callbacks whose time has come while a hold forbids the call; return them.

    Nobody waits for a call that cannot be made: the person is told to get in touch, if they may be told.
    """
    wanted = _of_callbacks(Task.held_until > now, Task.state == TaskState.WAITING).where(Callback.at <= now)
    paused = {
        each.id: accounts_paused_by(session, account_id=each.account_id, person_id=each.patient_id)
        for each, _ in session.execute(wanted)
    }
    found = _locked(session, wanted, paused)
    for callback, _ in found:
        callback.state = CallbackState.CANCELLED
        callback.sequence += 1
        note(session, callback, CallbackChangeKind.CANCELLED, now=now, reason=HELD)
    session.flush()
    deriving.derive(
        session,
        {account_id: callback.id for callback, _ in found for account_id in paused[callback.id]},
        cause=CauseKind.CALLBACK,
        now=now,
    )
    return [callback.id for callback, _ in found]


def note(
    session: Session,
    callback: Callback,
    kind: CallbackChangeKind,
    *,
    now: datetime,
    was_due_at: datetime | None = None,
    was_rep_id: int | None = None,
    by_id: int | None = None,
    reason: str = "",
    is_present: bool = False,
) -> None:
    """Write down what happened to a callback, once it has, and tell the person.

    `is_present`: they do it themselves at this moment.
    """
    session.add(
        CallbackChange(
            callback_id=callback.id,
            kind=kind,
            at=now,
            due_at=callback.at,
            was_due_at=was_due_at,
            rep_id=callback.rep_id,
            was_rep_id=was_rep_id,
            by_id=by_id,
            reason=reason,
        )
    )
    event = _event(callback, kind, is_held=by_id is None and reason == HELD, now=now)
    if event is not None:
        telling.tell(session, callback, event, now=now, is_present=is_present)


def _event(
    callback: Callback, kind: CallbackChangeKind, *, is_held: bool, now: datetime
) -> BookingEvent | None:
    """Return what the person is told: nothing of who calls once it is time, nor of a call made."""
    if kind is CallbackChangeKind.CANCELLED and is_held:
        return BookingEvent.CALLED_OFF
    if kind is CallbackChangeKind.MET or (kind is CallbackChangeKind.REHOMED and callback.at <= now):
        return None
    return BookingEvent(kind.value)


def rehome(
    session: Session,
    callback: Callback,
    *,
    rep_id: int | None,
    reason: str,
    now: datetime,
    by_id: int | None = None,
) -> None:
    """Let somebody else make the call, or whoever is free. The account is locked, and the time is free."""
    was_rep_id, callback.rep_id = callback.rep_id, rep_id
    session.flush()
    note(
        session,
        callback,
        CallbackChangeKind.REHOMED,
        was_rep_id=was_rep_id,
        by_id=by_id,
        reason=reason,
        now=now,
    )
    give_its_task(session, callback, now=now)


def give_its_task(session: Session, callback: Callback, *, now: datetime) -> None:
    """Pass the callback's task to whose time it is, or to everybody, and say why in its history."""
    task = task_of(session, callback)
    if task is None or callback.state is not CallbackState.BOOKED or task.owner_id == callback.rep_id:
        return
    session.add(
        TaskChange(
            task_id=task.id,
            account_id=task.account_id,
            at=now,
            cause=CauseKind.CALLBACK,
            cause_id=callback.id,
            before={"owner_id": task.owner_id, "state": task.state},
            after={"owner_id": callback.rep_id, "state": task.state},
        )
    )
    task.owner_id = callback.rep_id
    session.flush()


def task_of(session: Session, callback: Callback) -> Task | None:
    """Return the task of a callback, as the derivation left it."""
    return session.scalars(
        select(Task)
        .where(Task.account_id == callback.account_id, Task.kind == TaskKind.CALLBACK_DUE)
        .where(Task.subject == callback.id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _is_promised(session: Session, callback: Callback, rep_id: int) -> bool:
    span = func.tstzrange(Callback.at, Callback.ends_at)
    others = select(Callback.id).where(
        Callback.rep_id == rep_id,
        Callback.state == CallbackState.BOOKED,
        Callback.id != callback.id,
        span.op("&&")(func.tstzrange(callback.at, callback.ends_at)),
    )
    return session.scalar(others) is not None


def _of_callbacks(*which: ColumnElement[bool]) -> Select[Callback, Task]:
    is_its_task = and_(
        Task.account_id == Callback.account_id,
        Task.kind == TaskKind.CALLBACK_DUE,
        Task.subject == Callback.id,
    )
    return (
        select(Callback, Task)
        .join(Task, is_its_task)
        .where(Callback.state == CallbackState.BOOKED, *which)
        .order_by(Callback.at, Callback.id)
        .limit(AT_ONCE)
    )


def _locked(
    session: Session, wanted: Select[Callback, Task], reach: Mapping[int, Collection[int]] | None = None
) -> Sequence[tuple[Callback, Task]]:
    """Lock the accounts of what is found, then the rows; what has changed meanwhile is left out.

    `reach` names the accounts of each callback that are locked; by itself that is its own.
    """
    if reach is None:
        reach = {callback.id: [callback.account_id] for callback, _ in session.execute(wanted)}
    if not reach:
        return []
    # All at once, in the order of their ids: two that lock a few each would wait for each other.
    lock_accounts(session, {account_id for account_ids in reach.values() for account_id in account_ids})
    rows = session.execute(
        wanted.where(Callback.id.in_(reach)).with_for_update().execution_options(populate_existing=True)
    )
    return [(callback, task) for callback, task in rows]
