"""The callbacks of today and of the next hours: which are ahead, which were made in time, which were not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Subquery, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Callback, Outcome, Patient, Task, User
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.room import service_level
from workqueue.rules.states import CallbackState
from workqueue.services.booking.keeping import LATE_AFTER
from workqueue.services.reading.lines import full_name

HOUR, FOUR_HOURS = timedelta(hours=1), timedelta(hours=4)


class CallbacksAsked(StrEnum):
    """Which callbacks: each of today and of the next hours is in one of these."""

    HOUR = "hour"
    """Within the next hour."""
    FOUR_HOURS = "four_hours"
    """In the three hours after that."""
    LATER_TODAY = "later_today"
    DUE = "due"
    """Their time has come a moment ago; there is still time to keep it."""
    KEPT = "kept"
    """Made in time."""
    LATE = "late"
    """Made, and later than that."""
    OWED = "owed"
    """Missed today: not made in time, and still owed."""
    OWED_BEFORE = "owed_before"
    """Missed on an earlier day, and still owed."""


AHEAD = (CallbacksAsked.HOUR, CallbacksAsked.FOUR_HOURS, CallbacksAsked.LATER_TODAY)
NOT_KEPT = (CallbacksAsked.LATE, CallbacksAsked.OWED)


@dataclass(frozen=True, slots=True)
class CallbackBoard:
    """How many there are of each, and the share of those due today that were made in time."""

    counts: Mapping[CallbacksAsked, int]

    @property
    def service_level(self) -> float | None:
        return service_level(self.counts[CallbacksAsked.KEPT], sum(self.counts[each] for each in NOT_KEPT))


@dataclass(frozen=True, slots=True)
class BoardLine:
    callback_id: int
    account_id: int
    account_number: str
    patient_name: str
    at: datetime
    made_at: datetime | None
    rep_name: str
    """Whose time it is; empty for one that is open to everybody."""


def callback_board(session: Session, *, now: datetime) -> CallbackBoard:
    """Count the callbacks of today, and those ahead."""
    booked = _booked(now)
    counts = (func.count().filter(_is(booked, asked, now)) for asked in CallbacksAsked)
    row = session.execute(select(*counts).select_from(booked)).one()
    return CallbackBoard(dict(zip(CallbacksAsked, row, strict=True)))


def callbacks_listed(session: Session, asked: CallbacksAsked, *, now: datetime) -> tuple[BoardLine, ...]:
    """Return the callbacks of one kind, by their time: as many as the board counts."""
    booked = _booked(now)
    rows = session.execute(
        select(booked, Account.number, Patient.last_name, Patient.first_name, User.name.label("rep_name"))
        .join(Account, Account.id == booked.c.account_id)
        .outerjoin(Patient, Patient.id == Account.patient_id)
        .outerjoin(User, User.id == booked.c.rep_id)
        .where(_is(booked, asked, now))
        .order_by(booked.c.at, booked.c.id)
    )
    return tuple(
        BoardLine(
            row.id,
            row.account_id,
            row.number,
            full_name(row.last_name, row.first_name),
            row.at,
            row.made_at,
            row.rep_name or "",
        )
        for row in rows
    )


def _booked(now: datetime) -> Subquery:
    """Select the callbacks of today and of the next four hours, and what is owed of earlier days."""
    today = office_day(now)
    is_of_today = and_(Callback.at >= office_midnight(today), Callback.state != CallbackState.CANCELLED)
    is_owed = and_(Callback.at < office_midnight(today), Callback.state == CallbackState.BOOKED)
    until = max(office_midnight(today + timedelta(days=1)), now + FOUR_HOURS)
    # When the call was placed; what was logged without one counts from its outcome.
    made_at = (
        select(func.min(func.coalesce(Call.placed_at, Outcome.at)))
        .select_from(Task)
        .join(Outcome, Outcome.task_id == Task.id)
        .outerjoin(Call, Call.id == Outcome.call_id)
        .where(
            Task.account_id == Callback.account_id,
            Task.kind == TaskKind.CALLBACK_DUE,
            Task.subject == Callback.id,
        )
        .scalar_subquery()
    )
    return (
        select(
            Callback.id,
            Callback.account_id,
            Callback.at,
            Callback.state,
            Callback.rep_id,
            made_at.label("made_at"),
        )
        .where(or_(is_of_today, is_owed), Callback.at < until)
        .subquery("booked")
    )


def _is(booked: Subquery, asked: CallbacksAsked, now: datetime) -> ColumnElement[bool]:
    at, state, midnight = booked.c.at, booked.c.state, office_midnight(office_day(now))
    is_open, is_made = state == CallbackState.BOOKED, state == CallbackState.MET
    made_late = func.coalesce(booked.c.made_at, at) > at + LATE_AFTER
    return {
        CallbacksAsked.HOUR: and_(is_open, at > now, at <= now + HOUR),
        CallbacksAsked.FOUR_HOURS: and_(is_open, at > now + HOUR, at <= now + FOUR_HOURS),
        CallbacksAsked.LATER_TODAY: and_(is_open, at > now + FOUR_HOURS),
        CallbacksAsked.DUE: and_(is_open, at <= now, at >= now - LATE_AFTER, at >= midnight),
        CallbacksAsked.KEPT: and_(is_made, not_(made_late)),
        CallbacksAsked.LATE: and_(is_made, made_late),
        CallbacksAsked.OWED: or_(
            and_(is_open, at < now - LATE_AFTER, at >= midnight), state == CallbackState.MISSED
        ),
        CallbacksAsked.OWED_BEFORE: and_(is_open, at < midnight),
    }[asked]
