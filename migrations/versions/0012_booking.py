"""Patients book their callbacks: ways in, what a team gives out, a waiting list, one promise a rep at a time.

A callback of before reserved nothing: it is given the quarter of an hour it would reserve today, and no rep,
so that two of one time go on standing beside each other. Asked for in a call, it was asked for when booked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


CAUSES = ("fact", "clock", "rebuild", "outcome", "lead", "lease", "hold", "contact", "rules", "rebalance")
CAUSE_COLUMNS = (("tasks", "opened_by_cause"), ("task_changes", "cause"))


def _allow_causes(*causes: str) -> None:
    """Write the CHECKs of what made a task change anew; what is no longer named becomes a lead's doing."""
    listed = ", ".join(f"'{each}'" for each in causes)
    for table, column in CAUSE_COLUMNS:
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.execute(f"UPDATE {table} SET {column} = 'lead' WHERE {column} NOT IN ({listed})")  # noqa: S608
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


TOPICS = ("bill", "payment", "plan", "insurance", "other")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _booking_rules()
    _links()
    _callbacks()
    _changes()
    _waiting_list()
    _allow_causes(*CAUSES, "callback")


def _booking_rules() -> None:
    numbers = ("minutes", "interpreter_minutes", "step_minutes", "notice_minutes", "ahead_days")
    op.create_table(
        "booking_rules",
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in numbers),
        sa.Column("share_percent", sa.SmallInteger(), nullable=False),
        sa.Column("allows_same_day", sa.Boolean(), nullable=False),
        sa.Column("has_waiting_list", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 120", name=op.f("ck_booking_rules_has_minutes")),
        sa.CheckConstraint(
            "interpreter_minutes BETWEEN 0 AND 120", name=op.f("ck_booking_rules_has_interpreter_minutes")
        ),
        sa.CheckConstraint(
            "step_minutes IN (5, 10, 15, 20, 30, 60)", name=op.f("ck_booking_rules_has_steps")
        ),
        sa.CheckConstraint("notice_minutes BETWEEN 5 AND 2880", name=op.f("ck_booking_rules_has_notice")),
        sa.CheckConstraint("ahead_days BETWEEN 1 AND 30", name=op.f("ck_booking_rules_has_an_end")),
        sa.CheckConstraint("share_percent BETWEEN 1 AND 100", name=op.f("ck_booking_rules_has_a_share")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_booking_rules_changed_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_booking_rules_team_id")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_booking_rules")),
    )


def _links() -> None:
    op.create_table(
        "callback_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", one_of("contactchannel", "call", "text", "email", "letter"), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("wrong_checks", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_callback_links_account_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_callback_links_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["patients.id"], name=op.f("fk_callback_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_links")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_callback_links_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_callback_links_token_hash")),
    )
    op.create_index("ix_callback_links_account_id", "callback_links", ["account_id"])


def _callbacks() -> None:
    op.add_column("callbacks", sa.Column("ends_at", AT, nullable=True))
    op.execute("UPDATE callbacks SET ends_at = at + interval '15 minutes'")
    op.alter_column("callbacks", "ends_at", nullable=False)
    op.add_column("callbacks", sa.Column("rep_id", sa.BigInteger(), nullable=True))
    op.add_column("callbacks", sa.Column("asked_at", AT, nullable=True))
    op.execute("UPDATE callbacks SET asked_at = booked_at WHERE asked_in_call_id IS NOT NULL")
    op.add_column("callbacks", sa.Column("missed_at", AT, nullable=True))
    op.add_column("callbacks", sa.Column("topic", one_of("callbacktopic", *TOPICS), nullable=True))
    op.add_column("callbacks", sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "callbacks", sa.Column("needs_interpreter", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("callbacks", sa.Column("phrase", sa.Text(), server_default="", nullable=False))
    op.add_column("callbacks", sa.Column("link_id", sa.BigInteger(), nullable=True))
    op.add_column("callbacks", sa.Column("sequence", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_foreign_key(op.f("fk_callbacks_rep_id"), "callbacks", "users", ["rep_id"], ["id"])
    op.create_foreign_key(op.f("fk_callbacks_link_id"), "callbacks", "callback_links", ["link_id"], ["id"])
    op.create_check_constraint("is_a_time", "callbacks", "at < ends_at")
    op.create_index(
        "ix_callbacks_booked_at", "callbacks", ["at"], postgresql_where=sa.text("state = 'booked'")
    )
    # Written out: Alembic's own form of it takes columns only.
    op.execute(
        "ALTER TABLE callbacks ADD CONSTRAINT ex_callbacks_one_at_a_time EXCLUDE USING gist"
        " (int8range(rep_id, rep_id, '[]') WITH &&, tstzrange(at, ends_at) WITH &&)"
        " WHERE (state = 'booked' AND rep_id IS NOT NULL)"
    )


def _changes() -> None:
    kinds = ("booked", "moved", "rehomed", "cancelled", "met", "missed")
    op.create_table(
        "callback_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("callback_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", one_of("callbackchangekind", *kinds), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("was_due_at", AT, nullable=True),
        sa.Column("rep_id", sa.BigInteger(), nullable=True),
        sa.Column("was_rep_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_callback_changes_by_id")),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callbacks.id"], name=op.f("fk_callback_changes_callback_id")
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_callback_changes_rep_id")),
        sa.ForeignKeyConstraint(["was_rep_id"], ["users.id"], name=op.f("fk_callback_changes_was_rep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_changes")),
    )
    op.create_index("ix_callback_changes_callback_id", "callback_changes", ["callback_id"])


def _waiting_list() -> None:
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("phone_id", sa.BigInteger(), nullable=True),
        sa.Column("topic", one_of("callbacktopic", *TOPICS), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("needs_interpreter", sa.Boolean(), nullable=False),
        sa.Column("from_at", AT, nullable=False),
        sa.Column("until_at", AT, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("callback_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_waiting_list_is_a_time")),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"], name=op.f("fk_waiting_list_callback_id")),
        sa.ForeignKeyConstraint(["link_id"], ["callback_links.id"], name=op.f("fk_waiting_list_link_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["phones.id"], name=op.f("fk_waiting_list_phone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
    )
    op.create_index(
        "uq_waiting_list_open",
        "waiting_list",
        ["link_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    _allow_causes(*CAUSES)
    op.drop_table("waiting_list")
    op.drop_table("callback_changes")
    op.drop_constraint("ex_callbacks_one_at_a_time", "callbacks")
    op.drop_index("ix_callbacks_booked_at", table_name="callbacks")
    op.drop_constraint(op.f("ck_callbacks_is_a_time"), "callbacks", type_="check")
    for column in ("sequence", "link_id", "phrase", "needs_interpreter", "language", "topic", "missed_at"):
        op.drop_column("callbacks", column)
    op.drop_column("callbacks", "asked_at")
    op.drop_column("callbacks", "rep_id")
    op.drop_column("callbacks", "ends_at")
    op.drop_table("callback_links")
    op.drop_table("booking_rules")
