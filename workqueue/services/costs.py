"""What collecting costs, month by month, as an admin enters it. Nothing is changed: a newer row counts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import CollectionCost, User
from workqueue.rules.costs import CATEGORIES, CostCategory

MOST_LISTED = 200


@dataclass(frozen=True)
class CostLine:
    """One amount that was entered."""

    cost_id: int
    month_on: date
    category: str
    amount_cents: int
    note: str
    entered_by: str
    entered_at: datetime
    counts: bool
    """False once a newer amount was entered for the same month and category."""


def enter(
    session: Session,
    *,
    month_on: date,
    category: CostCategory,
    amount_cents: int,
    note: str,
    actor_id: int,
    now: datetime,
) -> int:
    """Enter what a category cost in a month; it takes the place of what was entered before."""
    cost = CollectionCost(
        month_on=month_on.replace(day=1),
        category=category,
        amount_cents=amount_cents,
        note=note,
        entered_by_id=actor_id,
        entered_at=now,
    )
    session.add(cost)
    session.flush()
    return cost.id


def listed(session: Session) -> tuple[CostLine, ...]:
    """Return what was entered, the newest month first, what counts before what it replaced."""
    newest = func.max(CollectionCost.id).over(partition_by=(CollectionCost.month_on, CollectionCost.category))
    rows = session.execute(
        select(CollectionCost, User.name, newest)
        .join(User, User.id == CollectionCost.entered_by_id)
        .order_by(CollectionCost.month_on.desc(), CollectionCost.category, CollectionCost.id.desc())
        .limit(MOST_LISTED)
    )
    return tuple(
        CostLine(
            cost_id=cost.id,
            month_on=cost.month_on,
            category=CATEGORIES[cost.category],
            amount_cents=cost.amount_cents,
            note=cost.note,
            entered_by=name,
            entered_at=cost.entered_at,
            counts=cost.id == newest_id,
        )
        for cost, name, newest_id in rows
    )
