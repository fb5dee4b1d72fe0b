"""When somebody answers the office's number, in Spanish too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("office_profile", sa.Column("hours_es", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("office_profile", "hours_es")
