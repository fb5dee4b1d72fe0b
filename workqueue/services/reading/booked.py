"""A person's callback and the office that makes it, as far as a page may show them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import CallbackChange, Phone
from workqueue.rules.slots import CallbackTopic
from workqueue.services.booking import promising, wishing
from workqueue.services.booking.links import Link


@dataclass(frozen=True, slots=True)
class BookedCall:
    """What was promised to whoever holds the link. No name, no whole number, nothing of a bill."""

    callback_id: int
    at: datetime
    ends_at: datetime
    zone: str
    """By which clock the person reads times."""
    ending: str
    """The last two digits of the number that is called; empty when any of theirs may be."""
    topic: CallbackTopic | None
    language: str
    needs_interpreter: bool
    phrase: str
    sequence: int
    changed_at: datetime
    is_missed: bool
    is_due: bool
    """Its time has come: the call may ring any moment."""


def booked_call(session: Session, link: Link, *, now: datetime) -> BookedCall | None:
    """Return the call that is booked for this link's person; None when there is none."""
    callback = promising.booked(session, link.account_id, link.person_id)
    if callback is None:
        return None
    e164 = session.scalar(select(Phone.e164).where(Phone.id == callback.phone_id)) or ""
    changed_at = session.scalar(
        select(CallbackChange.at)
        .where(CallbackChange.callback_id == callback.id)
        .order_by(CallbackChange.id.desc())
        .limit(1)
    )
    return BookedCall(
        callback.id,
        callback.at,
        callback.ends_at,
        zone_of(session, link, e164),
        e164[-2:],
        callback.topic,
        callback.language,
        callback.needs_interpreter,
        callback.phrase,
        callback.sequence,
        changed_at or callback.booked_at,
        is_missed=callback.missed_at is not None,
        is_due=callback.at <= now,
    )


def zone_of(session: Session, link: Link, e164: str) -> str:
    """Return the clock the person chose, else the likeliest."""
    said = wishing.said(session, link)
    candidates = wishing.zones(session, link, e164)
    return said.zone if said and said.zone in candidates else candidates[0]
