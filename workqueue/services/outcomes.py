"""Logging what was done with a task: one transaction writes it, what follows from it, and the queue."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Lane, Outcome, Task, TaskChange, User, UserSkill
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.call_states import CallState
from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field
from workqueue.rules.dispositions import find
from workqueue.rules.entries import EntryFacts, InvalidEntry, OutcomeEntry, kept_details, objections
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.next_steps import next_look_on, retry_at
from workqueue.rules.roles import Role
from workqueue.rules.states import CauseKind, LeaseEnd
from workqueue.services import (
    calling,
    contact_rules,
    contacting,
    deriving,
    drafts,
    following,
    leasing,
    resting,
)
from workqueue.services.leasing import LeaseLost
from workqueue.services.money import target_of
from workqueue.services.posting import lock_accounts


@dataclass(frozen=True)
class LoggedOutcome:
    """What was written, and what happens next in words."""

    outcome_id: int
    task_id: int
    account_id: int
    disposition: str
    sentence: str
    next_at: datetime | None
    is_repeat: bool = False
    """The same entry had been sent before; nothing was written again."""


class StaleOutcome(LeaseLost):
    """The entry came too late; it is handed back whole."""

    def __init__(self, entry: OutcomeEntry) -> None:
        super().__init__()
        self.sent = entry.as_json()

    def details(self) -> dict[str, Any]:
        return {"sent": self.sent}


def log_outcome(
    session: Session, *, task_id: int, lease_token: int, entry: OutcomeEntry, rep_id: int, now: datetime
) -> LoggedOutcome:
    """Write the outcome and all that follows from it, and give the task back.

    Sent twice under one lease it is written once: the second time returns the first result.
    """
    account_ids = _accounts_to_lock(session, task_id, entry)
    lock_accounts(session, account_ids)
    try:
        task = leasing.prove(session, task_id, lease_token, rep_id=rep_id)
    except LeaseLost:
        return _earlier(session, task_id, lease_token, entry, rep_id)
    disposition = find(task.kind, entry.disposition)
    if disposition is None:
        raise InvalidEntry({"disposition": "Choose what happened."})
    account = session.get_one(Account, task.account_id, populate_existing=True)
    call = calling.open_call(session, task, rep_id)
    person_id = account.person_id
    zones = contacting.zones_of_patient(session, person_id)
    facts = EntryFacts(
        insurance_cents=account.insurance_cents,
        patient_cents=account.patient_cents,
        deadline_on=task.deadline_on,
        zones=zones,
        hours=contact_rules.hours(session),
        is_lead=session.get_one(User, rep_id).role is Role.LEAD,
        has_call=call is not None,
        today=office_day(now),
        now=now,
    )
    found = objections(disposition, entry, facts)
    if found:
        raise InvalidEntry(found)
    if disposition.effect is Effect.HAND_ON:
        _check_colleague(session, task, entry.colleague_id, rep_id)
    target = (
        target_of(session, account, entry.account_number) if disposition.effect is Effect.TO_ACCOUNT else None
    )
    if entry.is_inbound and call is None and person_id is not None and disposition.needs_call:
        call = calling.record_inbound(session, task, person_id, rep_id, now)
    next_at = _next_at(disposition, entry, task, zones, now)
    outcome = Outcome(
        task_id=task.id,
        account_id=account.id,
        rep_id=rep_id,
        lease_token=lease_token,
        call_id=call.id if call else None,
        task_kind=task.kind.value,
        disposition=disposition.code,
        note=entry.note.strip(),
        details=kept_details(disposition, entry) | {"digest": entry.digest},
        next_at=next_at,
        at=now,
    )
    session.add(outcome)
    session.flush()
    if call is not None:
        call.disposition, call.state = disposition.code, CallState.LOGGED
    following.follow(session, outcome, disposition, entry, call=call, target=target, now=now)
    drafts.clear(session, user_id=rep_id, task_id=task_id)
    causes = dict.fromkeys(account_ids, outcome.id)
    if disposition.effect is Effect.PROMISE:
        # Its task has to exist before the person's tasks can be put off together.
        deriving.derive(session, causes, cause=CauseKind.OUTCOME, now=now, actor_id=rep_id)
    _move_on(session, outcome, disposition, entry, now=now)
    deriving.derive(session, causes, cause=CauseKind.OUTCOME, now=now, actor_id=rep_id)
    return _logged(outcome, disposition)


def _accounts_to_lock(session: Session, task_id: int, entry: OutcomeEntry) -> list[int]:
    """Return all accounts this may touch: they are locked together, in the order of their ids."""
    row = session.execute(
        select(Task.account_id, Task.kind, Account.person_id.label("person_id"))
        .join(Account, Account.id == Task.account_id)
        .where(Task.id == task_id)
    ).one_or_none()
    if row is None:
        raise leasing.NoSuchTask
    also = [Account.id == row.account_id]
    if entry.account_number.strip():
        also.append(Account.number == entry.account_number.strip())
    if KINDS[row.kind].party is Party.PATIENT and row.person_id is not None:
        # One call is about the person: what it says holds for all the accounts they answer for.
        also.append(resting.answered_for_by(row.person_id))
    return sorted(session.scalars(select(Account.id).where(or_(*also))))


def _earlier(
    session: Session, task_id: int, lease_token: int, entry: OutcomeEntry, rep_id: int
) -> LoggedOutcome:
    """Return the first result when this very entry was sent before; refuse anything else."""
    outcome = session.scalar(
        select(Outcome).where(
            Outcome.task_id == task_id, Outcome.lease_token == lease_token, Outcome.rep_id == rep_id
        )
    )
    if outcome is None or outcome.details.get("digest") != entry.digest:
        raise StaleOutcome(entry) from None
    disposition = find(TaskKind(outcome.task_kind), outcome.disposition)
    if disposition is None:
        raise StaleOutcome(entry) from None
    return _logged(outcome, disposition, is_repeat=True)


def _next_at(
    disposition: Disposition, entry: OutcomeEntry, task: Task, zones: tuple[str, ...], now: datetime
) -> datetime | None:
    if disposition.effect is Effect.RETRY:
        return retry_at(now, zones, disposition.wait_days)
    if disposition.effect is Effect.CALLBACK:
        return entry.callback_at
    if disposition.effect is Effect.PROMISE and entry.due_on is not None:
        return office_midnight(entry.due_on)
    given_on = entry.next_on if disposition.field(Field.NEXT_ON) else None
    day = next_look_on(disposition, given_on, deadline_on=task.deadline_on, today=office_day(now))
    return office_midnight(day) if day else None


def _check_colleague(session: Session, task: Task, colleague_id: int | None, rep_id: int) -> None:
    """Refuse to pass a task to somebody in front of whom it would never come up."""
    if colleague_id == rep_id:
        raise InvalidEntry({"colleague_id": "You have this task already."})
    can = session.scalar(
        select(User.id)
        .join(UserSkill, UserSkill.user_id == User.id)
        .join(Lane, Lane.skill_id == UserSkill.skill_id)
        .where(User.id == colleague_id, User.is_active, Lane.id == task.lane_id)
    )
    if can is None:
        raise InvalidEntry({"colleague_id": "Choose somebody who does this kind of work."})


def _move_on(
    session: Session, outcome: Outcome, disposition: Disposition, entry: OutcomeEntry, *, now: datetime
) -> None:
    """Say of the task, and of what else the call was about, when it comes up again; end the lease."""
    # Posting money derives the account, which may have changed the row.
    task = session.get_one(Task, outcome.task_id, populate_existing=True)
    task.worked_at = now
    task.attempts += disposition.channel is not Channel.DESK
    if disposition.effect is Effect.HAND_ON:
        _hand_on(session, task, outcome, entry.colleague_id)
    elif disposition.effect is Effect.SETTLE:
        task.settled_evidence = task.evidence
    elif outcome.next_at is not None:
        task.deferred_until, task.deferred_for = outcome.next_at, disposition.waits_on
    session.flush()
    if disposition.needs_call:
        wanted = outcome.next_at or now
        # A callback has a task of its own; the others come after it.
        is_callback = disposition.effect is Effect.CALLBACK
        resting.let_the_person_rest(
            session, task.account_id, until=wanted + timedelta(days=is_callback), now=now
        )
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


def _logged(outcome: Outcome, disposition: Disposition, *, is_repeat: bool = False) -> LoggedOutcome:
    return LoggedOutcome(
        outcome_id=outcome.id,
        task_id=outcome.task_id,
        account_id=outcome.account_id,
        disposition=disposition.code,
        sentence=_sentence(disposition, outcome.next_at),
        next_at=outcome.next_at,
        is_repeat=is_repeat,
    )


def _sentence(disposition: Disposition, next_at: datetime | None) -> str:
    if next_at is None:
        return f"{disposition.label}. {disposition.hint}"
    return f"{disposition.label}. It comes up again on {_written(office_day(next_at))}."


def _written(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
