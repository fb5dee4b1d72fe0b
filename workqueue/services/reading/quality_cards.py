"""The versions of the scorecard, as their page lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import QualityReview, Scorecard, User
from workqueue.rules.quality import ReviewState
from workqueue.rules.quality_cards import Card, card_of


@dataclass(frozen=True, slots=True)
class CardVersion:
    id: int
    version: int
    card: Card
    note: str
    published_by: str
    published_at: datetime
    reviews: int


def card_versions(session: Session) -> tuple[CardVersion, ...]:
    """Return all versions of the card, newest first, with how often each was used."""
    used = (
        select(func.count())
        .where(QualityReview.card_id == Scorecard.id, QualityReview.state == ReviewState.SUBMITTED)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Scorecard, User.name, used)
        .outerjoin(User, User.id == Scorecard.published_by_id)
        .order_by(Scorecard.version.desc())
    )
    return tuple(
        CardVersion(
            row.id,
            row.version,
            card_of(row.criteria, row.critical_cap_bp),
            row.note,
            name or "",
            row.published_at,
            count,
        )
        for row, name, count in rows
    )
