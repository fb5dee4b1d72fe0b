"""Texts beside e-mails: what providers report, what comes in, reminders, and consent ticked on the page."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
BEFORE = ("waiting", "sending", "sent", "failed", "unsure")
STATES = (*BEFORE, "delivered", "undelivered", "stopped", "superseded")
EVENTS = (
    "booked",
    "moved",
    "cancelled",
    "rehomed",
    "missed",
    "called_off",
    "day_before",
    "hour_before",
    "invited",
)
OUT = "(state IN ('sent', 'delivered', 'undelivered')) = (sent_at IS NOT NULL)"
SENT = "(state = 'sent') = (sent_at IS NOT NULL)"
# Which foreign key of `messages` leads where.
KEYS = {
    "patient_id": "patients",
    "callback_id": "callbacks",
    "link_id": "callback_links",
    "settled_by_id": "users",
}
WITH_DEFAULT = {
    "callback_sequence": (sa.SmallInteger(), "0"),
    "link_nonce": (sa.Text(), ""),
    "goes_at_any_hour": (sa.Boolean(), "false"),
    "pieces": (sa.SmallInteger(), "1"),
    "provider_id": (sa.Text(), ""),
}


def one_of(name: str, values: Sequence[str]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def widen(table: str, column: str, values: Sequence[str]) -> None:
    """Let a column hold these: the check is written anew, the column stays as it is."""
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    listed = ", ".join(f"'{each}'" for each in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def upgrade() -> None:
    widen("messages", "channel", ("email", "text"))
    widen("messages", "state", STATES)
    widen("door_attempts", "door", ("link", "code", "change", "provider"))
    op.drop_constraint(op.f("ck_messages_sent_has_its_time"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_sent_has_its_time"), "messages", OUT)
    for name, table in KEYS.items():
        op.add_column("messages", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_messages_{name}"), "messages", table, [name], ["id"])
    for name, (kind, default) in WITH_DEFAULT.items():
        op.add_column("messages", sa.Column(name, kind, server_default=default, nullable=False))
    op.add_column("messages", sa.Column("event", sa.String(40), nullable=True))
    listed = ", ".join(f"'{each}'" for each in EVENTS)
    op.create_check_constraint(op.f("ck_messages_event"), "messages", f"event IN ({listed})")
    for name in ("reported_at", "settled_at"):
        op.add_column("messages", sa.Column(name, AT, nullable=True))
    op.create_index(
        "ix_messages_patient_id",
        "messages",
        ["patient_id"],
        postgresql_where=sa.text("patient_id IS NOT NULL"),
    )
    op.create_index("ix_messages_to_address", "messages", ["to_address"])
    op.create_index(
        "uq_messages_provider_id",
        "messages",
        ["provider_id"],
        unique=True,
        postgresql_where=sa.text("provider_id <> ''"),
    )
    op.create_index(
        "ix_messages_to_look_at",
        "messages",
        ["id"],
        postgresql_where=sa.text("state IN ('failed', 'unsure', 'undelivered') AND settled_at IS NULL"),
    )
    op.add_column(
        "callback_wishes", sa.Column("may_text", sa.Boolean(), server_default="false", nullable=False)
    )
    make_reminders()
    make_incoming()


def make_reminders() -> None:
    op.create_table(
        "callback_reminders",
        sa.Column("callback_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.SmallInteger(), nullable=False),
        sa.Column("event", one_of("event", EVENTS), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("was_written", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callbacks.id"], name=op.f("fk_callback_reminders_callback_id")
        ),
        sa.PrimaryKeyConstraint("callback_id", "sequence", "event", name=op.f("pk_callback_reminders")),
    )


def make_incoming() -> None:
    op.create_table(
        "incoming_texts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("came_at", AT, nullable=False),
        sa.Column("word", one_of("word", ("stop", "start", "help", "sentence")), nullable=True),
        sa.Column("e164", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("read_at", AT, nullable=True),
        sa.Column("read_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["read_by_id"], ["users.id"], name=op.f("fk_incoming_texts_read_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_texts")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_incoming_texts_provider_id")),
    )
    op.create_index(
        "ix_incoming_texts_e164", "incoming_texts", ["e164"], postgresql_where=sa.text("e164 <> ''")
    )
    op.create_index(
        "ix_incoming_texts_unread",
        "incoming_texts",
        ["id"],
        postgresql_where=sa.text("body <> '' AND read_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("incoming_texts")
    op.drop_table("callback_reminders")
    op.drop_column("callback_wishes", "may_text")
    # What the code before knows no word for: texts, and what became of a message after it was sent.
    op.execute("DELETE FROM messages WHERE channel = 'text' OR state IN ('stopped', 'superseded')")
    op.execute("UPDATE messages SET state = 'sent' WHERE state IN ('delivered', 'undelivered')")
    op.execute("DELETE FROM door_attempts WHERE door = 'provider'")
    for name in ("to_look_at", "to_address", "patient_id"):
        op.drop_index(f"ix_messages_{name}", table_name="messages")
    op.drop_index("uq_messages_provider_id", table_name="messages")
    op.drop_constraint(op.f("ck_messages_sent_has_its_time"), "messages", type_="check")
    for name in ("settled_at", "reported_at", "event", *WITH_DEFAULT, *KEYS):
        op.drop_column("messages", name)
    op.create_check_constraint(op.f("ck_messages_sent_has_its_time"), "messages", SENT)
    widen("messages", "channel", ("email",))
    widen("messages", "state", BEFORE)
    widen("door_attempts", "door", ("link", "code", "change"))
