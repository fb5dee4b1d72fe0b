"""What changed on an account and why: every line names one cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workqueue.models import Fact, Hold, Outcome, QueueRulePublication, Task, TaskChange, User
from workqueue.rules.dispositions import label_of
from workqueue.rules.holds import HoldKind, kind_words
from workqueue.rules.kinds import KINDS
from workqueue.rules.states import CauseKind, TaskState
from workqueue.rules.words import FACTS, day_words, dollars, moment_words

ACTOR = aliased(User, name="actor")


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of one task, in words."""

    change_id: int
    task_id: int
    at: datetime
    kind_label: str
    words: str
    cause: CauseKind
    cause_id: int | None
    cause_words: str
    actor_name: str


def history(
    session: Session, *, account_id: int, before_id: int | None = None, limit: int = 50
) -> tuple[ChangeLine, ...]:
    """Return the newest changes first; `before_id` goes on after a page."""
    statement = (
        select(
            TaskChange,
            Task.kind,
            Fact.kind,
            Outcome.disposition,
            ACTOR.name,
            Hold.kind,
            QueueRulePublication.version_id,
        )
        .join(Task, Task.id == TaskChange.task_id)
        .outerjoin(Fact, (Fact.id == TaskChange.cause_id) & (TaskChange.cause == CauseKind.FACT))
        .outerjoin(Outcome, (Outcome.id == TaskChange.cause_id) & (TaskChange.cause == CauseKind.OUTCOME))
        .outerjoin(Hold, (Hold.id == TaskChange.cause_id) & (TaskChange.cause == CauseKind.HOLD))
        .outerjoin(
            QueueRulePublication,
            (QueueRulePublication.id == TaskChange.cause_id) & (TaskChange.cause == CauseKind.RULES),
        )
        .outerjoin(ACTOR, ACTOR.id == TaskChange.actor_id)
        .where(TaskChange.account_id == account_id)
        .order_by(TaskChange.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        statement = statement.where(TaskChange.id < before_id)
    rows = session.execute(statement).all()
    names = _names(session, [row[0] for row in rows])
    return tuple(
        ChangeLine(
            change_id=change.id,
            task_id=change.task_id,
            at=change.at,
            kind_label=KINDS[kind].label,
            words=change_words(change.before, change.after, names),
            cause=change.cause,
            cause_id=change.cause_id,
            cause_words=_cause_words(change, fact_kind, disposition, actor_name, hold_kind, rules_version),
            actor_name=actor_name or "",
        )
        for change, kind, fact_kind, disposition, actor_name, hold_kind, rules_version in rows
    )


def change_words(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """Say what is different after a change: state, owner, deadline, then priority."""
    said = [
        *_state_words(before, after),
        *_owner_words(before, after, names),
        *_deadline_words(before, after),
        *_priority_words(before, after),
    ]
    text = "; ".join(said) or "looked at again"
    return text[0].upper() + text[1:]


def _state_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    was, now_is = before.get("state"), after.get("state")
    if now_is is None or was == now_is:
        return []
    if now_is == TaskState.WAITING:
        until = next(
            (after[name] for name in ("deferred_until", "held_until", "available_at") if after.get(name)),
            None,
        )
        verb = "put on hold" if after.get("held_until") and not after.get("deferred_until") else "waits"
        return [f"{verb} until {moment_words(datetime.fromisoformat(until))}" if until else verb]
    words = {
        TaskState.QUEUED: "given back to the queue" if was == TaskState.LEASED else "came up",
        TaskState.LEASED: "taken in hand",
        TaskState.CLOSED: "closed",
    }
    if was == TaskState.CLOSED and now_is == TaskState.QUEUED:
        return ["opened again"]
    return [words.get(TaskState(now_is), str(now_is))]


def _owner_words(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    if "owner_id" not in after or before.get("owner_id") == after["owner_id"]:
        return []
    owner_id = after["owner_id"]
    return [f"given to {names.get(owner_id, 'a colleague')}" if owner_id else "given to everybody"]


def _deadline_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    if "deadline_on" not in after or before.get("deadline_on") == after["deadline_on"]:
        return []
    if not after["deadline_on"]:
        return ["no deadline any more"]
    return [f"deadline is now {day_words(date.fromisoformat(after['deadline_on']))}"]


def _priority_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    was, now_is = before.get("priority"), after.get("priority")
    if was is None or now_is is None or was == now_is or after.get("state") == TaskState.CLOSED:
        return []
    direction = "rose" if now_is > was else "fell"
    old, new = _rate(before), _rate(after)
    if before.get("tier") != after.get("tier"):
        return [f"priority {direction}: it is now {TIERS[after.get('tier', 2)]}"]
    if old is None or new is None or old == new:
        return [f"priority {direction}"]
    return [f"priority {direction} from {dollars(old)} to {dollars(new)} a minute"]


TIERS = {0: "a callback that is due", 1: "before all that can wait", 2: "in the ordinary order"}


def _rate(facts: Mapping[str, Any]) -> int | None:
    gain, minutes = facts.get("gain_cents"), facts.get("minutes")
    return None if gain is None or not minutes else gain // minutes


def _cause_words(
    change: TaskChange,
    fact_kind: Any,
    disposition: str | None,
    actor_name: str | None,
    hold_kind: HoldKind | None,
    rules_version: int | None,
) -> str:
    who = actor_name or "Somebody"
    reason = change.after.get("reason")
    did = "reassigned it" if change.before.get("owner_id") != change.after.get("owner_id") else "changed it"
    words = {
        CauseKind.FACT: f"{FACTS[fact_kind]} arrived".capitalize() if fact_kind else "News arrived",
        CauseKind.CLOCK: f"Not to be called now: {reason}" if reason else "Its time came",
        CauseKind.REBUILD: "Chances and minutes were estimated anew"
        if change.cause_id
        else "Nightly rebuild",
        CauseKind.OUTCOME: f"{who} logged: {label_of(disposition).lower()}"
        if disposition
        else f"{who} acted",
        CauseKind.LEAD: f"{who} {did}{f': {reason}' if reason else ''}",
        CauseKind.LEASE: f"{who} gave it back" if actor_name else "The time to work on it ran out",
        CauseKind.HOLD: f"{who} changed a hold{f': {kind_words(hold_kind)}' if hold_kind else ''}",
        CauseKind.REBALANCE: f"{actor_name or 'The office'} shared out work{f': {reason}' if reason else ''}",
        CauseKind.CALLBACK: f"{actor_name} changed a callback" if actor_name else "A callback changed",
        CauseKind.CONTACT: f"{who} changed how the person is reached, or who answers",
        CauseKind.RULES: f"{who} published version {rules_version} of the rules of the queue",
    }
    return words[change.cause]


def _names(session: Session, changes: list[TaskChange]) -> dict[int, str]:
    ids = {change.after.get("owner_id") for change in changes} - {None}
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
