"""Reviewing finished work: a draft is kept, handed in once, read by the rep, and perhaps scored twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workqueue.models import Outcome, QualityItem, QualityReview, User
from workqueue.rules.calendar import office_day
from workqueue.rules.quality import Policy, ReviewState
from workqueue.rules.quality_cards import (
    LONGEST_REMARK,
    Answers,
    Unanswered,
    missing,
    raw_answers,
    score,
)
from workqueue.rules.refusals import NotFound, Refusal
from workqueue.services import auditing, quality_cards
from workqueue.services.quality_policies import policy_of
from workqueue.services.quality_scope import check_own_rep

LONGEST_COMMENT = 5_000


class ReviewedMeanwhile(Refusal):
    """Another lead has handed in the score of this piece of work."""

    code: ClassVar[str] = "reviewed_meanwhile"
    sentence = "Another lead has scored this meanwhile. Yours is kept as a draft; nothing was handed in."


class HandedIn(Refusal):
    """A review is handed in once."""

    code: ClassVar[str] = "review_handed_in"
    sentence = "You have handed this in already. The rep can dispute it; another lead then decides."


@dataclass(frozen=True, slots=True)
class Place:
    """Whose work a lead is about to review, and as what."""

    outcome: Outcome
    first: QualityReview | None = None
    """The review beside which this is a blind second score, asked for by its reviewer."""


def place_of(session: Session, *, outcome_id: int, lead_id: int) -> Place:
    """Return what is to be reviewed; raises NotFound unless it was drawn and is this lead's to look at.

    That is work of their own team, or work whose reviewer asked another lead for a second score.
    """
    outcome = session.scalar(
        select(Outcome).where(Outcome.id == outcome_id, exists().where(QualityItem.outcome_id == Outcome.id))
    )
    if outcome is None:
        raise NotFound
    first = session.scalar(
        select(QualityReview).where(
            QualityReview.outcome_id == outcome_id,
            QualityReview.state == ReviewState.SUBMITTED,
            QualityReview.second_asked_at.is_not(None),
            QualityReview.reviewer_id != lead_id,
            ~QualityReview.is_calibration,
        )
    )
    if first is None:
        check_own_rep(session, rep_id=outcome.rep_id, lead_id=lead_id)
    return Place(outcome, first)


def save_draft(
    session: Session, *, outcome_id: int, answers: Answers, comment: str, lead_id: int, now: datetime
) -> QualityReview:
    """Keep what is filled in now in place of what was before; the card stays that of the beginning."""
    place = place_of(session, outcome_id=outcome_id, lead_id=lead_id)
    review = session.scalar(
        select(QualityReview)
        .where(QualityReview.outcome_id == outcome_id, QualityReview.reviewer_id == lead_id)
        .with_for_update()
    )
    if review is None:
        review = QualityReview(
            outcome_id=outcome_id,
            rep_id=place.outcome.rep_id,
            reviewer_id=lead_id,
            # Two scores are compared by one card.
            card_id=place.first.card_id if place.first else quality_cards.in_use(session).id,
            state=ReviewState.DRAFT,
            started_at=now,
            saved_at=now,
        )
        session.add(review)
    if review.state is ReviewState.SUBMITTED:
        raise HandedIn
    card = quality_cards.version(session, review.card_id).card
    review.is_calibration = place.first is not None
    review.answers = raw_answers(card, answers)
    review.comment, review.saved_at = comment.strip()[:LONGEST_COMMENT], now
    session.flush()
    return review


def submit(
    session: Session, *, outcome_id: int, answers: Answers, comment: str, lead_id: int, now: datetime
) -> QualityReview:
    """Hand a review in; from then on it stays as it is. Raises Unanswered, HandedIn, ReviewedMeanwhile."""
    review = save_draft(
        session, outcome_id=outcome_id, answers=answers, comment=comment, lead_id=lead_id, now=now
    )
    card = quality_cards.version(session, review.card_id).card
    errors = missing(card, answers)
    if errors:
        raise Unanswered(errors)
    outcome = session.get_one(Outcome, outcome_id, with_for_update=True)
    if not review.is_calibration and _has_score(session, outcome_id):
        raise ReviewedMeanwhile
    found = score(card, answers)
    team_id = session.scalar(select(User.team_id).where(User.id == outcome.rep_id))
    days = (policy_of(session, team_id) or Policy()).dispute_days
    review.score_bp, review.failed = found.bp, list(found.failed)
    review.state, review.submitted_at = ReviewState.SUBMITTED, now
    review.dispute_until_on = office_day(now) + timedelta(days=days)
    session.flush()
    auditing.record(
        session,
        actor_id=lead_id,
        action="quality_second_score" if review.is_calibration else "quality_review_handed_in",
        account_id=outcome.account_id,
        details={"review_id": review.id, "outcome_id": outcome_id, "score_bp": found.bp},
        now=now,
    )
    return review


def acknowledge(session: Session, *, review_id: int, rep_id: int, now: datetime) -> None:
    """The rep has read it; said twice it is one."""
    review = own_review(session, review_id=review_id, rep_id=rep_id)
    review.acknowledged_at = review.acknowledged_at or now
    session.flush()


def own_review(session: Session, *, review_id: int, rep_id: int) -> QualityReview:
    """Return a review of this rep's work, locked; a draft and a second score are not theirs to see."""
    review = session.scalar(
        select(QualityReview)
        .where(
            QualityReview.id == review_id,
            QualityReview.rep_id == rep_id,
            QualityReview.state == ReviewState.SUBMITTED,
            ~QualityReview.is_calibration,
        )
        .with_for_update()
    )
    if review is None:
        raise NotFound
    return review


def ask_for_second(session: Session, *, review_id: int, lead_id: int, now: datetime) -> None:
    """Let another lead score the same work without seeing this score, to see how far the two agree."""
    review = session.scalar(
        select(QualityReview)
        .where(
            QualityReview.id == review_id,
            QualityReview.reviewer_id == lead_id,
            QualityReview.state == ReviewState.SUBMITTED,
            ~QualityReview.is_calibration,
        )
        .with_for_update()
    )
    if review is None:
        raise NotFound
    if review.second_asked_at is None:
        review.second_asked_at = now
        auditing.record(
            session,
            actor_id=lead_id,
            action="quality_second_asked",
            account_id=None,
            details={"review_id": review.id},
            now=now,
        )


def check_remarks(answers: Answers) -> dict[str, str]:
    """Return a sentence for each remark that is too long to be kept."""
    return {
        code: f"Say it in {LONGEST_REMARK:,} characters at most."
        for code, each in answers.items()
        if len(each.remark) > LONGEST_REMARK
    }


def _has_score(session: Session, outcome_id: int) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    QualityReview.outcome_id == outcome_id,
                    QualityReview.state == ReviewState.SUBMITTED,
                    ~QualityReview.is_calibration,
                )
            )
        )
    )
