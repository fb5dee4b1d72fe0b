"""One callback with all that can be done about it, and who waits for a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workqueue.models import (
    Account,
    CallbackChange,
    CallbackLink,
    Patient,
    Phone,
    User,
    WaitingEntry,
    Window,
)
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState
from workqueue.services import callbacks
from workqueue.services.reading.callback_list import ListedCallback, callback_line, likeliest_zone
from workqueue.services.reading.lines import full_name

MOST_WAITING = 1_000

CHANGE_WORDS = {
    CallbackChangeKind.BOOKED: "Booked",
    CallbackChangeKind.MOVED: "Moved",
    CallbackChangeKind.REHOMED: "Given to somebody else",
    CallbackChangeKind.CANCELLED: "Cancelled",
    CallbackChangeKind.MET: "Call made",
    CallbackChangeKind.MISSED: "Missed",
}


@dataclass(frozen=True, slots=True)
class CallbackPage:
    """One callback with all that can be done about it."""

    call: ListedCallback
    e164: str
    """The number that is called; empty for any of the person's."""
    phrase: str
    is_asked: bool
    """The person asked for this time."""
    booked_at: datetime
    booked_by: str
    """Empty where the person did it themselves."""
    changes: tuple["ChangeLine", ...]
    can_make: tuple[tuple[int, str], ...]
    """Who else is free then and does this work."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    at: datetime
    words: str
    due_at: datetime
    rep_name: str
    by: str
    """Who of the office; empty for the person themselves, or the clock."""
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Somebody who waits for a time to come free."""

    account_id: int
    account_number: str
    patient_name: str
    asked_at: datetime
    until_at: datetime
    zone: str
    topic: CallbackTopic
    language: str
    needs_interpreter: bool


def waiting_list(session: Session) -> tuple[WaitingLine, ...]:
    """Return who waits for a time, the longest first; uq_waiting_list_open serves it."""
    rows = session.execute(
        select(WaitingEntry, Account.id, Account.number, Patient, Window.zones)
        .join(CallbackLink, CallbackLink.id == WaitingEntry.link_id)
        .join(Account, Account.id == CallbackLink.account_id)
        .join(Patient, Patient.id == CallbackLink.person_id)
        .outerjoin(Window, Window.id == Patient.window_id)
        .where(WaitingEntry.ended_at.is_(None))
        .order_by(WaitingEntry.asked_at, WaitingEntry.id)
        .limit(MOST_WAITING)
    )
    return tuple(
        WaitingLine(
            account_id,
            number,
            full_name(person.last_name, person.first_name),
            entry.asked_at,
            entry.until_at,
            likeliest_zone(zones),
            entry.topic,
            entry.language,
            entry.needs_interpreter,
        )
        for entry, account_id, number, person, zones in rows
    )


def callback_page(session: Session, *, callback_id: int, now: datetime) -> CallbackPage:
    """Return one callback; raises NotFound. Who else can make it is looked up while it is ahead."""
    call = callback_line(session, callback_id)
    callback = callbacks.known(session, callback_id)
    is_ahead = callback.state is CallbackState.BOOKED and callback.at > now
    able_ids = callbacks.who_can_make(session, callback, now=now) if is_ahead else ()
    names = session.execute(
        select(User.id, User.name).where(User.id.in_(able_ids), User.id != (callback.rep_id or 0))
    )
    return CallbackPage(
        call=call,
        e164=session.scalar(select(Phone.e164).where(Phone.id == callback.phone_id)) or "",
        phrase=callback.phrase,
        is_asked=callback.asked_at is not None,
        booked_at=callback.booked_at,
        booked_by=session.scalar(select(User.name).where(User.id == callback.booked_by_id)) or "",
        changes=_changes(session, callback_id),
        can_make=tuple(sorted(((each.id, each.name) for each in names), key=lambda each: each[1])),
    )


def _changes(session: Session, callback_id: int) -> tuple[ChangeLine, ...]:
    rep, actor = aliased(User), aliased(User)
    rows = session.execute(
        select(CallbackChange, rep.name.label("rep_name"), actor.name.label("by"))
        .outerjoin(rep, rep.id == CallbackChange.rep_id)
        .outerjoin(actor, actor.id == CallbackChange.by_id)
        .where(CallbackChange.callback_id == callback_id)
        .order_by(CallbackChange.id.desc())
    )
    return tuple(
        ChangeLine(
            change.at, CHANGE_WORDS[change.kind], change.due_at, rep_name or "", by or "", change.reason
        )
        for change, rep_name, by in rows
    )
