"""What follows from an outcome besides waiting: promises, callbacks, holds, numbers, money."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Callback, Outcome, Promise, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.disposition_facts import Disposition, Effect
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.promises import grace_on
from workqueue.rules.states import CallbackState
from workqueue.services import callbacks, contact_points, holding, money

MONEY = frozenset({Effect.WRITE_OFF, Effect.REFUND, Effect.TO_ACCOUNT, Effect.TO_PATIENT})


def follow(
    session: Session,
    outcome: Outcome,
    disposition: Disposition,
    entry: OutcomeEntry,
    *,
    call: Call | None,
    target: Account | None,
    now: datetime,
) -> None:
    """Do what the disposition says besides waiting. The account is locked; the caller derives it."""
    if disposition.needs_call and outcome.task_kind == TaskKind.CALLBACK_DUE:
        _meet(session, outcome.task_id)
    effect = disposition.effect
    if effect is Effect.PROMISE:
        _promise(session, outcome, entry, now)
    elif effect is Effect.CALLBACK and entry.callback_at is not None:
        callbacks.put(
            session,
            account=session.get_one(Account, outcome.account_id),
            at=entry.callback_at,
            phone_id=entry.phone_id or (call.phone_id if call else None),
            booked_by_id=outcome.rep_id,
            now=now,
        )
    elif effect is Effect.HOLD:
        holding.put(
            session,
            account_id=outcome.account_id,
            reason=disposition.hold_reason,
            until_on=office_day(now) + timedelta(days=disposition.wait_days),
            owner_id=outcome.rep_id,
            now=now,
        )
    elif effect is Effect.INVALIDATE_PHONE and call is not None and call.phone_id is not None:
        contact_points.invalidate_phone(session, phone_id=call.phone_id, now=now)
    elif effect in MONEY:
        money.move(session, outcome, effect, amount_cents=entry.amount_cents or 0, target=target, now=now)


def _meet(session: Session, task_id: int) -> None:
    """The patient was called at the time they asked for, whether or not they answered."""
    session.execute(
        update(Callback)
        .where(
            Callback.id == select(Task.subject).where(Task.id == task_id).scalar_subquery(),
            Callback.state == CallbackState.BOOKED,
        )
        .values(state=CallbackState.MET)
    )


def _promise(session: Session, outcome: Outcome, entry: OutcomeEntry, now: datetime) -> None:
    """Write the promise; it takes the place of earlier ones on the account."""
    if entry.amount_cents is None or entry.due_on is None:
        raise ValueError("A promise without amount or day got past the entry's rules.")
    session.execute(
        update(Promise)
        .where(Promise.account_id == outcome.account_id, Promise.cancelled_at.is_(None))
        .values(cancelled_at=now)
    )
    session.add(
        Promise(
            account_id=outcome.account_id,
            amount_cents=entry.amount_cents,
            cumulative_cents=entry.amount_cents,
            made_on=office_day(now),
            due_on=entry.due_on,
            grace_on=grace_on(entry.due_on),
            outcome_id=outcome.id,
        )
    )
    session.flush()
