"""A review while it is being filled in: the work beside the card, and what was filled in before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import QualityReview, User
from workqueue.rules.quality import ReviewState
from workqueue.rules.quality_cards import Answer, answers_of
from workqueue.services import quality_cards
from workqueue.services.quality_cards import Published
from workqueue.services.quality_reviews import place_of
from workqueue.services.reading.quality_work import Work, work_seen


@dataclass(frozen=True, slots=True)
class Reviewing:
    work: Work
    card: Published
    answers: dict[str, Answer]
    comment: str
    saved_at: datetime | None
    """Empty while nothing was filled in."""
    asked_by: str
    """Who asked for this as a blind second score; empty for the first."""
    drafted_by: str
    """Another lead who has begun to review it."""
    handed_in_id: int | None
    """The review that scores it already; a second score is handed in beside it."""


def reviewing(session: Session, *, outcome_id: int, lead_id: int, now: datetime) -> Reviewing:
    """Return the form of this lead about one piece of work; raises NotFound when it is not theirs."""
    place = place_of(session, outcome_id=outcome_id, lead_id=lead_id)
    rows = session.execute(
        select(QualityReview, User.name)
        .join(User, User.id == QualityReview.reviewer_id)
        .where(QualityReview.outcome_id == outcome_id)
        .order_by(QualityReview.id)
    ).all()
    mine = next((review for review, _ in rows if review.reviewer_id == lead_id), None)
    drafts = [name for review, name in rows if review.state is ReviewState.DRAFT and review is not mine]
    scored = [
        review for review, _ in rows if review.state is ReviewState.SUBMITTED and not review.is_calibration
    ]
    is_done = mine is not None and mine.state is ReviewState.SUBMITTED
    if mine is not None:
        card = quality_cards.version(session, mine.card_id)
    elif place.first is not None:
        card = quality_cards.version(session, place.first.card_id)
    else:
        card = quality_cards.in_use(session)
    return Reviewing(
        work=work_seen(session, place.outcome, now),
        card=card,
        answers=answers_of(mine.answers) if mine is not None else {},
        comment=mine.comment if mine is not None else "",
        saved_at=mine.saved_at if mine is not None else None,
        asked_by=next((name for review, name in rows if review is place.first), ""),
        drafted_by=drafts[0] if drafts and place.first is None else "",
        handed_in_id=scored[0].id if scored and (is_done or place.first is None) else None,
    )
