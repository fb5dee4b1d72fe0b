"""Who answers for an account, and whose holds reach it.

The guarantor answers, and the patient where there is none. What is true of the patient stays with the bills
for their care, whoever answers for them.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, any_, cast, literal, not_, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Hold
from workqueue.rules.holds import ABOUT_PATIENT, SPARING_GUARANTOR, HoldKind, kinds_that_stop
from workqueue.rules.kinds import Party
from workqueue.rules.states import CallbackState


def answered_for_by(person_id: Any) -> ColumnElement[bool]:
    """Return the condition that this person answers for an account.

    Not an equation of `Account.person_id`: each half has an index of its own.
    """
    return or_(
        Account.guarantor_id == person_id,
        and_(Account.guarantor_id.is_(None), Account.patient_id == person_id),
    )


def concerns(person_id: Any) -> ColumnElement[bool]:
    """Return the condition that a person is the patient of an account, or answers for it."""
    return or_(Account.guarantor_id == person_id, Account.patient_id == person_id)


def accounts_of(session: Session, person_ids: Collection[int]) -> list[int]:
    """Return the accounts these persons answer for: what a call to them is about."""
    any_of_them = any_(cast(list(person_ids), ARRAY(BigInteger)))
    return list(session.scalars(select(Account.id).where(answered_for_by(any_of_them)).order_by(Account.id)))


def accounts_reached(session: Session, kind: HoldKind, person_id: int) -> list[int]:
    """Return the accounts a hold of this kind on this person covers."""
    covered = concerns(person_id) if kind in ABOUT_PATIENT else answered_for_by(person_id)
    return list(session.scalars(select(Account.id).where(covered).order_by(Account.id)))


def accounts_under(session: Session, hold: Hold) -> list[int]:
    """Return the accounts a hold covers."""
    if hold.patient_id is not None:
        return accounts_reached(session, hold.kind, hold.patient_id)
    return [hold.account_id] if hold.account_id is not None else []


def reached() -> ColumnElement[bool]:
    """Return the condition that the hold of a row, on a person, covers the account of a row."""
    return or_(
        answered_for_by(Hold.patient_id),
        and_(Hold.kind.in_(ABOUT_PATIENT), Account.patient_id == Hold.patient_id),
    )


def covers(account: Account | type[Account]) -> ColumnElement[bool]:
    """Return the condition that a hold covers this account; of the class, its row in the statement.

    It is on the account, on who answers for it, or says something of its patient.
    """
    # A bare "=": of nobody there are no holds. SQLAlchemy's own would ask for IS NULL: all on accounts.
    is_of = Hold.patient_id.bool_op("=")
    return or_(
        Hold.account_id == account.id,
        is_of(account.person_id),
        and_(Hold.kind.in_(ABOUT_PATIENT), is_of(account.patient_id)),
    )


def pauses(account: Account) -> ColumnElement[bool]:
    """Return the condition that the other calls about an account wait for this callback.

    It is about the account, or with whoever answers for it.
    """
    # Here too a bare "=": a call that is booked with nobody known is with nobody else.
    is_with = Callback.patient_id.bool_op("=")
    is_about = or_(Callback.account_id == account.id, is_with(account.person_id))
    return and_(Callback.state == CallbackState.BOOKED, is_about)


def makes_wait(account: Account | type[Account], party: Party) -> ColumnElement[bool]:
    """Return the condition that the tasks of an account with this party wait for a hold that covers it."""
    stops = Hold.kind.in_(kinds_that_stop(party))
    has_guarantor: ColumnElement[bool] = (
        literal(account.guarantor_id is not None)
        if isinstance(account, Account)
        else account.guarantor_id.is_not(None)
    )
    return and_(stops, not_(and_(Hold.kind.in_(SPARING_GUARANTOR), has_guarantor)))


def accounts_paused_by(session: Session, *, account_id: int, person_id: int | None) -> list[int]:
    """Return, in the order of their ids, the accounts whose other calls wait for a callback.

    Its own, and all that the person called answers for: whoever changes a callback locks these together and
    derives them.
    """
    about = Account.id == account_id
    if person_id is not None:
        about = or_(about, answered_for_by(person_id))
    return list(session.scalars(select(Account.id).where(about).order_by(Account.id)))
