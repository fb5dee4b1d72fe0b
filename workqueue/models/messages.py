"""The outbox: messages to send, each once."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.messages import MessageChannel, MessageState


class Message(Base):
    """One message to one address, written in the transaction of what it tells.

    It holds no detail of a patient's: what is sent leaves the office.
    """

    __tablename__ = "messages"
    __table_args__ = (
        # The sweeper takes the oldest that may go now; what is sent leaves the index.
        Index("ix_messages_waiting", "send_after", "id", postgresql_where="state = 'waiting'"),
        # Those that were being sent when the process died.
        Index("ix_messages_sending", "claimed_at", postgresql_where="state = 'sending'"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_its_time"),
    )
    id: Mapped[Id]
    natural_key: Mapped[str] = mapped_column(unique=True)
    """What makes it this message: told twice, it is written once."""
    channel: Mapped[MessageChannel] = mapped_column(text_enum(MessageChannel, "channel"))
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """By reference: what is attached is made when it is sent."""
    state: Mapped[MessageState] = mapped_column(
        text_enum(MessageState, "state"), default=MessageState.WAITING, server_default=MessageState.WAITING
    )
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    written_at: Mapped[At]
    send_after: Mapped[At]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="", server_default="")
    """The class of what went wrong last, and the server's code; never a text that might quote the message."""
