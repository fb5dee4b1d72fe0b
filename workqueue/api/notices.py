"""POST /api/v1/notices: a statement run, or a mail house, reports what it sent."""

from typing import Any

from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.services.notices import NoticeEntry, record
from workqueue.web.guards import current_person, utc_now
from workqueue.web.notice_entry import read_notice

MOST_AT_ONCE = 5_000


@bp.post("/notices")
@api_roles(Role.REP, Role.LEAD, Role.ADMIN)
@idempotent
def take_notices(session: Session) -> Reply:
    """Note what was sent. All of a run or nothing; account numbers nobody knows are named by their places."""
    entries = json_fields().source.get("notices")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_AT_ONCE:
        raise Invalid(f"Send a list of 1 to {MOST_AT_ONCE:,} notices.", field="notices")
    read = [_entry(place, each) for place, each in enumerate(entries)]
    try:
        done = record(session, read, recorded_by_id=current_person().id, now=utc_now())
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=f"notices.{refusal.field}") from refusal
    return {"recorded": done.recorded, "known": done.known, "unknown": list(done.unknown)}, 201


def _entry(place: int, raw: Any) -> NoticeEntry:
    if not isinstance(raw, dict):
        raise Invalid("Each notice is an object.", field=f"notices.{place}")
    return read_notice(raw, f"notices.{place}")
