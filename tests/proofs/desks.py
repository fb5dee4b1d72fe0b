"""How a rep's browser claims and writes: as the office does it, and once without any fence."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue.models import Lease, Outcome, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.states import LeaseEnd, TaskState
from workqueue.services import leasing
from workqueue.services.leasing import LeasedTask, LeaseLost
from workqueue.services.outcomes import log_outcome

Logged = tuple[int, bool]
"""The outcome's id, and whether it was there before."""


class Desk(Protocol):
    """What one tab can do; each call is one transaction."""

    def take(self, session: Session, rep_id: int, seconds: float) -> LeasedTask | None: ...
    def finish(self, session: Session, task_id: int, token: int, rep_id: int, note: str) -> Logged: ...
    def release(self, session: Session, task_id: int, token: int, rep_id: int) -> None: ...
    def extend(self, session: Session, task_id: int, token: int, rep_id: int, seconds: float) -> datetime: ...


class Fenced:
    """The office itself."""

    def take(self, session: Session, rep_id: int, seconds: float) -> LeasedTask | None:
        return leasing.lease_next(session, rep_id=rep_id, now=datetime.now(UTC), lease_seconds=seconds)

    def finish(self, session: Session, task_id: int, token: int, rep_id: int, note: str) -> Logged:
        decides_on = office_day(datetime.now(UTC)) + timedelta(days=9)
        entry = OutcomeEntry(
            "payer_in_process", note=note, next_on=decides_on, reference_number="REF-1", spoke_with="Dana"
        )
        logged = log_outcome(
            session, task_id=task_id, lease_token=token, entry=entry, rep_id=rep_id, now=datetime.now(UTC)
        )
        return logged.outcome_id, logged.is_repeat

    def release(self, session: Session, task_id: int, token: int, rep_id: int) -> None:
        leasing.release(session, task_id, token, rep_id=rep_id, now=datetime.now(UTC))

    def extend(self, session: Session, task_id: int, token: int, rep_id: int, seconds: float) -> datetime:
        return leasing.heartbeat(session, task_id, token, rep_id=rep_id, lease_seconds=seconds)


class Unfenced:
    """The same office as it is often written: look in Python, then write. The proof has to find it out."""

    THINKING = 0.002

    def take(self, session: Session, rep_id: int, seconds: float) -> LeasedTask | None:
        best = select(Task).where(Task.state == TaskState.QUEUED).order_by(Task.priority.desc(), Task.id)
        task = session.scalars(best.limit(1)).one_or_none()
        if task is None:
            return None
        time.sleep(self.THINKING)
        lease = Lease(task_id=task.id, rep_id=rep_id, granted_at=_clock(session))
        session.add(lease)
        session.flush()
        until = session.execute(
            text(
                "UPDATE tasks SET state = 'leased', holder_id = :rep, lease_token = :token,"
                " lease_until = clock_timestamp() + make_interval(secs => :seconds) WHERE id = :id"
                " RETURNING lease_until"
            ),
            {"rep": rep_id, "token": lease.id, "seconds": seconds, "id": task.id},
        ).scalar_one()
        return LeasedTask(task.id, task.account_id, lease.id, until)

    def finish(self, session: Session, task_id: int, token: int, rep_id: int, note: str) -> Logged:
        task = self._held(session, task_id, token)
        outcome = Outcome(
            task_id=task_id,
            account_id=task.account_id,
            rep_id=rep_id,
            lease_token=token,
            task_kind=task.kind.value,
            disposition="payer_in_process",
            note=note,
            at=datetime.now(UTC),
        )
        session.add(outcome)
        self._end(session, task_id, token, LeaseEnd.OUTCOME)
        return outcome.id, False

    def release(self, session: Session, task_id: int, token: int, rep_id: int) -> None:
        self._held(session, task_id, token)
        self._end(session, task_id, token, LeaseEnd.RELEASED)

    def extend(self, session: Session, task_id: int, token: int, rep_id: int, seconds: float) -> datetime:
        return Fenced().extend(session, task_id, token, rep_id, seconds)

    def _held(self, session: Session, task_id: int, token: int) -> Task:
        task = session.get_one(Task, task_id, populate_existing=True)
        if task.lease_token != token:
            raise LeaseLost
        time.sleep(self.THINKING)
        return task

    def _end(self, session: Session, task_id: int, token: int, how: LeaseEnd) -> None:
        session.flush()
        lease = session.get_one(Lease, token, populate_existing=True)
        lease.ended_at, lease.ended_by = _clock(session), how
        session.execute(
            text(
                "UPDATE tasks SET state = 'queued', holder_id = NULL, lease_token = NULL, lease_until = NULL"
                " WHERE id = :id"
            ),
            {"id": task_id},
        )
        session.flush()


def _clock(session: Session) -> datetime:
    now: datetime = session.execute(select(text("clock_timestamp()"))).scalar_one()
    return now
