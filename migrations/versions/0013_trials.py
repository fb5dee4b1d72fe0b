"""Trials of the rules of the queue, with how far each is and what it found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("against_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("today", "replay", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("days", sa.SmallInteger(), nullable=True),
        sa.Column("is_nightly", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("of", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "(kind = 'replay') = (days IS NOT NULL)", name=op.f("ck_trials_replays_some_days")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["queue_rule_versions.id"], name=op.f("fk_trials_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["against_id"], ["queue_rule_versions.id"], name=op.f("fk_trials_against_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_trials_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    op.create_index("ix_trials_version_id", "trials", ["version_id", "id"])
    op.create_index(
        "ix_trials_unfinished",
        "trials",
        ["id"],
        postgresql_where="finished_at IS NULL AND failed_at IS NULL",
    )


def downgrade() -> None:
    op.drop_table("trials")
