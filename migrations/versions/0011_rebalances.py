"""Work shared out anew: rebalances, what each moves, and what everybody had on hand.

Expand only. The CHECKs on what made a task change get a member; going back, such a change becomes a lead's
doing. `ix_tasks_owner_waiting` finds what will come up in front of somebody who is away.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CAUSES = ("fact", "clock", "rebuild", "outcome", "lead", "lease", "hold", "contact", "rules")
CAUSE_COLUMNS = (("tasks", "opened_by_cause"), ("task_changes", "cause"))


def _members(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    _allow_causes(*CAUSES, "rebalance")
    op.create_index(
        "ix_tasks_owner_waiting",
        "tasks",
        ["owner_id"],
        postgresql_where="state = 'waiting' AND owner_id IS NOT NULL",
    )
    _rebalances()
    _moves()
    op.create_table(
        "rebalance_loads",
        sa.Column("rebalance_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("capacity_minutes", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("pinned_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rebalance_id"], ["rebalances.id"], name=op.f("fk_rebalance_loads_rebalance_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rebalance_loads_user_id")),
        sa.PrimaryKeyConstraint("rebalance_id", "user_id", name=op.f("pk_rebalance_loads")),
    )


def _rebalances() -> None:
    op.create_table(
        "rebalances",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", _members("cause", "lead", "absence"), nullable=False),
        sa.Column(
            "state", _members("state", "draft", "applied", "undone", "returned", "dropped"), nullable=False
        ),
        sa.Column("absence_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("least_moves", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(cause = 'absence') = (absence_id IS NOT NULL)", name=op.f("ck_rebalances_has_its_absence")
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'dropped')) = (applied_at IS NULL)",
            name=op.f("ck_rebalances_is_applied_once"),
        ),
        sa.ForeignKeyConstraint(["absence_id"], ["absences.id"], name=op.f("fk_rebalances_absence_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_rebalances_ended_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_rebalances_made_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_rebalances_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebalances")),
    )
    op.create_index(
        "uq_rebalances_absence_id",
        "rebalances",
        ["absence_id"],
        unique=True,
        postgresql_where="absence_id IS NOT NULL",
    )


def _moves() -> None:
    whys = ("callback", "deadline", "absent", "skill", "over", "room", "open", "lead")
    stays = ("done", "in_hand", "given", "worked", "away", "unable", "spoken", "changed")
    op.create_table(
        "rebalance_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("rebalance_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("from_user_id", sa.BigInteger(), nullable=True),
        sa.Column("to_user_id", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("why", _members("why", *whys), nullable=False),
        sa.Column("callback_id", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", _members("result", "planned", "moved", "failed", "back", "kept"), nullable=False),
        sa.Column("stayed", _members("stayed", *stays), nullable=True),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callbacks.id"], name=op.f("fk_rebalance_moves_callback_id")
        ),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_rebalance_moves_from_user_id")),
        sa.ForeignKeyConstraint(
            ["rebalance_id"], ["rebalances.id"], name=op.f("fk_rebalance_moves_rebalance_id")
        ),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_rebalance_moves_to_user_id")),
        sa.ForeignKeyConstraint(["told_by_id"], ["users.id"], name=op.f("fk_rebalance_moves_told_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebalance_moves")),
        sa.UniqueConstraint("rebalance_id", "task_id", name=op.f("uq_rebalance_moves_rebalance_id_task_id")),
    )
    op.create_index(
        "ix_rebalance_moves_moved", "rebalance_moves", ["task_id"], postgresql_where="result = 'moved'"
    )


def downgrade() -> None:
    op.drop_table("rebalance_loads")
    op.drop_index("ix_rebalance_moves_moved", table_name="rebalance_moves")
    op.drop_table("rebalance_moves")
    op.drop_index("uq_rebalances_absence_id", table_name="rebalances")
    op.drop_table("rebalances")
    op.drop_index("ix_tasks_owner_waiting", table_name="tasks")
    _allow_causes(*CAUSES)


def _allow_causes(*causes: str) -> None:
    """Write the CHECKs of what made a task change anew; what is no longer named becomes a lead's doing."""
    listed = ", ".join(f"'{each}'" for each in causes)
    for table, column in CAUSE_COLUMNS:
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.execute(f"UPDATE {table} SET {column} = 'lead' WHERE {column} NOT IN ({listed})")  # noqa: S608
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
