"""Booking, moving and cancelling a callback: one promise, one rep's time, one entry of what changed."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from workqueue.models import Callback, Phone
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules import phones
from workqueue.rules.channels import PointSource
from workqueue.rules.phrases import phrase
from workqueue.rules.refusals import Refusal, Unavailable
from workqueue.rules.slots import CallbackTopic, Slot, nearest
from workqueue.rules.states import CallbackState, CauseKind, PhonePlace
from workqueue.services import contact_points, deriving
from workqueue.services.booking import keeping, times, wishing
from workqueue.services.booking.links import Link
from workqueue.services.booking.times import Wish
from workqueue.services.posting import lock_accounts

SEATS_LOCK = 7_204
"""Advisory lock by team: how many of the reps have a callback at a time is counted by one booking at once."""

LOOK_SECONDS = 0.05
MOST_LOOKS = 200
"""Who has not come to their turn in ten seconds and more is asked to try again."""

NEAREST = 6
LOOKED_AT = 200
"""Slots looked through for the nearest ones: two days of a large team."""


class SlotGone(Refusal):
    """Somebody else has the time, or nobody is there any more; `nearest` are the times that are to be had."""

    code = "slot_gone"
    sentence = "This time is not free any more. Choose another."

    def __init__(self, found: Sequence[Slot]) -> None:
        super().__init__()
        self.nearest = tuple(slot.at for slot in found)

    def details(self) -> dict[str, Any]:
        return {"nearest": [at.isoformat() for at in self.nearest]}


class BookedAlready(Refusal):
    """One call at a time: the person has a callback about this account."""

    code = "booked_already"
    sentence = "A call is booked already. Move it or cancel it."


class NothingBooked(Refusal):
    """The call was made, cancelled, or never booked."""

    code = "nothing_booked"
    sentence = "No call is booked any more. Choose a time to book one."


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised."""

    callback_id: int
    at: datetime
    rep_id: int
    phrase: str


def wish_of(link: Link, number: phones.Number, *, language: str, needs_interpreter: bool) -> Wish:
    return Wish(link.account_id, link.person_id, number.e164, language, needs_interpreter)


def wish_of_callback(session: Session, link: Link, callback: Callback) -> Wish:
    """Return what was asked for when a call was booked: the same holds when it is moved."""
    number = session.scalar(select(Phone.e164).where(Phone.id == callback.phone_id)) or ""
    return Wish(link.account_id, link.person_id, number, callback.language, callback.needs_interpreter)


def book(
    session: Session,
    link: Link,
    wish: Wish,
    *,
    at: datetime,
    topic: CallbackTopic,
    now: datetime,
    is_present: bool = True,
) -> Promise:
    """Promise a call at this time; raises SlotGone with the nearest times, BookedAlready.

    `is_present`: the person chooses it now; not, where they are given a time they waited for.
    """
    # Looked at before anything is locked: of a thousand who want one time, those who come late learn it at
    # once, and do not wait for each other.
    _check_free(session, wish, at, now)
    lock_accounts(session, [link.account_id])
    if booked(session, link) is not None:
        raise BookedAlready
    phone_id = number_of(session, wish, now=now)
    wishing.keep_consent(session, link, phone_id, now=now)
    rep_id, length = _seat(session, wish, at, now)
    words = phrase(wish.language, secrets.choice)
    callback = Callback(
        account_id=link.account_id,
        phone_id=phone_id,
        at=at,
        ends_at=at + length,
        rep_id=rep_id,
        booked_at=now,
        asked_at=now,
        patient_id=link.person_id,
        topic=topic,
        language=wish.language,
        needs_interpreter=wish.needs_interpreter,
        phrase=words,
        link_id=link.id,
        state=CallbackState.BOOKED,
    )
    session.add(callback)
    session.flush()
    keeping.note(session, callback, CallbackChangeKind.BOOKED, now=now, is_present=is_present)
    _derive(session, callback, now)
    return Promise(callback.id, at, rep_id, words)


def move(session: Session, link: Link, *, at: datetime, now: datetime) -> Promise:
    """Promise the call at another time instead; raises SlotGone and then keeps the old one."""
    lock_accounts(session, [link.account_id])
    callback = _own(session, link)
    wish = wish_of_callback(session, link, callback)
    rep_id, length = _seat(session, wish, at, now, besides=callback.id)
    was_at, was_rep_id = callback.at, callback.rep_id
    callback.at, callback.ends_at, callback.rep_id = at, at + length, rep_id
    callback.asked_at, callback.missed_at = now, None
    callback.sequence += 1
    session.flush()
    keeping.note(
        session,
        callback,
        CallbackChangeKind.MOVED,
        was_due_at=was_at,
        was_rep_id=was_rep_id,
        now=now,
        is_present=True,
    )
    _derive(session, callback, now)
    return Promise(callback.id, at, rep_id, callback.phrase)


def cancel(session: Session, link: Link, *, now: datetime) -> int:
    """Call it off at the person's wish; return the callback. It can be booked anew while the link is open."""
    lock_accounts(session, [link.account_id])
    callback = _own(session, link)
    callback.state = CallbackState.CANCELLED
    callback.sequence += 1
    session.flush()
    keeping.note(session, callback, CallbackChangeKind.CANCELLED, now=now, is_present=True)
    _derive(session, callback, now)
    return callback.id


def booked(session: Session, link: Link) -> Callback | None:
    """Return the call that is booked for this person about this account, by whomever."""
    return session.scalars(_booked(link)).first()


def number_of(session: Session, wish: Wish, *, now: datetime) -> int:
    """Return the person's number, written down if the office did not know it."""
    known = session.scalar(
        select(Phone.id).where(
            Phone.patient_id == wish.person_id, Phone.e164 == wish.e164, Phone.ended_at.is_(None)
        )
    )
    if known is not None:
        return known
    return contact_points.add_phone(
        session,
        patient_id=wish.person_id,
        text=wish.e164,
        place=PhonePlace.OTHER,
        source=PointSource.PATIENT,
        language="",
        now=now,
    )


def lock_seats(session: Session, team_id: int) -> bool:
    """Let nobody else give away this team's time until this transaction ends; False while somebody does."""
    tried = text("SELECT pg_try_advisory_xact_lock(:lock, :team)")
    return bool(session.scalar(tried, {"lock": SEATS_LOCK, "team": team_id}))


def _own(session: Session, link: Link) -> Callback:
    callback = session.scalars(
        _booked(link).with_for_update().execution_options(populate_existing=True)
    ).first()
    if callback is None:
        raise NothingBooked
    return callback


def _booked(link: Link) -> Select[Callback]:
    return (
        select(Callback)
        .where(Callback.account_id == link.account_id, Callback.patient_id == link.person_id)
        .where(Callback.state == CallbackState.BOOKED)
        .order_by(Callback.at, Callback.id)
    )


def _wait_for_seats(
    session: Session, team_id: int, wish: Wish, at: datetime, now: datetime, besides: int | None
) -> None:
    """Take the lock on the team's time, looking in between whether what is wanted is still there.

    In a queue for the lock of a crowd most would wait long, to learn that the time was gone long before.
    """
    for _ in range(MOST_LOOKS):
        if lock_seats(session, team_id):
            return
        time.sleep(LOOK_SECONDS)
        _check_free(session, wish, at, now, besides=besides)
    raise Unavailable


def _check_free(
    session: Session, wish: Wish, at: datetime, now: datetime, *, besides: int | None = None
) -> None:
    if times.at_this_time(session, wish, at, now=now, besides=besides) is None:
        raise _gone(session, wish, at, now)


def _gone(session: Session, wish: Wish, at: datetime, now: datetime) -> SlotGone:
    found = list(islice(times.offered(session, wish, now=now), LOOKED_AT))
    return SlotGone(nearest(found, at, NEAREST))


def _seat(
    session: Session, wish: Wish, at: datetime, now: datetime, *, besides: int | None = None
) -> tuple[int, timedelta]:
    """Return a rep whose time is free, and for how long; nobody else gives it away until this has ended."""
    team_id = times.calling_team(session)
    _wait_for_seats(session, team_id, wish, at, now, besides)
    slot = times.at_this_time(session, wish, at, now=now, besides=besides)
    if slot is None:
        raise _gone(session, wish, at, now)
    rules = times.rules_of(session, team_id)
    return slot.rep_ids[0], rules.length(needs_interpreter=wish.needs_interpreter)


def _derive(session: Session, callback: Callback, now: datetime) -> None:
    """Bring the account's tasks up to date and give the callback's own to whose time it is."""
    deriving.derive(session, {callback.account_id: callback.id}, cause=CauseKind.CALLBACK, now=now)
    task = keeping.task_of(session, callback)
    if task is not None and callback.state is CallbackState.BOOKED:
        keeping.give_task(session, callback, task, callback.rep_id, now=now)
