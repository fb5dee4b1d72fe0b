"""The waiting list: the first time that comes free goes to whoever waits longest."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.booking.desk import Asking, booked, first_slots, somebody, team_of
from workqueue.models import Callback, WaitingEntry
from workqueue.rules.slots import CallbackTopic, SlotRules
from workqueue.services.booking import links, promising, times, waiting
from workqueue.services.booking.promising import BookedAlready
from workqueue.services.booking.waiting import NoWaitingList, TimesAreFree
from workqueue.services.booking.wishing import Said

HOUR = timedelta(hours=1)


def said(asking: Asking) -> Said:
    return Said(asking.wish, CallbackTopic.PLAN, "")


def full_office(session: Session) -> tuple[Asking, datetime]:
    """Have one rep whose next times are promised; return who has the first, and when the next is free."""
    team_of(session, 1)
    first = somebody(session, e164="+13122210100")
    at = first_slots(session, first)[0]
    booked(session, first, at)
    for number in range(1, 3):
        other = somebody(session, e164=f"+1312221010{number}")
        booked(session, other, first_slots(session, other)[0])
    return first, first_slots(session, first)[0]


def waiting_somebody(session: Session, until_at: datetime, number: int = 50) -> Asking:
    asking = somebody(session, e164=f"+131222101{number}")
    waiting.join(session, asking.link, said(asking), until_at=until_at, now=NOON)
    return asking


def offered(session: Session, now: datetime = NOON) -> list[int]:
    """Do a round of the sweeper; return the calls that were booked."""
    found = [waiting.offer(session, entry_id, now=now) for entry_id in waiting.open_entries(session)]
    return [each for each in found if each is not None]


def test_nobody_waits_for_what_is_there(session: Session) -> None:
    team_of(session, 1)
    asking = somebody(session)
    with pytest.raises(TimesAreFree):
        waiting.join(session, asking.link, said(asking), until_at=NOON + HOUR * 8, now=NOON)


def test_what_comes_free_goes_to_whoever_waits_longest(session: Session) -> None:
    holder, until_at = full_office(session)
    first, second = (waiting_somebody(session, until_at, number) for number in (50, 51))
    assert offered(session) == []
    promising.cancel(session, holder.link, now=NOON)
    found = offered(session)
    assert [session.get_one(Callback, each).link_id for each in found] == [first.link.id]
    callback = session.get_one(Callback, found[0])
    assert callback.at < until_at
    assert (callback.topic, callback.phone_id) == (CallbackTopic.PLAN, first.phone.id)
    assert waiting.waits(session, first.link) is None
    assert waiting.waits(session, second.link) is not None
    assert offered(session) == []


def test_who_waits_already_keeps_their_place(session: Session) -> None:
    _, until_at = full_office(session)
    asking = waiting_somebody(session, until_at)
    again = waiting.join(
        session, asking.link, said(asking), until_at=until_at - HOUR / 4, now=NOON + HOUR / 60
    )
    entry = waiting.waits(session, asking.link)
    assert entry is not None
    assert (entry.id, entry.asked_at, entry.until_at) == (again, NOON, until_at - HOUR / 4)


def test_an_entry_ends_with_its_time_or_its_link(session: Session) -> None:
    _, until_at = full_office(session)
    late, ended = (waiting_somebody(session, until_at, number) for number in (50, 51))
    links.end(session, ended.link.id, now=NOON)
    offered(session)
    assert waiting.waits(session, ended.link) is None
    offered(session, until_at)
    assert waiting.waits(session, late.link) is None
    assert session.query(WaitingEntry).filter(WaitingEntry.callback_id.is_not(None)).count() == 0


def test_who_leaves_is_not_called(session: Session) -> None:
    holder, until_at = full_office(session)
    asking = waiting_somebody(session, until_at)
    waiting.leave(session, asking.link, now=NOON)
    promising.cancel(session, holder.link, now=NOON)
    assert offered(session) == []


def test_who_has_a_call_waits_for_none(session: Session) -> None:
    holder, until_at = full_office(session)
    with pytest.raises(BookedAlready):
        waiting.join(session, holder.link, said(holder), until_at=until_at, now=NOON)


def test_a_team_may_keep_no_list(session: Session) -> None:
    reps = team_of(session, 1)
    team_id = reps[0].team_id
    assert team_id is not None
    rules = SlotRules(has_waiting_list=False)
    times.set_rules(session, team_id, rules, actor_id=reps[0].id, now=NOON)
    asking = somebody(session)
    with pytest.raises(NoWaitingList):
        waiting.join(session, asking.link, said(asking), until_at=NOON + HOUR, now=NOON)
