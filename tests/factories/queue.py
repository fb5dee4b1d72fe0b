"""Lanes, tasks, leases and their history."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.accounts import make_account
from tests.factories.moments import NOON
from tests.factories.patients import make_window
from tests.factories.people import ana, make_skill
from workqueue.models import Account, Lane, Lease, Task, TaskChange, User
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.states import CauseKind, TaskState


def make_lane(session: Session, *, skill: str = SkillCode.CLAIMS, zones: str = "") -> Lane:
    """Return the lane of this skill and these zones, made when there is none."""
    skill_id, window_id = make_skill(session, skill).id, make_window(session, zones).id
    lane = session.scalar(select(Lane).where(Lane.skill_id == skill_id, Lane.window_id == window_id))
    if lane is None:
        lane = Lane(skill_id=skill_id, window_id=window_id)
        session.add(lane)
        session.flush()
    return lane


def make_task(
    session: Session,
    kind: TaskKind = TaskKind.CLAIM_NO_RESPONSE,
    *,
    account: Account | None = None,
    subject: int | None = None,
    lane: Lane | None = None,
    state: TaskState = TaskState.QUEUED,
    tier: int = 2,
    priority: int = 1_000,
    value_cents: int = 50_000,
    deadline_on: date | None = None,
    available_at: datetime = NOON - timedelta(days=1),
    owner: User | None = None,
    holder: User | None = None,
    lease_token: int | None = None,
    lease_until: datetime | None = None,
    deferred_until: datetime | None = None,
    rescore_at: datetime | None = None,
    waiting_on: Party | None = None,
    evidence: int = 0,
) -> Task:
    """Make a task that no derivation has seen; it stays as it is until one looks at its account.

    Patient tasks come in the lane of Chicago, the others in the lane that calls no patient.
    """
    facts = KINDS[kind]
    if lane is None:
        zones = "America/Chicago" if facts.party is Party.PATIENT else ""
        lane = make_lane(session, skill=facts.skill, zones=zones)
    account = account or make_account(session, charge_cents=value_cents, insurance_cents=value_cents)
    task = Task(
        account_id=account.id,
        kind=kind,
        subject=(1 if facts.party is Party.PAYER else 0) if subject is None else subject,
        lane_id=lane.id,
        state=state,
        waiting_on=waiting_on,
        tier=tier,
        priority=priority,
        value_cents=value_cents,
        p_now_bp=4_000,
        p_later_bp=3_000,
        penalty_cents=0,
        gain_cents=value_cents // 10,
        minutes=12,
        deadline_on=deadline_on,
        available_at=available_at,
        evidence=evidence,
        rescore_at=rescore_at,
        owner_id=owner.id if owner else None,
        deferred_until=deferred_until,
        holder_id=holder.id if holder else None,
        lease_token=lease_token,
        lease_until=lease_until,
        opened_at=available_at,
        opened_by_cause=CauseKind.FACT,
        changed_at=available_at,
    )
    session.add(task)
    session.flush()
    return task


def make_lease(
    session: Session,
    *,
    task: Task | None = None,
    rep: User | None = None,
    granted_at: datetime = NOON,
    seconds: int = 900,
) -> Lease:
    """Grant a task to a rep: the lease row, and the task that says the same."""
    task, rep = task or make_task(session), rep or ana(session)
    lease = Lease(task_id=task.id, rep_id=rep.id, granted_at=granted_at)
    session.add(lease)
    session.flush()
    task.state, task.holder_id, task.lease_token = TaskState.LEASED, rep.id, lease.id
    task.lease_until = granted_at + timedelta(seconds=seconds)
    session.flush()
    return lease


def make_task_change(
    session: Session,
    *,
    task: Task | None = None,
    cause: CauseKind = CauseKind.FACT,
    cause_id: int | None = None,
    actor: User | None = None,
    at: datetime = NOON,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> TaskChange:
    task = task or make_task(session)
    change = TaskChange(
        task_id=task.id,
        account_id=task.account_id,
        at=at,
        cause=cause,
        cause_id=cause_id,
        actor_id=actor.id if actor else None,
        before=before or {},
        after=after or {"state": task.state.value},
    )
    session.add(change)
    session.flush()
    return change
