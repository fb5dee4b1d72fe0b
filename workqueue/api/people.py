"""Absences for programs: a workforce system tells who is away, and who is back."""

from typing import cast

from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.rules.roles import Role
from workqueue.rules.shifts import AbsenceKind
from workqueue.services import staffing
from workqueue.web.guards import current_person, utc_now


@bp.post("/people/<int:user_id>/absences")
@api_roles(Role.LEAD, Role.ADMIN)
@idempotent
def add_absence(session: Session, user_id: int) -> Reply:
    """Write an absence down; without a beginning it begins now."""
    fields, now = json_fields(), utc_now()
    kind = fields.choice("kind", AbsenceKind)
    starts_at = fields.moment("starts_at", is_required=False) or now
    ends_at = fields.moment("ends_at")
    fields.check()
    _check(session, user_id)
    absence_id = staffing.add_absence(
        session,
        user_id,
        cast("AbsenceKind", kind),
        starts_at=starts_at,
        ends_at=ends_at or now,
        actor_id=current_person().id,
        now=now,
    )
    return {"absence_id": absence_id}, 201


@bp.post("/absences/<int:absence_id>/end")
@api_roles(Role.LEAD, Role.ADMIN)
@idempotent
def end_absence(session: Session, absence_id: int) -> Reply:
    """Let an absence end at another moment, now when none is sent; one that has not begun is called off."""
    fields, now = json_fields(), utc_now()
    ends_at = fields.moment("ends_at", is_required=False) or now
    fields.check()
    absence = staffing.absence(session, absence_id)
    _check(session, absence.user_id)
    staffing.end_absence(session, absence_id, ends_at=ends_at, now=now)
    return {"absence_id": absence_id, "is_called_off": absence.cancelled_at is not None}, 200


def _check(session: Session, user_id: int) -> None:
    person = current_person()
    staffing.check_keeper(session, user_id, role=person.role, team_id=person.team_id)
