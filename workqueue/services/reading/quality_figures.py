"""Mean scores of a team and its reps, by criterion too; random and risk samples are never put together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, case, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from workqueue.models import (
    Outcome,
    QualityDispute,
    QualityItem,
    QualityReview,
    QualitySample,
    Scorecard,
    User,
)
from workqueue.rules.quality import DisputeState, Mean, ReviewState, SampleKind
from workqueue.rules.quality_cards import WHOLE_BP, card_of
from workqueue.services.quality_sampling import Period
from workqueue.services.quality_scope import reps_of

_changed = QualityDispute.state == DisputeState.CHANGED
SCORE_BP: ColumnElement[Any] = case((_changed, QualityDispute.score_bp), else_=QualityReview.score_bp)
"""The score that holds: what a dispute made of it, else as handed in."""
ANSWERS: ColumnElement[Any] = case((_changed, QualityDispute.answers), else_=QualityReview.answers)


@dataclass(frozen=True, slots=True)
class RepFigure:
    """One rep's work of one kind of sample."""

    rep_id: int
    rep_name: str
    drawn: int
    mean: Mean


@dataclass(frozen=True, slots=True)
class CriterionFigure:
    """One criterion over the reviews in which it applied."""

    label: str
    count: int
    mean_bp: int
    without_points: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of one kind of sample."""

    kind: SampleKind
    drawn: int
    mean: Mean
    reps: tuple[RepFigure, ...]
    """By name: nobody is ranked."""
    criteria: tuple[CriterionFigure, ...]


def figures(
    session: Session, *, team_id: int, period: Period, rep_id: int | None = None
) -> tuple[Figures, ...]:
    """Return the figures of each kind of sample over work logged in these days.

    A piece of work that is in two samples of a kind counts once.
    """
    reps = _reps(session, team_id, period, rep_id)
    criteria = _criteria(session, team_id, period, rep_id)
    return tuple(
        Figures(
            kind,
            sum(each.drawn for each in reps[kind]),
            _together([each.mean for each in reps[kind]]),
            tuple(reps[kind]),
            criteria.get(kind, ()),
        )
        for kind in SampleKind
    )


def _drawn(team_id: int, period: Period, rep_id: int | None) -> Select[*tuple[Any, ...]]:
    """Select each drawn piece of work once a kind, with the review that scored it."""
    statement = (
        select(
            QualitySample.kind,
            Outcome.id.label("outcome_id"),
            Outcome.rep_id,
            QualityReview.id.label("review_id"),
        )
        .join(QualityItem, QualityItem.sample_id == QualitySample.id)
        .join(Outcome, Outcome.id == QualityItem.outcome_id)
        .outerjoin(
            QualityReview,
            and_(
                QualityReview.outcome_id == Outcome.id,
                QualityReview.state == ReviewState.SUBMITTED,
                ~QualityReview.is_calibration,
            ),
        )
        .where(QualitySample.rep_id.in_(reps_of(team_id)))
        .where(Outcome.at >= period.begins, Outcome.at < period.ends)
        .distinct()
    )
    return statement.where(QualitySample.rep_id == rep_id) if rep_id is not None else statement


def _reps(
    session: Session, team_id: int, period: Period, rep_id: int | None
) -> dict[SampleKind, list[RepFigure]]:
    drawn = _drawn(team_id, period, rep_id).subquery("drawn")
    rows = session.execute(
        select(
            drawn.c.kind,
            drawn.c.rep_id,
            User.name,
            func.count(),
            func.count(SCORE_BP),
            func.avg(SCORE_BP),
            func.coalesce(func.stddev_samp(SCORE_BP), 0),
        )
        .join(User, User.id == drawn.c.rep_id)
        .outerjoin(QualityReview, QualityReview.id == drawn.c.review_id)
        .outerjoin(QualityDispute, QualityDispute.review_id == QualityReview.id)
        .group_by(drawn.c.kind, drawn.c.rep_id, User.name)
        .order_by(User.name)
    )
    found: dict[SampleKind, list[RepFigure]] = defaultdict(list)
    for kind, of_rep, name, drawn_count, count, mean, spread in rows:
        mean_bp = round(mean) if mean is not None else None
        found[kind].append(RepFigure(of_rep, name, drawn_count, Mean(count, mean_bp, float(spread))))
    return found


def _together(means: Sequence[Mean]) -> Mean:
    """Return the mean over all single scores of a team, with their spread."""
    scored = [each for each in means if each.mean_bp is not None]
    count = sum(each.count for each in scored)
    if not count:
        return Mean(0, None)
    mean = sum(each.count * (each.mean_bp or 0) for each in scored) / count
    squares = sum(
        (each.count - 1) * each.spread_bp**2 + each.count * ((each.mean_bp or 0) - mean) ** 2
        for each in scored
    )
    return Mean(count, round(mean), (squares / (count - 1)) ** 0.5 if count > 1 else 0.0)


def _criteria(
    session: Session, team_id: int, period: Period, rep_id: int | None
) -> dict[SampleKind, tuple[CriterionFigure, ...]]:
    drawn = _drawn(team_id, period, rep_id).subquery("drawn")
    scored = (
        select(drawn.c.kind, QualityReview.card_id, ANSWERS.label("answers"))
        .join(QualityReview, QualityReview.id == drawn.c.review_id)
        .outerjoin(QualityDispute, QualityDispute.review_id == QualityReview.id)
        .subquery("scored")
    )
    said = func.jsonb_each(scored.c.answers).table_valued("key", "value", name="said")
    points = cast(cast(said.c.value, JSONB)["points"].as_string(), Integer)
    rows = session.execute(
        select(scored.c.kind, scored.c.card_id, said.c.key, points, func.count())
        .select_from(scored.join(said, true()))
        # What did not apply has no points.
        .where(points.is_not(None))
        .group_by(scored.c.kind, scored.c.card_id, said.c.key, points)
    ).all()
    return _by_criterion(session, rows)


def _by_criterion(
    session: Session, rows: Sequence[Row[Any]]
) -> dict[SampleKind, tuple[CriterionFigure, ...]]:
    """Bring the scales of the versions together: each answer is a share of the scale of its own card."""
    newest_first = session.scalars(select(Scorecard).order_by(Scorecard.version.desc())).all()
    scales = {
        (row.id, each.code): each.most_points
        for row in newest_first
        for each in card_of(row.criteria, row.critical_cap_bp).criteria
    }
    labels: dict[str, str] = {}
    for row in newest_first:
        for each in card_of(row.criteria, row.critical_cap_bp).criteria:
            labels.setdefault(each.code, each.label)
    found: dict[SampleKind, dict[str, list[tuple[Fraction, int]]]] = {
        kind: {code: [] for code in labels} for kind in SampleKind
    }
    for kind, card_id, code, points, count in map(tuple, rows):
        found[kind][code].append((Fraction(points, scales[card_id, code]), count))
    return {
        kind: tuple(_figure(labels[code], shares) for code, shares in by_code.items() if shares)
        for kind, by_code in found.items()
    }


def _figure(label: str, shares: Sequence[tuple[Fraction, int]]) -> CriterionFigure:
    count = sum(number for _, number in shares)
    total = sum(share * number for share, number in shares)
    return CriterionFigure(
        label,
        count,
        round(total * WHOLE_BP / count),
        sum(number for share, number in shares if not share),
    )
