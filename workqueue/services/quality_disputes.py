"""A rep disputes a score, criterion by criterion; another lead decides; the score before stays to be seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workqueue.models import Outcome, QualityDispute, QualityReview, User
from workqueue.rules.calendar import office_day
from workqueue.rules.quality import DisputeState
from workqueue.rules.quality_cards import Answers, Card, Unanswered, missing, raw_answers, score
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.roles import Role
from workqueue.rules.words import day_words
from workqueue.services import auditing, quality_cards, quality_reviews
from workqueue.services.quality_scope import check_own_rep

LONGEST_REASON = 1_000
LONGEST_WORDS = 2_000


class TooLateToDispute(Refusal):
    """The days for it are over."""

    code: ClassVar[str] = "too_late_to_dispute"


class DisputedAlready(Refusal):
    """A score is disputed once."""

    code: ClassVar[str] = "disputed_already"
    sentence = "You have disputed this score already."


class DecidedAlready(Refusal):
    """A dispute is decided once."""

    code: ClassVar[str] = "dispute_decided"
    sentence = "Somebody has decided this meanwhile. Nothing was changed."


class NotTheReviewer(Refusal):
    """Nobody decides about their own score while another lead can."""

    code: ClassVar[str] = "own_score"
    sentence = "You gave this score. Another lead decides about it."


def raise_dispute(
    session: Session, *, review_id: int, reasons: Mapping[str, str], rep_id: int, now: datetime
) -> int:
    """Dispute a score with a reason for each criterion meant; to dispute it is to have read it."""
    review = quality_reviews.own_review(session, review_id=review_id, rep_id=rep_id)
    if _dispute_of(session, review_id) is not None:
        raise DisputedAlready
    if review.dispute_until_on is None or office_day(now) > review.dispute_until_on:
        raise TooLateToDispute(f"It could be disputed until {day_words(review.dispute_until_on)}.")
    card = quality_cards.version(session, review.card_id).card
    given = {each.code: text for each in card.criteria if (text := reasons.get(each.code, "").strip())}
    if not given:
        raise Invalid("Say what is not right, at one criterion at least.", field=card.criteria[0].code)
    for code, text in given.items():
        if len(text) > LONGEST_REASON:
            raise Invalid(f"Say it in {LONGEST_REASON:,} characters at most.", field=code)
    dispute = QualityDispute(review_id=review_id, reasons=given, raised_at=now, state=DisputeState.OPEN)
    review.acknowledged_at = review.acknowledged_at or now
    session.add(dispute)
    session.flush()
    _record(session, dispute, "quality_dispute_raised", rep_id, now)
    return dispute.id


def to_decide(session: Session, *, dispute_id: int, lead_id: int) -> tuple[QualityDispute, QualityReview]:
    """Return a dispute this lead may decide, and its review.

    Any lead but the one who gave the score; that one too when the office has no other. Raises NotFound,
    NotTheReviewer.
    """
    dispute = session.get(QualityDispute, dispute_id)
    if dispute is None:
        raise NotFound
    review = session.get_one(QualityReview, dispute.review_id)
    if review.reviewer_id == lead_id:
        check_own_rep(session, rep_id=review.rep_id, lead_id=lead_id)
        if has_another_lead(session, lead_id):
            raise NotTheReviewer
    return dispute, review


def has_another_lead(session: Session, lead_id: int) -> bool:
    another = exists().where(User.role == Role.LEAD, User.is_active, User.id != lead_id)
    return bool(session.scalar(select(another)))


def decide(
    session: Session,
    *,
    dispute_id: int,
    answers: Answers | None,
    words: str,
    lead_id: int,
    now: datetime,
) -> DisputeState:
    """Uphold the score (no answers), or change it to what these answers come to; say why.

    The answers as handed in stay with the review, those after the change with the dispute.
    """
    # Locked first: two leads may decide in the same instant.
    session.get(QualityDispute, dispute_id, with_for_update=True, populate_existing=True)
    dispute, review = to_decide(session, dispute_id=dispute_id, lead_id=lead_id)
    if dispute.state is not DisputeState.OPEN:
        raise DecidedAlready
    words = words.strip()
    if not words or len(words) > LONGEST_WORDS:
        raise Invalid(f"Say why, in {LONGEST_WORDS:,} characters at most.", field="words")
    card = quality_cards.version(session, review.card_id).card
    if answers is None:
        dispute.state = DisputeState.UPHELD
    else:
        _change(dispute, review, card, answers)
    dispute.words, dispute.decided_by_id, dispute.decided_at = words, lead_id, now
    review.acknowledged_at = None  # there is news in it for the rep
    session.flush()
    _record(session, dispute, "quality_dispute_decided", lead_id, now)
    return dispute.state


def _change(dispute: QualityDispute, review: QualityReview, card: Card, answers: Answers) -> None:
    errors = missing(card, answers)
    if errors:
        raise Unanswered(errors)
    raw = raw_answers(card, answers)
    if raw == review.answers:
        raise Invalid("Nothing is changed. Change an answer, or uphold the score.", field="words")
    found = score(card, answers)
    dispute.answers, dispute.score_bp, dispute.failed = raw, found.bp, list(found.failed)
    dispute.state = DisputeState.CHANGED


def _dispute_of(session: Session, review_id: int) -> QualityDispute | None:
    return session.scalar(select(QualityDispute).where(QualityDispute.review_id == review_id))


def _record(session: Session, dispute: QualityDispute, action: str, actor_id: int, now: datetime) -> None:
    account_id = session.scalar(
        select(Outcome.account_id)
        .join(QualityReview, QualityReview.outcome_id == Outcome.id)
        .where(QualityReview.id == dispute.review_id)
    )
    auditing.record(
        session,
        actor_id=actor_id,
        action=action,
        account_id=account_id,
        details={"dispute_id": dispute.id, "state": dispute.state.value, "score_bp": dispute.score_bp},
        now=now,
    )
