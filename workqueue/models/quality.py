"""Quality: scorecards, what is drawn to be looked at, reviews, disputes of a score, coaching notes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.quality import DisputeState, ReviewState, SampleKind


class QualityPolicy(Base):
    """What the timetable draws of each rep of a team, each week. Without a row it draws nothing."""

    __tablename__ = "quality_policies"
    __table_args__ = (
        CheckConstraint("random_per_rep >= 0 AND risk_per_rep >= 0", name="draws_no_less_than_none"),
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    random_per_rep: Mapped[int] = mapped_column(SmallInteger)
    risk_per_rep: Mapped[int] = mapped_column(SmallInteger)
    dispute_days: Mapped[int] = mapped_column(SmallInteger)
    """How many days a rep has to dispute a score."""
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[At]


class Scorecard(Base):
    """One published version. A trigger refuses UPDATE and DELETE: reviews were made by what it says."""

    __tablename__ = "scorecards"
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, unique=True)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """In order; see rules/quality_cards.py."""
    critical_cap_bp: Mapped[int] = mapped_column(Integer)
    """The most a score can be after a critical failure, in basis points."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    """What is new in it."""
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty for the card the office starts with."""
    published_at: Mapped[At]


class QualitySample(Base):
    """One draw of one rep's outcomes within some office days, with all it takes to draw it again."""

    __tablename__ = "quality_samples"
    __table_args__ = (
        # The timetable draws once a week, however often it is asked.
        Index(
            "uq_quality_samples_weekly",
            "rep_id",
            "kind",
            "first_on",
            unique=True,
            postgresql_where="drawn_by_id IS NULL",
        ),
        Index("ix_quality_samples_rep_id_last_on", "rep_id", "last_on"),
        CheckConstraint("first_on <= last_on", name="has_days"),
        CheckConstraint("kind = 'risk' OR seed <> ''", name="can_be_drawn_again"),
    )
    id: Mapped[Id]
    kind: Mapped[SampleKind] = mapped_column(text_enum(SampleKind, "kind"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    """The set: the rep's outcomes logged on these days of the office, both included."""
    asked: Mapped[int] = mapped_column(SmallInteger)
    population: Mapped[int] = mapped_column(Integer)
    """How many outcomes there were to draw from."""
    population_digest: Mapped[str]
    """See rules/quality_draw.py, fingerprint."""
    seed: Mapped[str] = mapped_column(default="", server_default="")
    risk_version: Mapped[str] = mapped_column(default="", server_default="")
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty for the timetable."""
    drawn_at: Mapped[At]


class QualityItem(Base):
    """One outcome in a sample, with the reasons it was drawn for."""

    __tablename__ = "quality_items"
    __table_args__ = (
        UniqueConstraint("sample_id", "outcome_id"),
        # Whether an outcome was drawn before, and in which samples a reviewed one is.
        Index("ix_quality_items_outcome_id", "outcome_id"),
    )
    id: Mapped[Id]
    sample_id: Mapped[int] = mapped_column(ForeignKey("quality_samples.id"))
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    """In the order drawn, from 1."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """By risk: code, weight and words of each."""


class QualityReview(Base):
    """What one reviewer says of one outcome. A trigger keeps one that was handed in as it is."""

    __tablename__ = "quality_reviews"
    __table_args__ = (
        UniqueConstraint("outcome_id", "reviewer_id"),
        # One score an outcome; a second lead's blind one is for calibration only.
        Index(
            "uq_quality_reviews_score",
            "outcome_id",
            unique=True,
            postgresql_where="state = 'submitted' AND NOT is_calibration",
        ),
        # A rep's reviews and a team's figures, newest first.
        Index("ix_quality_reviews_rep_id_submitted_at", "rep_id", "submitted_at"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="knows_when"),
    )
    id: Mapped[Id]
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    card_id: Mapped[int] = mapped_column(Integer, ForeignKey("scorecards.id"))
    state: Mapped[ReviewState] = mapped_column(text_enum(ReviewState, "state"))
    is_calibration: Mapped[bool] = mapped_column(default=False, server_default="false")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    comment: Mapped[str] = mapped_column(default="", server_default="")
    score_bp: Mapped[int | None] = mapped_column(Integer)
    """As handed in; empty when nothing applied. What a dispute made of it stands with the dispute."""
    failed: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    """Labels of the critical criteria that got no points."""
    started_at: Mapped[At]
    saved_at: Mapped[At]
    submitted_at: Mapped[datetime | None]
    dispute_until_on: Mapped[date | None]
    """The last day on which the rep may dispute it, by the policy of the day it was handed in."""
    acknowledged_at: Mapped[datetime | None]
    second_asked_at: Mapped[datetime | None]
    """When the reviewer asked another lead for a blind second score."""


class QualityDispute(Base):
    """A rep's objection to a score, once a review, and what was decided."""

    __tablename__ = "quality_disputes"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="knows_when"),
        CheckConstraint("(state = 'changed') = (answers IS NOT NULL)", name="says_what_changed"),
        # What waits for a decision, of all teams: a few.
        Index("ix_quality_disputes_open", "raised_at", postgresql_where="state = 'open'"),
    )
    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey("quality_reviews.id"), unique=True)
    reasons: Mapped[dict[str, str]] = mapped_column(JSONB)
    """By code of the criterion."""
    raised_at: Mapped[At]
    state: Mapped[DisputeState] = mapped_column(text_enum(DisputeState, "state"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="", server_default="")
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """All answers as they stand after a change."""
    score_bp: Mapped[int | None] = mapped_column(Integer)
    failed: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")


class CoachingNote(Base):
    """What a lead writes to a rep; both and the auditors read it, no colleague does."""

    __tablename__ = "coaching_notes"
    __table_args__ = (Index("ix_coaching_notes_rep_id_at", "rep_id", "at"),)
    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"))
    text: Mapped[str]
    at: Mapped[At]
    acknowledged_at: Mapped[datetime | None]
