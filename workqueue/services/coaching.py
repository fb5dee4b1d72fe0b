"""Coaching notes: what a lead writes to a rep of their team; the rep says that they have read it."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workqueue.models import CoachingNote, Outcome
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.services import auditing
from workqueue.services.quality_scope import check_own_rep

LONGEST_NOTE = 5_000


def write(
    session: Session, *, rep_id: int, text: str, lead_id: int, now: datetime, outcome_id: int | None = None
) -> int:
    """Write to a rep, perhaps about one piece of their work; notes are never changed."""
    check_own_rep(session, rep_id=rep_id, lead_id=lead_id)
    text = text.strip()
    if not text:
        raise Invalid("Write something first.", field="text")
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"A note holds {LONGEST_NOTE:,} characters at most.", field="text")
    if outcome_id is not None and not session.scalar(
        select(exists().where(Outcome.id == outcome_id, Outcome.rep_id == rep_id))
    ):
        raise NotFound
    note = CoachingNote(rep_id=rep_id, author_id=lead_id, outcome_id=outcome_id, text=text, at=now)
    session.add(note)
    session.flush()
    auditing.record(
        session,
        actor_id=lead_id,
        action="coaching_note_written",
        account_id=None,
        details={"note_id": note.id, "rep_id": rep_id},
        now=now,
    )
    return note.id


def acknowledge(session: Session, *, note_id: int, rep_id: int, now: datetime) -> None:
    """The rep has read it; said twice it is one."""
    note = session.scalar(
        select(CoachingNote)
        .where(CoachingNote.id == note_id, CoachingNote.rep_id == rep_id)
        .with_for_update()
    )
    if note is None:
        raise NotFound
    note.acknowledged_at = note.acknowledged_at or now
