"""The calendar of callbacks: who is called when, by whom, and who waits for a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, select, true
from sqlalchemy.orm import Session, aliased

from workqueue.models import (
    Account,
    Callback,
    CallbackChange,
    CallbackLink,
    Patient,
    Phone,
    User,
    WaitingEntry,
    Window,
)
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import CallbackState
from workqueue.services import callbacks
from workqueue.services.contacting.known import split_zones
from workqueue.services.reading.lines import full_name
from workqueue.services.reading.promised import TOPICS

MOST_LISTED = 1_000
"""More than a large team can be promised in a week."""

CHANGE_WORDS = {
    CallbackChangeKind.BOOKED: "Booked",
    CallbackChangeKind.MOVED: "Moved",
    CallbackChangeKind.REHOMED: "Given to somebody else",
    CallbackChangeKind.CANCELLED: "Cancelled",
    CallbackChangeKind.MET: "Call made",
    CallbackChangeKind.MISSED: "Missed",
}


@dataclass(frozen=True, slots=True)
class CalendarCall:
    """One callback as the calendar shows it."""

    callback_id: int
    account_id: int
    account_number: str
    patient_name: str
    """Of who is called."""
    at: datetime
    ends_at: datetime
    zone: str
    """By whose clock the person lives, as far as the office knows."""
    rep_id: int | None
    rep_name: str
    """Empty for a call that is open to everybody who can make it."""
    state: CallbackState
    is_missed: bool
    topic_words: str
    language_words: str
    """Empty for the office's own language."""
    needs_interpreter: bool


@dataclass(frozen=True, slots=True)
class CallbackPage:
    """One callback with all that can be done about it."""

    call: CalendarCall
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
    topic_words: str
    language_words: str
    needs_interpreter: bool


def calendar(
    session: Session, *, from_at: datetime, until_at: datetime, rep_id: int | None = None
) -> tuple[CalendarCall, ...]:
    """Return the callbacks due between two moments, by their time; of one rep, or of everybody and nobody.

    Cancelled ones are left out. ix_callbacks_at serves it.
    """
    of_rep: ColumnElement[bool] = Callback.rep_id == rep_id if rep_id is not None else true()
    rows = session.execute(
        _calls()
        .where(Callback.at >= from_at, Callback.at < until_at, of_rep)
        .where(Callback.state != CallbackState.CANCELLED)
        .order_by(Callback.at, Callback.id)
        .limit(MOST_LISTED)
    )
    return tuple(_call(row) for row in rows)


def owed(session: Session, *, before: datetime) -> tuple[CalendarCall, ...]:
    """Return the callbacks of earlier days that are still owed, the oldest first; ix_callbacks_booked_at."""
    rows = session.execute(
        _calls()
        .where(Callback.at < before, Callback.state == CallbackState.BOOKED)
        .order_by(Callback.at, Callback.id)
        .limit(MOST_LISTED)
    )
    return tuple(_call(row) for row in rows)


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
        .limit(MOST_LISTED)
    )
    return tuple(
        WaitingLine(
            account_id,
            number,
            full_name(person.last_name, person.first_name),
            entry.asked_at,
            entry.until_at,
            _zone(zones),
            TOPICS[entry.topic],
            _language_words(entry.language),
            entry.needs_interpreter,
        )
        for entry, account_id, number, person, zones in rows
    )


def callback_page(session: Session, *, callback_id: int, now: datetime) -> CallbackPage:
    """Return one callback; raises NotFound. Who else can make it is looked up while it is ahead."""
    row = session.execute(_calls().where(Callback.id == callback_id)).one_or_none()
    if row is None:
        raise NotFound
    callback = row.Callback
    is_ahead = callback.state is CallbackState.BOOKED and callback.at > now
    able_ids = callbacks.who_can_make(session, callback, now=now) if is_ahead else ()
    names = session.execute(
        select(User.id, User.name).where(User.id.in_(able_ids), User.id != (callback.rep_id or 0))
    )
    return CallbackPage(
        call=_call(row),
        e164=session.scalar(select(Phone.e164).where(Phone.id == callback.phone_id)) or "",
        phrase=callback.phrase,
        is_asked=callback.asked_at is not None,
        booked_at=callback.booked_at,
        booked_by=session.scalar(select(User.name).where(User.id == callback.booked_by_id)) or "",
        changes=_changes(session, callback_id),
        can_make=tuple(sorted(((each.id, each.name) for each in names), key=lambda each: each[1])),
    )


def _calls() -> Select[Callback, str, str, str, str, str]:
    return (
        select(
            Callback,
            Account.number,
            Patient.first_name,
            Patient.last_name,
            Window.zones,
            User.name.label("rep_name"),
        )
        .join(Account, Account.id == Callback.account_id)
        .outerjoin(Patient, Patient.id == Callback.patient_id)
        .outerjoin(Window, Window.id == Patient.window_id)
        .outerjoin(User, User.id == Callback.rep_id)
    )


def _call(row: Row[Callback, str, str, str, str, str]) -> CalendarCall:
    callback = row.Callback
    return CalendarCall(
        callback.id,
        callback.account_id,
        row.number,
        full_name(row.last_name, row.first_name),
        callback.at,
        callback.ends_at,
        _zone(row.zones),
        callback.rep_id,
        row.rep_name or "",
        callback.state,
        callback.missed_at is not None and callback.state is CallbackState.BOOKED,
        TOPICS[callback.topic] if callback.topic else "",
        _language_words(callback.language),
        callback.needs_interpreter,
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


def _zone(zones: str | None) -> str:
    return next(iter(split_zones(zones or "")), OFFICE_ZONE)


def _language_words(language: str) -> str:
    return "" if language in {"", "en"} else LANGUAGES.get(language, language)
