"""When people work and are away, how well they do what they do, and the languages they speak.

Expand only: whoever has no shifts is taken to work the usual week, and every skill holds without end, as
before.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LEVELS = sa.Enum(
    "learning", "able", "expert", name="skilllevel", native_enum=False, create_constraint=True, length=40
)
KINDS = sa.Enum(
    "planned", "sick", "training", name="absencekind", native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    op.add_column("users", sa.Column("zone", sa.Text(), server_default="America/New_York", nullable=False))
    op.add_column(
        "users", sa.Column("productive_percent", sa.SmallInteger(), server_default="80", nullable=False)
    )
    op.create_check_constraint("has_productive_time", "users", "productive_percent BETWEEN 10 AND 100")
    op.add_column("user_skills", sa.Column("level", LEVELS, server_default="able", nullable=False))
    op.add_column("user_skills", sa.Column("expires_on", sa.Date(), nullable=True))
    op.create_table(
        "user_languages",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("level", LEVELS, server_default="able", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_languages_user_id")),
        sa.PrimaryKeyConstraint("user_id", "language", name=op.f("pk_user_languages")),
    )
    _shifts()
    _absences()


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_shifts_has_a_weekday")),
        sa.CheckConstraint("begins < ends", name=op.f("ck_shifts_is_a_span")),
        sa.CheckConstraint("break_minutes >= 0", name=op.f("ck_shifts_has_a_break")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_shifts_is_a_time")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shifts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_user_id", "shifts", ["user_id"])


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absences_is_a_time")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_absences_recorded_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        ExcludeConstraint(
            (sa.text("int8range(user_id, user_id, '[]')"), "&&"),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("cancelled_at IS NULL"),
            name=op.f("ex_absences_one_at_a_time"),
        ),
    )


def downgrade() -> None:
    op.drop_table("absences")
    op.drop_index("ix_shifts_user_id", table_name="shifts")
    op.drop_table("shifts")
    op.drop_table("user_languages")
    op.drop_column("user_skills", "expires_on")
    op.drop_column("user_skills", "level")
    op.drop_constraint(op.f("ck_users_has_productive_time"), "users", type_="check")
    op.drop_column("users", "productive_percent")
    op.drop_column("users", "zone")
