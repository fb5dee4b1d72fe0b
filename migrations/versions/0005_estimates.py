"""Chances and minutes estimated from the office's own outcomes.

A table beside the defaults in the code, not instead of them: the previous program does not know it and goes
on with the defaults, and an office without outcomes has no rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "estimates",
        sa.Column(
            "kind",
            sa.Enum(
                "claim_rejected",
                "claim_not_found",
                "claim_no_response",
                "information_requested",
                "denial",
                "appeal_deadline",
                "filing_deadline",
                "underpaid",
                "payment_unmatched",
                "credit_balance",
                "patient_balance",
                "promise_due",
                "promise_broken",
                "callback_due",
                "balance_review",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_days", sa.Integer(), nullable=False),
        sa.Column("until_days", sa.Integer(), nullable=False),
        sa.Column("p_now_bp", sa.Integer(), nullable=True),
        sa.Column("p_later_bp", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.Column("observed", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("prompt", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(p_now_bp IS NULL) = (p_later_bp IS NULL)",
            name=op.f("ck_estimates_has_both_chances_or_none"),
        ),
        sa.CheckConstraint(
            "p_later_bp BETWEEN 0 AND p_now_bp AND p_now_bp <= 10000", name=op.f("ck_estimates_are_chances")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_estimates_takes_time")),
        sa.PrimaryKeyConstraint("kind", "from_days", "until_days", name=op.f("pk_estimates")),
    )


def downgrade() -> None:
    op.drop_table("estimates")
