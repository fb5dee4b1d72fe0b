"""A fact's file, payment and payer are no longer looked up for each row, and files are kept as they came.

The three foreign keys cost as much as all else that is done for a row, to ask a million times for what the
same transaction has just written or read; `flask verify` looks for orphans instead (docs/decisions/0009). The
key to the account stays: posting writes it, and money depends on it.

Compressing a file took as long as the bare split of it, to save a fraction of what its facts take. What is
stored stays as it is; only new pieces are kept plain.
"""

from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYS = (("file_id", "files"), ("payer_id", "payers"), ("remittance_id", "remittances"))


def upgrade() -> None:
    for column, _ in KEYS:
        op.drop_constraint(op.f(f"fk_inbox_{column}"), "inbox", type_="foreignkey")
    op.execute("ALTER TABLE file_chunks ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("ALTER TABLE file_chunks ALTER COLUMN content SET STORAGE EXTENDED")
    for column, table in KEYS:
        op.create_foreign_key(op.f(f"fk_inbox_{column}"), "inbox", table, [column], ["id"])
