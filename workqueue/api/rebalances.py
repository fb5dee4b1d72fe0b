"""Rebalances for programs: propose how a team's work is shared out, look at it, apply it, undo it."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast

from flask import Response
from sqlalchemy.orm import Session

from workqueue.api import bp, paging
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.extensions import db
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.services import rebalancing
from workqueue.services.reading import rebalances
from workqueue.web.guards import current_person, utc_now
from workqueue.web.rebalancing import LONGEST_REASON, check_own_team


@bp.post("/rebalances")
@api_roles(Role.LEAD)
@idempotent
def propose_rebalance(session: Session) -> Reply:
    """Propose how the lead's team could share its work out until the end of a day; today if none is sent."""
    fields, now, person = json_fields(), utc_now(), current_person()
    today = office_day(now)
    until_on = fields.day("until_on", first=today, is_required=False) or today
    reason = fields.text("reason", longest=LONGEST_REASON)
    fields.check()
    if person.team_id is None:
        raise Invalid("You lead no team.", field="until_on")
    rebalance_id = rebalancing.draft(
        session,
        team_id=person.team_id,
        until=office_midnight(until_on + timedelta(days=1)),
        with_open_deadlines=fields.is_on("with_open_deadlines"),
        reason=reason,
        made_by_id=person.id,
        now=now,
    )
    return {"rebalance": _shown(session, rebalance_id)}, 201


@bp.get("/rebalances/<int:rebalance_id>")
@api_roles(Role.LEAD, Role.AUDITOR)
def show_rebalance(rebalance_id: int) -> Response:
    """Show a rebalance with a page of its moves."""
    session, after = db.session(), cast("tuple[int] | None", paging.after(int))
    shown = _shown(session, rebalance_id)
    moves, next_id = rebalances.moves(
        session, rebalance_id, now=utc_now(), after_id=after[0] if after else 0, limit=paging.page_size()
    )
    items = [asdict(move) for move in moves]
    return answer({"rebalance": shown} | paging.page(items, paging.cursor(next_id) if next_id else None))


@bp.post("/rebalances/<int:rebalance_id>/apply")
@api_roles(Role.LEAD)
@idempotent
def apply_rebalance(session: Session, rebalance_id: int) -> Reply:
    """Do all of it; what has changed since stays where it is."""
    check_own_team(rebalances.team_of(session, rebalance_id))
    done = rebalancing.apply(session, rebalance_id, actor_id=current_person().id, now=utc_now())
    return asdict(done), 200


@bp.post("/rebalances/<int:rebalance_id>/undo")
@api_roles(Role.LEAD)
@idempotent
def undo_rebalance(session: Session, rebalance_id: int) -> Reply:
    """Give back what is still where it was put."""
    check_own_team(rebalances.team_of(session, rebalance_id))
    done = rebalancing.undo(session, rebalance_id, actor_id=current_person().id, now=utc_now())
    return asdict(done), 200


def _shown(session: Session, rebalance_id: int) -> dict[str, Any]:
    return asdict(rebalances.shown(session, rebalance_id))
