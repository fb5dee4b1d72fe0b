"""Logging what was done with a task: one transaction writes it, what follows from it, and the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, Callback, Lane, Outcome, Phone, Task, User, UserSkill
from workqueue.rules.calendar import office_day
from workqueue.rules.call_states import CallState
from workqueue.rules.disposition_facts import Disposition, Effect, Field
from workqueue.rules.dispositions import find
from workqueue.rules.entries import EntryFacts, InvalidEntry, OutcomeEntry, kept_details, objections
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.plans import CREDITOR_NOTICE, needs_creditor_notice
from workqueue.rules.roles import Role
from workqueue.rules.slots import SlotRules
from workqueue.rules.states import CauseKind
from workqueue.rules.words import day_words
from workqueue.services import (
    call_steps,
    calling,
    contact_rules,
    contacting,
    deriving,
    drafts,
    following,
    leasing,
    next_steps,
    staffing,
)
from workqueue.services.booking import keeping, times
from workqueue.services.following import Logged
from workqueue.services.leasing import LeaseLost
from workqueue.services.money import target_of
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import concerns


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
    person_id = account.person_id
    call = calling.open_call(session, task, rep_id)
    called_id = call.patient_id if call is not None and call.patient_id is not None else person_id
    zones = contacting.zones_of_patient(session, called_id)
    facts = EntryFacts(
        insurance_cents=account.insurance_cents,
        patient_cents=account.patient_cents,
        deadline_on=task.deadline_on,
        zones=zones,
        hours=contact_rules.hours(session),
        slots=times.rules_of(session, times.calling_team(session)) if entry.callback_at else SlotRules(),
        is_lead=session.get_one(User, rep_id).role is Role.LEAD,
        has_call=call is not None,
        has_number=call is not None and call.phone_id is not None,
        today=office_day(now),
        now=now,
    )
    found = objections(disposition, entry, facts)
    if found:
        raise InvalidEntry(found)
    _check_connection(session, disposition, call)
    if disposition.effect is Effect.HAND_ON:
        _check_colleague(session, task, entry.colleague_id, rep_id, now)
    if entry.phone_id is not None and disposition.field(Field.PHONE):
        _check_phone(session, entry.phone_id, called_id)
    target = (
        target_of(session, account, entry.account_number) if disposition.effect is Effect.TO_ACCOUNT else None
    )
    if entry.is_inbound and call is None and person_id is not None and disposition.needs_call:
        call = calling.record_inbound(session, task, person_id, rep_id, now)
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
        next_at=next_steps.next_at(
            disposition, entry, task, zones, now, is_about_another=called_id != person_id
        ),
        at=now,
    )
    session.add(outcome)
    session.flush()
    if call is not None:
        call.disposition, call.state = disposition.code, CallState.LOGGED
        # Ringing out or a machine counts, though the network has said that it did not connect.
        call.is_connected = disposition.counts_as_attempt or (call.is_connected and disposition.is_connected)
    logged = Logged(
        outcome=outcome,
        disposition=disposition,
        entry=entry,
        account=account,
        person_id=person_id,
        called_id=called_id,
        call=call,
        target=target,
    )
    promised = following.follow(session, logged, now=now)
    drafts.clear(session, user_id=rep_id, task_id=task_id)
    causes = dict.fromkeys(account_ids, outcome.id)
    if disposition.effect in {Effect.PROMISE, Effect.PLAN}:
        # Its tasks have to exist before the person's tasks can be put off together.
        deriving.derive(session, causes, cause=CauseKind.OUTCOME, now=now, actor_id=rep_id)
    next_steps.move_on(
        session, outcome, disposition, entry, person_ids=dict.fromkeys((person_id, called_id)), now=now
    )
    deriving.derive(session, causes, cause=CauseKind.OUTCOME, now=now, actor_id=rep_id)
    _give_out(session, promised, now)
    return _logged(outcome, disposition)


def _give_out(session: Session, promised: Callback | None, now: datetime) -> None:
    """Give the task of a callback that was promised, now that there is one, to whose time it is."""
    if promised is not None:
        keeping.give_its_task(session, promised, now=now)


def _accounts_to_lock(session: Session, task_id: int, entry: OutcomeEntry) -> list[int]:
    """Return all accounts this may touch: they are locked together, in the order of their ids."""
    row = session.execute(
        select(Task.account_id, Task.kind, Account.patient_id, Account.person_id.label("person_id"))
        .join(Account, Account.id == Task.account_id)
        .where(Task.id == task_id)
    ).one_or_none()
    if row is None:
        raise leasing.NoSuchTask
    called_ids = session.scalars(
        select(Call.patient_id).where(
            Call.account_id == row.account_id, Call.task_id == task_id, Call.disposition == ""
        )
    )
    asked_ids = session.scalars(
        select(Callback.patient_id)
        .join(Task, Task.subject == Callback.id)
        .where(Task.id == task_id, Task.kind == TaskKind.CALLBACK_DUE)
    )
    also = [Account.id == row.account_id]
    if entry.account_number.strip():
        also.append(Account.number == entry.account_number.strip())
    if KINDS[row.kind].party is Party.PATIENT:
        persons = {row.person_id, row.patient_id, *called_ids, *asked_ids}
        # One call is about the person: what it says holds for all they answer for, and where they can be
        # called matters for their own bills too, whoever answers for those. Somebody else who speaks about
        # the bill has bills of their own, and what is true of the patient holds all their care. Once a
        # callback is made, whatever waited for it goes on.
        also += [concerns(person_id) for person_id in persons - {None}]
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


def _check_colleague(
    session: Session, task: Task, colleague_id: int | None, rep_id: int, now: datetime
) -> None:
    """Refuse to pass a task to somebody in front of whom it would never come up."""
    if colleague_id == rep_id:
        raise InvalidEntry({"colleague_id": "You have this task already."})
    can = session.scalar(
        select(User.id)
        .join(UserSkill, UserSkill.user_id == User.id)
        .join(Lane, Lane.skill_id == UserSkill.skill_id)
        .where(User.id == colleague_id, User.is_active, Lane.id == task.lane_id)
        .where(UserSkill.holds_on(office_day(now)), staffing.is_here(now))
    )
    if can is None:
        raise InvalidEntry({"colleague_id": "Choose somebody who does this kind of work and is here."})


def _check_connection(session: Session, disposition: Disposition, call: Call | None) -> None:
    """Refuse to take a call that was answered for one that never connected: it would not count."""
    if call is not None and not disposition.is_connected and call_steps.was_put_through(session, call):
        raise InvalidEntry({"disposition": "The call was answered. Choose what came of it."})


def _check_phone(session: Session, phone_id: int, called_id: int | None) -> None:
    """Refuse a number of somebody else: what is said of it must not change another person's record."""
    owner_id = session.scalar(select(Phone.patient_id).where(Phone.id == phone_id))
    if owner_id is None or owner_id != called_id:
        raise InvalidEntry({"phone_id": "Choose one of the numbers of the person called."})


def _logged(outcome: Outcome, disposition: Disposition, *, is_repeat: bool = False) -> LoggedOutcome:
    return LoggedOutcome(
        outcome_id=outcome.id,
        task_id=outcome.task_id,
        account_id=outcome.account_id,
        disposition=disposition.code,
        sentence=_sentence(disposition, outcome),
        next_at=outcome.next_at,
        is_repeat=is_repeat,
    )


def _sentence(disposition: Disposition, outcome: Outcome) -> str:
    if outcome.next_at is None:
        return f"{disposition.label}. {disposition.hint}"
    said = f"{disposition.label}. It comes up again on {day_words(office_day(outcome.next_at))}."
    if disposition.effect is Effect.PLAN and needs_creditor_notice(outcome.details["instalments"]):
        said = f"{said} {CREDITOR_NOTICE}"
    return said
