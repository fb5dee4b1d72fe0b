"""What everybody of a team is doing at this moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from workqueue.models import (
    Account,
    Call,
    Lane,
    Lease,
    Outcome,
    Patient,
    SignInSession,
    Task,
    User,
    UserSkill,
)
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.call_states import CallState
from workqueue.rules.dispositions import label_of
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.roles import WORKERS
from workqueue.rules.room import LONGEST_CALL, Doing, Seen, doing
from workqueue.rules.shifts import SkillLevel, expected_minutes
from workqueue.rules.states import TaskState
from workqueue.services import staffing
from workqueue.services.reading.lines import full_name
from workqueue.services.reading.my_day import DoneLine
from workqueue.services.reading.staffing import shifts_left
from workqueue.services.sign_in import IDLE

OVER = (CallState.ENDED, CallState.LOGGED)


@dataclass(frozen=True, slots=True)
class InHand:
    """The task somebody holds."""

    task_id: int
    kind: TaskKind
    kind_label: str
    account_number: str
    patient_name: str
    since: datetime
    lease_until: datetime
    minutes: int
    """Since it was taken."""
    expected_minutes: int
    """For a person of this level."""

    @property
    def is_long(self) -> bool:
        """It takes more than twice as long as expected: perhaps help is wanted."""
        return self.minutes > 2 * self.expected_minutes


@dataclass(frozen=True, slots=True)
class PersonNow:
    """One person of the team."""

    user_id: int
    name: str
    doing: Doing
    since: datetime | None
    """Since when they do it; of who is away, until when; None where nobody knows."""
    in_hand: InHand | None
    is_away: bool
    done: int
    """Outcomes logged today."""
    passed: int
    """Tasks in the queue that only they are offered."""
    shift_minutes: int
    """Left of today's shift."""
    shift_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Day:
    done: int
    last_at: datetime | None


def people_now(session: Session, *, team_id: int, now: datetime) -> tuple[PersonNow, ...]:
    """Return everybody who works for the team, by name."""
    people = session.execute(
        select(User.id, User.name)
        .where(User.team_id == team_id, User.is_active, User.role.in_(WORKERS))
        .order_by(User.name, User.id)
    ).all()
    ids = [row.id for row in people]
    held, calls = _held(session, ids, now), _calls(session, ids, now)
    away = staffing.away_until(session, ids, now=now)
    signed_in, days, passed = _signed_in(session, ids, now), _days(session, ids, now), _passed(session, ids)
    left = shifts_left(session, ids, now=now)

    def of(user_id: int, name: str) -> PersonNow:
        in_hand, day = held.get(user_id), days.get(user_id, _Day(0, None))
        now_doing = doing(
            Seen(
                call_since=calls.get(user_id),
                task_since=in_hand.since if in_hand else None,
                is_away=user_id in away,
                is_on_shift=left[user_id].is_on,
                is_signed_in=user_id in signed_in,
            )
        )
        idle_since = max(filter(None, (signed_in.get(user_id), day.last_at)), default=None)
        since = {
            Doing.ON_CALL: calls.get(user_id),
            Doing.ON_TASK: in_hand.since if in_hand else None,
            Doing.AWAY: away.get(user_id),
            Doing.IDLE: idle_since,
        }
        return PersonNow(
            user_id=user_id,
            name=name,
            doing=now_doing,
            since=since.get(now_doing),
            in_hand=in_hand,
            is_away=user_id in away,
            done=day.done,
            passed=passed.get(user_id, 0),
            shift_minutes=left[user_id].minutes,
            shift_ends_at=left[user_id].ends_at,
        )

    return tuple(of(row.id, row.name) for row in people)


def done_today(session: Session, *, rep_id: int, now: datetime) -> tuple[DoneLine, ...]:
    """Return what a person logged today, the latest first: as many as the room counts."""
    rows = session.execute(
        select(Outcome, Account.number)
        .join(Account, Account.id == Outcome.account_id)
        .where(Outcome.rep_id == rep_id, Outcome.at >= _midnight(now))
        .order_by(Outcome.at.desc(), Outcome.id.desc())
    )
    return tuple(
        DoneLine(
            each.id,
            each.account_id,
            number,
            KINDS[TaskKind(each.task_kind)].label,
            label_of(each.disposition),
            each.at,
            each.next_at,
        )
        for each, number in rows
    )


def _held(session: Session, ids: Collection[int], now: datetime) -> Mapping[int, InHand]:
    rows = session.execute(
        select(
            Lease.rep_id,
            Lease.granted_at,
            Task.id,
            Task.kind,
            Task.minutes,
            Task.lease_until,
            Account.number,
            Patient.last_name,
            Patient.first_name,
            func.coalesce(UserSkill.level, SkillLevel.ABLE.value).label("level"),
        )
        .join(Task, and_(Task.id == Lease.task_id, Task.lease_token == Lease.id))
        .join(Account, Account.id == Task.account_id)
        .outerjoin(Patient, Patient.id == Account.patient_id)
        .outerjoin(Lane, Lane.id == Task.lane_id)
        .outerjoin(UserSkill, and_(UserSkill.user_id == Lease.rep_id, UserSkill.skill_id == Lane.skill_id))
        # Leases run by the database's own clock.
        .where(Lease.rep_id.in_(ids), Lease.ended_at.is_(None), Task.lease_until > func.clock_timestamp())
    )
    return {row.rep_id: _in_hand(row, now) for row in rows}


def _in_hand(row: Any, now: datetime) -> InHand:
    return InHand(
        task_id=row.id,
        kind=row.kind,
        kind_label=KINDS[row.kind].label,
        account_number=row.number,
        patient_name=full_name(row.last_name, row.first_name),
        since=row.granted_at,
        lease_until=row.lease_until,
        minutes=max(0, int((now - row.granted_at).total_seconds() // 60)),
        expected_minutes=expected_minutes(row.minutes, SkillLevel(row.level)),
    )


def _calls(session: Session, ids: Collection[int], now: datetime) -> Mapping[int, datetime]:
    """Return who is on the line with somebody, and since when."""
    rows = session.execute(
        select(Call.rep_id, func.max(Call.placed_at).label("since"))
        .where(Call.rep_id.in_(ids), Call.disposition == "", Call.state.not_in(OVER))
        .where(Call.placed_at > now - LONGEST_CALL)
        .group_by(Call.rep_id)
    )
    return {row.rep_id: row.since for row in rows}


def _signed_in(session: Session, ids: Collection[int], now: datetime) -> Mapping[int, datetime]:
    rows = session.execute(
        select(SignInSession.user_id, func.max(SignInSession.created_at).label("since"))
        .where(SignInSession.user_id.in_(ids), SignInSession.ended_at.is_(None))
        .where(SignInSession.expires_at > now, SignInSession.last_seen_at > now - IDLE)
        .group_by(SignInSession.user_id)
    )
    return {row.user_id: row.since for row in rows}


def _days(session: Session, ids: Collection[int], now: datetime) -> Mapping[int, _Day]:
    rows = session.execute(
        select(Outcome.rep_id, func.count().label("done"), func.max(Outcome.at).label("last_at"))
        .where(Outcome.rep_id.in_(ids), Outcome.at >= _midnight(now))
        .group_by(Outcome.rep_id)
    )
    return {row.rep_id: _Day(row.done, row.last_at) for row in rows}


def _passed(session: Session, ids: Collection[int]) -> Mapping[int, int]:
    rows = session.execute(
        select(Task.owner_id, func.count().label("tasks"))
        .where(Task.state == TaskState.QUEUED, Task.owner_id.is_not(None), Task.owner_id.in_(ids))
        .group_by(Task.owner_id)
    )
    return {row.owner_id: row.tasks for row in rows}


def _midnight(now: datetime) -> datetime:
    return office_midnight(office_day(now))
