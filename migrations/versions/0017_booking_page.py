"""The patients' page: what a person has said on it so far, and how often somebody tried a door."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TOPICS = ("bill", "payment", "plan", "insurance", "other")


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "callback_wishes",
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("topic", one_of("callbacktopic", *TOPICS), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("needs_interpreter", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("saved_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["callback_links.id"], name=op.f("fk_callback_wishes_link_id")),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_callback_wishes")),
    )
    op.create_table(
        "door_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("door", one_of("door", "link", "code", "change"), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_attempts")),
    )
    op.create_index("ix_door_attempts_door_place_at", "door_attempts", ["door", "place", "at"])
    op.create_index("ix_door_attempts_door_at", "door_attempts", ["door", "at"])


def downgrade() -> None:
    op.drop_table("door_attempts")
    op.drop_table("callback_wishes")
