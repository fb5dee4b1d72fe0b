"""The patients' page: how they come in, what is booked for them, and calling it off."""

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.config import Config
from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.models import Callback
from workqueue.models.booking import Door
from workqueue.rules.invitations import Method, written
from workqueue.rules.networks import network_of
from workqueue.services.booking import doors, entries, links, promising, waiting
from workqueue.services.booking.links import NoSuchLink
from workqueue.services.booking.promising import NothingBooked
from workqueue.services.reading.booked import booked_call
from workqueue.web.booking_visit import (
    PATIENTS,
    begin,
    count_change,
    door,
    keep_visit,
    link_of,
    page,
    patients_pages,
    speak,
    visit,
)
from workqueue.web.booking_wish import show_form, typed
from workqueue.web.booking_words import gettext
from workqueue.web.forms import Fields, local_path
from workqueue.web.guards import public, utc_now

bp = patients_pages("booking")


@bp.get("/b/<token>")
@public(PATIENTS)
def land(token: str) -> ResponseReturnValue:
    """Come in by a link. Nothing is changed and nothing booked: programs that preview links come here too."""
    try:
        with reading() as session:
            link = links.open_by_token(session, token, now=utc_now())
    except NoSuchLink:
        _count_guess()
        raise
    begin(link)
    response = keep_visit(_to_page())
    # The address of this answer holds the token: it goes nowhere, not even to us.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/callback")
@public(PATIENTS)
def show() -> ResponseReturnValue:
    if not visit().link_id:
        return door(200)
    with reading() as session:
        link = link_of(session)
        call = booked_call(session, link, now=utc_now())
        entry = waiting.waits(session, link)
        waits_until = entry.until_at if entry else None
    if call is not None:
        return page("booking/booked.html", call=call)
    return show_form(waits_until=waits_until, is_cancelled=request.args.get("said") == "cancelled")


@bp.post("/callback/code")
@public(PATIENTS)
def enter() -> ResponseReturnValue:
    """Come in by the code of a letter and a birth date."""
    fields = Fields(request.form)
    code = fields.text("code", longest=40, is_required=False)
    born_on = fields.day("birth", is_required=False)
    errors = {}
    if not code or "code" in fields.errors:
        errors["code"] = gettext("Type the code from your letter.")
    if born_on is None:
        errors["birth"] = gettext("Choose the birth date.")
    if errors:
        return door(422, errors=errors)
    # Committed by itself: the attempt counts whatever happens to the rest.
    with transaction() as session:
        attempt_id = doors.knock(session, Door.CODE, network_of(request.remote_addr), now=utc_now())
    with transaction() as session:
        link = links.open_by_code(session, code, born_on, secret=_secret(), now=utc_now())
        if link is not None:
            doors.opened(session, attempt_id)
    if link is None:
        log.warning("code_refused", attempt_id=attempt_id)
        return door(404, sentence=gettext(NoSuchLink.sentence))
    begin(link)
    return keep_visit(_to_page())


@bp.post("/callback/language")
@public(PATIENTS)
def change_language() -> ResponseReturnValue:
    """Read on in another language, with all that was typed so far."""
    before = visit().language
    speak(request.form.get("speak", ""))
    if "code" in request.form:
        return keep_visit(door(200))
    if "number" in request.form:
        values = typed()
        if values["language"] == before:
            # Who would rather read another language would rather speak it too; the form still asks.
            values["language"] = visit().language
        return keep_visit(show_form(values=values))
    return keep_visit(
        Response(status=303, headers={"Location": local_path(request.form.get("back_to"), "/callback")})
    )


@bp.get("/callback/cancel")
@public(PATIENTS)
def ask_to_cancel() -> ResponseReturnValue:
    with reading() as session:
        call = booked_call(session, link_of(session), now=utc_now())
    if call is None:
        raise NothingBooked
    return page("booking/cancel.html", call=call)


@bp.post("/callback/cancel")
@public(PATIENTS)
def cancel() -> ResponseReturnValue:
    count_change()
    with transaction() as session:
        callback_id = promising.cancel(session, link_of(session), now=utc_now())
    log.info("callback_cancelled_by_patient", callback_id=callback_id)
    return redirect(url_for("booking.show", said="cancelled"), 303)


@bp.get("/callback/call.ics")
@public(PATIENTS)
def calendar_entry() -> ResponseReturnValue:
    """Give the call as a file for the person's calendar."""
    with reading() as session:
        call = booked_call(session, link_of(session), now=utc_now())
        if call is None:
            raise NothingBooked
        callback = session.get_one(Callback, call.callback_id)
        invitation = entries.invitation(session, callback, call.zone, visit().language)
    response = Response(written(invitation, Method.PUBLISH), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="call.ics"'
    return response


def _count_guess() -> None:
    """Count a token that opens nothing. One that opens is looked at first, so nobody is locked out."""
    with transaction() as session:
        doors.knock(session, Door.LINK, network_of(request.remote_addr), now=utc_now())


def _to_page() -> Response:
    return Response(status=303, headers={"Location": url_for("booking.show")})


def _secret() -> str:
    config: Config = current_app.extensions["workqueue.config"]
    return config.secret_key
