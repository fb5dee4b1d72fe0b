"""Reminders of callbacks, a day and an hour ahead: each looked after once for each time of a call."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Callback, CallbackChange, CallbackReminder
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.states import CallbackState
from workqueue.rules.writing import REMINDERS, is_reminder_due
from workqueue.services.booking import telling

AT_ONCE = 100


def remind(session: Session, *, now: datetime) -> int:
    """Write the reminders that are due; return how many callbacks were looked at."""
    return sum(_remind(session, event, now) for event in REMINDERS)


def _remind(session: Session, event: BookingEvent, now: datetime) -> int:
    is_looked_after = (
        select(CallbackReminder.callback_id)
        .where(
            CallbackReminder.callback_id == Callback.id,
            CallbackReminder.sequence == Callback.sequence,
            CallbackReminder.event == event,
        )
        .exists()
    )
    coming = session.scalars(
        select(Callback)
        .where(Callback.state == CallbackState.BOOKED, Callback.at > now)
        .where(Callback.at <= now + REMINDERS[event], ~is_looked_after)
        .order_by(Callback.at, Callback.id)
        .limit(AT_ONCE)
        # One that is being moved or cancelled at this moment is looked at in the next round.
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for callback in coming:
        _look_after(session, callback, event, now)
    return len(coming)


def _look_after(session: Session, callback: Callback, event: BookingEvent, now: datetime) -> None:
    is_due = is_reminder_due(event, at=callback.at, said_at=_said_at(session, callback), now=now)
    was_written = is_due and telling.tell(session, callback, event, now=now)
    session.execute(
        insert(CallbackReminder)
        .values(
            callback_id=callback.id,
            sequence=callback.sequence,
            event=event,
            at=now,
            was_written=was_written,
        )
        .on_conflict_do_nothing()
    )


def _said_at(session: Session, callback: Callback) -> datetime:
    """Return when the time of the call was last said."""
    said = session.scalar(
        select(func.max(CallbackChange.at)).where(
            CallbackChange.callback_id == callback.id,
            CallbackChange.kind.in_([CallbackChangeKind.BOOKED, CallbackChangeKind.MOVED]),
        )
    )
    return said or callback.booked_at
