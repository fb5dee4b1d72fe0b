"""Find the calls that are booked for a person, without looking through all that are."""

from collections.abc import Sequence

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_callbacks_booked_patient_id", "callbacks", ["patient_id"], postgresql_where="state = 'booked'"
    )


def downgrade() -> None:
    op.drop_index("ix_callbacks_booked_patient_id", "callbacks")
