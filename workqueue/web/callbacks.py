"""Callbacks the office makes: booked on an account, moved, handed on and called off one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.entries import LONGEST_TEXT
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.refusals import Invalid, Refusal
from workqueue.rules.roles import WORKERS, Role
from workqueue.services import callbacks
from workqueue.services.booking import promising
from workqueue.services.booking.promising import BookedAlready, Promise
from workqueue.services.booking.seats import SlotGone
from workqueue.services.callbacks import CallbackDue, CallbackOver, RepNotFree
from workqueue.services.contacting import zones_of_patient
from workqueue.services.reading import free_times as free
from workqueue.services.reading.callback_page import CallbackPage, callback_page
from workqueue.services.reading.free_times import FreeTimes
from workqueue.services.reading.promised import TOPICS
from workqueue.web.account_answer import Problems, show_account
from workqueue.web.entry_inputs import callback_parts, read_moment
from workqueue.web.filters import datetime as moment_words
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, reads_accounts, rep_work, utc_now
from workqueue.web.render import done

bp = Blueprint("callbacks", __name__)

WHEN = "callback_at"


@bp.get("/accounts/<int:account_id>/free-times")
@rep_work
def free_times(account_id: int) -> ResponseReturnValue:
    """Return the choice of free times for a call about an account: a part of a form."""
    is_asked = Fields(request.args).is_on("is_asked")
    with reading() as session:
        try:
            wish = callbacks.wish(
                session,
                account_id=account_id,
                person_id=callbacks.who_answers(session, account_id),
                phone_id=None,
                is_asked=is_asked,
                now=utc_now(),
            )
        except Invalid as refusal:
            return render_template("callbacks/_no_times.html", sentence=refusal.sentence)
        found = free.free_times(session, wish, rep_id=current_person().id, now=utc_now())
    return _choice(found)


@bp.get("/callbacks/<int:callback_id>/free-times")
@rep_work
def free_times_to_move(callback_id: int) -> ResponseReturnValue:
    """Return the choice of free times for a call that is to be moved."""
    is_asked = Fields(request.args).is_on("is_asked")
    with reading() as session:
        wish = promising.wish_of_callback(session, callbacks.known(session, callback_id), is_asked=is_asked)
        found = free.free_times(session, wish, rep_id=current_person().id, now=utc_now(), besides=callback_id)
    return _choice(found)


@bp.post("/accounts/<int:account_id>/callbacks")
@rep_work
def book(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    with reading() as session:
        zones = zones_of_patient(session, callbacks.who_answers(session, account_id))
    at = _read_when(fields, zones[0] if zones else OFFICE_ZONE)
    phone_id = fields.row_id("phone_id", is_required=False)
    if fields.errors or at is None:
        return show_account(account_id, Problems(callback=fields.errors), status=422)
    try:
        with transaction() as session:
            promise = callbacks.book(
                session,
                account_id=account_id,
                at=at,
                phone_id=phone_id,
                booked_by_id=current_person().id,
                now=utc_now(),
                is_asked=fields.is_on("is_asked"),
                rep_id=current_person().id,
            )
    except Invalid as refusal:
        problems = Problems(callback={refusal.field or WHEN: refusal.sentence})
        return show_account(account_id, problems, status=422)
    except SlotGone as refusal:
        problems = Problems(callback={WHEN: refusal.sentence})
        return show_account(account_id, problems, nearest=refusal.nearest, status=409)
    except BookedAlready as refusal:
        return show_account(account_id, Problems(callback={WHEN: refusal.sentence}), status=409)
    log.info("callback_booked", callback_id=promise.callback_id, actor_id=current_person().id)
    flash(f"Booked for {_promised(promise)}", "success")
    return done(url_for("accounts.show", account_id=account_id))


@bp.get("/callbacks/<int:callback_id>")
@reads_accounts
def show(callback_id: int) -> ResponseReturnValue:
    return _page(callback_id)


@bp.post("/callbacks/<int:callback_id>/move")
@rep_work
def move(callback_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    at = _read_when(fields, _known(callback_id).call.zone)
    reason = fields.text("move_reason", longest=LONGEST_TEXT, is_required=False)
    if fields.errors or at is None:
        return _page(callback_id, fields.errors, open_part="move", status=422)
    try:
        with transaction() as session:
            promise = callbacks.move(
                session,
                callback_id=callback_id,
                at=at,
                actor_id=current_person().id,
                now=utc_now(),
                is_asked=fields.is_on("is_asked"),
                reason=reason,
            )
    except Invalid as refusal:
        return _page(callback_id, {WHEN: refusal.sentence}, open_part="move", status=422)
    except SlotGone as refusal:
        errors = {WHEN: refusal.sentence}
        return _page(callback_id, errors, open_part="move", nearest=refusal.nearest, status=409)
    except CallbackOver as refusal:
        return _page(callback_id, over=refusal, status=409)
    log.info("callback_moved", callback_id=callback_id, actor_id=current_person().id)
    flash(f"Moved to {_promised(promise)}", "success")
    return done(url_for("callbacks.show", callback_id=callback_id))


@bp.post("/callbacks/<int:callback_id>/hand-on")
@rep_work
def hand_on(callback_id: int) -> ResponseReturnValue:
    """Let another rep make the call: a lead any, a rep their own."""
    fields = Fields(request.form)
    rep_id = fields.row_id("rep_id", is_required=False)
    if rep_id is None:
        fields.refuse("rep_id", "Choose who makes the call.")
    reason = fields.text("hand_reason", longest=LONGEST_TEXT, is_required=False)
    if fields.errors or rep_id is None:
        return _page(callback_id, fields.errors, open_part="hand_on", status=422)
    try:
        with transaction() as session:
            callbacks.hand_on(
                session,
                callback_id=callback_id,
                rep_id=rep_id,
                actor_id=current_person().id,
                now=utc_now(),
                reason=reason,
            )
    except (RepNotFree, CallbackDue) as refusal:
        return _page(callback_id, {"rep_id": refusal.sentence}, open_part="hand_on", status=409)
    except CallbackOver as refusal:
        return _page(callback_id, over=refusal, status=409)
    log.info("callback_handed_on", callback_id=callback_id, rep_id=rep_id, actor_id=current_person().id)
    flash("Handed on. The person is told that a colleague calls, if they may be written to.", "success")
    return done(url_for("callbacks.show", callback_id=callback_id))


@bp.post("/callbacks/<int:callback_id>/cancel")
@rep_work
def cancel(callback_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    reason = fields.text("cancel_reason", longest=LONGEST_TEXT)
    if fields.errors:
        return _page(callback_id, fields.errors, open_part="cancel", status=422)
    try:
        with transaction() as session:
            callbacks.cancel(
                session,
                callback_id=callback_id,
                actor_id=current_person().id,
                now=utc_now(),
                reason=reason,
            )
    except CallbackOver as refusal:
        return _page(callback_id, over=refusal, status=409)
    log.info("callback_cancelled", callback_id=callback_id, actor_id=current_person().id)
    flash("Cancelled. The person is told, if they may be written to.", "success")
    return done(url_for("callbacks.show", callback_id=callback_id))


def _read_when(fields: Fields, zone: str) -> datetime | None:
    at = read_moment(fields, WHEN, zone)
    if at is None and WHEN not in fields.errors:
        fields.refuse(WHEN, "Choose a free time, or enter a day and a time.")
    return at


def _promised(promise: Promise) -> str:
    return f"{moment_words(promise.at, OFFICE_ZONE)}. Whoever calls first says “{promise.phrase}”."


def _choice(found: FreeTimes) -> ResponseReturnValue:
    fields = Fields(request.args)
    name = fields.text("name", longest=50)
    fields.check()
    chosen = fields.text("chosen", longest=50, is_required=False)
    return render_template("callbacks/_free_times.html", found=found, name=name, chosen=chosen)


def _known(callback_id: int) -> CallbackPage:
    with reading() as session:
        return callback_page(session, callback_id=callback_id, now=utc_now())


def _page(
    callback_id: int,
    errors: Mapping[str, str] | None = None,
    *,
    open_part: str = "",
    nearest: Sequence[datetime] | None = None,
    over: Refusal | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Render one callback; a form that comes back keeps its text."""
    found, person = _known(callback_id), current_person()
    may_hand_on = person.role is Role.LEAD or found.call.rep_id in {None, person.id}
    return render_template(
        "callbacks/show.html",
        found=found,
        call=found.call,
        topics=TOPICS,
        languages=LANGUAGES,
        day=office_day(found.call.at),
        now=utc_now(),
        errors=errors or {},
        open_part=open_part,
        over=over.sentence if over else "",
        values=request.form,
        callback_parts=callback_parts(WHEN),
        free_times=None if nearest is None else free.told(nearest, found.call.zone),
        may_work=person.role in WORKERS,
        may_hand_on=may_hand_on,
    ), status
