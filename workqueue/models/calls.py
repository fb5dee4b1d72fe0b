"""Calls: each with the verdict that allowed it, and what happened in it, step by step."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.call_states import CallEventKind, CallState, EventSource
from workqueue.rules.channels import ContactChannel
from workqueue.rules.kinds import Party
from workqueue.rules.states import PhonePlace


class Call(Base):
    """One call placed or received, with the verdict that allowed it.

    Also a text or an e-mail, where a rule counts attempts in any medium (940 CMR 7.04(1)(f)).
    """

    __tablename__ = "calls"
    __table_args__ = (
        # The frequency rules count one person's recent calls, under the lock on that person.
        Index("ix_calls_patient_id_placed_at", "patient_id", "placed_at"),
        Index("ix_calls_account_id", "account_id"),
        # The room asks every few seconds who is on the line.
        Index("ix_calls_open", "rep_id", postgresql_where="disposition = ''"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    """The person called, whose limits it counts towards; empty for a payer."""
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phones.id"))
    task_id: Mapped[int | None]
    """Empty for a call received about an account that has nothing to do."""
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    party: Mapped[Party] = mapped_column(text_enum(Party, "party"))
    channel: Mapped[ContactChannel] = mapped_column(
        text_enum(ContactChannel), default=ContactChannel.CALL, server_default=ContactChannel.CALL
    )
    is_inbound: Mapped[bool] = mapped_column(default=False, server_default="false")
    place: Mapped[PhonePlace | None] = mapped_column(text_enum(PhonePlace))
    """Where the number rang when it was called; a number may be moved later."""
    state: Mapped[CallState] = mapped_column(text_enum(CallState, "state"))
    is_connected: Mapped[bool] = mapped_column(default=True, server_default="true")
    """False once the network said busy or out of service: such a call does not count."""
    is_with_consent: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The person had asked for it: such a call does not count (12 CFR 1006.14(b)(3)(i))."""
    placed_at: Mapped[At]
    verdict: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Every rule looked at, with its inputs, citation and result, and the version of the rules."""
    answered_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    """When two identifiers had matched; from then on details may be spoken of."""
    verified_by: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    """Which identifiers matched; never their values (45 CFR 164.514(h))."""
    failed_identifications: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    ended_at: Mapped[datetime | None]
    disposition: Mapped[str] = mapped_column(default="", server_default="")
    """Empty until the outcome is logged; such a call counts as an attempt."""


class CallEvent(Base):
    """One thing that happened in a call, in the order in which it was told."""

    __tablename__ = "call_events"
    __table_args__ = (
        # A telephone system that says the same twice is heard once.
        UniqueConstraint("call_id", "source", "key"),
    )
    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    kind: Mapped[CallEventKind] = mapped_column(text_enum(CallEventKind))
    source: Mapped[EventSource] = mapped_column(text_enum(EventSource))
    key: Mapped[str]
    """The telephone system's own name of the event; for a rep one of ours."""
    at: Mapped[At]
    recorded_at: Mapped[At]
