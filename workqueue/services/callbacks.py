"""Callbacks that the office makes, moves and calls off: during a call, on an account, on the calendar.

By the same rules as a person's own booking, and from the same seats. Apart from an outcome, the cause in the
history is the person who did it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Patient, Phone, User
from workqueue.rules.calendar import office_day
from workqueue.rules.entries import callback_objection
from workqueue.rules.refusals import Invalid, NotAllowed, NotFound, Refusal
from workqueue.rules.roles import Role
from workqueue.rules.states import CallbackState
from workqueue.services import contact_rules
from workqueue.services.booking import keeping, promising, seats, times
from workqueue.services.booking.promising import BookedAlready, Occasion, Promise
from workqueue.services.booking.seats import SlotGone
from workqueue.services.booking.times import Wish
from workqueue.services.contacting import zones_of_patient


class CallbackOver(Refusal):
    """The callback was made, missed or cancelled before."""

    code = "callback_over"
    sentence = "This callback is over already."


class CallbackDue(Refusal):
    """Whoever is free makes it now."""

    code = "callback_due"
    sentence = "Its time has come: whoever is free makes this call now."


class RepNotFree(Refusal):
    """Their time is promised to somebody else, they are away, or do not do this work."""

    code = "rep_not_free"
    sentence = "They are not free then, or do not do this work. Choose somebody else."


def wish(
    session: Session,
    *,
    account_id: int,
    person_id: int | None,
    phone_id: int | None,
    is_asked: bool,
    now: datetime,
) -> Wish:
    """Return for whom a time is looked for; raises Invalid.

    Where nobody of the team speaks their language, somebody interprets.
    """
    if person_id is None:
        raise Invalid("It is not known yet whose account this is: nobody can be called about it.")
    has_number = select(Phone.e164).where(Phone.patient_id == person_id, Phone.ended_at.is_(None))
    if phone_id is not None:
        e164 = session.scalar(has_number.where(Phone.id == phone_id))
        if e164 is None:
            raise Invalid("Choose one of the person's own numbers.", field="phone_id")
    else:
        e164 = ""
        if session.scalar(has_number.where(Phone.is_valid, ~Phone.is_stopped).limit(1)) is None:
            raise Invalid("No number is known that may be called. Add one first.", field="phone_id")
    own = session.scalar(select(Patient.language).where(Patient.id == person_id))
    language = own or times.OFFICE_LANGUAGE
    needs_interpreter = not times.is_spoken(session, language, today=office_day(now))
    return Wish(account_id, person_id, e164, language, needs_interpreter, is_asked)


def who_answers(session: Session, account_id: int) -> int | None:
    """Return who is called about an account; None while nobody is known. Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account.person_id


def book(
    session: Session,
    *,
    account_id: int,
    at: datetime,
    phone_id: int | None,
    booked_by_id: int,
    now: datetime,
    is_asked: bool = False,
    rep_id: int | None = None,
) -> Promise:
    """Promise a call to whoever answers for the account; raises Invalid, SlotGone, BookedAlready.

    `is_asked`: the person asked for it, by letter or at the desk, which is their consent; else the limits of
    calling hold for it. `rep_id` calls, if they are free.
    """
    person_id = who_answers(session, account_id)
    _check(session, person_id, at, now)
    wanted = wish(
        session,
        account_id=account_id,
        person_id=person_id,
        phone_id=phone_id,
        is_asked=is_asked,
        now=now,
    )
    account_ids = promising.lock_paused(session, account_id, wanted.person_id)
    if promising.booked(session, account_id, wanted.person_id) is not None:
        raise BookedAlready
    occasion = Occasion(by_id=booked_by_id)
    callback = promising.promise(
        session, wanted, occasion, at=at, phone_id=phone_id, topic=None, now=now, preferred_id=rep_id
    )
    promising.settle(session, callback, occasion, account_ids, now=now)
    return promising.promise_of(callback)


def put(
    session: Session,
    *,
    account_id: int,
    person_id: int | None,
    at: datetime,
    phone_id: int | None,
    asked_in_call_id: int | None,
    rep_id: int,
    now: datetime,
) -> Callback:
    """Promise the call that a person asks for in a call, by the rep they speak with if that one is free.

    One that is booked already is moved there. The caller has locked the person's accounts, derives them, and
    then has the callback's task given to whose time it is.
    """
    wanted = wish(
        session,
        account_id=account_id,
        person_id=person_id,
        phone_id=phone_id,
        is_asked=True,
        now=now,
    )
    occasion = Occasion(by_id=rep_id, in_call_id=asked_in_call_id, is_present=True)
    callback = promising.booked(session, account_id, person_id)
    if callback is None:
        return promising.promise(
            session, wanted, occasion, at=at, phone_id=phone_id, topic=None, now=now, preferred_id=rep_id
        )
    if phone_id is not None:
        callback.phone_id = phone_id
    promising.put_at(session, callback, wanted, occasion, at=at, now=now, preferred_id=rep_id)
    return callback


def move(
    session: Session,
    *,
    callback_id: int,
    at: datetime,
    actor_id: int,
    now: datetime,
    is_asked: bool = False,
    reason: str = "",
) -> Promise:
    """Promise the call at another time. Raises CallbackOver, Invalid, SlotGone, and then it stays."""
    callback, account_ids = _locked(session, callback_id)
    _check(session, callback.patient_id, at, now)
    occasion = Occasion(by_id=actor_id, reason=reason)
    wanted = promising.wish_of_callback(session, callback, is_asked=is_asked)
    promising.put_at(session, callback, wanted, occasion, at=at, now=now)
    promising.settle(session, callback, occasion, account_ids, now=now)
    return promising.promise_of(callback)


def hand_on(
    session: Session, *, callback_id: int, rep_id: int, actor_id: int, now: datetime, reason: str = ""
) -> Promise:
    """Let another rep make the call, at the same time: a lead any, a rep their own and what is open to all.

    Raises CallbackOver, CallbackDue, RepNotFree, NotAllowed.
    """
    callback, _ = _locked(session, callback_id)
    is_lead = session.scalar(select(User.role).where(User.id == actor_id)) is Role.LEAD
    if not is_lead and callback.rep_id not in {None, actor_id}:
        raise NotAllowed("This call is a colleague's: a lead can hand it on.")
    if callback.at <= now:
        raise CallbackDue
    if rep_id != callback.rep_id:
        _take_over(session, callback, rep_id, now)
        keeping.rehome(session, callback, rep_id=rep_id, by_id=actor_id, reason=reason, now=now)
    return promising.promise_of(callback)


def who_can_make(session: Session, callback: Callback, *, now: datetime) -> tuple[int, ...]:
    """Return who could make a call at its time, also whose time it is."""
    wanted = promising.wish_of_callback(session, callback)
    slot = times.at_this_time(session, wanted, callback.at, now=now, besides=callback.id)
    return slot.rep_ids if slot else ()


def cancel(session: Session, *, callback_id: int, actor_id: int, now: datetime, reason: str = "") -> None:
    """Call it off; raises CallbackOver."""
    callback, account_ids = _locked(session, callback_id)
    occasion = Occasion(by_id=actor_id, reason=reason)
    promising.call_off(session, callback, occasion, now=now)
    promising.settle(session, callback, occasion, account_ids, now=now)


def _take_over(session: Session, callback: Callback, rep_id: int, now: datetime) -> None:
    wanted = promising.wish_of_callback(session, callback)
    try:
        found_id, _ = seats.take(
            session, wanted, callback.at, now=now, besides=callback.id, preferred_id=rep_id
        )
    except SlotGone:
        raise RepNotFree from None
    if found_id != rep_id:
        raise RepNotFree


def _check(session: Session, person_id: int | None, at: datetime, now: datetime) -> None:
    """Say what no look at who is free would tell: it is not a time at which calls begin."""
    rules = times.rules_of(session, times.calling_team(session))
    wrong = callback_objection(
        at, zones_of_patient(session, person_id), contact_rules.hours(session), rules, now
    )
    if wrong:
        raise Invalid(wrong, field="callback_at")


def known(session: Session, callback_id: int) -> Callback:
    """Return a callback, whatever became of it; raises NotFound."""
    callback = session.get(Callback, callback_id)
    if callback is None:
        raise NotFound
    return callback


def _locked(session: Session, callback_id: int) -> tuple[Callback, list[int]]:
    callback = known(session, callback_id)
    account_ids = promising.lock_paused(session, callback.account_id, callback.patient_id)
    session.refresh(callback)
    if callback.state is not CallbackState.BOOKED:
        raise CallbackOver
    return callback, account_ids
