"""The waiting list: who finds no time soon enough is booked the first that comes free."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import Phone, WaitingEntry
from workqueue.rules.refusals import Refusal
from workqueue.services.booking import links, promising, times
from workqueue.services.booking.links import Link, NoSuchLink
from workqueue.services.booking.promising import BookedAlready
from workqueue.services.booking.seats import SlotGone
from workqueue.services.booking.times import Wish
from workqueue.services.booking.wishing import Said

AT_ONCE = 50
"""Entries looked at in one round; each has the times of its own person looked through."""


class TimesAreFree(Refusal):
    """Nobody waits for what is there."""

    code = "times_are_free"
    sentence = "There are free times until then. Choose one of them."


class NoWaitingList(Refusal):
    """The team keeps none."""

    code = "no_waiting_list"
    sentence = "There is no waiting list at the moment. Choose a time, or call us."


def join(session: Session, link: Link, said: Said, *, until_at: datetime, now: datetime) -> int:
    """Wait for a time until then; raises TimesAreFree, NoWaitingList, BookedAlready. Return the entry.

    Whoever waits already waits until the new time instead, and keeps their place.
    """
    offer = times.offer(session, said.wish, now=now)
    if not offer.rules.has_waiting_list:
        raise NoWaitingList
    if promising.booked(session, link.account_id, link.person_id) is not None:
        raise BookedAlready
    soonest = next(offer.soonest(), None)
    if soonest is not None and soonest.at < until_at:
        raise TimesAreFree
    given = {
        "phone_id": promising.number_of(session, said.wish, now=now),
        "topic": said.topic,
        "language": said.wish.language,
        "needs_interpreter": said.wish.needs_interpreter,
        "until_at": until_at,
    }
    known = waits(session, link)
    if known is not None:
        session.execute(update(WaitingEntry).where(WaitingEntry.id == known.id).values(**given))
        return known.id
    entry = WaitingEntry(link_id=link.id, from_at=now, asked_at=now, **given)
    session.add(entry)
    session.flush()
    return entry.id


def waits(session: Session, link: Link) -> WaitingEntry | None:
    """Return the open entry of this link."""
    return session.scalars(
        select(WaitingEntry).where(WaitingEntry.link_id == link.id, WaitingEntry.ended_at.is_(None))
    ).one_or_none()


def leave(session: Session, link: Link, *, now: datetime) -> None:
    """Wait no longer; done twice, the second time changes nothing."""
    session.execute(
        update(WaitingEntry)
        .where(WaitingEntry.link_id == link.id, WaitingEntry.ended_at.is_(None))
        .values(ended_at=now)
    )


def open_entries(session: Session) -> list[int]:
    """Return who waits, the longest first: as many as are looked at in one round."""
    return list(
        session.scalars(
            select(WaitingEntry.id)
            .where(WaitingEntry.ended_at.is_(None))
            .order_by(WaitingEntry.asked_at, WaitingEntry.id)
            .limit(AT_ONCE)
        )
    )


def offer(session: Session, entry_id: int, *, now: datetime) -> int | None:
    """Book what has come free for one who waits; return the callback, None where nothing has.

    An entry whose time is over, or whose link opens nothing any more, ends without one. One in a transaction:
    each locks the accounts of its person, and only those.
    """
    entry = session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.id == entry_id, WaitingEntry.ended_at.is_(None))
        # Two sweepers, or a person who leaves at this moment: nobody waits for the other.
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if entry is None else _book_first(session, entry, now)


def _book_first(session: Session, entry: WaitingEntry, now: datetime) -> int | None:
    try:
        link = links.open_again(session, entry.link_id, now=now)
    except NoSuchLink:
        entry.ended_at = now
        return None
    if entry.until_at <= now:
        entry.ended_at = now
        return None
    e164 = session.scalar(select(Phone.e164).where(Phone.id == entry.phone_id)) or ""
    wish = Wish(link.account_id, link.person_id, e164, entry.language, entry.needs_interpreter)
    slot = next(times.offered(session, wish, now=now), None)
    if slot is None or slot.at >= entry.until_at:
        return None
    try:
        with session.begin_nested():
            promise = promising.book(
                session, link, wish, at=slot.at, topic=entry.topic, now=now, is_present=False
            )
    except SlotGone:
        return None  # the next round looks again
    except BookedAlready:
        entry.ended_at = now
        return None
    entry.callback_id, entry.ended_at = promise.callback_id, now
    session.flush()
    return promise.callback_id


LONGEST = timedelta(days=14)
"""Nobody waits for longer; then the office is called, or a time far ahead is taken."""
