"""The office: accounts, claims, files, inbox, ledger, tasks and what people do with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  # one statement a table
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "applied",
                "duplicate",
                "quarantined",
                "partial",
                "rejected",
                name="filestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_files_sha256")),
    )
    op.create_table(
        "leases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_by",
            sa.Enum(
                "outcome",
                "released",
                "ran_out",
                "taken_over",
                name="ended_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leases")),
    )
    op.create_index("ix_leases_rep_id_granted_at", "leases", ["rep_id", "granted_at"], unique=False)
    op.create_index("uq_leases_open", "leases", ["rep_id"], unique=True, postgresql_where="ended_at IS NULL")
    op.create_table(
        "payers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "medicare",
                "advantage",
                "medicaid",
                "tricare",
                "commercial",
                "other",
                name="payerkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("response_days", sa.SmallInteger(), nullable=False),
        sa.Column("filing_days", sa.SmallInteger(), nullable=False),
        sa.Column("appeal_days", sa.SmallInteger(), nullable=False),
        sa.Column("net_bp", sa.BigInteger(), nullable=False),
        sa.Column("contract_bp", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payers")),
        sa.UniqueConstraint("code", name=op.f("uq_payers_code")),
    )
    op.create_table(
        "task_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "fact",
                "clock",
                "rebuild",
                "outcome",
                "lead",
                "lease",
                "hold",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_changes")),
    )
    op.create_index("ix_task_changes_account_id", "task_changes", ["account_id", "id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
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
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "leased",
                "waiting",
                "closed",
                name="taskstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "waiting_on",
            sa.Enum(
                "payer",
                "patient",
                "office",
                name="waiting_on",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("p_now_bp", sa.Integer(), nullable=False),
        sa.Column("p_later_bp", sa.Integer(), nullable=False),
        sa.Column("penalty_cents", sa.BigInteger(), nullable=False),
        sa.Column("gain_cents", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.BigInteger(), nullable=False),
        sa.Column("rescore_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("deferred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "deferred_for",
            sa.Enum(
                "payer",
                "patient",
                "office",
                name="deferred_for",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("settled_evidence", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "opened_by_cause",
            sa.Enum(
                "fact",
                "clock",
                "rebuild",
                "outcome",
                "lead",
                "lease",
                "hold",
                name="opened_by_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_lane",
        "tasks",
        ["lane_id", sa.text("priority DESC"), "id"],
        unique=False,
        postgresql_where="state = 'queued' AND owner_id IS NULL",
    )
    op.create_index(
        "ix_tasks_leased", "tasks", ["lease_until"], unique=False, postgresql_where="lease_token IS NOT NULL"
    )
    op.create_index(
        "ix_tasks_owner",
        "tasks",
        ["owner_id", sa.text("priority DESC"), "id"],
        unique=False,
        postgresql_where="state = 'queued' AND owner_id IS NOT NULL",
    )
    op.create_index(
        "ix_tasks_rescore_at",
        "tasks",
        ["rescore_at"],
        unique=False,
        postgresql_where="rescore_at IS NOT NULL",
    )
    op.create_index("uq_tasks_identity", "tasks", ["account_id", "kind", "subject"], unique=True)
    op.create_table(
        "windows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
        sa.UniqueConstraint("zones", name=op.f("uq_windows_zones")),
    )
    op.create_table(
        "file_chunks",
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_chunks_file_id")),
        sa.PrimaryKeyConstraint("file_id", "ordinal", name=op.f("pk_file_chunks")),
    )
    op.create_table(
        "patients",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("zip", sa.Text(), server_default="", nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_patients_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("key", name=op.f("uq_patients_key")),
    )
    op.create_table(
        "remittances",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_key", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=True),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("claim_count", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_remittances_file_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_remittances_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittances")),
        sa.UniqueConstraint("payment_key", name=op.f("uq_remittances_payment_key")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=True),
        sa.Column("is_identified", sa.Boolean(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("charge_key", sa.Text(), server_default="", nullable=False),
        sa.Column("insurance_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("patient_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("patient_since_on", sa.Date(), nullable=True),
        sa.Column("patient_paid_on", sa.Date(), nullable=True),
        sa.Column("fact_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_accounts_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_accounts_number")),
    )
    op.create_index(
        "ix_accounts_open",
        "accounts",
        ["id"],
        unique=False,
        postgresql_where="insurance_cents <> 0 OR patient_cents <> 0",
    )
    op.create_index("ix_accounts_patient_id", "accounts", ["patient_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id")),
        sa.PrimaryKeyConstraint("user_id", "task_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "file_receipts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "drop",
                "upload",
                "cli",
                "api",
                name="filesource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.BigInteger(), nullable=True),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_receipts_file_id")),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["users.id"], name=op.f("fk_file_receipts_received_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_receipts")),
    )
    op.create_index("ix_file_receipts_file_id", "file_receipts", ["file_id"], unique=False)
    op.create_table(
        "lanes",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("skill_id", sa.SmallInteger(), nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_lanes_skill_id")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_lanes_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lanes")),
        sa.UniqueConstraint("skill_id", "window_id", name=op.f("uq_lanes_skill_id_window_id")),
    )
    op.create_table(
        "phones",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column(
            "place",
            sa.Enum(
                "home",
                "mobile",
                "work",
                "other",
                name="phoneplace",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_valid", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_phones_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phones")),
        sa.UniqueConstraint("patient_id", "e164", name=op.f("uq_phones_patient_id_e164")),
    )
    op.create_index("ix_phones_e164", "phones", ["e164"], unique=False)
    op.create_table(
        "provider_adjustments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("remittance_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("fiscal_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittances.id"], name=op.f("fk_provider_adjustments_remittance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_adjustments")),
        sa.UniqueConstraint(
            "remittance_id", "ordinal", name=op.f("uq_provider_adjustments_remittance_id_ordinal")
        ),
    )
    op.create_table(
        "quarantined_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("set_ordinal", sa.BigInteger(), nullable=False),
        sa.Column("claim_ordinal", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fact_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "released",
                "dismissed",
                name="quarantinestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_quarantined_items_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_quarantined_items_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_items")),
        sa.UniqueConstraint(
            "file_id",
            "set_ordinal",
            "claim_ordinal",
            name=op.f("uq_quarantined_items_file_id_set_ordinal_claim_ordinal"),
        ),
    )
    op.create_index(
        "ix_quarantined_items_open",
        "quarantined_items",
        ["id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("phone_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "met",
                "missed",
                "cancelled",
                name="callbackstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_callbacks_account_id")),
        sa.ForeignKeyConstraint(["booked_by_id"], ["users.id"], name=op.f("fk_callbacks_booked_by_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["phones.id"], name=op.f("fk_callbacks_phone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(
        "ix_callbacks_booked", "callbacks", ["account_id"], unique=False, postgresql_where="state = 'booked'"
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=True),
        sa.Column("phone_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "payer",
                "patient",
                "office",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_calls_account_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_calls_patient_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["phones.id"], name=op.f("fk_calls_phone_id")),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_calls_rep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_account_id", "calls", ["account_id"], unique=False)
    op.create_index("ix_calls_patient_id_placed_at", "calls", ["patient_id", "placed_at"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.SmallInteger(), nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=True),
        sa.Column("payer_control_number", sa.Text(), server_default="", nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("service_on", sa.Date(), nullable=True),
        sa.Column("service_through_on", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submission_key", sa.Text(), server_default="", nullable=False),
        sa.Column("status_category", sa.Text(), server_default="", nullable=False),
        sa.Column("status_code", sa.Text(), server_default="", nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("status_key", sa.Text(), server_default="", nullable=False),
        sa.Column("adjudicated_on", sa.Date(), nullable=True),
        sa.Column("paid_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("contractual_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("patient_share_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("denied_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("denial_key", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "denied_on",
            sa.Date(),
            sa.Computed(
                "CASE WHEN denial_key <> '' THEN make_date(substr(denial_key, 1, 4)::int,"
                " substr(denial_key, 5, 2)::int, substr(denial_key, 7, 2)::int) END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "denial_code", sa.Text(), sa.Computed("substr(denial_key, 10)", persisted=True), nullable=False
        ),
        sa.Column("fact_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("sequence BETWEEN 1 AND 9", name=op.f("ck_claims_sequence")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_claims_account_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_claims_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("account_id", "sequence", name=op.f("uq_claims_account_id_sequence")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_at > placed_at", name=op.f("ck_holds_ends")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_holds_account_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_holds_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_account_id", "holds", ["account_id"], unique=False, postgresql_where="lifted_at IS NULL"
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_key", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "account_opened",
                "claim_submitted",
                "claim_status",
                "remittance_claim",
                "payment",
                "office_entry",
                name="factkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "applied",
                "duplicate",
                "quarantined",
                name="factstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("remittance_id", sa.BigInteger(), nullable=True),
        sa.Column("duplicate_of_id", sa.BigInteger(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("sequence", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=True),
        sa.Column("payer_control_number", sa.Text(), server_default="", nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("charge_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("patient_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("contractual_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("denied_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(state = 'duplicate') = (source_key IS NULL)", name=op.f("ck_inbox_only_duplicates_lack_a_key")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_inbox_account_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_inbox_file_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_inbox_payer_id")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_inbox_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("source_key", name=op.f("uq_inbox_source_key")),
    )
    op.create_index("ix_inbox_account_id", "inbox", ["account_id"], unique=False)
    op.create_index("ix_inbox_waiting", "inbox", ["id"], unique=False, postgresql_where="state = 'received'")
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notes_account_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_notes_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_account_id", "notes", ["account_id"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("fact_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "charge",
                "charge_change",
                "payer_payment",
                "contractual",
                "patient_responsibility",
                "patient_payment",
                "transfer",
                "write_off",
                "refund",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("group_code", sa.Text(), server_default="", nullable=False),
        sa.Column("reason_code", sa.Text(), server_default="", nullable=False),
        sa.Column("insurance_cents", sa.BigInteger(), nullable=False),
        sa.Column("patient_cents", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "insurance_cents <> 0 OR patient_cents <> 0", name=op.f("ck_ledger_entries_moves_money")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ledger_entries_account_id")),
        sa.ForeignKeyConstraint(["fact_id"], ["inbox.id"], name=op.f("fk_ledger_entries_fact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("fact_id", "ordinal", name=op.f("uq_ledger_entries_fact_id_ordinal")),
    )
    op.create_index("ix_ledger_entries_account_id", "ledger_entries", ["account_id"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("lease_token", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("task_kind", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_outcomes_account_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_outcomes_call_id")),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_outcomes_rep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("task_id", "lease_token", name=op.f("uq_outcomes_task_id_lease_token")),
    )
    op.create_index("ix_outcomes_account_id", "outcomes", ["account_id"], unique=False)
    op.create_index("ix_outcomes_rep_id_at", "outcomes", ["rep_id", "at"], unique=False)
    op.create_table(
        "promises",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("grace_on", sa.Date(), nullable=False),
        sa.Column("outcome_id", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_promises_is_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_promises_account_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcomes.id"], name=op.f("fk_promises_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index("ix_promises_account_id", "promises", ["account_id"], unique=False)
    seed()
    guard_ledger()


def seed() -> None:
    """Insert the rows no office can be without."""
    op.execute(
        "INSERT INTO windows (id, zones) VALUES (0, ''), (1, 'America/Anchorage|America/Chicago|"
        "America/Denver|America/Los_Angeles|America/New_York|Pacific/Honolulu')"
    )
    op.execute("SELECT setval(pg_get_serial_sequence('windows', 'id'), 1)")
    # One team that works everything; an office divides the skills among its own teams.
    op.execute("INSERT INTO teams (name) VALUES ('Patient accounts')")
    op.execute(
        "INSERT INTO skills (code, name, team_id) SELECT code, name, (SELECT min(id) FROM teams) FROM (VALUES"
        " ('claims', 'Claim follow-up'), ('denials', 'Denials and appeals'),"
        " ('payments', 'Payments and credits'), ('patients', 'Patient calls')) AS s(code, name)"
    )


def guard_ledger() -> None:
    """Keep the ledger append-only, whoever writes."""
    op.execute(
        """
        CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the ledger is append-only: undo an entry by a new one';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger_entries"
        " FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
    )
    op.execute(
        "CREATE TRIGGER ledger_is_not_truncated BEFORE TRUNCATE ON ledger_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
    )


def downgrade() -> None:  # noqa: PLR0915  # one statement a table
    op.execute("DELETE FROM user_skills")
    op.execute("DELETE FROM skills")
    op.execute("UPDATE users SET team_id = NULL")
    op.execute("DELETE FROM teams")
    op.drop_index("ix_promises_account_id", table_name="promises")
    op.drop_table("promises")
    op.drop_index("ix_outcomes_rep_id_at", table_name="outcomes")
    op.drop_index("ix_outcomes_account_id", table_name="outcomes")
    op.drop_table("outcomes")
    op.drop_index("ix_ledger_entries_account_id", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.execute("DROP FUNCTION refuse_ledger_change")
    op.drop_index("ix_notes_account_id", table_name="notes")
    op.drop_table("notes")
    op.drop_index("ix_inbox_waiting", table_name="inbox", postgresql_where="state = 'received'")
    op.drop_index("ix_inbox_account_id", table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("ix_holds_account_id", table_name="holds", postgresql_where="lifted_at IS NULL")
    op.drop_table("holds")
    op.drop_table("claims")
    op.drop_index("ix_calls_patient_id_placed_at", table_name="calls")
    op.drop_index("ix_calls_account_id", table_name="calls")
    op.drop_table("calls")
    op.drop_index("ix_callbacks_booked", table_name="callbacks", postgresql_where="state = 'booked'")
    op.drop_table("callbacks")
    op.drop_index(
        "ix_quarantined_items_open", table_name="quarantined_items", postgresql_where="state = 'open'"
    )
    op.drop_table("quarantined_items")
    op.drop_table("provider_adjustments")
    op.drop_index("ix_phones_e164", table_name="phones")
    op.drop_table("phones")
    op.drop_table("lanes")
    op.drop_index("ix_file_receipts_file_id", table_name="file_receipts")
    op.drop_table("file_receipts")
    op.drop_table("drafts")
    op.drop_index("ix_accounts_patient_id", table_name="accounts")
    op.drop_index(
        "ix_accounts_open",
        table_name="accounts",
        postgresql_where="insurance_cents <> 0 OR patient_cents <> 0",
    )
    op.drop_table("accounts")
    op.drop_table("remittances")
    op.drop_table("patients")
    op.drop_table("file_chunks")
    op.drop_table("windows")
    op.drop_index("uq_tasks_identity", table_name="tasks")
    op.drop_index("ix_tasks_rescore_at", table_name="tasks", postgresql_where="rescore_at IS NOT NULL")
    op.drop_index(
        "ix_tasks_owner",
        table_name="tasks",
        postgresql_where="state = 'queued' AND owner_id IS NOT NULL",
    )
    op.drop_index("ix_tasks_leased", table_name="tasks", postgresql_where="lease_token IS NOT NULL")
    op.drop_index(
        "ix_tasks_lane",
        table_name="tasks",
        postgresql_where="state = 'queued' AND owner_id IS NULL",
    )
    op.drop_table("tasks")
    op.drop_index("ix_task_changes_account_id", table_name="task_changes")
    op.drop_table("task_changes")
    op.drop_table("payers")
    op.drop_index("uq_leases_open", table_name="leases", postgresql_where="ended_at IS NULL")
    op.drop_index("ix_leases_rep_id_granted_at", table_name="leases")
    op.drop_table("leases")
    op.drop_table("files")
