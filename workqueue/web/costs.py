"""What collecting costs: an admin enters it month by month, and nothing that was entered is lost."""

import re
from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import office_day
from workqueue.rules.costs import CATEGORIES, CostCategory
from workqueue.rules.roles import Role
from workqueue.services import costs
from workqueue.web.forms import Fields
from workqueue.web.guards import admin_only, current_person, roles, utc_now
from workqueue.web.render import done

bp = Blueprint("costs", __name__, url_prefix="/costs")

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    return _page({"month": f"{office_day(utc_now()):%Y-%m}"}, {})


@bp.post("")
@admin_only
def enter() -> ResponseReturnValue:
    fields = Fields(request.form)
    month = fields.text("month", longest=7)
    if month and not _MONTH.fullmatch(month):
        fields.refuse("month", "Enter a month, for example 2026-03.")
    category = fields.choice("category", CostCategory)
    cents = fields.money_cents("amount_cents", least=0)
    note = fields.text("note", longest=200, is_required=False)
    if fields.errors or category is None or cents is None:
        return _page(request.form, fields.errors, 422)
    with transaction() as session:
        cost_id = costs.enter(
            session,
            month_on=date.fromisoformat(f"{month}-01"),
            category=category,
            amount_cents=cents,
            note=note,
            actor_id=current_person().id,
            now=utc_now(),
        )
    log.info("cost_entered", cost_id=cost_id, actor_id=current_person().id)
    flash("Entered. It counts from now on.", "success")
    return done(url_for("costs.show"))


def _page(values: Any, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        listed = costs.listed(session)
    return render_template(
        "costs/show.html",
        costs=listed,
        values=values,
        errors=errors,
        categories=list(CATEGORIES.items()),
        may_enter=current_person().role is Role.ADMIN,
    ), status
