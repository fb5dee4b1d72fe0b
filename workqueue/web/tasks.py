"""The work screen: one task with all a rep needs to know, call, and log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.disposition_fields import CHOICES, CLOCKS, DAYS
from workqueue.rules.dispositions import offered_first
from workqueue.rules.plans import CREDITOR_NOTICE, most_instalments
from workqueue.rules.words import WEEKDAYS
from workqueue.services import call_steps, calling, drafts, leasing, taking
from workqueue.services.calling import CallNotAllowed, LogTheCallFirst
from workqueue.services.leasing import LeaseLost
from workqueue.services.reading import free_times, news
from workqueue.services.reading.account import AccountView, account_version, account_view
from workqueue.services.reading.task import Colleague, TaskCard, colleagues, task_card
from workqueue.web import entry_form, entry_inputs
from workqueue.web.account_page import account_context
from workqueue.web.filters import time as clock_time
from workqueue.web.forms import Fields
from workqueue.web.guards import background, current_person, reads_accounts, rep_work, utc_now
from workqueue.web.render import done, is_fragment_wanted, is_htmx, partial

bp = Blueprint("tasks", __name__, url_prefix="/tasks")

BEAT_SECONDS = 20
LEFT_SECONDS = 300
"""A page that was left may be a reload or a look at another account: the lease is only shortened."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the work screen shows."""

    card: TaskCard
    account: AccountView
    colleagues: tuple[Colleague, ...]
    zone: str
    """Where the patient is, for times on the form."""
    is_masked: bool
    """The rep is on the line with somebody who is not identified yet."""


@bp.get("/<int:task_id>")
@reads_accounts
def show(task_id: int) -> ResponseReturnValue:
    with reading() as session:
        screen = screen_of(session, task_id)
    return page(screen, values=screen.card.draft)


@bp.post("/<int:task_id>/take")
@rep_work
def take(task_id: int) -> ResponseReturnValue:
    with transaction() as session:
        taking.take(
            session,
            task_id=task_id,
            rep_id=current_person().id,
            now=utc_now(),
            lease_seconds=lease_seconds(),
        )
    log.info("task_taken", task_id=task_id, actor_id=current_person().id)
    return done(url_for("tasks.show", task_id=task_id))


@bp.post("/<int:task_id>/call")
@rep_work
def call(task_id: int) -> ResponseReturnValue:
    """Place a call if it is allowed at this moment; what was typed around it is kept either way."""
    keep_draft(task_id)
    phone_id = Fields(request.form).row_id("dial_phone_id", is_required=False)
    try:
        with transaction() as session:
            calling.place_call(
                session,
                task_id=task_id,
                lease_token=lease_token(),
                phone_id=phone_id,
                rep_id=current_person().id,
                now=utc_now(),
            )
    except (CallNotAllowed, LogTheCallFirst) as refusal:
        return _with_calls(task_id, refusal.sentence, 409)
    log.info("call_placed", task_id=task_id, actor_id=current_person().id)
    if is_htmx():
        # From the dial on the whole page hides what is not to be said yet; a call to a payer hides nothing.
        is_to_payer = phone_id is None and is_fragment_wanted()
        return _with_calls(task_id, "", 200) if is_to_payer else done(url_for("tasks.show", task_id=task_id))
    return done(url_for("tasks.show", task_id=task_id, _anchor="calls"))


@bp.post("/<int:task_id>/release")
@rep_work
def release(task_id: int) -> ResponseReturnValue:
    with transaction() as session:
        call_steps.check_logged(session, task_id=task_id, rep_id=current_person().id)
        leasing.release(session, task_id, lease_token(), rep_id=current_person().id, now=utc_now())
    flash("Given back. It is in the queue again.", "success")
    return done(url_for("work.show"))


@bp.post("/<int:task_id>/draft")
@rep_work
def draft(task_id: int) -> ResponseReturnValue:
    """Keep what is typed; with `then=show` load the page again with it."""
    keep_draft(task_id)
    if request.form.get("then") == "show":
        return done(url_for("tasks.show", task_id=task_id))
    return "", 204


@bp.post("/<int:task_id>/heartbeat")
@rep_work
@background
def heartbeat(task_id: int) -> ResponseReturnValue:
    with transaction() as session:
        until = leasing.heartbeat(
            session, task_id, lease_token(), rep_id=current_person().id, lease_seconds=lease_seconds()
        )
    return Response(clock_time(until, OFFICE_ZONE), mimetype="text/plain")


@bp.post("/<int:task_id>/leave")
@rep_work
@background
def leave(task_id: int) -> ResponseReturnValue:
    seconds = min(LEFT_SECONDS, lease_seconds())
    try:
        with transaction() as session:
            leasing.heartbeat(
                session, task_id, lease_token(), rep_id=current_person().id, lease_seconds=seconds
            )
    except LeaseLost:
        log.debug("left_without_lease", task_id=task_id)
    return "", 204


@bp.get("/<int:task_id>/changes")
@reads_accounts
@background
def changes(task_id: int) -> ResponseReturnValue:
    """Say what arrived since the page was made; asked every two seconds, and mostly answered with 304."""
    since = request.args.get("since", "")
    with reading() as session:
        account_id = news.account_of(session, task_id=task_id)
        version = account_version(session, account_id=account_id)
        if version == since or request.if_none_match.contains(version):
            response = Response(status=304)
        else:
            lines = news.since(session, account_id=account_id, version=since, reader_id=current_person().id)
            response = partial("tasks/_changes.html", news=lines, task_id=task_id)
    response.set_etag(version)
    return response


def lease_seconds() -> int:
    return int(current_app.extensions["workqueue.config"].lease.total_seconds())


def lease_token() -> int:
    """The lease the form was made under; a form without one proves nothing."""
    token = Fields(request.form).row_id("lease_token", is_required=False)
    if token is None:
        raise LeaseLost
    return token


def keep_draft(task_id: int) -> None:
    """Lay what was sent over what was kept before: the page has several forms, each sends its own part."""
    person_id = current_person().id
    with transaction() as session:
        kept = drafts.load(session, user_id=person_id, task_id=task_id)
        sent = entry_form.typed(request.form)
        emptied = {name for name in request.form if name not in sent}
        fields = {name: value for name, value in kept.items() if name not in emptied} | sent
        drafts.save(session, user_id=person_id, task_id=task_id, fields=fields, now=utc_now())


def screen_of(session: Session, task_id: int) -> Screen:
    person, now = current_person(), utc_now()
    card = task_card(session, task_id=task_id, rep_id=person.id, now=now)
    account = account_view(session, account_id=card.account_id, now=now)
    zones = account.reach.zones if account.reach else ()
    can_pass_to = colleagues(session, task_id=task_id, rep_id=person.id, now=now) if card.is_mine else ()
    is_masked = call_steps.is_masked(session, account_id=account.id, reader_id=person.id, now=now)
    return Screen(card, account, can_pass_to, zones[0] if zones else OFFICE_ZONE, is_masked)


def page(
    screen: Screen,
    *,
    values: Any,
    errors: dict[str, str] | None = None,
    open_part: str = "",
    call_refusal: str = "",
    nearest: Sequence[datetime] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Render the work screen; `values` stand in the form, `open_part` names the folded form they are of.

    `nearest`: the free times around one that is taken.
    """
    return render_template(
        "tasks/show.html",
        **_context(screen, call_refusal),
        values=values,
        errors=errors or {},
        open_part=open_part,
        free_times=None if nearest is None else free_times.told(nearest, screen.zone),
    ), status


def _with_calls(task_id: int, refusal: str, status: int) -> ResponseReturnValue:
    """Show the numbers and what may be done with each: alone for htmx, else with the whole page."""
    with reading() as session:
        screen = screen_of(session, task_id)
    if is_fragment_wanted():
        return partial("tasks/_calls.html", status, **_context(screen, refusal))
    return page(screen, values=screen.card.draft, call_refusal=refusal, status=status)


def _context(screen: Screen, call_refusal: str) -> dict[str, Any]:
    return {
        **account_context(screen.account),
        "card": screen.card,
        "this_task_id": screen.card.id,
        "colleagues": screen.colleagues,
        "zone": screen.zone,
        "is_masked": screen.is_masked,
        "inputs": entry_inputs.inputs_for(screen.card.dispositions),
        "offered": offered_first(screen.card.kind),
        "more": entry_inputs.grouped(screen.card.dispositions[len(offered_first(screen.card.kind)) :]),
        "choices": CHOICES,
        "weekdays": WEEKDAYS,
        "day_fields": DAYS,
        "clock_fields": CLOCKS,
        "callback_parts": entry_inputs.callback_parts,
        "most_instalments": most_instalments(screen.account.patient_cents),
        "creditor_notice": CREDITOR_NOTICE,
        "presets": entry_form.presets(office_day(utc_now())),
        "call_refusal": call_refusal,
        "beat_seconds": BEAT_SECONDS,
        "after_logging": current_person().after_logging.value,
    }
