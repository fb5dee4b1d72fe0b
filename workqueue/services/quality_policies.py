"""What the timetable draws of a team's reps each week, and how long a score may be disputed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import QualityPolicy, User
from workqueue.rules.quality import LEAST_DISPUTE_DAYS, MOST_A_REP, MOST_DISPUTE_DAYS, Policy
from workqueue.rules.refusals import Invalid
from workqueue.services import auditing


def policy_of(session: Session, team_id: int | None) -> Policy | None:
    """Return a team's policy; None while nobody has set one, and nothing is drawn by itself."""
    row = session.scalar(select(QualityPolicy).where(QualityPolicy.team_id == team_id))
    return Policy(row.random_per_rep, row.risk_per_rep, row.dispute_days) if row else None


def change(session: Session, policy: Policy, *, lead_id: int, now: datetime) -> None:
    """Set the policy of the lead's team; reviews already handed in keep the days they were given."""
    team_id = session.scalar(select(User.team_id).where(User.id == lead_id))
    if team_id is None:
        raise Invalid("You have no team. An admin gives you one.", field="random_per_rep")
    for field, count in (("random_per_rep", policy.random_per_rep), ("risk_per_rep", policy.risk_per_rep)):
        if not 0 <= count <= MOST_A_REP:
            raise Invalid(f"Choose from 0 to {MOST_A_REP}.", field=field)
    if not LEAST_DISPUTE_DAYS <= policy.dispute_days <= MOST_DISPUTE_DAYS:
        raise Invalid(f"Choose from {LEAST_DISPUTE_DAYS} to {MOST_DISPUTE_DAYS} days.", field="dispute_days")
    values = vars(policy) | {"changed_by_id": lead_id, "changed_at": now}
    session.execute(
        insert(QualityPolicy)
        .values(team_id=team_id, **values)
        .on_conflict_do_update(index_elements=["team_id"], set_=values)
    )
    auditing.record(
        session,
        actor_id=lead_id,
        action="quality_policy_changed",
        account_id=None,
        details={"team_id": team_id, **vars(policy)},
        now=now,
    )
