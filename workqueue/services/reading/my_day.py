"""My day: what a rep holds, what was passed to them, what is coming, what is open, what is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Lane, Outcome, Patient, Task, UserSkill, Window
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.dispositions import label_of
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.states import CallbackState, TaskState
from workqueue.rules.windows import is_open
from workqueue.services import contact_rules
from workqueue.services.reading.lines import IS_HELD, TaskLine, full_name, lines_of, task_lines

MOST_PASSED = 50
MOST_CALLBACKS = 20
MOST_DONE = 20
MOST_COUNTED = 5_000
"""Counting stops here: whether five or fifty thousand tasks are left changes nothing about a rep's day."""


@dataclass(frozen=True, slots=True)
class KindCount:
    kind: TaskKind
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class CallbackLine:
    callback_id: int
    account_id: int
    account_number: str
    patient_name: str
    at: datetime
    state: CallbackState
    task_id: int | None


@dataclass(frozen=True, slots=True)
class DoneLine:
    outcome_id: int
    account_id: int
    account_number: str
    kind_label: str
    disposition_label: str
    at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class MyDay:
    held: tuple[TaskLine, ...]
    passed: tuple[TaskLine, ...]
    callbacks: tuple[CallbackLine, ...]
    open_counts: tuple[KindCount, ...]
    """Of the tasks open to this rep at this moment, by kind; the first few thousand only."""
    is_capped: bool
    done_count: int
    done: tuple[DoneLine, ...]


def my_day(session: Session, *, rep_id: int, now: datetime) -> MyDay:
    midnight = office_midnight(office_day(now))
    counts = _open_counts(session, rep_id, now)
    done_count = session.scalar(
        select(func.count()).select_from(Outcome).where(Outcome.rep_id == rep_id, Outcome.at >= midnight)
    )
    return MyDay(
        held=held(session, rep_id),
        passed=_passed(session, rep_id),
        callbacks=_callbacks(session, rep_id, now),
        open_counts=counts,
        is_capped=sum(each.count for each in counts) >= MOST_COUNTED,
        done_count=done_count or 0,
        done=_done(session, rep_id, midnight),
    )


def held(session: Session, rep_id: int) -> tuple[TaskLine, ...]:
    """Return what the rep holds by the database's own clock, which decides about leases."""
    statement = task_lines(IS_HELD, Task.holder_id == rep_id, Task.lease_until > func.clock_timestamp())
    return lines_of(session.execute(statement))


def _passed(session: Session, rep_id: int) -> tuple[TaskLine, ...]:
    statement = task_lines(Task.owner_id == rep_id, Task.state == TaskState.QUEUED)
    return lines_of(session.execute(statement.order_by(Task.priority.desc(), Task.id).limit(MOST_PASSED)))


def _callbacks(session: Session, rep_id: int, now: datetime) -> tuple[CallbackLine, ...]:
    """Return the calls that are in this rep's time, whoever booked them."""
    rows = session.execute(
        select(
            Callback.id,
            Callback.account_id,
            Account.number,
            Patient.last_name,
            Patient.first_name,
            Callback.at,
            Callback.state,
            Task.id,
        )
        .join(Account, Account.id == Callback.account_id)
        .outerjoin(Patient, Patient.id == Callback.patient_id)
        .outerjoin(
            Task,
            and_(
                Task.account_id == Callback.account_id,
                Task.kind == TaskKind.CALLBACK_DUE,
                Task.subject == Callback.id,
            ),
        )
        .where(Callback.state == CallbackState.BOOKED, Callback.rep_id == rep_id)
        .where(Callback.at < now + timedelta(days=7))
        .order_by(Callback.at)
        .limit(MOST_CALLBACKS)
    )
    return tuple(
        CallbackLine(callback_id, account_id, number, full_name(last, first), at, state, task_id)
        for callback_id, account_id, number, last, first, at, state, task_id in rows
    )


def _open_counts(session: Session, rep_id: int, now: datetime) -> tuple[KindCount, ...]:
    windows = session.execute(select(Window.id, Window.zones))
    hours = contact_rules.hours(session)
    open_now = [
        window_id for window_id, zones in windows if is_open(filter(None, zones.split("|")), hours, now)
    ]
    lanes = (
        select(Lane.id)
        .join(UserSkill, UserSkill.skill_id == Lane.skill_id)
        .where(UserSkill.user_id == rep_id, UserSkill.holds_on(office_day(now)), Lane.window_id.in_(open_now))
    )
    some = (
        select(Task.kind.label("kind"))
        .where(Task.lane_id.in_(lanes), Task.state == TaskState.QUEUED, Task.owner_id.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    rows = session.execute(select(some.c.kind, func.count()).group_by(some.c.kind))
    counts = [KindCount(kind, KINDS[kind].label, count) for kind, count in rows]
    return tuple(sorted(counts, key=lambda each: (-each.count, each.label)))


def _done(session: Session, rep_id: int, since: datetime) -> tuple[DoneLine, ...]:
    rows = session.execute(
        select(
            Outcome.id,
            Outcome.account_id,
            Account.number,
            Outcome.task_kind,
            Outcome.disposition,
            Outcome.at,
            Outcome.next_at,
        )
        .join(Account, Account.id == Outcome.account_id)
        .where(Outcome.rep_id == rep_id, Outcome.at >= since)
        .order_by(Outcome.at.desc(), Outcome.id.desc())
        .limit(MOST_DONE)
    )
    return tuple(
        DoneLine(outcome_id, account_id, number, kind_label(kind), label_of(code), at, next_at)
        for outcome_id, account_id, number, kind, code, at, next_at in rows
    )


def kind_label(kind: str) -> str:
    return KINDS[TaskKind(kind)].label
