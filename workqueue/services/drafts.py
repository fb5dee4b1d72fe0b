"""Drafts: what a rep has typed about a task and not sent. It needs no lease, and outlives a lost one."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Draft, Task
from workqueue.rules.refusals import Invalid, NotFound

MOST_FIELDS = 40
LONGEST_FIELD = 10_000


def save(session: Session, *, user_id: int, task_id: int, fields: dict[str, str], now: datetime) -> None:
    """Keep what is typed now in place of what was typed before."""
    if len(fields) > MOST_FIELDS or any(len(value) > LONGEST_FIELD for value in fields.values()):
        raise Invalid(f"A draft holds {LONGEST_FIELD} characters a field at most.")
    if session.scalar(select(Task.id).where(Task.id == task_id)) is None:
        raise NotFound
    kept = {"fields": fields, "saved_at": now}
    session.execute(
        insert(Draft)
        .values(user_id=user_id, task_id=task_id, **kept)
        .on_conflict_do_update(index_elements=["user_id", "task_id"], set_=kept)
    )


def load(session: Session, *, user_id: int, task_id: int) -> dict[str, str]:
    """Return what was typed; nothing when nothing was."""
    fields = session.scalar(select(Draft.fields).where(Draft.user_id == user_id, Draft.task_id == task_id))
    return dict(fields or {})


def clear(session: Session, *, user_id: int, task_id: int) -> None:
    session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.task_id == task_id))
