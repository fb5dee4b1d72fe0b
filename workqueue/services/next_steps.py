"""When a task that was worked comes up again, and with it the person's other tasks."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from workqueue.models import Account, Outcome, Task, TaskChange
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.contact import COOLDOWN_DAYS
from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.next_steps import BUSY_FOR, next_look_on, retry_at
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState
from workqueue.services import leasing
from workqueue.services.guarantors import is_answered_for_by


def next_at(
    disposition: Disposition, entry: OutcomeEntry, task: Task, zones: tuple[str, ...], now: datetime
) -> datetime | None:
    """Return when it comes up again; None when something else decides."""
    today = office_day(now)
    if disposition.effect is Effect.RETRY:
        return retry_at(now, zones, disposition.wait_days)
    if disposition.effect is Effect.RETRY_SOON:
        return now + BUSY_FOR
    if entry.callback_at is not None and disposition.field(Field.CALLBACK_AT):
        return entry.callback_at
    if disposition.effect in {Effect.PROMISE, Effect.PLAN} and entry.due_on is not None:
        return office_midnight(entry.due_on)
    if disposition.hold is not None:
        return office_midnight(today + timedelta(days=disposition.hold.days))
    given_on = entry.next_on if disposition.field(Field.NEXT_ON) else None
    day = next_look_on(disposition, given_on, deadline_on=task.deadline_on, today=today)
    return office_midnight(day) if day else None


def move_on(
    session: Session,
    outcome: Outcome,
    disposition: Disposition,
    entry: OutcomeEntry,
    *,
    person_id: int | None,
    now: datetime,
) -> None:
    """Say of the task, and of what else the call was about, when it comes up again; end the lease."""
    # Posting money derives the account, which may have changed the row.
    task = session.get_one(Task, outcome.task_id, populate_existing=True)
    task.worked_at = now
    task.attempts += disposition.channel is not Channel.DESK
    rests_until = _rest_until(disposition, outcome.next_at, now) if outcome.next_at else None
    if disposition.effect is Effect.HAND_ON:
        _hand_on(session, task, outcome, entry.colleague_id)
    elif disposition.effect is Effect.SETTLE:
        task.settled_evidence = task.evidence
    elif outcome.next_at is not None:
        # A hold makes the task wait by itself: once it is lifted, nothing else may keep the task away.
        task.deferred_until = rests_until if disposition.hold else outcome.next_at
        task.deferred_for = disposition.waits_on
    session.flush()
    if disposition.needs_call and rests_until is not None:
        _let_the_person_rest(session, task, person_id, rests_until)
    leasing.end(session, task, LeaseEnd.OUTCOME)


def _hand_on(session: Session, task: Task, outcome: Outcome, colleague_id: int | None) -> None:
    """Make it the colleague's; the derivation knows no owners, so the history of this is written here."""
    session.add(
        TaskChange(
            task_id=task.id,
            account_id=task.account_id,
            at=outcome.at,
            cause=CauseKind.OUTCOME,
            cause_id=outcome.id,
            actor_id=outcome.rep_id,
            before={"owner_id": task.owner_id},
            after={"owner_id": colleague_id},
        )
    )
    task.owner_id, task.deferred_until, task.deferred_for = colleague_id, None, None


def _rest_until(disposition: Disposition, next_at: datetime, now: datetime) -> datetime:
    cooled = office_midnight(office_day(now) + timedelta(days=COOLDOWN_DAYS))
    if disposition.hold is not None:
        return cooled
    if disposition.effect is Effect.CALLBACK:
        # The callback has a task of its own; the others come after it.
        next_at += timedelta(days=1)
    return max(next_at, cooled) if disposition.is_conversation else next_at


def _let_the_person_rest(session: Session, task: Task, person_id: int | None, until: datetime) -> None:
    """Put off the person's tasks on all their accounts: nobody could call about them any earlier."""
    kinds = [
        kind
        for kind, facts in KINDS.items()
        if facts.party is Party.PATIENT and kind is not TaskKind.CALLBACK_DUE
    ]
    own = Account.id == task.account_id
    accounts = select(Account.id).where(own if person_id is None else is_answered_for_by(person_id))
    session.execute(
        update(Task)
        .where(Task.account_id.in_(accounts), Task.kind.in_(kinds), Task.state != TaskState.CLOSED)
        .where(or_(Task.deferred_until.is_(None), Task.deferred_until < until))
        .values(deferred_until=until, deferred_for=Party.PATIENT)
        .execution_options(synchronize_session=False)
    )
    session.expire(task)
