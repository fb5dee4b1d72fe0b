"""How many calls the next days take, and have."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.booking.desk import booked, first_slots, somebody, team_of
from workqueue.rules.slots import SlotRules
from workqueue.services import covering
from workqueue.services.booking import times
from workqueue.services.reading.booking_capacity import booking_capacity


def test_the_days_ahead_take_what_the_team_has_time_for(session: Session) -> None:
    team = team_of(session, 2)
    asking = somebody(session)
    tomorrow = next(at for at in first_slots(session, asking, 100) if at > NOON + timedelta(hours=12))
    booked(session, asking, tomorrow)
    covering.report_sick(session, team[1].id, actor_id=team[1].id, now=NOON)
    rules = times.rules_of(session, times.calling_team(session))
    found = booking_capacity(session, rules, now=NOON)
    assert [each.day for each in found] == [date(2026, 3, day) for day in (11, 12, 13, 16, 17)]
    assert found[0].booked == 1
    assert {each.seats for each in found[1:]} == {80}
    half = booking_capacity(session, SlotRules(minutes=30, share_percent=50), now=NOON)
    assert {each.seats for each in half[1:]} == {20}
