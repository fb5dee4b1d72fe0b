"""A call in hand: its steps, who is on the line, and calls that come in."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.call_states import CallEventKind, CallState, Identifier
from workqueue.rules.refusals import Invalid
from workqueue.services import call_steps, receiving_calls
from workqueue.services.reading.account import account_view
from workqueue.services.reading.call import call_in_hand, call_of
from workqueue.web import tasks
from workqueue.web.account_page import account_context
from workqueue.web.entry_form import STATED
from workqueue.web.forms import Fields, local_path
from workqueue.web.guards import current_person, rep_work, utc_now
from workqueue.web.render import done

bp = Blueprint("calls", __name__)

LONGEST_ANSWER = 60
LONGEST_REASON = 200
LONGEST_NOTE = 10_000


@bp.post("/accounts/<int:account_id>/inbound")
@rep_work
def receive(account_id: int) -> ResponseReturnValue:
    """The person of this account is on the telephone."""
    with transaction() as session:
        received = receiving_calls.receive(
            session,
            account_id=account_id,
            rep_id=current_person().id,
            lease_seconds=tasks.lease_seconds(),
            now=utc_now(),
        )
    log.info("call_received", account_id=account_id, call_id=received.call_id, actor_id=current_person().id)
    return done(_place_of(received.call_id, received.task_id))


@bp.get("/calls/<int:call_id>")
@rep_work
def show(call_id: int) -> ResponseReturnValue:
    return _page(call_id)


@bp.post("/calls/<int:call_id>/step")
@rep_work
def step(call_id: int) -> ResponseReturnValue:
    task_id = _keep(call_id)
    fields = Fields(request.form)
    kind = fields.choice("step", CallEventKind)
    fields.check()
    with transaction() as session:
        call_steps.take_step(
            session,
            call_id=call_id,
            kind=kind or CallEventKind.ENDED,
            rep_id=current_person().id,
            now=utc_now(),
        )
    return done(_place_of(call_id, task_id))


@bp.post("/calls/<int:call_id>/identify")
@rep_work
def identify(call_id: int) -> ResponseReturnValue:
    """Compare what the person says with what is known. What was typed is neither kept nor shown again."""
    task_id = _keep(call_id)
    fields = Fields(request.form)
    stated = {
        each: fields.text(f"{STATED}{each}", longest=LONGEST_ANSWER, is_required=False) for each in Identifier
    }
    if fields.errors:
        return _again(call_id, task_id, fields.errors)
    try:
        with transaction() as session:
            found = call_steps.identify(
                session, call_id=call_id, stated=stated, rep_id=current_person().id, now=utc_now()
            )
    except Invalid as refusal:
        return _again(call_id, task_id, {refusal.field or "": refusal.sentence})
    log.info("identity_asked", call_id=call_id, state=found.state.value, actor_id=current_person().id)
    flash(found.sentence, "success" if found.state is CallState.VERIFIED else "warning")
    return done(_place_of(call_id, task_id))


@bp.post("/calls/<int:call_id>/finish")
@rep_work
def finish(call_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    note = fields.text("note", longest=LONGEST_NOTE, has_lines=True)
    if fields.errors:
        return _page(call_id, errors=fields.errors, status=422)
    with transaction() as session:
        account_id = receiving_calls.finish(
            session, call_id=call_id, note=note, rep_id=current_person().id, now=utc_now()
        )
    log.info("call_logged", call_id=call_id, actor_id=current_person().id)
    flash("Logged. The conversation counts from today.", "success")
    return done(url_for("accounts.show", account_id=account_id))


@bp.post("/accounts/<int:account_id>/reveal")
@rep_work
def reveal(account_id: int) -> ResponseReturnValue:
    """Show what is hidden before the person is identified; it is kept who did so, and why."""
    fields = Fields(request.form)
    reason = fields.text("reveal_reason", longest=LONGEST_REASON)
    back_to = local_path(request.form.get("back_to"), url_for("accounts.show", account_id=account_id))
    if fields.errors:
        flash("Say why the details are needed now.", "error")
        return done(back_to)
    with transaction() as session:
        call_steps.reveal(
            session, account_id=account_id, reason=reason, reader_id=current_person().id, now=utc_now()
        )
    log.info("details_revealed", account_id=account_id, actor_id=current_person().id)
    return done(back_to)


def _keep(call_id: int) -> int | None:
    """Keep what is typed on the page around the call; return its task."""
    with reading() as session:
        task_id = call_of(session, call_id=call_id, rep_id=current_person().id).task_id
    if task_id is not None:
        tasks.keep_draft(task_id)
    return task_id


def _place_of(call_id: int, task_id: int | None) -> str:
    if task_id is None:
        return url_for("calls.show", call_id=call_id)
    return url_for("tasks.show", task_id=task_id, _anchor="calls")


def _again(call_id: int, task_id: int | None, errors: dict[str, str]) -> ResponseReturnValue:
    if task_id is None:
        return _page(call_id, errors=errors, status=422)
    with reading() as session:
        screen = tasks.screen_of(session, task_id)
    return tasks.page(screen, values=screen.card.draft, errors=errors, status=422)


def _page(call_id: int, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    """Render a call that has no task."""
    person_id = current_person().id
    with reading() as session:
        call = call_of(session, call_id=call_id, rep_id=person_id)
        in_hand = call_in_hand(session, call)
        account = account_view(session, account_id=call.account_id, now=utc_now())
        is_masked = call_steps.is_masked(
            session, account_id=call.account_id, reader_id=person_id, now=utc_now()
        )
    return render_template(
        "calls/show.html",
        **account_context(account),
        call=in_hand,
        zone=account.reach.zones[0] if account.reach and account.reach.zones else OFFICE_ZONE,
        is_masked=is_masked,
        is_logged=call.state is CallState.LOGGED,
        values=request.form,
        errors=errors or {},
    ), status
