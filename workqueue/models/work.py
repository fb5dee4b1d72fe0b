"""What people did: outcomes, notes, promises, plans, callbacks, and what they had begun to type."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Cents, Id, text_enum
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState


class Outcome(Base):
    """What a rep did with a task. One for each lease, whatever a browser sends twice."""

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("task_id", "lease_token"),
        Index("ix_outcomes_account_id", "account_id"),
        Index("ix_outcomes_rep_id_at", "rep_id", "at"),
    )
    id: Mapped[Id]
    task_id: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    lease_token: Mapped[int]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    task_kind: Mapped[str]
    disposition: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """What this disposition asked for besides the note: reference number, amount, date, person spoken to."""
    next_at: Mapped[datetime | None]
    at: Mapped[At]


class Note(Base):
    """Something worth knowing about an account, apart from any task."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_account_id", "account_id"),)
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    at: Mapped[At]


class PaymentPlan(Base):
    """A patient's agreement to pay in instalments; each instalment is a promise."""

    __tablename__ = "payment_plans"
    __table_args__ = (
        Index("ix_payment_plans_account_id", "account_id"),
        CheckConstraint("instalments BETWEEN 2 AND 60", name="has_instalments"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    total_cents: Mapped[Cents]
    instalments: Mapped[int] = mapped_column(SmallInteger)
    first_due_on: Mapped[date]
    made_on: Mapped[date]
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    cancelled_at: Mapped[datetime | None]


class Promise(Base):
    """A patient's promise to pay. Whether it was kept is read from the ledger."""

    __tablename__ = "promises"
    __table_args__ = (
        Index("ix_promises_account_id", "account_id"),
        CheckConstraint("amount_cents > 0", name="is_positive"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    amount_cents: Mapped[Cents]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("payment_plans.id"))
    """The plan of which this is one instalment."""
    cumulative_cents: Mapped[Cents]
    """What must have been paid since it was made for this one to be kept: earlier instalments included."""
    made_on: Mapped[date]
    due_on: Mapped[date]
    grace_on: Mapped[date]
    """The last day on which a payment still keeps it."""
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    cancelled_at: Mapped[datetime | None]
    """Replaced by a newer promise, or called off."""


class Callback(Base):
    """A time at which a patient is to be called."""

    __tablename__ = "callbacks"
    __table_args__ = (
        Index("ix_callbacks_booked", "account_id", postgresql_where="state = 'booked'"),
        # The sweeper looks for those whose time has passed, the page of slots for those of the next days.
        Index("ix_callbacks_booked_at", "at", postgresql_where="state = 'booked'"),
        # Whose other calls wait for it: every event of an account asks, by who answers for that one.
        Index("ix_callbacks_booked_patient_id", "patient_id", postgresql_where="state = 'booked'"),
        CheckConstraint("at < ends_at", name="is_a_time"),
        # One promise a rep at a time, whoever books at once. A range of one number stands for the rep,
        # because ranges need no extension and plain numbers would.
        ExcludeConstraint(
            (func.int8range(text("rep_id"), text("rep_id"), text("'[]'")), "&&"),
            (func.tstzrange(text("at"), text("ends_at")), "&&"),
            where=text("state = 'booked' AND rep_id IS NOT NULL"),
            name="ex_callbacks_one_at_a_time",
        ),
        # The room counts those of today and of the next hours.
        Index("ix_callbacks_at", "at"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phones.id"))
    at: Mapped[At]
    ends_at: Mapped[At]
    """Until then the rep's time is reserved for it."""
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whose time it is; empty for one that is open to everybody who can make it."""
    booked_at: Mapped[At]
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    """Whose it is: consent to it is theirs alone."""
    asked_in_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    """The call in which the person asked for it: their consent (12 CFR 1006.14(b)(3)(i)).

    Empty for one booked otherwise.
    """
    asked_at: Mapped[datetime | None]
    """When the person asked for a call at this time, in a call or on the page: their consent.

    Empty for one the office booked, an appointment within the ordinary limits.
    """
    missed_at: Mapped[datetime | None]
    """When it was seen that nobody had called in time. It is owed all the same, and goes before all else."""
    topic: Mapped[CallbackTopic | None] = mapped_column(text_enum(CallbackTopic))
    language: Mapped[str] = mapped_column(default="", server_default="")
    """The person wants to speak it; empty for their own."""
    needs_interpreter: Mapped[bool] = mapped_column(default=False, server_default="false")
    phrase: Mapped[str] = mapped_column(default="", server_default="")
    """Words the rep says first, so that the person knows who calls; only the two of them were told."""
    link_id: Mapped[int | None] = mapped_column(ForeignKey("callback_links.id"))
    sequence: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """How often it was moved: calendars take the entry with the larger number (RFC 5545, 3.8.7.4)."""
    state: Mapped[CallbackState] = mapped_column(text_enum(CallbackState))


class Draft(Base):
    """What a rep has typed about a task and not yet sent."""

    __tablename__ = "drafts"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[At]
