"""Payment plans: a balance paid month by month, each payment a promise of its own."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import PaymentPlan, Promise
from workqueue.rules.calendar import office_day
from workqueue.rules.plans import schedule
from workqueue.rules.promises import grace_on
from workqueue.rules.refusals import NotFound, Refusal
from workqueue.rules.states import CauseKind
from workqueue.services import deriving, promises
from workqueue.services.posting import lock_accounts


class PlanOver(Refusal):
    """The plan was called off or replaced before."""

    code = "plan_over"
    sentence = "This plan is over already."


def put(
    session: Session,
    *,
    account_id: int,
    total_cents: int,
    instalments: int,
    first_due_on: date,
    outcome_id: int,
    now: datetime,
) -> int:
    """Write a plan of an account that is locked, in place of earlier promises; the caller derives."""
    promises.cancel_all(session, account_ids=[account_id], now=now)
    plan = PaymentPlan(
        account_id=account_id,
        total_cents=total_cents,
        instalments=instalments,
        first_due_on=first_due_on,
        made_on=office_day(now),
        outcome_id=outcome_id,
    )
    session.add(plan)
    session.flush()
    session.add_all(
        Promise(
            account_id=account_id,
            plan_id=plan.id,
            amount_cents=each.amount_cents,
            cumulative_cents=each.cumulative_cents,
            made_on=plan.made_on,
            due_on=each.due_on,
            grace_on=grace_on(each.due_on),
            outcome_id=outcome_id,
        )
        for each in schedule(total_cents, instalments, first_due_on)
    )
    session.flush()
    return plan.id


def cancel(session: Session, *, plan_id: int, actor_id: int, now: datetime) -> None:
    """Call a plan off; what is owed comes up again as any balance does."""
    account_id = session.scalar(select(PaymentPlan.account_id).where(PaymentPlan.id == plan_id))
    if account_id is None:
        raise NotFound
    lock_accounts(session, [account_id])
    plan = session.get_one(PaymentPlan, plan_id, populate_existing=True)
    if plan.cancelled_at is not None:
        raise PlanOver
    plan.cancelled_at = now
    session.execute(
        update(Promise)
        .where(Promise.plan_id == plan_id, Promise.cancelled_at.is_(None))
        .values(cancelled_at=now)
    )
    deriving.derive(session, {account_id: None}, cause=CauseKind.LEAD, now=now, actor_id=actor_id)
