"""Reports: what collecting costs, to whom a report is sent when, and the outbox all messages leave by.

The index of the ledger by the moment of posting is a summary of ranges of blocks (BRIN): rows are only added,
in the order of time, so it stays small and costs a write next to nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "attachments", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "failed",
                "unsure",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="waiting",
            nullable=False,
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_messages_sent_has_its_time")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("natural_key", name=op.f("uq_messages_natural_key")),
    )
    op.create_index(
        "ix_messages_sending", "messages", ["claimed_at"], unique=False, postgresql_where="state = 'sending'"
    )
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["send_after", "id"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "collection_costs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "access",
                "billing",
                "records",
                "vendors",
                "systems",
                "other",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_collection_costs_is_a_cost")),
        sa.CheckConstraint("extract(day FROM month_on) = 1", name=op.f("ck_collection_costs_begins_a_month")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_collection_costs_entered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_costs")),
    )
    op.create_index(
        "ix_collection_costs_month_on", "collection_costs", ["month_on", "category"], unique=False
    )
    op.create_table(
        "report_schedules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "report",
            sa.Enum(
                "ar_days",
                "aging",
                "denials",
                "collections",
                "cost_to_collect",
                "contact",
                "promises",
                "callbacks",
                "handle_time",
                "work_done",
                "queue_age",
                "account_status",
                name="report",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "by",
            sa.Enum(
                "payer_class",
                "payer",
                "reason",
                "month",
                "team",
                "rep",
                "kind",
                "hour",
                "status",
                name="by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "period",
            sa.Enum(
                "yesterday",
                "last_week",
                "last_month",
                "month_to_date",
                "last_90_days",
                name="period",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "every",
            sa.Enum(
                "working_day",
                "week",
                "month",
                name="every",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("at_clock", sa.Time(), nullable=False),
        sa.Column("recipients", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cardinality(recipients) BETWEEN 1 AND 20", name=op.f("ck_report_schedules_has_recipients")
        ),
        sa.CheckConstraint("day BETWEEN 0 AND 28", name=op.f("ck_report_schedules_day_exists")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_report_schedules_ended_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_report_schedules_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
    )
    op.create_index(
        "ix_report_schedules_next_at",
        "report_schedules",
        ["next_at"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "ix_ledger_entries_posted_at", "ledger_entries", ["posted_at"], unique=False, postgresql_using="brin"
    )
    op.add_column(
        "office_profile",
        sa.Column("mail_domains", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("office_profile", "mail_domains")
    op.drop_index("ix_ledger_entries_posted_at", table_name="ledger_entries", postgresql_using="brin")
    op.drop_index(
        "ix_report_schedules_next_at", table_name="report_schedules", postgresql_where="ended_at IS NULL"
    )
    op.drop_table("report_schedules")
    op.drop_index("ix_collection_costs_month_on", table_name="collection_costs")
    op.drop_table("collection_costs")
    op.drop_index("ix_messages_waiting", table_name="messages", postgresql_where="state = 'waiting'")
    op.drop_index("ix_messages_sending", table_name="messages", postgresql_where="state = 'sending'")
    op.drop_table("messages")
