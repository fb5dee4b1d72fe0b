"""The facts by which finished work is drawn by risk: one statement for all of it, whoever did it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session, aliased

from workqueue.models import (
    AuditEntry,
    Call,
    Lane,
    Lease,
    Outcome,
    Promise,
    QualityItem,
    Task,
    User,
    UserSkill,
)
from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.quality_risk import LimitUsed, RiskReason, WorkFacts, assess
from workqueue.rules.shifts import SkillLevel
from workqueue.services.call_steps import REVEALED

BROKEN = aliased(Task, name="broken")

# A verdict holds every rule looked at, some kilobytes; only what speaks against or counts calls is needed.
TELLING = "$.rules[*] ? (@.is_ok == false || @.inputs.calls > 0)"


@dataclass(frozen=True, slots=True)
class Assessed:
    """One finished piece of work with the reasons to look at it."""

    outcome_id: int
    rep_id: int
    is_drawn: bool
    """In some sample already."""
    reasons: tuple[RiskReason, ...]


def assessed(
    session: Session, *, rep_ids: Collection[int], begins: datetime, ends: datetime
) -> Iterator[Assessed]:
    """Yield every outcome these reps logged from `begins` until before `ends`, in the order of their ids."""
    for row in session.execute(_facts(rep_ids, begins, ends).order_by(Outcome.id)):
        yield Assessed(row.id, row.rep_id, row.is_drawn, assess(_read(row)))


def _facts(rep_ids: Collection[int], begins: datetime, ends: datetime) -> Select[*tuple[Any, ...]]:
    same_note = (Outcome.rep_id, func.lower(func.btrim(Outcome.note)))
    return (
        select(
            Outcome.id,
            Outcome.rep_id,
            Outcome.disposition,
            Outcome.at,
            Outcome.note,
            (
                func.min(Outcome.account_id).over(partition_by=same_note)
                != func.max(Outcome.account_id).over(partition_by=same_note)
            ).label("is_copied"),
            User.created_at.label("rep_since"),
            func.extract("epoch", Lease.ended_at - Lease.granted_at).label("handle_seconds"),
            Task.minutes,
            Call.id.label("call_id"),
            Call.is_inbound,
            Call.verified_at,
            Call.is_with_consent,
            func.jsonb_path_query_array(Call.verdict, literal(TELLING, JSONPATH)).label("rules"),
            _revealed().label("was_revealed"),
            _broken().label("is_broken"),
            _learning().label("is_learning"),
            exists().where(QualityItem.outcome_id == Outcome.id).label("is_drawn"),
        )
        .join(User, User.id == Outcome.rep_id)
        .outerjoin(Lease, Lease.id == Outcome.lease_token)
        .outerjoin(Task, Task.id == Outcome.task_id)
        .outerjoin(Call, and_(Call.id == Outcome.call_id, Call.party == Party.PATIENT))
        .where(Outcome.rep_id.in_(rep_ids), Outcome.at >= begins, Outcome.at < ends)
    )


def _revealed() -> ColumnElement[bool]:
    """Looked at what is hidden during the call, before or without an identification."""
    return exists().where(
        AuditEntry.account_id == Outcome.account_id,
        AuditEntry.actor_id == Outcome.rep_id,
        AuditEntry.action == REVEALED,
        AuditEntry.at.between(Call.placed_at, Outcome.at),
        func.coalesce(AuditEntry.at < Call.verified_at, True),
    )


def _broken() -> ColumnElement[bool]:
    """The first payment of what was promised came up as broken."""
    return exists().where(
        # By the account, which has an index; promises and their tasks have none by the outcome.
        Promise.account_id == Outcome.account_id,
        Promise.outcome_id == Outcome.id,
        Promise.cumulative_cents == Promise.amount_cents,
        BROKEN.account_id == Promise.account_id,
        BROKEN.kind == TaskKind.PROMISE_BROKEN,
        BROKEN.subject == Promise.id,
    )


def _learning() -> ColumnElement[bool]:
    """Whether the rep is learning the skill of the task's lane, as it stands today."""
    return exists().where(
        Lane.id == Task.lane_id,
        UserSkill.skill_id == Lane.skill_id,
        UserSkill.user_id == Outcome.rep_id,
        UserSkill.level == SkillLevel.LEARNING,
    )


def _read(row: Row[Any]) -> WorkFacts:
    rules: list[Mapping[str, Any]] = row.rules or []
    counted = [] if row.is_with_consent else [each for each in rules if "limit" in each["inputs"]]
    return WorkFacts(
        disposition=DISPOSITIONS.get(row.disposition),
        at=row.at,
        rep_since=row.rep_since,
        note=row.note,
        is_note_copied=row.is_copied,
        handle_seconds=int(row.handle_seconds) if row.handle_seconds is not None else None,
        expected_minutes=row.minutes,
        was_revealed=row.was_revealed,
        was_called=row.call_id is not None,
        was_inbound=bool(row.is_inbound),
        was_identified=row.verified_at is not None,
        broken_rules=tuple(each["sentence"] for each in rules if not each["is_ok"]),
        limits=tuple(
            LimitUsed(each["label"].lower(), each["inputs"]["calls"], each["inputs"]["limit"])
            for each in counted
        ),
        is_learning=row.is_learning,
        is_promise_broken=row.is_broken,
    )
