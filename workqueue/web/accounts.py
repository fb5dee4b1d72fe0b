"""Accounts: finding one, reading it, and what may be done on it apart from any task."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.refusals import NotFound
from workqueue.services import noting, plans
from workqueue.services.reading.account import account_view
from workqueue.services.reading.search import MOST_FOUND, SHORTEST, find_accounts
from workqueue.web.account_answer import Problems, show_account
from workqueue.web.forms import Fields, local_path
from workqueue.web.guards import current_person, reads_accounts, rep_work, utc_now
from workqueue.web.render import done, is_fragment_wanted, page_or_partial

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
    return show_account(account_id)


@bp.post("/<int:account_id>/notes")
@rep_work
def add_note(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    text = fields.text("text", longest=LONGEST_NOTE_LINE, has_lines=True)
    if fields.errors:
        note_text = request.form.get("text", "")
        return show_account(account_id, Problems(note=fields.errors), note_text=note_text, status=422)
    with transaction() as session:
        noting.add_note(
            session, account_id=account_id, text=text, author_id=current_person().id, now=utc_now()
        )
    log.info("note_added", account_id=account_id, actor_id=current_person().id)
    if is_fragment_wanted():
        return show_account(account_id)
    flash("Noted.", "success")
    return done(local_path(request.form.get("back_to"), url_for("accounts.show", account_id=account_id)))


@bp.post("/<int:account_id>/plans/<int:plan_id>/cancel")
@rep_work
def cancel_plan(account_id: int, plan_id: int) -> ResponseReturnValue:
    with transaction() as session:
        account = account_view(session, account_id=account_id, now=utc_now())
        if plan_id not in {each.plan_id for each in account.plans}:
            raise NotFound
        plans.cancel(session, plan_id=plan_id, actor_id=current_person().id, now=utc_now())
    log.info("plan_cancelled", account_id=account_id, actor_id=current_person().id)
    flash("Called off. What is owed comes up again as any balance does.", "success")
    return done(url_for("accounts.show", account_id=account_id))
