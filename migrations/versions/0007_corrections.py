"""Claims taken back, and the line between the payers of one account.

`claims.is_void` is what the queue needs to know of a bill with frequency 8; with a default, so that the code
before it goes on. The ledger's new kind only widens its CHECK. What was posted before stays as it is until
the next fact of its account.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    "charge",
    "charge_change",
    "payer_payment",
    "contractual",
    "patient_responsibility",
    "patient_payment",
    "transfer",
    "write_off",
    "refund",
)


def upgrade() -> None:
    op.add_column("claims", sa.Column("is_void", sa.Boolean(), server_default="false", nullable=False))
    allow((*KINDS, "coordination"))
    # A name is looked for by how it begins (services/reading/search.py): a plain index helps LIKE in the C
    # collation alone, and of one on the last name only each of a common name's rows would be read.
    op.create_index(
        "ix_patients_name",
        "patients",
        [
            sa.func.lower(sa.text("last_name")).label("last"),
            sa.func.lower(sa.text("first_name")).label("first"),
        ],
        postgresql_ops={"last": "text_pattern_ops", "first": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_patients_name", table_name="patients")
    # The code before knows no such lines; as transfers they keep every balance.
    op.execute("ALTER TABLE ledger_entries DISABLE TRIGGER USER")
    op.execute("UPDATE ledger_entries SET kind = 'transfer' WHERE kind = 'coordination'")
    op.execute("ALTER TABLE ledger_entries ENABLE TRIGGER USER")
    allow(KINDS)
    op.drop_column("claims", "is_void")


def allow(kinds: tuple[str, ...]) -> None:
    """Replace the CHECK on the ledger's kinds."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_ledger_entries_entrykind"), "ledger_entries")
    op.create_check_constraint(op.f("ck_ledger_entries_entrykind"), "ledger_entries", f"kind IN ({listed})")
