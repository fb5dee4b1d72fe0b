"""Callbacks for programs: which are due, what times are free; book, move, hand on and call off."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, cast

from flask import Response, request
from sqlalchemy.orm import Session

from workqueue.api import bp, paging
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.extensions import db
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.entries import LONGEST_TEXT
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import READERS, WORKERS
from workqueue.rules.slots import Slot
from workqueue.rules.states import CallbackState
from workqueue.services import callbacks
from workqueue.services.booking import promising, times
from workqueue.services.booking.times import Wish
from workqueue.services.contacting import zones_of_patient
from workqueue.services.reading.callback_list import Cursor, ListedCallback, callback_lines
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, utc_now

USUAL_DAYS = timedelta(days=7)
MOST_DAYS = timedelta(days=31, hours=1)
"""A month of the office's days, one of which may have 25 hours."""

MOST_AHEAD = 30
"""Days: no team promises calls further ahead."""

MOST_TIMES = 200

NAMES = ("patient_name", "rep_name")
"""What a program is not told: the ids are enough."""


@dataclass(frozen=True, slots=True)
class OfferedTimes:
    """What can be promised to who answers for an account, and by which clocks they may live."""

    times: tuple[Slot, ...]
    zones: tuple[str, ...]


@bp.get("/callbacks")
@api_roles(*READERS)
def list_callbacks() -> Response:
    """List callbacks by their time: from this morning on and for a week, when nothing else is said."""
    fields = Fields(request.args)
    from_at, until_at = _between(fields)
    rep_id = fields.row_id("rep_id", is_required=False)
    state = fields.choice("state", CallbackState, is_required=False)
    fields.check()
    page = callback_lines(
        db.session(),
        from_at=from_at,
        until_at=until_at,
        rep_id=rep_id,
        states=(state,) if state else (),
        after=_after(),
        limit=paging.page_size(),
    )
    next_cursor = paging.cursor(page.next[0].isoformat(), page.next[1]) if page.next else None
    return answer(paging.page([_shown(line) for line in page.rows], next_cursor))


@bp.get("/accounts/<int:account_id>/free-times")
@api_roles(*READERS)
def list_free_times(account_id: int) -> Response:
    """List the times at which who answers for the account can be promised a call, the soonest first."""
    fields = Fields(request.args)
    phone_id = fields.row_id("phone_id", is_required=False)
    is_asked = _is_asked(fields)
    days = fields.whole_number("days", least=1, most=MOST_AHEAD, is_required=False, otherwise=MOST_AHEAD)
    fields.check()
    session, now = db.session(), utc_now()
    wish, besides = _wanted(session, account_id, phone_id, is_asked=is_asked, now=now)
    until_at = now + timedelta(days=cast("int", days))
    free = takewhile(
        lambda slot: slot.at < until_at, times.offer(session, wish, now=now, besides=besides).soonest()
    )
    zones = zones_of_patient(session, wish.person_id) or (OFFICE_ZONE,)
    return answer(asdict(OfferedTimes(tuple(islice(free, MOST_TIMES)), zones)))


@bp.post("/accounts/<int:account_id>/callbacks")
@api_roles(*WORKERS)
@idempotent
def book_callback(session: Session, account_id: int) -> Reply:
    """Promise a call to who answers for the account; the rep who is named makes it if they are free."""
    fields = json_fields()
    at = fields.moment("at")
    phone_id = fields.row_id("phone_id", is_required=False)
    rep_id = fields.row_id("rep_id", is_required=False)
    is_asked = _is_asked(fields)
    fields.check()
    with _naming_at():
        promise = callbacks.book(
            session,
            account_id=account_id,
            at=cast("datetime", at),
            phone_id=phone_id,
            booked_by_id=current_person().id,
            now=utc_now(),
            is_asked=is_asked,
            rep_id=rep_id,
        )
    return asdict(promise), 201


@bp.post("/callbacks/<int:callback_id>/move")
@api_roles(*WORKERS)
@idempotent
def move_callback(session: Session, callback_id: int) -> Reply:
    """Promise the call at another time; where that is not to be had it stays."""
    fields = json_fields()
    at, is_asked, reason = fields.moment("at"), _is_asked(fields), _reason(fields)
    fields.check()
    with _naming_at():
        promise = callbacks.move(
            session,
            callback_id=callback_id,
            at=cast("datetime", at),
            actor_id=current_person().id,
            now=utc_now(),
            is_asked=is_asked,
            reason=reason,
        )
    return asdict(promise), 200


@bp.post("/callbacks/<int:callback_id>/hand-on")
@api_roles(*WORKERS)
@idempotent
def hand_on_callback(session: Session, callback_id: int) -> Reply:
    """Let another rep make the call at its time: a lead any, a rep their own and what is open to all."""
    fields = json_fields()
    rep_id, reason = fields.row_id("rep_id"), _reason(fields)
    fields.check()
    promise = callbacks.hand_on(
        session,
        callback_id=callback_id,
        rep_id=cast("int", rep_id),
        actor_id=current_person().id,
        now=utc_now(),
        reason=reason,
    )
    return asdict(promise), 200


@bp.post("/callbacks/<int:callback_id>/cancel")
@api_roles(*WORKERS)
@idempotent
def cancel_callback(session: Session, callback_id: int) -> Reply:
    """Call it off and free its time."""
    fields = json_fields()
    reason = _reason(fields)
    fields.check()
    callbacks.cancel(
        session, callback_id=callback_id, actor_id=current_person().id, now=utc_now(), reason=reason
    )
    return None, 204


def _between(fields: Fields) -> tuple[datetime, datetime]:
    from_at = fields.moment("from", is_required=False) or office_midnight(office_day(utc_now()))
    until_at = fields.moment("until", is_required=False) or from_at + USUAL_DAYS
    if not from_at < until_at <= from_at + MOST_DAYS:
        fields.refuse("until", "Send a time after `from`, at most 31 days later.")
    return from_at, until_at


def _after() -> Cursor | None:
    found = cast("tuple[str, int] | None", paging.after(str, int))
    if found is None:
        return None
    fields = Fields({"cursor": found[0]})
    at = fields.moment("cursor")
    fields.check()
    return cast("datetime", at), found[1]


def _shown(line: ListedCallback) -> dict[str, Any]:
    return {name: value for name, value in asdict(line).items() if name not in NAMES}


def _wanted(
    session: Session, account_id: int, phone_id: int | None, *, is_asked: bool, now: datetime
) -> tuple[Wish, int | None]:
    """Return for whom times are looked for, and the call that would be moved.

    Where one is booked already its number stays, whichever was asked for.
    """
    person_id = callbacks.who_answers(session, account_id)
    booked = promising.booked(session, account_id, person_id)
    if booked is not None:
        return promising.wish_of_callback(session, booked, is_asked=is_asked), booked.id
    wish = callbacks.wish(
        session, account_id=account_id, person_id=person_id, phone_id=phone_id, is_asked=is_asked, now=now
    )
    return wish, None


def _is_asked(fields: Fields) -> bool:
    """Return whether the person asked for the call: their consent, so that nothing else may pass for it."""
    raw = fields.source.get("is_asked")
    if not isinstance(raw, bool) and raw not in (None, "", "true", "false"):
        fields.refuse("is_asked", "Send true or false.")
    return fields.is_on("is_asked")


def _reason(fields: Fields) -> str:
    return fields.text("reason", longest=LONGEST_TEXT, is_required=False)


@contextmanager
def _naming_at() -> Iterator[None]:
    """Name the field of the time as it was sent."""
    try:
        yield
    except Invalid as refusal:
        if refusal.field == "callback_at":
            raise Invalid(refusal.sentence, field="at") from refusal
        raise
