"""What a person answers for: the accounts they are called about, towards whose limits the calls count."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account


def is_answered_for_by(person_id: int) -> ColumnElement[bool]:
    """Select the accounts of this person; both indexes can be used, as they could not with coalesce()."""
    return or_(
        Account.guarantor_id == person_id,
        and_(Account.guarantor_id.is_(None), Account.patient_id == person_id),
    )


def accounts_of(session: Session, person_id: int) -> Sequence[int]:
    """Return the accounts this person answers for."""
    return session.scalars(select(Account.id).where(is_answered_for_by(person_id))).all()
