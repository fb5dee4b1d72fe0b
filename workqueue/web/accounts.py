"""Accounts: finding one, reading it, and what may be done on it apart from any task."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.roles import Role
from workqueue.services import call_steps, callbacks, holding, noting
from workqueue.services.calling import zones_of_patient
from workqueue.services.reading.account import AccountView, account_view
from workqueue.services.reading.search import MOST_FOUND, SHORTEST, find_accounts
from workqueue.web.account_page import account_context
from workqueue.web.entry_form import read_moment
from workqueue.web.forms import Fields, local_path
from workqueue.web.guards import current_person, lead_only, reads_accounts, rep_work, utc_now
from workqueue.web.render import done, is_fragment_wanted, page_or_partial, partial

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

LONGEST_NOTE_LINE = 10_000


@bp.get("")
@reads_accounts
def search_form() -> ResponseReturnValue:
    return render_template("accounts/search.html", text="", found=None, most=MOST_FOUND, errors={})


@bp.post("")
@reads_accounts
def search() -> ResponseReturnValue:
    """Find accounts. A POST, so that no name or number stands in an address or a history."""
    fields = Fields(request.form)
    text = fields.text("text", longest=100)
    if text and len(text) < SHORTEST:
        fields.refuse("text", f"Type at least {SHORTEST} characters.")
    with reading() as session:
        found = find_accounts(session, text=text) if not fields.errors else None
    return page_or_partial(
        "accounts/search.html",
        "accounts/_found.html",
        422 if fields.errors else 200,
        text=text,
        found=found,
        most=MOST_FOUND,
        errors=fields.errors,
    )


@bp.get("/<int:account_id>")
@reads_accounts
def show(account_id: int) -> ResponseReturnValue:
    return _page(account_id)


@bp.post("/<int:account_id>/notes")
@rep_work
def add_note(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    text = fields.text("text", longest=LONGEST_NOTE_LINE, has_lines=True)
    if fields.errors:
        return _page(
            account_id, note_errors=fields.errors, note_text=request.form.get("text", ""), status=422
        )
    with transaction() as session:
        noting.add_note(
            session, account_id=account_id, text=text, author_id=current_person().id, now=utc_now()
        )
    log.info("note_added", account_id=account_id, actor_id=current_person().id)
    if is_fragment_wanted():
        return _page(account_id)
    flash("Noted.", "success")
    return done(local_path(request.form.get("back_to"), url_for("accounts.show", account_id=account_id)))


@bp.post("/<int:account_id>/holds")
@lead_only
def place_hold(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    reason, until_on = fields.text("reason", longest=200), fields.day("until_on")
    if fields.errors or until_on is None:
        return _page(account_id, hold_errors=fields.errors, status=422)
    try:
        with transaction() as session:
            holding.place(
                session,
                account_id=account_id,
                reason=reason,
                until_on=until_on,
                owner_id=current_person().id,
                now=utc_now(),
            )
    except Invalid as refusal:
        return _page(account_id, hold_errors={refusal.field or "reason": refusal.sentence}, status=422)
    log.info("hold_placed", account_id=account_id, actor_id=current_person().id)
    flash("On hold. Its tasks wait until then.", "success")
    return done(url_for("accounts.show", account_id=account_id))


@bp.post("/<int:account_id>/holds/<int:hold_id>/lift")
@lead_only
def lift_hold(account_id: int, hold_id: int) -> ResponseReturnValue:
    with transaction() as session:
        if hold_id not in {each.hold_id for each in _account(session, account_id).holds}:
            raise NotFound
        holding.lift(session, hold_id=hold_id, actor_id=current_person().id, now=utc_now())
    log.info("hold_lifted", account_id=account_id, actor_id=current_person().id)
    flash("Lifted. What was waiting for it is in the queue again.", "success")
    return done(url_for("accounts.show", account_id=account_id))


@bp.post("/<int:account_id>/callbacks")
@rep_work
def book_callback(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    with reading() as session:
        account = _account(session, account_id)
        zones = zones_of_patient(session, account.patient.id) if account.patient else ()
    at = read_moment(fields, "callback_at", zones[0] if zones else OFFICE_ZONE)
    phone_id = fields.row_id("phone_id", is_required=False)
    if at is None:
        fields.refuse("callback_at", "Enter a day and a time.")
    if fields.errors or at is None:
        return _page(account_id, callback_errors=fields.errors, status=422)
    try:
        with transaction() as session:
            callbacks.book(
                session,
                account_id=account_id,
                at=at,
                phone_id=phone_id,
                booked_by_id=current_person().id,
                now=utc_now(),
            )
    except Invalid as refusal:
        return _page(
            account_id, callback_errors={refusal.field or "callback_at": refusal.sentence}, status=422
        )
    log.info("callback_booked", account_id=account_id, actor_id=current_person().id)
    flash("Booked. It comes first in the queue at that time.", "success")
    return done(url_for("accounts.show", account_id=account_id))


@bp.post("/<int:account_id>/callbacks/<int:callback_id>/cancel")
@rep_work
def cancel_callback(account_id: int, callback_id: int) -> ResponseReturnValue:
    with transaction() as session:
        if callback_id not in {each.callback_id for each in _account(session, account_id).callbacks}:
            raise NotFound
        callbacks.cancel(session, callback_id=callback_id, actor_id=current_person().id, now=utc_now())
    log.info("callback_cancelled", account_id=account_id, actor_id=current_person().id)
    flash("Cancelled.", "success")
    return done(url_for("accounts.show", account_id=account_id))


def _account(session: Session, account_id: int) -> AccountView:
    return account_view(session, account_id=account_id, now=utc_now())


def _page(
    account_id: int,
    *,
    note_errors: dict[str, str] | None = None,
    note_text: str = "",
    hold_errors: dict[str, str] | None = None,
    callback_errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Render the account; forms that came back keep what was typed."""
    with reading() as session:
        account = _account(session, account_id)
        is_masked = call_steps.is_masked(
            session, account_id=account_id, reader_id=current_person().id, now=utc_now()
        )
    zones = account.patient.zones if account.patient else ()
    context: dict[str, Any] = {
        **account_context(account),
        "zone": zones[0] if zones else OFFICE_ZONE,
        "this_task_id": 0,
        "is_masked": is_masked,
        "may_hold": current_person().role is Role.LEAD,
        "values": request.form,
        "note_errors": note_errors or {},
        "note_text": note_text,
        "hold_errors": hold_errors or {},
        "callback_errors": callback_errors or {},
    }
    if is_fragment_wanted():
        return partial("accounts/_history.html", status, **context)
    return render_template("accounts/show.html", **context), status
