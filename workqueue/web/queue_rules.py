"""The rules of the queue: change them, see what it would do, publish them, go back."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.queue_rules import LIMITS
from workqueue.rules.roles import Role
from workqueue.rules.trials import (
    AT_RISK_DAYS,
    HORIZON_DAYS,
    MOST_REPLAY_DAYS,
    MOVEMENT_WORDS,
    SAMPLES,
    WEEK_DAYS,
)
from workqueue.services import publishing, queue_rules, trials
from workqueue.services.reading import queue_rules as reading_rules
from workqueue.web import queue_rule_form
from workqueue.web.forms import Fields
from workqueue.web.guards import background, current_person, lead_only, lead_or_auditor, utc_now
from workqueue.web.render import done, partial

bp = Blueprint("queue_rules", __name__, url_prefix="/queue-rules")


@bp.get("")
@lead_or_auditor
def show() -> ResponseReturnValue:
    with reading() as session:
        book = reading_rules.book(session)
    return render_template("queue_rules/show.html", book=book, may_change=_may_change())


@bp.get("/new")
@lead_only
def new_form() -> ResponseReturnValue:
    """Begin with the rules in force, or with those of a version."""
    base_id = Fields(request.args).row_id("from", is_required=False)
    with reading() as session:
        base_id = base_id or queue_rules.in_force(session).version_id
        rules = queue_rules.rules_of_version(session, base_id)
    return _form(base_id, queue_rule_form.filled(rules), {})


@bp.post("/new")
@lead_only
def new() -> ResponseReturnValue:
    """Keep the rules typed as a version, and try it on today's data."""
    fields = Fields(request.form)
    base_id = fields.row_id("from")
    fields.check()
    with reading() as session:
        base = queue_rules.rules_of_version(session, base_id or 0)
    rules, label, note, errors = queue_rule_form.read(request.form, base)
    typed = queue_rule_form.typed(request.form)
    if errors:
        return _form(base_id or 0, typed, errors, 422)
    actor_id, now = current_person().id, utc_now()
    with transaction() as session:
        version_id = queue_rules.add_version(
            session, rules, label=label, note=note, made_from_id=base_id or 0, actor_id=actor_id, now=now
        )
        trials.ask(session, version_id, actor_id=actor_id, now=now)
    log.info("queue_rules_made", version_id=version_id, actor_id=actor_id)
    return done(url_for("queue_rules.version", version_id=version_id))


@bp.get("/<int:version_id>")
@lead_or_auditor
def version(version_id: int) -> ResponseReturnValue:
    return _version(version_id, {})


@bp.post("/<int:version_id>/trials")
@lead_only
def ask_trial(version_id: int) -> ResponseReturnValue:
    """Try a version on today's data, or on the last days where the form names them."""
    fields = Fields(request.form)
    days = fields.whole_number("days", least=1, most=MOST_REPLAY_DAYS, is_required=False)
    if fields.errors:
        return _version(version_id, fields.errors, 422)
    with transaction() as session:
        trial_id = trials.ask(session, version_id, actor_id=current_person().id, now=utc_now(), days=days)
    log.info("queue_rules_tried", version_id=version_id, trial_id=trial_id, actor_id=current_person().id)
    anchor = "replay" if days else "trial"
    return done(url_for("queue_rules.version", version_id=version_id, _anchor=anchor))


@bp.get("/trials/<int:trial_id>")
@lead_or_auditor
@background
def trial(trial_id: int) -> ResponseReturnValue:
    """Say how far a trial is, and then what it found; asked every second, and often answered with 304."""
    with reading() as session:
        page = reading_rules.trial_page(session, trial_id)
    if request.if_none_match.contains(page.version):
        response = Response(status=304)
    else:
        response = partial("queue_rules/_trial.html", trial=page, is_awaited=True, **_words())
    response.set_etag(page.version)
    return response


@bp.post("/<int:version_id>/shadow")
@lead_only
def shadow(version_id: int) -> ResponseReturnValue:
    is_shadow = Fields(request.form).is_on("is_shadow")
    with transaction() as session:
        trials.set_shadow(session, version_id, is_shadow=is_shadow)
    log.info("queue_rules_shadow", version_id=version_id, is_shadow=is_shadow, actor_id=current_person().id)
    flash(
        "Each night it is tried beside the rules in force." if is_shadow else "It is no longer tried.",
        "success",
    )
    return done(url_for("queue_rules.version", version_id=version_id, _anchor="shadow"))


@bp.post("/<int:version_id>/publish")
@lead_only
def publish(version_id: int) -> ResponseReturnValue:
    """Ask for a version to be put in force; the queue follows within the time of a rebuild."""
    with transaction() as session:
        publication_id = publishing.ask(session, version_id, actor_id=current_person().id, now=utc_now())
    log.info("queue_rules_published", publication_id=publication_id, actor_id=current_person().id)
    flash(f"Version {version_id} is being put in force: the queue is derived anew.", "success")
    return done(url_for("queue_rules.show"))


def _may_change() -> bool:
    return current_person().role is Role.LEAD


def _version(version_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        page = reading_rules.version_page(session, version_id)
    html = render_template(
        "queue_rules/version.html",
        page=page,
        errors=errors,
        values=request.form,
        may_change=_may_change(),
        most_days=MOST_REPLAY_DAYS,
        **_words(),
    )
    return html, status


def _words() -> dict[str, Any]:
    return {
        "movement_words": MOVEMENT_WORDS,
        "week_days": WEEK_DAYS,
        "horizon_days": HORIZON_DAYS,
        "at_risk_days": AT_RISK_DAYS,
        "most_samples": SAMPLES,
    }


def _form(
    base_id: int, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "queue_rules/form.html",
        base_id=base_id,
        values=values,
        errors=errors,
        limits=LIMITS,
        kinds=queue_rule_form.KIND_FIELDS,
        skills=queue_rule_form.SKILL_OPTIONS,
        tiers=queue_rule_form.TIER_OPTIONS,
    )
    return page, status
