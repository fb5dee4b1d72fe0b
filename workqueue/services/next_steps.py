"""When a task that was worked comes up again, and with it the person's other tasks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from workqueue.models import Outcome, Task, TaskChange
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.hold_words import kind_and_reason
from workqueue.rules.holds import HOLDS, HoldKind
from workqueue.rules.next_steps import BUSY_FOR, next_look_on, retry_at
from workqueue.rules.states import CauseKind, LeaseEnd
from workqueue.services import leasing, resting


def next_at(
    disposition: Disposition,
    entry: OutcomeEntry,
    task: Task,
    zones: tuple[str, ...],
    now: datetime,
    *,
    is_about_another: bool,
) -> datetime | None:
    """Return when it comes up again; None when something else decides.

    `is_about_another`: somebody was spoken to who does not answer for the bill.
    """
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
        kind, _ = kind_and_reason(disposition.hold, entry)
        # Left alone is who asked for it: who answers for the bill may still be called.
        lets_go_on = is_about_another and kind is HoldKind.CEASE
        return None if lets_go_on else office_midnight(today + timedelta(days=HOLDS[kind].usual_days))
    given_on = entry.next_on if disposition.field(Field.NEXT_ON) else None
    day = next_look_on(disposition, given_on, deadline_on=task.deadline_on, today=today)
    return office_midnight(day) if day else None


def move_on(
    session: Session,
    outcome: Outcome,
    disposition: Disposition,
    entry: OutcomeEntry,
    *,
    person_ids: Iterable[int | None],
    now: datetime,
) -> None:
    """Say of the task, and of what else the call was about, when it comes up again; end the lease.

    `person_ids`: who answers for the account, and who was called.
    """
    # Posting money derives the account, which may have changed the row.
    task = session.get_one(Task, outcome.task_id, populate_existing=True)
    task.worked_at = now
    task.attempts += disposition.channel is not Channel.DESK
    if disposition.effect is Effect.HAND_ON:
        _hand_on(session, task, outcome, entry.colleague_id)
    elif disposition.effect is Effect.SETTLE:
        task.settled_evidence = task.evidence
    elif outcome.next_at is not None and disposition.hold is None:
        # A hold makes the task wait by itself: once it is lifted, nothing else may keep the task away.
        task.deferred_until, task.deferred_for = outcome.next_at, disposition.waits_on
    session.flush()
    if disposition.needs_call:
        wanted_at = _wanted_at(disposition, outcome.next_at, now)
        for person_id in person_ids:
            if person_id is not None:
                resting.let_the_person_rest(session, person_id, until=wanted_at, now=now)
        session.expire(task)
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


def _wanted_at(disposition: Disposition, next_at: datetime | None, now: datetime) -> datetime:
    """Return from when on the office would call again, were there no rules about calling."""
    if next_at is None or disposition.hold is not None:
        return now
    # A callback has a task of its own; the others come after it.
    return next_at + timedelta(days=disposition.effect is Effect.CALLBACK)
