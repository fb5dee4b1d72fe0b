"""What a patient agreed to pay on an account: promises, and plans with their instalments."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import LedgerEntry, PaymentPlan, Promise
from workqueue.rules import plans as plan_rules
from workqueue.rules.calendar import office_day
from workqueue.rules.plans import PlanState
from workqueue.rules.promises import PromiseState, state_of
from workqueue.rules.states import EntryKind


@dataclass(frozen=True, slots=True)
class PromiseLine:
    promise_id: int
    amount_cents: int
    paid_cents: int
    made_on: date
    due_on: date
    grace_on: date
    state: PromiseState


@dataclass(frozen=True, slots=True)
class PlanLine:
    plan_id: int
    total_cents: int
    paid_cents: int
    """What came since it was made, up to the total."""
    made_on: date
    instalments: tuple[PromiseLine, ...]
    missed: int
    state: PlanState
    notice: str
    """What the law may ask for with a plan of so many payments; empty for a short one."""

    @property
    def next_due(self) -> PromiseLine | None:
        waiting = {PromiseState.OPEN, PromiseState.PARTIAL}
        return next((each for each in self.instalments if each.state in waiting), None)


def promises(session: Session, account_id: int, now: datetime) -> tuple[PromiseLine, ...]:
    """Return those that are no part of a plan, newest first."""
    rows = _with_payments(session, account_id)
    return tuple(_line(promise, came, now) for promise, came in reversed(rows) if promise.plan_id is None)


def plans(session: Session, account_id: int, now: datetime) -> tuple[PlanLine, ...]:
    """Return the account's plans, newest first."""
    rows = session.scalars(
        select(PaymentPlan).where(PaymentPlan.account_id == account_id).order_by(PaymentPlan.id.desc())
    ).all()
    if not rows:
        return ()
    parts = _with_payments(session, account_id)
    return tuple(_plan(plan, [each for each in parts if each[0].plan_id == plan.id], now) for plan in rows)


def missed_of_plan(session: Session, promise: Promise, today: date) -> tuple[int, int]:
    """Return which payment of its plan this is, counted from 1, and how many of the plan are missing."""
    parts = [
        each for each in _with_payments(session, promise.account_id) if each[0].plan_id == promise.plan_id
    ]
    missed = sum(part.grace_on < today and came < part.cumulative_cents for part, came in parts)
    return 1 + [part.id for part, _ in parts].index(promise.id), missed


def _plan(plan: PaymentPlan, parts: list[tuple[Promise, int]], now: datetime) -> PlanLine:
    came = min(max((came for _, came in parts), default=0), plan.total_cents)
    instalments = tuple(_line(promise, paid, now) for promise, paid in parts)
    missed = sum(each.state is PromiseState.BROKEN for each in instalments)
    return PlanLine(
        plan_id=plan.id,
        total_cents=plan.total_cents,
        paid_cents=came,
        made_on=plan.made_on,
        instalments=instalments,
        missed=missed,
        state=plan_rules.state_of(
            is_cancelled=plan.cancelled_at is not None,
            total_cents=plan.total_cents,
            paid_cents=came,
            missed=missed,
        ),
        notice=plan_rules.CREDITOR_NOTICE if plan_rules.needs_creditor_notice(plan.instalments) else "",
    )


def _line(promise: Promise, came: int, now: datetime) -> PromiseLine:
    # What came pays the earlier instalments first, so that no payment counts twice.
    own = max(came - (promise.cumulative_cents - promise.amount_cents), 0)
    paid_cents = own if promise.plan_id is None else min(own, promise.amount_cents)
    return PromiseLine(
        promise_id=promise.id,
        amount_cents=promise.amount_cents,
        paid_cents=paid_cents,
        made_on=promise.made_on,
        due_on=promise.due_on,
        grace_on=promise.grace_on,
        state=state_of(
            amount_cents=promise.amount_cents,
            paid_cents=paid_cents,
            grace_on=promise.grace_on,
            is_cancelled=promise.cancelled_at is not None,
            today=office_day(now),
        ),
    )


def _with_payments(session: Session, account_id: int) -> list[tuple[Promise, int]]:
    """Return the account's promises as they were made, each with what the patient paid since."""
    paid = (
        select(func.coalesce(-func.sum(LedgerEntry.patient_cents), 0))
        .where(LedgerEntry.account_id == Promise.account_id, LedgerEntry.effective_on >= Promise.made_on)
        .where(LedgerEntry.kind == EntryKind.PATIENT_PAYMENT)
        .correlate(Promise)
        .scalar_subquery()
    )
    rows = session.execute(select(Promise, paid).where(Promise.account_id == account_id).order_by(Promise.id))
    return [(promise, int(cents)) for promise, cents in rows]
