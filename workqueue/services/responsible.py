"""Who answers for an account: the guarantor, and the patient where there is none."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account


def answered_for_by(person_id: Any) -> ColumnElement[bool]:
    """Return the condition that this person answers for an account.

    Not an equation of `Account.person_id`: each half has an index of its own.
    """
    return or_(
        Account.guarantor_id == person_id,
        and_(Account.guarantor_id.is_(None), Account.patient_id == person_id),
    )


def accounts_of(session: Session, person_id: int) -> list[int]:
    """Return the accounts a person answers for."""
    return list(session.scalars(select(Account.id).where(answered_for_by(person_id)).order_by(Account.id)))
