"""How the team that calls patients gives out its time: shown to overseers, changed by leads and admins."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.roles import READERS, Role
from workqueue.rules.slots import LIMITS, STEPS, SlotRules, objections
from workqueue.services import booking_rules
from workqueue.services.booking_rules import RulesChanged
from workqueue.services.reading.booking_capacity import booking_capacity
from workqueue.web.filters import iso
from workqueue.web.forms import LARGEST_ID, Fields
from workqueue.web.guards import current_person, roles, utc_now
from workqueue.web.render import done

bp = Blueprint("booking_rules", __name__, url_prefix="/booking-rules")

MAY_CHANGE = frozenset({Role.LEAD, Role.ADMIN})


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    return _page()


@bp.post("")
@roles(*MAY_CHANGE)
def change() -> ResponseReturnValue:
    fields = Fields(request.form)
    seen_at = fields.moment("seen_at", is_required=False)
    fields.check()
    rules = _typed(fields)
    errors = objections(rules) | fields.errors
    if errors:
        # The form still stems from the rules it was opened with, whoever has set others since.
        return _page(request.form, errors, seen_at=request.form.get("seen_at", ""), status=422)
    try:
        with transaction() as session:
            booking_rules.change(session, rules, seen_at=seen_at, actor_id=current_person().id, now=utc_now())
    except RulesChanged as refusal:
        return _page(request.form, changed=refusal.sentence, status=409)
    log.info("booking_rules_changed", actor_id=current_person().id)
    flash("Changed. It holds for every time that is offered from now on.", "success")
    return done(url_for("booking_rules.show"))


def _typed(fields: Fields) -> SlotRules:
    """Read the rules typed; a field without a number, which `fields` then names, has the default."""
    names = (*LIMITS, "step_minutes")
    numbers = {name: fields.whole_number(name, least=-LARGEST_ID, most=LARGEST_ID) for name in names}
    return SlotRules(
        **{name: number for name, number in numbers.items() if number is not None},
        allows_same_day=fields.is_on("allows_same_day"),
        has_waiting_list=fields.is_on("has_waiting_list"),
    )


def _page(
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    seen_at: str | None = None,
    changed: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Render the rules; `values` are those of a form that comes back.

    `seen_at`: since when those hold that it was made from; None for those in force.
    """
    with reading() as session:
        found = booking_rules.in_force(session)
        days = booking_capacity(session, found.rules, now=utc_now())
    return render_template(
        "booking_rules/show.html",
        found=found,
        rules=found.rules,
        seen_at=iso(found.changed_at) if seen_at is None else seen_at,
        values=asdict(found.rules) if values is None else values,
        days=days,
        limits=LIMITS,
        steps=[(each, f"{each} minutes") for each in STEPS],
        errors=errors or {},
        changed=changed,
        sees_patients=current_person().role in READERS,
        may_change=current_person().role in MAY_CHANGE,
    ), status
