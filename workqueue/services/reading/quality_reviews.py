"""A review as its readers see it: the rep whose work it is, the leads, the auditors."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from workqueue.models import Outcome, QualityDispute, QualityReview, Scorecard, User
from workqueue.rules.dispositions import label_of
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.quality import DisputeState, ReviewState
from workqueue.rules.quality_cards import Answer, Card, answers_of, card_of
from workqueue.rules.refusals import NotFound, Refusal
from workqueue.rules.roles import Role
from workqueue.services import quality_disputes

REVIEWER, REP, DECIDER = (
    aliased(User, name="reviewer"),
    aliased(User, name="rep"),
    aliased(User, name="decider"),
)
MOST_LISTED = 50


class ScoreFirst(Refusal):
    """A second score is asked for: whoever has not given theirs must not see the first."""

    code: ClassVar[str] = "score_first"
    sentence = "A blind second score is asked for. Give yours first; then both are shown."

    def __init__(self, outcome_id: int) -> None:
        super().__init__()
        self.outcome_id = outcome_id


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion with what was said of it."""

    code: str
    label: str
    help: str
    weight: int
    most_points: int
    is_critical: bool
    given: Answer
    changed_to: Answer | None
    """After a dispute; None where it stayed."""
    disputed_because: str


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    dispute_id: int
    raised_at: datetime
    state: DisputeState
    decided_at: datetime | None
    decided_by: str
    words: str
    score_bp: int | None


@dataclass(frozen=True, slots=True)
class ReviewSeen:
    review_id: int
    outcome_id: int
    rep_id: int
    rep_name: str
    reviewer_id: int
    reviewer_name: str
    card_version: int
    critical_cap_bp: int
    lines: tuple[Line, ...]
    comment: str
    score_bp: int | None
    """As handed in."""
    failed: tuple[str, ...]
    submitted_at: datetime | None
    dispute_until_on: date | None
    acknowledged_at: datetime | None
    second_asked_at: datetime | None
    dispute: DisputeSeen | None

    @property
    def holds_bp(self) -> int | None:
        """The score that holds now."""
        changed = self.dispute is not None and self.dispute.state is DisputeState.CHANGED
        return self.dispute.score_bp if changed and self.dispute else self.score_bp


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review in a list."""

    review_id: int
    outcome_id: int
    rep_id: int
    rep_name: str
    reviewer_name: str
    kind_label: str
    label: str
    worked_at: datetime
    submitted_at: datetime
    score_bp: int | None
    was_bp: int | None
    """As handed in, where a dispute changed it."""
    dispute_state: DisputeState | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Second:
    """A blind second score beside the first."""

    reviewer_name: str
    score_bp: int | None
    answers: dict[str, Answer]


def review_seen(session: Session, review_id: int) -> ReviewSeen:
    """Return a review that was handed in; whoever calls has checked who reads it."""
    row = session.execute(
        select(QualityReview, Scorecard, REP.name, REVIEWER.name, QualityDispute, DECIDER.name)
        .join(Scorecard, Scorecard.id == QualityReview.card_id)
        .join(REP, REP.id == QualityReview.rep_id)
        .join(REVIEWER, REVIEWER.id == QualityReview.reviewer_id)
        .outerjoin(QualityDispute, QualityDispute.review_id == QualityReview.id)
        .outerjoin(DECIDER, DECIDER.id == QualityDispute.decided_by_id)
        .where(QualityReview.id == review_id, QualityReview.state == ReviewState.SUBMITTED)
        .where(~QualityReview.is_calibration)
    ).one_or_none()
    if row is None:
        raise NotFound
    review, scorecard, rep_name, reviewer_name, dispute, decider_name = row
    card = card_of(scorecard.criteria, scorecard.critical_cap_bp)
    return ReviewSeen(
        review_id=review.id,
        outcome_id=review.outcome_id,
        rep_id=review.rep_id,
        rep_name=rep_name,
        reviewer_id=review.reviewer_id,
        reviewer_name=reviewer_name,
        card_version=scorecard.version,
        critical_cap_bp=scorecard.critical_cap_bp,
        lines=_lines(card, review, dispute),
        comment=review.comment,
        score_bp=review.score_bp,
        failed=tuple(review.failed),
        submitted_at=review.submitted_at,
        dispute_until_on=review.dispute_until_on,
        acknowledged_at=review.acknowledged_at,
        second_asked_at=review.second_asked_at,
        dispute=_dispute(dispute, decider_name or "") if dispute is not None else None,
    )


def _lines(card: Card, review: QualityReview, dispute: QualityDispute | None) -> tuple[Line, ...]:
    given = answers_of(review.answers)
    after = answers_of(dispute.answers or {}) if dispute is not None else {}
    reasons = dispute.reasons if dispute is not None else {}
    return tuple(
        Line(
            code=each.code,
            label=each.label,
            help=each.help,
            weight=each.weight,
            most_points=each.most_points,
            is_critical=each.is_critical,
            given=given.get(each.code, Answer()),
            changed_to=after[each.code]
            if each.code in after and after[each.code] != given.get(each.code)
            else None,
            disputed_because=reasons.get(each.code, ""),
        )
        for each in card.criteria
    )


def _dispute(dispute: QualityDispute, decided_by: str) -> DisputeSeen:
    return DisputeSeen(
        dispute.id,
        dispute.raised_at,
        dispute.state,
        dispute.decided_at,
        decided_by,
        dispute.words,
        dispute.score_bp,
    )


def reviews_of_rep(session: Session, rep_id: int) -> tuple[ReviewLine, ...]:
    """Return the rep's newest reviews."""
    return _listed(session, _review_lines().where(QualityReview.rep_id == rep_id))


def reviews_of_team(session: Session, team_id: int) -> tuple[ReviewLine, ...]:
    """Return the newest reviews of a team's work."""
    return _listed(session, _review_lines().where(REP.team_id == team_id))


def _review_lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            QualityReview,
            REP.name,
            REVIEWER.name,
            Outcome.task_kind,
            Outcome.disposition,
            Outcome.at,
            QualityDispute.state,
            QualityDispute.score_bp,
        )
        .join(REP, REP.id == QualityReview.rep_id)
        .join(REVIEWER, REVIEWER.id == QualityReview.reviewer_id)
        .join(Outcome, Outcome.id == QualityReview.outcome_id)
        .outerjoin(QualityDispute, QualityDispute.review_id == QualityReview.id)
        .where(QualityReview.state == ReviewState.SUBMITTED, ~QualityReview.is_calibration)
    )


def _listed(session: Session, statement: Select[*tuple[Any, ...]]) -> tuple[ReviewLine, ...]:
    rows = session.execute(statement.order_by(QualityReview.submitted_at.desc()).limit(MOST_LISTED))
    return tuple(
        ReviewLine(
            review_id=review.id,
            outcome_id=review.outcome_id,
            rep_id=review.rep_id,
            rep_name=rep_name,
            reviewer_name=reviewer_name,
            kind_label=KINDS[TaskKind(kind)].label,
            label=label_of(code),
            worked_at=at,
            submitted_at=review.submitted_at,
            score_bp=score_bp if state is DisputeState.CHANGED else review.score_bp,
            was_bp=review.score_bp if state is DisputeState.CHANGED else None,
            dispute_state=state,
            acknowledged_at=review.acknowledged_at,
        )
        for review, rep_name, reviewer_name, kind, code, at, state, score_bp in rows
    )


def seconds_of(session: Session, outcome_id: int) -> tuple[Second, ...]:
    """Return the second scores handed in about one piece of work."""
    rows = session.execute(
        select(User.name, QualityReview.score_bp, QualityReview.answers)
        .join(User, User.id == QualityReview.reviewer_id)
        .where(QualityReview.outcome_id == outcome_id, QualityReview.is_calibration)
        .where(QualityReview.state == ReviewState.SUBMITTED)
        .order_by(QualityReview.submitted_at)
    )
    return tuple(Second(name, score_bp, answers_of(raw)) for name, score_bp, raw in rows)


def readable(
    session: Session, review_id: int, *, reader_id: int, role: Role, team_id: int | None
) -> ReviewSeen:
    """Return a review if it is this reader's to see; raises NotFound, or ScoreFirst to keep a lead blind.

    A rep sees their own; an auditor all; a lead those of their team, those they gave, and any that is
    disputed, because another lead decides.
    """
    found = review_seen(session, review_id)
    if role is Role.AUDITOR or (role is Role.REP and found.rep_id == reader_id):
        return found
    if role is not Role.LEAD:
        raise NotFound
    of_team = session.scalar(select(User.team_id).where(User.id == found.rep_id))
    has_scored = session.scalar(
        select(QualityReview.id).where(
            QualityReview.outcome_id == found.outcome_id,
            QualityReview.reviewer_id == reader_id,
            QualityReview.state == ReviewState.SUBMITTED,
        )
    )
    is_own_team = team_id is not None and of_team == team_id
    if has_scored is None and not is_own_team and found.dispute is None:
        raise NotFound
    if has_scored is None and found.second_asked_at is not None and found.dispute is None:
        raise ScoreFirst(found.outcome_id)
    return found


def disputed(session: Session, dispute_id: int, *, lead_id: int) -> tuple[ReviewSeen, Card]:
    """Return the review a dispute is about, and its card, for a lead who may decide it.

    Raises NotFound, or NotTheReviewer for the lead who gave the score while the office has another.
    """
    dispute, review = quality_disputes.to_decide(session, dispute_id=dispute_id, lead_id=lead_id)
    card = session.get_one(Scorecard, review.card_id)
    return review_seen(session, dispute.review_id), card_of(card.criteria, card.critical_cap_bp)
