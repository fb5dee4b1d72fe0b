"""The scorecard: what work is judged by, its versions, and a new one."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.roles import Role
from workqueue.services import quality_cards
from workqueue.services.quality_cards import BadCard, CardChanged
from workqueue.services.reading.quality_cards import card_versions
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, roles, utc_now
from workqueue.web.quality_form import SCALES, by_row, card_rows, read_card, typed_rows
from workqueue.web.render import done

bp = Blueprint("quality_cards", __name__, url_prefix="/quality/cards")

readers = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
editors = roles(Role.LEAD, Role.ADMIN)


@bp.get("")
@readers
def show() -> ResponseReturnValue:
    with reading() as session:
        versions = card_versions(session)
    role = current_person().role
    return render_template(
        "quality/cards.html",
        versions=versions,
        may_change=role in {Role.LEAD, Role.ADMIN},
        sees_work=role is not Role.ADMIN,
    )


@bp.get("/add")
@editors
def add_form() -> ResponseReturnValue:
    with reading() as session:
        newest = quality_cards.in_use(session)
    values = {"critical_cap": newest.card.critical_cap_bp // 100, "after_version": newest.version}
    return _form(card_rows(newest.card), values, {})


@bp.post("/add")
@editors
def add() -> ResponseReturnValue:
    """Publish a version; the one before stays with the reviews that were begun on it."""
    card, note, fields = read_card(request.form)
    after_version = Fields(request.form).whole_number("after_version", least=0, most=10**6) or 0
    rows, values = typed_rows(request.form), request.form.to_dict()
    if fields.errors:
        return _form(rows, values, fields.errors, 422)
    try:
        with transaction() as session:
            version = quality_cards.publish(
                session,
                card,
                after_version=after_version,
                note=note,
                actor_id=current_person().id,
                now=utc_now(),
            )
    except BadCard as refusal:
        return _form(rows, values, by_row(refusal.errors, request.form), 422)
    except CardChanged as refusal:
        return _form(rows, values, {"criteria": refusal.sentence}, 409)
    log.info("scorecard_published", version=version, actor_id=current_person().id)
    flash(f"Version {version} is published. Reviews begun from now on go by it.", "success")
    return done(url_for("quality_cards.show"))


def _form(
    rows: list[dict[str, Any]], values: dict[str, Any], errors: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "quality/card_form.html", rows=rows, values=values, errors=errors, scales=SCALES
    ), status
