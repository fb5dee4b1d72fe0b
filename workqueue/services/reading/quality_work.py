"""One finished piece of work as a reviewer has to see it: the call, its steps, the note, what followed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import (
    Account,
    AuditEntry,
    Call,
    CallEvent,
    Lease,
    Outcome,
    Patient,
    Promise,
    QualityItem,
    QualitySample,
    Task,
    TaskChange,
    User,
)
from workqueue.rules.call_states import CallEventKind, EventSource, Identifier
from workqueue.rules.dispositions import label_of
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.quality import SampleKind
from workqueue.rules.scripts import identifier_words
from workqueue.rules.states import CauseKind
from workqueue.rules.words import person_name
from workqueue.services.call_steps import REVEALED
from workqueue.services.reading.arrangements import PromiseLine, promises
from workqueue.services.reading.details import colleagues_named, detail_words
from workqueue.services.reading.history import change_words

MOST_LATER = 5

STEP_WORDS = {
    CallEventKind.RANG: "It rang",
    CallEventKind.ANSWERED: "Somebody answered",
    CallEventKind.THIRD_PARTY: "It was somebody else",
    CallEventKind.VOICEMAIL: "The machine answered",
    CallEventKind.VERIFIED: "The person was identified",
    CallEventKind.NOT_VERIFIED: "The person could not be identified",
    CallEventKind.NOT_CONNECTED: "It was not connected",
    CallEventKind.ENDED: "The call ended",
}


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class RuleSaid:
    sentence: str
    citation: str
    is_ok: bool


@dataclass(frozen=True, slots=True)
class CallSeen:
    placed_at: datetime
    is_inbound: bool
    is_to_payer: bool
    steps: tuple[Step, ...]
    """Those of the line, and the looks at what was hidden, in their order."""
    identified_by: tuple[str, ...]
    verified_at: datetime | None
    failed_identifications: int
    rules: tuple[RuleSaid, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """What somebody logged of the same account afterwards."""

    at: datetime
    rep_name: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawn:
    sample_id: int
    kind: SampleKind
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    outcome_id: int
    rep_id: int
    rep_name: str
    task_id: int
    account_id: int
    account_number: str
    patient_name: str
    kind_label: str
    label: str
    """Of what was logged."""
    details: tuple[tuple[str, str], ...]
    note: str
    at: datetime
    next_at: datetime | None
    handle_seconds: int | None
    expected_minutes: int | None
    call: CallSeen | None
    changes: tuple[str, ...]
    """What it changed in the queue, in words."""
    later: tuple[Later, ...]
    promises: tuple[PromiseLine, ...]
    drawn: tuple[Drawn, ...]


def work_of(session: Session, outcome_id: int, now: datetime) -> Work:
    """Gather one outcome by its number; whoever calls has checked that the reader may see it."""
    return work_seen(session, session.get_one(Outcome, outcome_id), now)


def work_seen(session: Session, outcome: Outcome, now: datetime) -> Work:
    """Gather all that is kept of one outcome; whoever calls has checked that the reader may see it."""
    account = session.get_one(Account, outcome.account_id)
    patient = session.get(Patient, account.patient_id) if account.patient_id else None
    lease, task = session.get(Lease, outcome.lease_token), session.get(Task, outcome.task_id)
    call = session.get(Call, outcome.call_id) if outcome.call_id else None
    took = (lease.ended_at - lease.granted_at).total_seconds() if lease and lease.ended_at else None
    return Work(
        outcome_id=outcome.id,
        rep_id=outcome.rep_id,
        rep_name=session.get_one(User, outcome.rep_id).name,
        task_id=outcome.task_id,
        account_id=account.id,
        account_number=account.number,
        patient_name=person_name(patient.first_name, patient.last_name) if patient else "",
        kind_label=KINDS[TaskKind(outcome.task_kind)].label,
        label=label_of(outcome.disposition),
        details=detail_words(outcome, colleagues_named(session, [outcome])),
        note=outcome.note,
        at=outcome.at,
        next_at=outcome.next_at,
        handle_seconds=int(took) if took is not None and took >= 1 else None,
        expected_minutes=task.minutes if task else None,
        call=_call(session, call, outcome) if call else None,
        changes=_changes(session, outcome),
        later=_later(session, outcome),
        promises=_promises(session, outcome, now),
        drawn=_drawn(session, outcome.id),
    )


def _call(session: Session, call: Call, outcome: Outcome) -> CallSeen:
    events = session.scalars(
        select(CallEvent).where(CallEvent.call_id == call.id).order_by(CallEvent.at, CallEvent.id)
    )
    steps = [
        Step(
            each.at,
            STEP_WORDS[each.kind]
            + (", says the telephone system" if each.source is EventSource.TELEPHONE else ""),
        )
        for each in events
    ]
    looks = session.execute(
        select(AuditEntry.at, AuditEntry.details["reason"].as_string()).where(
            AuditEntry.account_id == call.account_id,
            AuditEntry.actor_id == call.rep_id,
            AuditEntry.action == REVEALED,
            AuditEntry.at.between(call.placed_at, outcome.at),
        )
    )
    steps += [Step(at, f"Looked at the hidden details: {reason}") for at, reason in looks]
    return CallSeen(
        placed_at=call.placed_at,
        is_inbound=call.is_inbound,
        is_to_payer=call.patient_id is None,
        steps=tuple(sorted(steps, key=lambda each: each.at)),
        identified_by=tuple(identifier_words(Identifier(each)) for each in call.verified_by),
        verified_at=call.verified_at,
        failed_identifications=call.failed_identifications,
        rules=tuple(
            RuleSaid(each["sentence"], each["citation"], each["is_ok"])
            for each in call.verdict.get("rules", ())
        ),
    )


def _changes(session: Session, outcome: Outcome) -> tuple[str, ...]:
    rows = session.execute(
        select(TaskChange, Task.kind)
        .join(Task, Task.id == TaskChange.task_id)
        .where(
            TaskChange.account_id == outcome.account_id,
            TaskChange.cause == CauseKind.OUTCOME,
            TaskChange.cause_id == outcome.id,
        )
        .order_by(TaskChange.id)
    )
    return tuple(
        f"{KINDS[kind].label}: {change_words(change.before, change.after, {})}" for change, kind in rows
    )


def _later(session: Session, outcome: Outcome) -> tuple[Later, ...]:
    rows = session.execute(
        select(Outcome.at, User.name, Outcome.disposition)
        .join(User, User.id == Outcome.rep_id)
        .where(Outcome.account_id == outcome.account_id, Outcome.id > outcome.id)
        .order_by(Outcome.id)
        .limit(MOST_LATER)
    )
    return tuple(Later(at, name, label_of(code)) for at, name, code in rows)


def _promises(session: Session, outcome: Outcome, now: datetime) -> tuple[PromiseLine, ...]:
    """Return what was promised in this piece of work, and what came of it."""
    made = set(
        session.scalars(
            select(Promise.id).where(
                Promise.account_id == outcome.account_id, Promise.outcome_id == outcome.id
            )
        )
    )
    if not made:
        return ()
    return tuple(each for each in promises(session, outcome.account_id, now) if each.promise_id in made)


def _drawn(session: Session, outcome_id: int) -> tuple[Drawn, ...]:
    rows = session.execute(
        select(QualitySample.id, QualitySample.kind, QualityItem.reasons)
        .join(QualityItem, QualityItem.sample_id == QualitySample.id)
        .where(QualityItem.outcome_id == outcome_id)
        .order_by(QualitySample.id)
    )
    return tuple(
        Drawn(sample_id, kind, tuple(each["words"] for each in reasons)) for sample_id, kind, reasons in rows
    )
