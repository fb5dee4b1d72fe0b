"""The queue: tasks, the lanes they wait in, the leases reps hold, and every change of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Cents, Id, text_enum
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState


class Lane(Base):
    """Team, skill and call window. A rep is offered the best head of the lanes open to them now."""

    __tablename__ = "lanes"
    __table_args__ = (UniqueConstraint("skill_id", "window_id"),)
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    skill_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("skills.id"))
    """The skill names the team: one team works it."""
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))


class Task(Base):
    """One thing to do on one account.

    A projection of the facts: the columns up to `rescore_at` are written by the derivation only, those after
    it by people's actions only. It has no foreign keys, because a rebuild writes a million rows and each key
    would cost more than the derivation; `flask verify` looks for orphans instead. Rows are closed, never
    deleted.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        # The identity: the derivation finds its earlier row by it.
        Index("uq_tasks_identity", "account_id", "kind", "subject", unique=True),
        # The next-task query reads the head of each open lane from this index alone.
        Index(
            "ix_tasks_lane",
            "lane_id",
            text("priority DESC"),
            "id",
            postgresql_where="state = 'queued' AND owner_id IS NULL",
        ),
        # Tasks given to one rep wait in front of that rep only.
        Index(
            "ix_tasks_owner",
            "owner_id",
            text("priority DESC"),
            "id",
            postgresql_where="state = 'queued' AND owner_id IS NOT NULL",
        ),
        # And those that will come up in front of that rep: looked at when they are away or have too much.
        Index(
            "ix_tasks_owner_waiting",
            "owner_id",
            postgresql_where="state = 'waiting' AND owner_id IS NOT NULL",
        ),
        # The sweeper takes those whose hour has come.
        Index("ix_tasks_rescore_at", "rescore_at", postgresql_where="rescore_at IS NOT NULL"),
    )
    id: Mapped[Id]
    account_id: Mapped[int]
    kind: Mapped[TaskKind] = mapped_column(text_enum(TaskKind))
    subject: Mapped[int]
    """Which one: the claim's sequence, the promise or the callback; 0 for the account itself."""
    lane_id: Mapped[int] = mapped_column(Integer)
    state: Mapped[TaskState] = mapped_column(text_enum(TaskState))
    waiting_on: Mapped[Party | None] = mapped_column(text_enum(Party, "waiting_on"))
    tier: Mapped[int] = mapped_column(SmallInteger)
    """0 a callback that is due, 1 a hard deadline inside its lead time, 2 the rest."""
    priority: Mapped[int]
    """Sorts the queue, largest first; see rules/priority.py."""
    value_cents: Mapped[Cents]
    p_now_bp: Mapped[int] = mapped_column(Integer)
    p_later_bp: Mapped[int] = mapped_column(Integer)
    penalty_cents: Mapped[Cents]
    gain_cents: Mapped[Cents]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    deadline_on: Mapped[date | None]
    available_at: Mapped[At]
    """When the facts first make it worth doing."""
    held_until: Mapped[datetime | None]
    evidence: Mapped[int]
    """The newest fact behind it; a deferral or a settlement lasts until this moves."""
    rescore_at: Mapped[datetime | None]
    """The next moment at which the clock alone changes anything above."""
    owner_id: Mapped[int | None]
    """The rep it was passed to; nobody else is offered it."""
    deferred_until: Mapped[datetime | None]
    deferred_for: Mapped[Party | None] = mapped_column(text_enum(Party, "deferred_for"))
    """Who is to act until then; empty when a rep simply put it off."""
    settled_evidence: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    worked_at: Mapped[datetime | None]
    holder_id: Mapped[int | None]
    lease_token: Mapped[int | None]
    lease_until: Mapped[datetime | None]
    opened_at: Mapped[At]
    opened_by_cause: Mapped[CauseKind] = mapped_column(text_enum(CauseKind, "opened_by_cause"))
    opened_by_id: Mapped[int | None]
    changed_at: Mapped[At]


class Lease(Base):
    """One grant of one task to one rep. Its number is the fencing token: a later grant has a larger one."""

    __tablename__ = "leases"
    __table_args__ = (
        # One open lease a rep: two tabs that ask in the same instant get one task, not two. What is held is
        # found here too, as many rows as there are reps: an index of `tasks` would cost every lease a page.
        Index("uq_leases_open", "rep_id", unique=True, postgresql_where="ended_at IS NULL"),
    )
    id: Mapped[Id]
    task_id: Mapped[int]
    rep_id: Mapped[int]
    granted_at: Mapped[At]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[LeaseEnd | None] = mapped_column(text_enum(LeaseEnd, "ended_by"))


class TaskChange(Base):
    """One change of a task's state, priority or owner, with the one event that caused it."""

    __tablename__ = "task_changes"
    __table_args__ = (Index("ix_task_changes_account_id", "account_id", "id"),)
    id: Mapped[Id]
    task_id: Mapped[int]
    account_id: Mapped[int]
    at: Mapped[At]
    cause: Mapped[CauseKind] = mapped_column(text_enum(CauseKind, "cause"))
    cause_id: Mapped[int | None]
    """The fact, outcome, lease or rebalance, of a rebuild the estimation it follows, of rules their
    publication; who acted stands in actor_id."""
    actor_id: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
