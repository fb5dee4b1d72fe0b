"""Quality: scorecards, samples of finished work, reviews, disputes and coaching notes; and the first card.

A published card and a review that was handed in are kept by triggers: whoever was judged can rely on both.
The first card is a copy of what the office starts with; a later one is a new row, never an edit here.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PUBLISHED_AT = datetime(2026, 11, 26, tzinfo=UTC)


def one_of(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def criterion(code: str, label: str, help_: str, weight: int, most: int, **more: bool) -> dict[str, object]:
    first = {"code": code, "label": label, "help": help_, "weight": weight, "most_points": most}
    return first | {"is_critical": False, "may_not_apply": False} | more


CRITERIA = [
    criterion(
        "identity",
        "Identity verified before anything was disclosed",
        "Two identifiers matched before the bill was spoken of; to others only a request to call back.",
        3,
        1,
        is_critical=True,
        may_not_apply=True,
    ),
    criterion(
        "call_rules",
        "Call rules honoured",
        "Allowed by its verdict; wishes said in the call were logged; a message told nothing of a bill.",
        3,
        1,
        is_critical=True,
        may_not_apply=True,
    ),
    criterion(
        "logged",
        "What was logged is what happened",
        "The disposition, amounts and dates are those of the conversation or the work.",
        2,
        2,
    ),
    criterion(
        "note",
        "Note complete",
        "Who, what was said or done, what was agreed: a colleague can go on without asking.",
        2,
        2,
    ),
    criterion(
        "next_step",
        "Next step right",
        "It moves the account on, at the right time, with the right party; no deadline is let go.",
        2,
        2,
    ),
    criterion(
        "courtesy",
        "Courteous and plain",
        "Listened, no pressure, plain words; assistance was named where somebody cannot pay.",
        1,
        2,
        may_not_apply=True,
    ),
]


def upgrade() -> None:
    create_scorecards()
    create_samples()
    create_reviews()
    create_notes()
    keep_as_they_are()


def create_scorecards() -> None:
    scorecards = op.create_table(
        "scorecards",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("critical_cap_bp", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_scorecards_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecards")),
        sa.UniqueConstraint("version", name=op.f("uq_scorecards_version")),
    )
    op.bulk_insert(
        scorecards,
        [
            {
                "version": 1,
                "criteria": CRITERIA,
                "critical_cap_bp": 0,
                "note": "The card the office starts with.",
                "published_at": PUBLISHED_AT,
            }
        ],
    )


def create_samples() -> None:
    op.create_table(
        "quality_policies",
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("random_per_rep", sa.SmallInteger(), nullable=False),
        sa.Column("risk_per_rep", sa.SmallInteger(), nullable=False),
        sa.Column("dispute_days", sa.SmallInteger(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "random_per_rep >= 0 AND risk_per_rep >= 0",
            name=op.f("ck_quality_policies_draws_no_less_than_none"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_quality_policies_team_id")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk_quality_policies_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_quality_policies")),
    )
    op.create_table(
        "quality_samples",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", one_of("kind", "random", "risk"), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.SmallInteger(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_digest", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), server_default="", nullable=False),
        sa.Column("risk_version", sa.Text(), server_default="", nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_quality_samples_has_days")),
        sa.CheckConstraint("kind = 'risk' OR seed <> ''", name=op.f("ck_quality_samples_can_be_drawn_again")),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_quality_samples_rep_id")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["users.id"], name=op.f("fk_quality_samples_drawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_samples")),
    )
    op.create_index(
        "uq_quality_samples_weekly",
        "quality_samples",
        ["rep_id", "kind", "first_on"],
        unique=True,
        postgresql_where=sa.text("drawn_by_id IS NULL"),
    )
    op.create_index("ix_quality_samples_rep_id_last_on", "quality_samples", ["rep_id", "last_on"])
    op.create_table(
        "quality_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["quality_samples.id"], name=op.f("fk_quality_items_sample_id")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcomes.id"], name=op.f("fk_quality_items_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_items")),
        sa.UniqueConstraint("sample_id", "outcome_id", name=op.f("uq_quality_items_sample_id_outcome_id")),
    )
    op.create_index("ix_quality_items_outcome_id", "quality_items", ["outcome_id"])


def create_reviews() -> None:
    op.create_table(
        "quality_reviews",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outcome_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("state", one_of("state", "draft", "submitted"), nullable=False),
        sa.Column("is_calibration", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("answers", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("score_bp", sa.Integer(), nullable=True),
        sa.Column("failed", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispute_until_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_quality_reviews_knows_when")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcomes.id"], name=op.f("fk_quality_reviews_outcome_id")),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_quality_reviews_rep_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_quality_reviews_reviewer_id")),
        sa.ForeignKeyConstraint(["card_id"], ["scorecards.id"], name=op.f("fk_quality_reviews_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_reviews")),
        sa.UniqueConstraint(
            "outcome_id", "reviewer_id", name=op.f("uq_quality_reviews_outcome_id_reviewer_id")
        ),
    )
    op.create_index(
        "uq_quality_reviews_score",
        "quality_reviews",
        ["outcome_id"],
        unique=True,
        postgresql_where=sa.text("state = 'submitted' AND NOT is_calibration"),
    )
    op.create_index("ix_quality_reviews_rep_id_submitted_at", "quality_reviews", ["rep_id", "submitted_at"])
    op.create_table(
        "quality_disputes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", one_of("state", "open", "upheld", "changed"), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("answers", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("score_bp", sa.Integer(), nullable=True),
        sa.Column("failed", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_quality_disputes_knows_when")
        ),
        sa.CheckConstraint(
            "(state = 'changed') = (answers IS NOT NULL)", name=op.f("ck_quality_disputes_says_what_changed")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["quality_reviews.id"], name=op.f("fk_quality_disputes_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_quality_disputes_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_disputes")),
        sa.UniqueConstraint("review_id", name=op.f("uq_quality_disputes_review_id")),
    )
    op.create_index(
        "ix_quality_disputes_open",
        "quality_disputes",
        ["raised_at"],
        postgresql_where=sa.text("state = 'open'"),
    )


def create_notes() -> None:
    op.create_table(
        "coaching_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_coaching_notes_rep_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_coaching_notes_author_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcomes.id"], name=op.f("fk_coaching_notes_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_notes")),
    )
    op.create_index("ix_coaching_notes_rep_id_at", "coaching_notes", ["rep_id", "at"])


def keep_as_they_are() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_scorecard_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a published scorecard is never changed; publish a new version'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER scorecards_are_kept BEFORE UPDATE OR DELETE ON scorecards"
        " FOR EACH ROW EXECUTE FUNCTION refuse_scorecard_change()"
    )
    op.execute(
        """
        CREATE FUNCTION refuse_review_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a review that was handed in is kept; a dispute says what changed'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER submitted_reviews_are_kept BEFORE UPDATE OF outcome_id, rep_id, reviewer_id, card_id,"
        " state, is_calibration, answers, comment, score_bp, failed, submitted_at, dispute_until_on"
        " ON quality_reviews FOR EACH ROW WHEN (OLD.state = 'submitted')"
        " EXECUTE FUNCTION refuse_review_change()"
    )
    op.execute(
        "CREATE TRIGGER submitted_reviews_stay BEFORE DELETE ON quality_reviews"
        " FOR EACH ROW WHEN (OLD.state = 'submitted') EXECUTE FUNCTION refuse_review_change()"
    )


def downgrade() -> None:
    for table in (
        "coaching_notes",
        "quality_disputes",
        "quality_reviews",
        "quality_items",
        "quality_samples",
        "quality_policies",
        "scorecards",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_review_change()")
    op.execute("DROP FUNCTION refuse_scorecard_change()")
