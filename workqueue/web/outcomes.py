"""Logging a task: an outcome, a deferral or a colleague's name, and then the next one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.models.people import AfterLogging
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.dispositions import dispositions_for
from workqueue.rules.entries import InvalidEntry, OutcomeEntry
from workqueue.services import contacting, outcomes, taking
from workqueue.services.booking.seats import SlotGone
from workqueue.services.leasing import LeaseLost
from workqueue.services.reading import news
from workqueue.services.reading.task import colleagues
from workqueue.web import entry_form
from workqueue.web.guards import current_person, rep_work, utc_now
from workqueue.web.render import done
from workqueue.web.tasks import keep_draft, lease_seconds, lease_token, page, screen_of

bp = Blueprint("outcomes", __name__, url_prefix="/tasks")


@bp.post("/<int:task_id>/outcome")
@rep_work
def log_outcome(task_id: int) -> ResponseReturnValue:
    with reading() as session:
        kind, person_id = news.kind_and_person(session, task_id=task_id)
        zones = contacting.zones_of_patient(session, person_id)
    offered = dispositions_for(kind)
    entry, errors = entry_form.read_outcome(request.form, offered, zone=zones[0] if zones else OFFICE_ZONE)
    return _log(task_id, entry, errors, part="")


@bp.post("/<int:task_id>/defer")
@rep_work
def defer(task_id: int) -> ResponseReturnValue:
    entry, errors = entry_form.read_deferral(request.form, office_day(utc_now()))
    return _log(task_id, entry, errors, part="defer")


@bp.post("/<int:task_id>/pass")
@rep_work
def hand_on(task_id: int) -> ResponseReturnValue:
    entry, errors = entry_form.read_passing(request.form)
    return _log(task_id, entry, errors, part="pass")


def _log(task_id: int, entry: OutcomeEntry, errors: dict[str, str], *, part: str) -> ResponseReturnValue:
    if errors:
        return _again(task_id, errors, part)
    try:
        with transaction() as session:
            logged = outcomes.log_outcome(
                session,
                task_id=task_id,
                lease_token=lease_token(),
                entry=entry,
                rep_id=current_person().id,
                now=utc_now(),
            )
    except InvalidEntry as refusal:
        return _again(task_id, refusal.fields, part, entry.disposition)
    except SlotGone as refusal:
        errors = {"callback_at": refusal.sentence}
        return _again(task_id, errors, part, entry.disposition, nearest=refusal.nearest, status=409)
    except LeaseLost as refusal:
        return _too_late(task_id, refusal, request.form)
    log.info("outcome_logged", task_id=task_id, outcome_id=logged.outcome_id, actor_id=current_person().id)
    flash(logged.sentence, "success")
    return _go_on(task_id)


def _go_on(task_id: int) -> ResponseReturnValue:
    """Go where the pressed button says; asked twice, the second answer leads to the same next task."""
    then = request.form.get("then") or current_person().after_logging.value
    if then == AfterLogging.STAY:
        return done(url_for("tasks.show", task_id=task_id))
    if then == AfterLogging.LIST:
        return done(url_for("work.show"))
    with transaction() as session:
        leased = taking.take_next(
            session, rep_id=current_person().id, now=utc_now(), lease_seconds=lease_seconds()
        )
    if leased is None:
        return done(url_for("work.show"))
    return done(url_for("tasks.show", task_id=leased.task_id))


def _again(
    task_id: int,
    errors: Mapping[str, str],
    part: str,
    disposition: str = "",
    *,
    nearest: Sequence[datetime] | None = None,
    status: int = 422,
) -> ResponseReturnValue:
    """Show the form again with what was typed, and beside each field what is wrong with it."""
    # What cannot be logged is kept all the same: the tab may be closed on it.
    keep_draft(task_id)
    with reading() as session:
        screen = screen_of(session, task_id)
    if not screen.card.is_mine:
        return _too_late(task_id, LeaseLost(), request.form)
    shown = dict(errors)
    if disposition:
        shown = entry_form.errors_by_input(errors, disposition, screen.card.dispositions)
    return page(screen, values=request.form, errors=shown, open_part=part, nearest=nearest, status=status)


def _too_late(task_id: int, refusal: LeaseLost, form: Mapping[str, Any]) -> ResponseReturnValue:
    """Give back every word of an entry that came after the lease had ended, and keep it as a draft."""
    keep_draft(task_id)
    log.info("outcome_too_late", task_id=task_id, actor_id=current_person().id)
    with reading() as session:
        screen = screen_of(session, task_id)
        can_pass_to = colleagues(session, task_id=task_id, rep_id=0, now=utc_now())
        names = {str(each.user_id): each.name for each in can_pass_to}
    typed = entry_form.typed(form)
    page_of_refusal = render_template(
        "tasks/too_late.html",
        card=screen.card,
        sentence=refusal.sentence,
        account=screen.account,
        typed=entry_form.in_words(typed, screen.card.dispositions, names),
    )
    return page_of_refusal, 409
