"""Coaching notes to a rep, and what of it all the rep has not read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import CoachingNote, QualityReview, User
from workqueue.rules.quality import ReviewState

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class NoteSeen:
    note_id: int
    at: datetime
    author_name: str
    text: str
    outcome_id: int | None
    review_id: int | None
    """Of the piece of work it is about, where that was reviewed."""
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """What a rep has not read yet."""

    reviews: int
    notes: int


def notes_of_rep(session: Session, rep_id: int, *, outcome_id: int | None = None) -> tuple[NoteSeen, ...]:
    """Return the coaching notes to a rep, newest first; of one piece of work when it is named."""
    statement = (
        select(CoachingNote, User.name, QualityReview.id)
        .join(User, User.id == CoachingNote.author_id)
        .outerjoin(
            QualityReview,
            (QualityReview.outcome_id == CoachingNote.outcome_id)
            & (QualityReview.state == ReviewState.SUBMITTED)
            & ~QualityReview.is_calibration,
        )
        .where(CoachingNote.rep_id == rep_id)
        .order_by(CoachingNote.at.desc(), CoachingNote.id.desc())
        .limit(MOST_LISTED)
    )
    if outcome_id is not None:
        statement = statement.where(CoachingNote.outcome_id == outcome_id)
    return tuple(
        NoteSeen(note.id, note.at, author, note.text, note.outcome_id, review_id, note.acknowledged_at)
        for note, author, review_id in session.execute(statement)
    )


def news_of_rep(session: Session, rep_id: int) -> News:
    """Count what a rep has not said to have read: new reviews, answers to a dispute aside, and notes."""
    reviews = session.scalar(
        select(func.count())
        .select_from(QualityReview)
        .where(QualityReview.rep_id == rep_id, QualityReview.state == ReviewState.SUBMITTED)
        .where(~QualityReview.is_calibration, QualityReview.acknowledged_at.is_(None))
    )
    notes = session.scalar(
        select(func.count())
        .select_from(CoachingNote)
        .where(CoachingNote.rep_id == rep_id, CoachingNote.acknowledged_at.is_(None))
    )
    return News(reviews or 0, notes or 0)
