"""Deadlines, and people with just so many minutes for them."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from tests.factories import NOON, make_callback, make_task
from workqueue.models import Account, Task, User
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.shifts import Shift
from workqueue.services import staffing

TODAY = office_day(NOON)
TOMORROW = TODAY + timedelta(days=1)


def appeal(
    session: Session, *, minutes: int = 60, on: date = TOMORROW, cents: int = 50_000, **more: object
) -> Task:
    task = make_task(session, TaskKind.APPEAL_DEADLINE, deadline_on=on, value_cents=cents, **more)  # type: ignore[arg-type]
    task.minutes = minutes
    session.flush()
    return task


def works(session: Session, person: User, *, today: int, tomorrow: int = 0) -> User:
    """Let a person have so many minutes for tasks today and tomorrow, and none later."""
    staffing.set_pace(session, person.id, zone="America/New_York", productive_percent=100)
    week = [
        Shift(day.weekday(), time(14), (datetime.combine(day, time(14)) + timedelta(minutes=minutes)).time())
        for day, minutes in ((TODAY, today), (TOMORROW, tomorrow))
        if minutes
    ]
    staffing.set_week(session, person.id, week or [Shift(6, time(8), time(9))], from_on=TODAY)
    return person


def callback_of(session: Session, at: datetime, *, minutes: int) -> Task:
    callback = make_callback(session, at=at)
    account = session.get_one(Account, callback.account_id)
    task = make_task(
        session,
        TaskKind.CALLBACK_DUE,
        account=account,
        subject=callback.id,
        available_at=at - timedelta(minutes=5),
    )
    task.minutes = minutes
    session.flush()
    return task
