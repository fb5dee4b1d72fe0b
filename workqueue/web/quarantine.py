"""What was set aside: why, where, and what a lead decides about it."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import READERS, Role
from workqueue.services.intake import quarantine
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, roles, utc_now
from workqueue.web.render import done

bp = Blueprint("quarantine", __name__, url_prefix="/quarantine")

PAGE = 50
LONGEST_REASON = 500


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    fields = Fields(request.args)
    before_id = fields.row_id("before", is_required=False)
    fields.check()
    is_open = request.args.get("state") != "decided"
    with reading() as session:
        found = quarantine.listed(session, is_open=is_open, before_id=before_id, limit=PAGE + 1)
        open_count = quarantine.count_open(session)
    shown = found[:PAGE]
    state = None if is_open else "decided"
    return render_template(
        "quarantine/show.html",
        items=shown,
        is_open=is_open,
        open_count=open_count,
        is_first_page=before_id is None,
        next_url=url_for("quarantine.show", before=shown[-1].id, state=state) if len(found) > PAGE else None,
    )


@bp.get("/<int:item_id>")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show_one(item_id: int) -> ResponseReturnValue:
    return _page(item_id, {}, "")


@bp.post("/<int:item_id>/release")
@lead_only
def release(item_id: int) -> ResponseReturnValue:
    """Take it in although it is not sound."""
    return _decide(item_id, is_release=True)


@bp.post("/<int:item_id>/dismiss")
@lead_only
def dismiss(item_id: int) -> ResponseReturnValue:
    """Leave it out for good."""
    return _decide(item_id, is_release=False)


def _decide(item_id: int, *, is_release: bool) -> ResponseReturnValue:
    fields = Fields(request.form)
    reason = fields.text("reason", longest=LONGEST_REASON, has_lines=True)
    if fields.errors:
        return _page(item_id, fields.errors, reason), 422
    decide = quarantine.release if is_release else quarantine.dismiss
    try:
        with transaction() as session:
            decide(session, item_id, reason=reason, now=utc_now(), actor_id=current_person().id)
    except Invalid as refusal:
        return _page(item_id, {refusal.field or "reason": refusal.sentence}, reason), 422
    flash("Released. What it says is being posted." if is_release else "Dismissed.", "success")
    return done(url_for("quarantine.show"))


def _page(item_id: int, errors: dict[str, str], reason: str) -> str:
    role = current_person().role
    sees_patients = role in READERS
    with reading() as session:
        item = quarantine.find(session, item_id)
        places = quarantine.surroundings(session, item, sees_patients=sees_patients)
    return render_template(
        "quarantine/one.html",
        item=item,
        places=places,
        sees_patients=sees_patients,
        may_decide=item.is_open and role is Role.LEAD,
        errors=errors,
        reason=reason,
    )
