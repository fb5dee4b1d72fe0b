"""One task as a line of a list, wherever tasks are listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.orm import aliased

from workqueue.models import Account, Claim, Lease, Patient, Payer, Task, User
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.states import TaskState
from workqueue.services.reading.holds import hold_kind_of_task

OWNER, HOLDER = aliased(User, name="owner"), aliased(User, name="holder")

IS_HELD = Task.id.in_(select(Lease.task_id).where(Lease.ended_at.is_(None)))
"""In somebody's hands, found through the open leases: as many as there are reps, among a million tasks."""

PAYER_KINDS = [kind for kind, facts in KINDS.items() if facts.party is Party.PAYER]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """What a list says of a task."""

    task_id: int
    account_id: int
    account_number: str
    patient_name: str
    payer_name: str
    kind: TaskKind
    kind_label: str
    state: TaskState
    tier: int
    priority: int
    value_cents: int
    deadline_on: date | None
    waiting_on: Party | None
    deferred_until: datetime | None
    held_until: datetime | None
    hold_kind: HoldKind | None
    """Of the hold that lasts longest."""
    available_at: datetime
    owner_id: int | None
    owner_name: str
    holder_id: int | None
    holder_name: str
    lease_until: datetime | None
    rescore_at: datetime | None


# One subject of a claim task is the claim's sequence: its payer is the one to talk to.
_COLUMNS: tuple[Any, ...] = (
    Task.id,
    Task.account_id,
    Account.number,
    Patient.last_name,
    Patient.first_name,
    Payer.name,
    Task.kind,
    Task.state,
    Task.tier,
    Task.priority,
    Task.value_cents,
    Task.deadline_on,
    Task.waiting_on,
    Task.deferred_for,
    Task.deferred_until,
    Task.held_until,
    hold_kind_of_task.label("hold_kind"),
    Task.available_at,
    Task.owner_id,
    OWNER.name.label("owner_name"),
    Task.holder_id,
    HOLDER.name.label("holder_name"),
    Task.lease_until,
    Task.rescore_at,
)


def task_lines(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Select lines of tasks; the caller orders and limits."""
    return (
        select(*_COLUMNS)
        .select_from(Task)
        .join(Account, Account.id == Task.account_id)
        .outerjoin(Patient, Patient.id == Account.patient_id)
        .outerjoin(
            Claim,
            and_(
                Claim.account_id == Task.account_id,
                Claim.sequence == Task.subject,
                Task.kind.in_(PAYER_KINDS),
            ),
        )
        .outerjoin(Payer, Payer.id == Claim.payer_id)
        .outerjoin(OWNER, OWNER.id == Task.owner_id)
        .outerjoin(HOLDER, HOLDER.id == Task.holder_id)
        .where(*where)
    )


def lines_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[TaskLine, ...]:
    return tuple(map(_line, rows))


def full_name(last_name: str | None, first_name: str | None) -> str:
    """Write a name for a list, so that it sorts by family."""
    return ", ".join(filter(None, (last_name, first_name)))


def _line(row: Row[*tuple[Any, ...]]) -> TaskLine:
    values: tuple[Any, ...] = tuple(row)
    (
        task_id, account_id, number, last_name, first_name, payer_name, kind, state, tier, priority,
        value_cents, deadline_on, waiting_on, deferred_for, deferred_until, held_until, hold_kind,
        available_at, owner_id, owner_name, holder_id, holder_name, lease_until, rescore_at,
    ) = values  # fmt: skip
    return TaskLine(
        task_id, account_id, number, full_name(last_name, first_name), payer_name or "", kind,
        KINDS[kind].label, state, tier, priority, value_cents, deadline_on, deferred_for or waiting_on,
        deferred_until, held_until, hold_kind, available_at, owner_id, owner_name or "", holder_id,
        holder_name or "", lease_until, rescore_at,
    )  # fmt: skip
