"""Callbacks by their time, whatever became of them: what a calendar shows and a program reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Patient, User, Window
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.refusals import NotFound
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState
from workqueue.services.contacting.known import split_zones
from workqueue.services.reading.lines import full_name

PAGE = 50

Cursor = tuple[datetime, int]
"""The time and the callback after which the next page begins."""


@dataclass(frozen=True, slots=True)
class ListedCallback:
    """What a list says of a callback."""

    callback_id: int
    account_id: int
    account_number: str
    patient_id: int | None
    """Whose it is: who is called."""
    patient_name: str
    zone: str
    """By whose clock they live, as far as the office knows."""
    at: datetime
    ends_at: datetime
    rep_id: int | None
    """Whose time it is; None for one that is open to everybody who can make it."""
    rep_name: str
    state: CallbackState
    is_missed: bool
    """Nobody had called in time. While it is booked the call is owed all the same."""
    topic: CallbackTopic | None
    language: str
    """The person wants to speak it; empty for their own."""
    needs_interpreter: bool
    asked_at: datetime | None
    """When the person asked for it; None for an appointment of the office's own."""
    booked_at: datetime
    phone_id: int | None
    """None where any number of theirs may be called."""
    sequence: int
    """How often it was moved or called off: the larger number is the newer."""


@dataclass(frozen=True, slots=True)
class CallbackList:
    rows: tuple[ListedCallback, ...]
    next: Cursor | None


_COLUMNS = (
    Callback.id,
    Callback.account_id,
    Account.number,
    Callback.patient_id,
    Patient.last_name,
    Patient.first_name,
    Window.zones,
    Callback.at,
    Callback.ends_at,
    Callback.rep_id,
    User.name.label("rep_name"),
    Callback.state,
    Callback.missed_at,
    Callback.topic,
    Callback.language,
    Callback.needs_interpreter,
    Callback.asked_at,
    Callback.booked_at,
    Callback.phone_id,
    Callback.sequence,
)


def callback_lines(
    session: Session,
    *,
    from_at: datetime,
    until_at: datetime,
    rep_id: int | None = None,
    states: Collection[CallbackState] = (),
    after: Cursor | None = None,
    limit: int = PAGE,
) -> CallbackList:
    """Return a page of those due from one moment until before another, the soonest first.

    Without `rep_id` whoever makes them, without `states` in any state. ix_callbacks_at serves it.
    """
    asked: list[ColumnElement[bool]] = [Callback.at >= from_at, Callback.at < until_at]
    if rep_id is not None:
        asked.append(Callback.rep_id == rep_id)
    if states:
        asked.append(Callback.state.in_(states))
    if after is not None:
        # The first half is what the index understands; the second tells equals apart.
        asked += [Callback.at >= after[0], or_(Callback.at > after[0], Callback.id > after[1])]
    rows = session.execute(_lines().where(*asked).order_by(Callback.at, Callback.id).limit(limit + 1)).all()
    lines = tuple(_line(row) for row in rows[:limit])
    return CallbackList(lines, (lines[-1].at, lines[-1].callback_id) if len(rows) > limit else None)


def callback_line(session: Session, callback_id: int) -> ListedCallback:
    """Return one callback as a list has it; raises NotFound."""
    row = session.execute(_lines().where(Callback.id == callback_id)).one_or_none()
    if row is None:
        raise NotFound
    return _line(row)


def likeliest_zone(zones: str | None) -> str:
    """Return the first of a window's zones, and the office's of whom nobody knows where they are."""
    return next(iter(split_zones(zones or "")), OFFICE_ZONE)


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(Account, Account.id == Callback.account_id)
        .outerjoin(Patient, Patient.id == Callback.patient_id)
        .outerjoin(Window, Window.id == Patient.window_id)
        .outerjoin(User, User.id == Callback.rep_id)
    )


def _line(row: Row[*tuple[Any, ...]]) -> ListedCallback:
    return ListedCallback(
        callback_id=row.id,
        account_id=row.account_id,
        account_number=row.number,
        patient_id=row.patient_id,
        patient_name=full_name(row.last_name, row.first_name),
        zone=likeliest_zone(row.zones),
        at=row.at,
        ends_at=row.ends_at,
        rep_id=row.rep_id,
        rep_name=row.rep_name or "",
        state=row.state,
        is_missed=row.missed_at is not None or row.state is CallbackState.MISSED,
        topic=row.topic,
        language=row.language,
        needs_interpreter=row.needs_interpreter,
        asked_at=row.asked_at,
        booked_at=row.booked_at,
        phone_id=row.phone_id,
        sequence=row.sequence,
    )
