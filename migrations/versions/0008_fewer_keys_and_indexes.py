"""A fact and a lease touch less: three keys of the inbox and two indexes go, and files are kept as they came.

The three foreign keys cost as much as all else that is done for a row, to ask a million times for what the
same transaction has just written or read; `flask verify` looks for orphans instead (docs/decisions/0009). The
key to the account stays: posting writes it, and money depends on it.

Compressing a file took as long as the bare split of it, to save a fraction of what its facts take. What is
stored stays as it is; only new pieces are kept plain.

What is held is found through the open leases, one for each rep; the index of `tasks` for it cost each lease a
page, and the other index of `leases` was read by nothing. Code before this runs on without them, but looks
for a rep's task through the whole table: migrate when the office is closed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEYS = (("file_id", "files"), ("payer_id", "payers"), ("remittance_id", "remittances"))


def upgrade() -> None:
    for column, _ in KEYS:
        op.drop_constraint(op.f(f"fk_inbox_{column}"), "inbox", type_="foreignkey")
    op.execute("ALTER TABLE file_chunks ALTER COLUMN content SET STORAGE EXTERNAL")
    op.drop_index("ix_tasks_leased", table_name="tasks")
    op.drop_index("ix_leases_rep_id_granted_at", table_name="leases")


def downgrade() -> None:
    op.create_index("ix_leases_rep_id_granted_at", "leases", ["rep_id", "granted_at"])
    op.create_index(
        "ix_tasks_leased", "tasks", ["lease_until"], postgresql_where=sa.text("lease_token IS NOT NULL")
    )
    op.execute("ALTER TABLE file_chunks ALTER COLUMN content SET STORAGE EXTENDED")
    for column, table in KEYS:
        op.create_foreign_key(op.f(f"fk_inbox_{column}"), "inbox", table, [column], ["id"])
