"""Who applied a rebalance: it need not be who proposed it, and the history names who did it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rebalances", sa.Column("applied_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_rebalances_applied_by_id"), "rebalances", "users", ["applied_by_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_rebalances_applied_by_id"), "rebalances", type_="foreignkey")
    op.drop_column("rebalances", "applied_by_id")
