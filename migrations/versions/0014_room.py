"""Two indexes for the page a lead keeps open: calls nobody has logged yet, and callbacks by their time.

The page asks for both every few seconds; without them it would read every call of all years.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_calls_open", "calls", ["rep_id"], postgresql_where="disposition = ''")
    op.create_index("ix_callbacks_at", "callbacks", ["at"])


def downgrade() -> None:
    op.drop_index("ix_callbacks_at", table_name="callbacks")
    op.drop_index("ix_calls_open", table_name="calls", postgresql_where="disposition = ''")
