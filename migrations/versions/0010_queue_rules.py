"""The rules of the queue as versions, and which one is in force.

Version 1 is a literal copy of `rules/queue_rules.py` as it was that day, the numbers that stood in the code
until then: nothing moves. A test holds the two together; a changed default there adds a version of its own.
Down leaves the queue as the last publication made it, until the code before rebuilds it by its own numbers.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CAUSES = ("fact", "clock", "rebuild", "outcome", "lead", "lease", "hold", "contact")
CAUSE_COLUMNS = (("tasks", "opened_by_cause"), ("task_changes", "cause"))

ADDED_AT = datetime(2026, 11, 26, tzinfo=UTC)

# Kind: who works it, and whether it goes before what can wait.
KINDS = {
    "claim_rejected": ("claims", 2),
    "claim_not_found": ("claims", 2),
    "claim_no_response": ("claims", 2),
    "information_requested": ("claims", 2),
    "denial": ("denials", 2),
    "appeal_deadline": ("denials", 1),
    "filing_deadline": ("claims", 1),
    "underpaid": ("denials", 2),
    "payment_unmatched": ("payments", 2),
    "credit_balance": ("payments", 2),
    "patient_balance": ("patients", 2),
    "promise_due": ("patients", 2),
    "promise_broken": ("patients", 2),
    "callback_due": ("patients", 0),
    "balance_review": ("payments", 2),
}
FIRST = {
    "appeal_lead_days": 7,
    "filing_lead_days": 7,
    "revisit_days": 7,
    "discount_percent": 99,
    "recheck_days": 14,
    "remittance_days": 7,
    "underpaid_cents": 1_000,
    "underpaid_bp": 200,
    "first_call_days": 14,
    "after_promise_days": 14,
    "next_payer_days": 30,
    "callback_lead_minutes": 5,
    "small_waits_days": 60,
    "kinds": {
        kind: {
            "skill": skill,
            "tier": tier,
            "is_on": True,
            "weight_percent": 100,
            "floor_cents": 0,
            "minutes": None,
        }
        for kind, (skill, tier) in KINDS.items()
    },
}


def _allow_causes(*causes: str) -> None:
    """Write the CHECKs of what made a task change anew; what is no longer named becomes a lead's doing."""
    listed = ", ".join(f"'{each}'" for each in causes)
    for table, column in CAUSE_COLUMNS:
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.execute(f"UPDATE {table} SET {column} = 'lead' WHERE {column} NOT IN ({listed})")  # noqa: S608
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def upgrade() -> None:
    versions = op.create_table(
        "queue_rule_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_from_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_shadow", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["made_from_id"],
            ["queue_rule_versions.id"],
            name=op.f("fk_queue_rule_versions_made_from_id"),
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_queue_rule_versions_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_rule_versions")),
    )
    publications = op.create_table(
        "queue_rule_publications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["queue_rule_versions.id"],
            name=op.f("fk_queue_rule_publications_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_queue_rule_publications_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_rule_publications")),
        sa.UniqueConstraint("number", name=op.f("uq_queue_rule_publications_number")),
    )
    op.create_index(
        "uq_queue_rule_publications_waiting",
        "queue_rule_publications",
        [sa.text("(true)")],
        unique=True,
        postgresql_where="number IS NULL AND failed_at IS NULL",
    )
    op.bulk_insert(versions, [{"label": "As delivered", "parameters": FIRST, "made_at": ADDED_AT}])
    op.bulk_insert(
        publications, [{"version_id": 1, "number": 1, "asked_at": ADDED_AT, "published_at": ADDED_AT}]
    )
    _allow_causes(*CAUSES, "rules")


def downgrade() -> None:
    _allow_causes(*CAUSES)
    op.drop_table("queue_rule_publications")
    op.drop_table("queue_rule_versions")
