"""What a lead has to look at, what was drawn and how, what is disputed, and how it all stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from workqueue.models import (
    Account,
    Outcome,
    Patient,
    QualityDispute,
    QualityItem,
    QualityReview,
    QualitySample,
    User,
)
from workqueue.rules.dispositions import label_of
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.quality import DisputeState, ReviewState, SampleKind
from workqueue.rules.refusals import NotFound
from workqueue.services.quality_disputes import has_another_lead
from workqueue.services.quality_scope import reps_of
from workqueue.services.reading.lines import full_name

DRAFTER, DRAWER = aliased(User, name="drafter"), aliased(User, name="drawer")
SCORE, DRAFT = aliased(QualityReview, name="score"), aliased(QualityReview, name="draft")
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One drawn piece of work."""

    outcome_id: int
    sample_id: int
    kind: SampleKind
    rep_id: int
    rep_name: str
    account_number: str
    patient_name: str
    kind_label: str
    label: str
    at: datetime
    reasons: tuple[str, ...]
    drafted_by: str
    """Who has begun to review it."""
    review_id: int | None
    """Of the score, where it has one."""


@dataclass(frozen=True, slots=True)
class SampleLine:
    sample_id: int
    kind: SampleKind
    rep_id: int
    rep_name: str
    first_on: date
    last_on: date
    asked: int
    population: int
    drawn: int
    reviewed: int
    drawn_at: datetime
    drawn_by: str
    """Empty for the timetable."""
    seed: str
    population_digest: str
    risk_version: str


@dataclass(frozen=True, slots=True)
class DisputeLine:
    dispute_id: int
    review_id: int
    rep_name: str
    reviewer_name: str
    score_bp: int | None
    raised_at: datetime
    is_mine_to_decide: bool


@dataclass(frozen=True, slots=True)
class SecondLine:
    """A blind second score somebody asked for."""

    outcome_id: int
    rep_name: str
    reviewer_name: str


def to_review(session: Session, *, team_id: int) -> tuple[ItemLine, ...]:
    """Return what was drawn and has no score yet, the newest draw first, each piece of work once."""
    statement = _items().where(QualitySample.rep_id.in_(reps_of(team_id)), SCORE.id.is_(None))
    rows = session.execute(
        statement.order_by(QualitySample.drawn_at.desc(), QualitySample.id, QualityItem.position).limit(
            MOST_LISTED
        )
    )
    lines: dict[int, ItemLine] = {}
    for row in rows:
        # In two samples it is one piece of work to look at.
        lines.setdefault(row.outcome_id, _item(row))
    return tuple(lines.values())


def items_of(session: Session, sample_id: int) -> tuple[ItemLine, ...]:
    """Return the pieces of work of a sample, as drawn."""
    statement = _items().where(QualityItem.sample_id == sample_id).order_by(QualityItem.position)
    return tuple(_item(row) for row in session.execute(statement))


def _items() -> Select[*tuple[Any, ...]]:
    return (
        select(
            QualityItem.outcome_id,
            QualityItem.sample_id,
            QualityItem.reasons,
            QualitySample.kind,
            Outcome.rep_id,
            User.name.label("rep_name"),
            Account.number,
            Patient.last_name,
            Patient.first_name,
            Outcome.task_kind,
            Outcome.disposition,
            Outcome.at,
            DRAFTER.name.label("drafted_by"),
            SCORE.id.label("review_id"),
        )
        .join(QualitySample, QualitySample.id == QualityItem.sample_id)
        .join(Outcome, Outcome.id == QualityItem.outcome_id)
        .join(User, User.id == Outcome.rep_id)
        .join(Account, Account.id == Outcome.account_id)
        .outerjoin(Patient, Patient.id == Account.patient_id)
        .outerjoin(
            SCORE,
            and_(
                SCORE.outcome_id == Outcome.id,
                SCORE.state == ReviewState.SUBMITTED,
                ~SCORE.is_calibration,
            ),
        )
        .outerjoin(
            DRAFTER,
            DRAFTER.id
            == select(func.min(DRAFT.reviewer_id))
            .where(DRAFT.outcome_id == Outcome.id, DRAFT.state == ReviewState.DRAFT)
            .scalar_subquery(),
        )
    )


def _item(row: Any) -> ItemLine:
    return ItemLine(
        outcome_id=row.outcome_id,
        sample_id=row.sample_id,
        kind=row.kind,
        rep_id=row.rep_id,
        rep_name=row.rep_name,
        account_number=row.number,
        patient_name=full_name(row.last_name, row.first_name),
        kind_label=KINDS[TaskKind(row.task_kind)].label,
        label=label_of(row.disposition),
        at=row.at,
        reasons=tuple(each["words"] for each in row.reasons),
        drafted_by=row.drafted_by or "",
        review_id=row.review_id,
    )


def samples(session: Session, *, team_id: int) -> tuple[SampleLine, ...]:
    """Return the newest samples of a team's work."""
    statement = _samples().where(QualitySample.rep_id.in_(reps_of(team_id)))
    rows = session.execute(
        statement.order_by(QualitySample.drawn_at.desc(), User.name, QualitySample.kind).limit(MOST_LISTED)
    )
    return tuple(SampleLine(*row) for row in rows)


def sample(session: Session, sample_id: int, *, team_id: int | None) -> SampleLine:
    """Return one sample of a team's work, of any team's when none is named; raises NotFound."""
    statement = _samples().where(QualitySample.id == sample_id)
    if team_id is not None:
        statement = statement.where(QualitySample.rep_id.in_(reps_of(team_id)))
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return SampleLine(*row)


def _samples() -> Select[*tuple[Any, ...]]:
    items = select(func.count()).where(QualityItem.sample_id == QualitySample.id)
    has_score = exists().where(
        SCORE.outcome_id == QualityItem.outcome_id,
        SCORE.state == ReviewState.SUBMITTED,
        ~SCORE.is_calibration,
    )
    return (
        select(
            QualitySample.id,
            QualitySample.kind,
            QualitySample.rep_id,
            User.name,
            QualitySample.first_on,
            QualitySample.last_on,
            QualitySample.asked,
            QualitySample.population,
            items.scalar_subquery(),
            items.where(has_score).scalar_subquery(),
            QualitySample.drawn_at,
            func.coalesce(DRAWER.name, ""),
            QualitySample.seed,
            QualitySample.population_digest,
            QualitySample.risk_version,
        )
        .join(User, User.id == QualitySample.rep_id)
        .outerjoin(DRAWER, DRAWER.id == QualitySample.drawn_by_id)
    )


def open_disputes(session: Session, *, team_id: int, lead_id: int | None) -> tuple[DisputeLine, ...]:
    """Return what waits for a decision: of the team's reps, and for a lead what is theirs to decide."""
    reviewer = aliased(User, name="reviewer")
    mine = lead_id is not None and has_another_lead(session, lead_id)
    rows = session.execute(
        select(
            QualityDispute.id,
            QualityDispute.review_id,
            User.name,
            reviewer.name,
            QualityReview.score_bp,
            QualityDispute.raised_at,
            QualityReview.reviewer_id,
        )
        .join(QualityReview, QualityReview.id == QualityDispute.review_id)
        .join(User, User.id == QualityReview.rep_id)
        .join(reviewer, reviewer.id == QualityReview.reviewer_id)
        .where(QualityDispute.state == DisputeState.OPEN)
        .where(
            or_(User.team_id == team_id, QualityReview.reviewer_id != lead_id)
            if lead_id is not None
            else User.team_id == team_id
        )
        .order_by(QualityDispute.raised_at)
        .limit(MOST_LISTED)
    )
    return tuple(
        DisputeLine(*row[:6], is_mine_to_decide=lead_id is not None and (row[6] != lead_id or not mine))
        for row in rows
    )


def seconds_asked(session: Session, *, lead_id: int) -> tuple[SecondLine, ...]:
    """Return what this lead can score blind for another, and has not."""
    reviewer, done = aliased(User, name="reviewer"), aliased(QualityReview, name="done")
    rows = session.execute(
        select(QualityReview.outcome_id, User.name, reviewer.name)
        .join(User, User.id == QualityReview.rep_id)
        .join(reviewer, reviewer.id == QualityReview.reviewer_id)
        .where(QualityReview.second_asked_at.is_not(None), QualityReview.reviewer_id != lead_id)
        .where(
            ~exists().where(
                done.outcome_id == QualityReview.outcome_id,
                done.reviewer_id == lead_id,
                done.state == ReviewState.SUBMITTED,
            )
        )
        .order_by(QualityReview.second_asked_at)
        .limit(MOST_LISTED)
    )
    return tuple(SecondLine(*row) for row in rows)
