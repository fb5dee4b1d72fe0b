"""Promises to pay: written, and called off when something else takes their place."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from workqueue.models import PaymentPlan, Promise
from workqueue.rules.calendar import office_day
from workqueue.rules.promises import grace_on


def put(
    session: Session, *, account_id: int, amount_cents: int, due_on: date, outcome_id: int, now: datetime
) -> int:
    """Write a promise of an account that is locked, in place of earlier ones; the caller derives."""
    cancel_all(session, account_ids=[account_id], now=now)
    promise = Promise(
        account_id=account_id,
        amount_cents=amount_cents,
        cumulative_cents=amount_cents,
        made_on=office_day(now),
        due_on=due_on,
        grace_on=grace_on(due_on),
        outcome_id=outcome_id,
    )
    session.add(promise)
    session.flush()
    return promise.id


def cancel_all(session: Session, *, account_ids: Collection[int], now: datetime) -> None:
    """Call off every promise and plan of these accounts, which are locked; the caller derives."""
    for table in (Promise, PaymentPlan):
        session.execute(
            update(table)
            .where(table.account_id.in_(account_ids), table.cancelled_at.is_(None))
            .values(cancelled_at=now)
        )
