"""What the rules of booking come to: how many calls each of the next days takes, and has."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Callback
from workqueue.rules.business_days import add_business_days, office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.shifts import Span
from workqueue.rules.slots import SlotRules, seats
from workqueue.rules.states import CallbackState
from workqueue.services.booking import times

DAYS = 5


@dataclass(frozen=True, slots=True)
class DayCapacity:
    """One working day of the office."""

    day: date
    seats: int
    """Calls without an interpreter that fit into it."""
    booked: int


def booking_capacity(session: Session, rules: SlotRules, *, now: datetime) -> tuple[DayCapacity, ...]:
    """Return the next working days under these rules, today not among them."""
    today = office_day(now)
    days = [add_business_days(today, count) for count in range(1, DAYS + 1)]
    spans = {day: Span(office_midnight(day), office_midnight(day + timedelta(days=1))) for day in days}
    whole = Span(spans[days[0]].begins_at, spans[days[-1]].ends_at)
    reps = times.rep_times(
        session, times.OFFICE_LANGUAGE, needs_interpreter=False, between=whole, today=today
    )
    booked = Counter(
        office_day(at)
        for at in session.scalars(
            select(Callback.at).where(
                Callback.at >= whole.begins_at,
                Callback.at < whole.ends_at,
                Callback.state == CallbackState.BOOKED,
            )
        )
    )
    return tuple(DayCapacity(day, seats(reps, rules, spans[day]), booked[day]) for day in days)
