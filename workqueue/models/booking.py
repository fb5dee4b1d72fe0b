"""How patients book their callbacks: the ways in, what a team gives out, who waits, and what changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.channels import ContactChannel
from workqueue.rules.slots import CallbackTopic


class BookingRules(Base):
    """How one team gives out its time; a team without a row goes by the defaults of rules/slots.py."""

    __tablename__ = "booking_rules"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 120", name="has_minutes"),
        CheckConstraint("interpreter_minutes BETWEEN 0 AND 120", name="has_interpreter_minutes"),
        CheckConstraint("step_minutes IN (5, 10, 15, 20, 30, 60)", name="has_steps"),
        CheckConstraint("notice_minutes BETWEEN 5 AND 2880", name="has_notice"),
        CheckConstraint("ahead_days BETWEEN 1 AND 30", name="has_an_end"),
        CheckConstraint("share_percent BETWEEN 1 AND 100", name="has_a_share"),
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    interpreter_minutes: Mapped[int] = mapped_column(SmallInteger)
    step_minutes: Mapped[int] = mapped_column(SmallInteger)
    notice_minutes: Mapped[int] = mapped_column(SmallInteger)
    ahead_days: Mapped[int] = mapped_column(SmallInteger)
    share_percent: Mapped[int] = mapped_column(SmallInteger)
    allows_same_day: Mapped[bool]
    has_waiting_list: Mapped[bool]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[At]


class CallbackLink(Base):
    """One person's way to book one callback about one account: a link, and a code to type from a letter.

    Only digests are kept: a copy of this table books nothing.
    """

    __tablename__ = "callback_links"
    __table_args__ = (Index("ix_callback_links_account_id", "account_id"),)
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the link: 192 random bits need no salt and no slow hash."""
    code_hash: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256, keyed with the office's secret, of the code in the letter, which is short; see `services`."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    """Who was written to, and is to be called."""
    channel: Mapped[ContactChannel] = mapped_column(text_enum(ContactChannel))
    """How it was sent."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[At]
    expires_at: Mapped[At]
    wrong_checks: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """How often somebody typed the code and then a wrong check; after a few it opens nothing any more."""
    ended_at: Mapped[datetime | None]
    """When the call it was for was made, or a lead ended it."""


class CallbackWish(Base):
    """What a person has said on the page so far, kept while they choose a time: no step loses it."""

    __tablename__ = "callback_wishes"
    link_id: Mapped[int] = mapped_column(ForeignKey("callback_links.id"), primary_key=True)
    e164: Mapped[str]
    topic: Mapped[CallbackTopic] = mapped_column(text_enum(CallbackTopic))
    language: Mapped[str]
    needs_interpreter: Mapped[bool]
    zone: Mapped[str] = mapped_column(default="", server_default="")
    """By which clock they like to see times; it says nothing of where they may be called."""
    may_text: Mapped[bool] = mapped_column(default=False, server_default="false")
    """They ticked that texts about this call may come to the number; it is kept as consent once they book."""
    saved_at: Mapped[At]


class Door(StrEnum):
    """Where somebody without a password may try to come in, or to change something."""

    LINK = "link"
    CODE = "code"
    CHANGE = "change"
    PROVIDER = "provider"
    """Where the provider of texts reports; what is not signed by it knocks in vain."""


class DoorAttempt(Base):
    """One try at a door, so that guessing and flooding are slowed down across all processes and restarts."""

    __tablename__ = "door_attempts"
    __table_args__ = (
        # The throttle looks for the newest of one place, then for the newest of a door.
        Index("ix_door_attempts_door_place_at", "door", "place", "at"),
        Index("ix_door_attempts_door_at", "door", "at"),
    )
    id: Mapped[Id]
    door: Mapped[Door] = mapped_column(text_enum(Door))
    place: Mapped[str]
    """The network it came from, IPv4 /24 or IPv6 /48; of a change, the number of the link."""
    at: Mapped[At]


class CallbackChangeKind(StrEnum):
    """What happened to a callback."""

    BOOKED = "booked"
    MOVED = "moved"
    REHOMED = "rehomed"
    """Another rep calls, at the same time."""
    CANCELLED = "cancelled"
    MET = "met"
    MISSED = "missed"


class CallbackChange(Base):
    """One change of a callback: when it is, and who calls."""

    __tablename__ = "callback_changes"
    __table_args__ = (Index("ix_callback_changes_callback_id", "callback_id"),)
    id: Mapped[Id]
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"))
    kind: Mapped[CallbackChangeKind] = mapped_column(text_enum(CallbackChangeKind))
    at: Mapped[At]
    due_at: Mapped[At]
    """When it is due from now on."""
    was_due_at: Mapped[datetime | None]
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    was_rep_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who of the office did it; empty for the person themselves, or the clock."""
    reason: Mapped[str] = mapped_column(default="", server_default="")


class CallbackReminder(Base):
    """That a reminder of a callback was looked after, told or not: each kind once for each of its times."""

    __tablename__ = "callback_reminders"
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    event: Mapped[BookingEvent] = mapped_column(text_enum(BookingEvent, "event"), primary_key=True)
    at: Mapped[At]
    was_written: Mapped[bool]
    """Whether there was a way to write to the person."""


class WaitingEntry(Base):
    """Somebody for whom no time suited: they are offered the first that comes free."""

    __tablename__ = "waiting_list"
    __table_args__ = (
        # One entry a link at a time, and few are open: the sweeper looks at these only.
        Index("uq_waiting_list_open", "link_id", unique=True, postgresql_where="ended_at IS NULL"),
        CheckConstraint("from_at < until_at", name="is_a_time"),
    )
    id: Mapped[Id]
    link_id: Mapped[int] = mapped_column(ForeignKey("callback_links.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phones.id"))
    topic: Mapped[CallbackTopic] = mapped_column(text_enum(CallbackTopic))
    language: Mapped[str]
    needs_interpreter: Mapped[bool]
    from_at: Mapped[At]
    until_at: Mapped[At]
    """Between these the call would suit."""
    asked_at: Mapped[At]
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callbacks.id"))
    """What it led to."""
    ended_at: Mapped[datetime | None]
