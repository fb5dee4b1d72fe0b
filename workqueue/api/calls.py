"""Call events: a telephone system reports what happens to a call."""

from typing import cast

from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.rules.call_states import CallEventKind
from workqueue.rules.roles import Role
from workqueue.services import call_steps
from workqueue.web.guards import utc_now

LONGEST_KEY = 100


@bp.post("/calls/<int:call_id>/events")
@api_roles(Role.LEAD, Role.ADMIN)
@idempotent
def hear_event(session: Session, call_id: int) -> Reply:
    """Report ringing, an answer, voicemail, no connection or the end; in any order, as often as you like."""
    fields = json_fields()
    kind = fields.choice("event", CallEventKind)
    key = fields.text("event_id", longest=LONGEST_KEY)
    at = fields.moment("at", is_required=False)
    fields.check()
    now = utc_now()
    state = call_steps.hear(
        session, call_id=call_id, kind=cast("CallEventKind", kind), key=key, at=at or now, now=now
    )
    return {"call_id": call_id, "state": state}, 201
