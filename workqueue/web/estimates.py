"""Chances and minutes: what the queue goes by, the default beside what the office's own outcomes say."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from workqueue.database import reading
from workqueue.rules.estimates import (
    DEFAULT_WEIGHT,
    LEAST_HANDLE_SECONDS,
    LOOK_BACK_DAYS,
    SETTLED_WITHIN_DAYS,
)
from workqueue.rules.roles import READERS, Role
from workqueue.services.reading.estimates import all_cells
from workqueue.web.guards import current_person, roles, utc_now

bp = Blueprint("estimates", __name__, url_prefix="/chances")


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    with reading() as session:
        found = all_cells(session)
    return render_template(
        "estimates/show.html",
        found=found,
        own_count=sum(each.p_now_bp is not None or each.minutes is not None for each in found.cells),
        default_weight=DEFAULT_WEIGHT,
        within_days=SETTLED_WITHIN_DAYS,
        look_back_days=LOOK_BACK_DAYS,
        least_seconds=LEAST_HANDLE_SECONDS,
        now=utc_now(),
        sees_queue_rules=current_person().role in READERS,
    )
