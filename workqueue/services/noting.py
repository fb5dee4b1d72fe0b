"""Notes on accounts, apart from any task."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Note
from workqueue.rules.entries import LONGEST_NOTE
from workqueue.rules.refusals import Invalid, NotFound


def add_note(session: Session, *, account_id: int, text: str, author_id: int, now: datetime) -> int:
    """Add a note; notes are never changed, a correction is another note."""
    text = text.strip()
    if not text:
        raise Invalid("Write something first.", field="text")
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"A note holds {LONGEST_NOTE} characters at most.", field="text")
    if session.scalar(select(Account.id).where(Account.id == account_id)) is None:
        raise NotFound
    note = Note(account_id=account_id, author_id=author_id, text=text, at=now)
    session.add(note)
    session.flush()
    return note.id
