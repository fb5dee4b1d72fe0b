"""Holds: a reason to leave a patient alone, with an owner and an end. There is none without an end."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Hold
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.holds import HoldKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CauseKind
from workqueue.services import deriving
from workqueue.services.posting import lock_accounts

LONGEST_DAYS = 365
"""A longer reason is looked at again once a year."""


def place(
    session: Session, *, account_id: int, reason: str, until_on: date, owner_id: int, now: datetime
) -> int:
    """Hold the account until the beginning of that day; return the hold's number."""
    reason = reason.strip()
    today = office_day(now)
    if not reason:
        raise Invalid("Say why the account is held.", field="reason")
    if not today < until_on <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid(f"A hold ends within {LONGEST_DAYS} days; choose a day after today.", field="until_on")
    lock_accounts(session, [account_id])
    if session.scalar(select(Account.id).where(Account.id == account_id)) is None:
        raise NotFound
    hold = put(
        session,
        kind=HoldKind.OFFICE,
        account_id=account_id,
        reason=reason,
        until_on=until_on,
        owner_id=owner_id,
        now=now,
    )
    deriving.derive(session, {account_id: hold}, cause=CauseKind.HOLD, now=now, actor_id=owner_id)
    return hold


def put(
    session: Session,
    *,
    kind: HoldKind,
    reason: str,
    until_on: date,
    owner_id: int,
    now: datetime,
    account_id: int | None = None,
    patient_id: int | None = None,
) -> int:
    """Write the hold of one account, or of all that a person answers for.

    The caller has locked the accounts it covers, and derives them.
    """
    hold = Hold(
        kind=kind,
        account_id=account_id,
        patient_id=patient_id,
        reason=reason,
        owner_id=owner_id,
        placed_at=now,
        until_at=office_midnight(until_on),
    )
    session.add(hold)
    session.flush()
    return hold.id


def lift(session: Session, *, hold_id: int, actor_id: int, now: datetime) -> None:
    """End a hold before its time; one that was lifted before stays as it was."""
    account_id = session.scalar(select(Hold.account_id).where(Hold.id == hold_id))
    if account_id is None:
        raise NotFound
    lock_accounts(session, [account_id])
    hold = session.get_one(Hold, hold_id, populate_existing=True)
    if hold.lifted_at is not None:
        return
    hold.lifted_at = now
    deriving.derive(session, {account_id: hold_id}, cause=CauseKind.HOLD, now=now, actor_id=actor_id)
