"""Booking, moving and cancelling a callback: one promise, one rep's time, one entry of what changed.

Whoever wants it, the person by their link or the office for them, it goes the same way.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workqueue.models import Callback, Phone
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules import phones
from workqueue.rules.channels import PointSource
from workqueue.rules.phrases import phrase
from workqueue.rules.refusals import Refusal
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState, CauseKind, PhonePlace
from workqueue.services import contact_points, deriving
from workqueue.services.booking import keeping, seats, times, wishing
from workqueue.services.booking.links import Link
from workqueue.services.booking.times import Wish
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import accounts_paused_by


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
    rep_id: int | None
    phrase: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who promises, moves or calls off a call, and how it came to that."""

    by_id: int | None = None
    """Who of the office; nobody, where the person does it themselves."""
    in_call_id: int | None = None
    """The call in which the person asked for it."""
    link_id: int | None = None
    """The link by which they did it."""
    is_present: bool = False
    """The person does it at this moment, and looks for the confirmation at any hour."""
    reason: str = ""


def wish_of(link: Link, number: phones.Number, *, language: str, needs_interpreter: bool) -> Wish:
    return Wish(link.account_id, link.person_id, number.e164, language, needs_interpreter)


def wish_of_callback(session: Session, callback: Callback, *, is_asked: bool = True) -> Wish:
    """Return what was asked for when a call was booked: the same holds when it is moved."""
    number = session.scalar(select(Phone.e164).where(Phone.id == callback.phone_id)) or ""
    return Wish(
        callback.account_id,
        callback.patient_id or 0,
        number,
        callback.language or times.OFFICE_LANGUAGE,
        callback.needs_interpreter,
        is_asked,
    )


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
    seats.check_free(session, wish, at, now=now)
    account_ids = lock_paused(session, wish.account_id, wish.person_id)
    if booked(session, wish.account_id, wish.person_id) is not None:
        raise BookedAlready
    phone_id = number_of(session, wish, now=now)
    wishing.keep_consent(session, link, phone_id, now=now)
    occasion = Occasion(link_id=link.id, is_present=is_present)
    callback = promise(session, wish, occasion, at=at, phone_id=phone_id, topic=topic, now=now)
    settle(session, callback, occasion, account_ids, now=now)
    return promise_of(callback)


def move(session: Session, link: Link, *, at: datetime, now: datetime) -> Promise:
    """Promise the call at another time instead; raises SlotGone and then keeps the old one."""
    account_ids = lock_paused(session, link.account_id, link.person_id)
    callback = _own(session, link)
    occasion = Occasion(link_id=link.id, is_present=True)
    put_at(session, callback, wish_of_callback(session, callback), occasion, at=at, now=now)
    settle(session, callback, occasion, account_ids, now=now)
    return promise_of(callback)


def cancel(session: Session, link: Link, *, now: datetime) -> int:
    """Call it off at the person's wish; return the callback. It can be booked anew while the link is open."""
    account_ids = lock_paused(session, link.account_id, link.person_id)
    callback = _own(session, link)
    occasion = Occasion(link_id=link.id, is_present=True)
    call_off(session, callback, occasion, now=now)
    settle(session, callback, occasion, account_ids, now=now)
    return callback.id


def promise(
    session: Session,
    wish: Wish,
    occasion: Occasion,
    *,
    at: datetime,
    phone_id: int | None,
    topic: CallbackTopic | None,
    now: datetime,
    preferred_id: int | None = None,
) -> Callback:
    """Write a call into the time of a rep, the preferred one if they are free; raises SlotGone.

    The caller has locked what it pauses, and settles it.
    """
    rep_id, length = seats.take(session, wish, at, now=now, preferred_id=preferred_id)
    callback = Callback(
        account_id=wish.account_id,
        phone_id=phone_id,
        at=at,
        ends_at=at + length,
        rep_id=rep_id,
        booked_at=now,
        booked_by_id=occasion.by_id,
        asked_at=now if wish.is_asked else None,
        asked_in_call_id=occasion.in_call_id,
        patient_id=wish.person_id,
        topic=topic,
        language=wish.language,
        needs_interpreter=wish.needs_interpreter,
        phrase=phrase(wish.language, secrets.choice),
        link_id=occasion.link_id,
        state=CallbackState.BOOKED,
    )
    session.add(callback)
    session.flush()
    _note(session, callback, CallbackChangeKind.BOOKED, occasion, now=now)
    return callback


def put_at(
    session: Session,
    callback: Callback,
    wish: Wish,
    occasion: Occasion,
    *,
    at: datetime,
    now: datetime,
    preferred_id: int | None = None,
) -> None:
    """Give a call another time. Raises SlotGone, and then it stays. Locked and settled as above."""
    rep_id, length = seats.take(
        session, wish, at, now=now, besides=callback.id, preferred_id=preferred_id or callback.rep_id
    )
    was_at, was_rep_id = callback.at, callback.rep_id
    callback.at, callback.ends_at, callback.rep_id = at, at + length, rep_id
    callback.asked_at, callback.missed_at = (now if wish.is_asked else None), None
    callback.asked_in_call_id = occasion.in_call_id
    callback.sequence += 1
    session.flush()
    _note(session, callback, CallbackChangeKind.MOVED, occasion, now=now, was=(was_at, was_rep_id))


def call_off(session: Session, callback: Callback, occasion: Occasion, *, now: datetime) -> None:
    """Free the time of a call that is not made. Locked and settled as above."""
    callback.state = CallbackState.CANCELLED
    callback.sequence += 1
    session.flush()
    _note(session, callback, CallbackChangeKind.CANCELLED, occasion, now=now)


def lock_paused(session: Session, account_id: int, person_id: int | None) -> list[int]:
    """Lock the accounts whose other calls wait for a callback about this one; return them."""
    account_ids = accounts_paused_by(session, account_id=account_id, person_id=person_id)
    lock_accounts(session, account_ids)
    return account_ids


def settle(
    session: Session, callback: Callback, occasion: Occasion, account_ids: Collection[int], *, now: datetime
) -> None:
    """Bring the tasks of what was locked up to date, and give the callback's own to whose time it is.

    In their history stands the callback, or who of the office did it.
    """
    is_by_office = occasion.by_id is not None
    deriving.derive(
        session,
        dict.fromkeys(account_ids, None if is_by_office else callback.id),
        cause=CauseKind.LEAD if is_by_office else CauseKind.CALLBACK,
        now=now,
        actor_id=occasion.by_id,
    )
    keeping.give_its_task(session, callback, now=now)


def promise_of(callback: Callback) -> Promise:
    return Promise(callback.id, callback.at, callback.rep_id, callback.phrase)


def booked(session: Session, account_id: int, person_id: int | None) -> Callback | None:
    """Return the call that is booked for this person about this account, by whomever."""
    return session.scalars(_booked(account_id, person_id)).first()


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


def _note(
    session: Session,
    callback: Callback,
    kind: CallbackChangeKind,
    occasion: Occasion,
    *,
    now: datetime,
    was: tuple[datetime | None, int | None] = (None, None),
) -> None:
    was_due_at, was_rep_id = was
    keeping.note(
        session,
        callback,
        kind,
        was_due_at=was_due_at,
        was_rep_id=was_rep_id,
        by_id=occasion.by_id,
        reason=occasion.reason,
        now=now,
        is_present=occasion.is_present,
    )


def _own(session: Session, link: Link) -> Callback:
    found = _booked(link.account_id, link.person_id).with_for_update()
    callback = session.scalars(found.execution_options(populate_existing=True)).first()
    if callback is None:
        raise NothingBooked
    return callback


def _booked(account_id: int, person_id: int | None) -> Select[Callback]:
    return (
        select(Callback)
        .where(Callback.account_id == account_id, Callback.patient_id == person_id)
        .where(Callback.state == CallbackState.BOOKED)
        .order_by(Callback.at, Callback.id)
    )
