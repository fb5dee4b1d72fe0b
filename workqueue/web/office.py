"""The office's profile: how it introduces itself, and in whose name it collects."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.channels import CollectsAs
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.services import office_profile
from workqueue.web import filters
from workqueue.web.contact_rule_form import ROLE_WORDS
from workqueue.web.forms import Fields
from workqueue.web.guards import admin_only, current_person, roles
from workqueue.web.render import done

bp = Blueprint("office", __name__, url_prefix="/office")


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    with reading() as session:
        profile = office_profile.profile(session)
    values: dict[str, Any] = {}
    if profile is not None:
        values = asdict(profile) | {
            "callback_number": filters.phone(profile.callback_e164),
            "mail_domains": ", ".join(profile.mail_domains),
        }
    return _page(values, {})


@bp.post("")
@admin_only
def change() -> ResponseReturnValue:
    fields = Fields(request.form)
    name = fields.text("name", longest=120)
    neutral_name = fields.text("neutral_name", longest=120)
    number = fields.text("callback_number", longest=40)
    hours = fields.text("hours", longest=200)
    hours_es = fields.text("hours_es", longest=200, is_required=False)
    domains = fields.text("mail_domains", longest=300, is_required=False)
    collects_as = fields.choice("collects_as", CollectsAs)
    if fields.errors or collects_as is None:
        return _page(request.form, fields.errors, 422)
    try:
        with transaction() as session:
            office_profile.change(
                session,
                name=name,
                neutral_name=neutral_name,
                callback_number=number,
                hours=hours,
                hours_es=hours_es,
                collects_as=collects_as,
                records_calls=fields.is_on("records_calls"),
                mail_domains=domains.replace(",", " ").split(),
            )
    except Invalid as refusal:
        return _page(request.form, {refusal.field or "name": refusal.sentence}, 422)
    log.info("office_changed", actor_id=current_person().id)
    flash("Changed. It holds from the next call on.", "success")
    return done(url_for("office.show"))


def _page(values: Any, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "office/show.html",
        values=values,
        errors=errors,
        role_options=[{"value": role.value, "label": words} for role, words in ROLE_WORDS.items()],
        may_change=current_person().role is Role.ADMIN,
    )
    return page, status
