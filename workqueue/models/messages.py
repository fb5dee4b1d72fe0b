"""The outbox: messages to send, each once."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.rules.text_words import TextWord


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
        # A person's page says what was sent to them; a STOP finds what waits for its number.
        Index("ix_messages_patient_id", "patient_id", postgresql_where="patient_id IS NOT NULL"),
        Index("ix_messages_to_address", "to_address"),
        # A report of the provider names its own number.
        Index("uq_messages_provider_id", "provider_id", unique=True, postgresql_where="provider_id <> ''"),
        # The page of messages shows the newest of those that need somebody.
        Index(
            "ix_messages_to_look_at",
            "id",
            postgresql_where="state IN ('failed', 'unsure', 'undelivered') AND settled_at IS NULL",
        ),
        CheckConstraint(
            "(state IN ('sent', 'delivered', 'undelivered')) = (sent_at IS NOT NULL)",
            name="sent_has_its_time",
        ),
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
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    """Whom it is for; empty for the office's own mail."""
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callbacks.id"))
    callback_sequence: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """Of the callback when it was written: moved since, it says what is no longer so."""
    event: Mapped[BookingEvent | None] = mapped_column(text_enum(BookingEvent, "event"))
    """What of a callback it tells; empty for a report, and for an answer to a text."""
    link_id: Mapped[int | None] = mapped_column(ForeignKey("callback_links.id"))
    link_nonce: Mapped[str] = mapped_column(default="", server_default="")
    """With the office's secret it makes the token of the link, when it is sent; alone it opens nothing."""
    goes_at_any_hour: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The person asked for it at this very moment, and looks for it."""
    pieces: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    """Into how many a text is cut, each paid for."""
    provider_id: Mapped[str] = mapped_column(default="", server_default="")
    """What the provider calls it."""
    reported_at: Mapped[datetime | None]
    """When the provider last said something of it."""
    settled_at: Mapped[datetime | None]
    """When somebody had looked at what went wrong, and needs it on no list any more."""
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    error: Mapped[str] = mapped_column(default="", server_default="")
    """The class of what went wrong last, and the server's code; never a text that might quote the message."""


class IncomingText(Base):
    """A text that came in, once by the provider's number.

    Of a number nobody here has, nothing is kept but that it came; of a word that was heeded, not the words.
    """

    __tablename__ = "incoming_texts"
    __table_args__ = (
        Index("ix_incoming_texts_e164", "e164", postgresql_where="e164 <> ''"),
        # What nobody has read yet is on a list; few are.
        Index("ix_incoming_texts_unread", "id", postgresql_where="body <> '' AND read_at IS NULL"),
    )
    id: Mapped[Id]
    provider_id: Mapped[str] = mapped_column(unique=True)
    """Told twice, it is one."""
    came_at: Mapped[At]
    word: Mapped[TextWord | None] = mapped_column(text_enum(TextWord, "word"))
    """What was understood; empty where nobody has the number."""
    e164: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str] = mapped_column(default="", server_default="")
    """What a person has to read."""
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
