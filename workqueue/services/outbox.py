"""The outbox: messages are written in the transaction of what they tell, and each is sent once.

A message is claimed and committed before it is sent, so that two senders never have the same one and a sender
that dies leaves a trace. What was refused is tried again; what may have gone out waits for a person.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Message
from workqueue.rules.messages import SENDING_TAKES, MessageChannel, MessageState, next_try
from workqueue.rules.refusals import NotFound, Refusal

MOST_LISTED = 100


class AlreadySent(Refusal):
    """Only what failed, or may not have gone out, is sent again."""

    code = "already_sent"
    sentence = "This message has gone out, or is on its way."


@dataclass(frozen=True)
class Claimed:
    """A message in the hands of one sender."""

    message_id: int
    attempt: int
    """Which attempt this is; whoever settles it proves by it that the message is still theirs."""
    channel: MessageChannel
    to_address: str
    subject: str
    body: str
    attachments: tuple[dict[str, Any], ...]
    written_at: datetime


@dataclass(frozen=True)
class MessageLine:
    """A message that did not go out, as a list shows it."""

    message_id: int
    to_address: str
    subject: str
    state: MessageState
    attempts: int
    written_at: datetime
    error: str


def write(
    session: Session,
    *,
    natural_key: str,
    channel: MessageChannel,
    to_address: str,
    subject: str,
    body: str,
    attachments: list[dict[str, Any]],
    send_after: datetime,
    now: datetime,
) -> bool:
    """Put a message into the outbox; return False when it lies there already, by its natural key."""
    written = session.scalar(
        insert(Message)
        .values(
            natural_key=natural_key,
            channel=channel,
            to_address=to_address,
            subject=subject,
            body=body,
            attachments=attachments,
            written_at=now,
            send_after=send_after,
        )
        .on_conflict_do_nothing(index_elements=["natural_key"])
        .returning(Message.id)
    )
    return written is not None


def claim(session: Session, *, now: datetime) -> Claimed | None:
    """Take the oldest message that may go now; the caller commits before sending it."""
    oldest = (
        select(Message.id)
        .where(Message.state == MessageState.WAITING, Message.send_after <= now)
        .order_by(Message.send_after, Message.id)
        .limit(1)
        # A second sender takes the next one instead of waiting for this.
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    message = session.scalars(
        update(Message)
        .where(Message.id == oldest)
        .values(state=MessageState.SENDING, attempts=Message.attempts + 1, claimed_at=now)
        .returning(Message)
    ).one_or_none()
    if message is None:
        return None
    return Claimed(
        message_id=message.id,
        attempt=message.attempts,
        channel=message.channel,
        to_address=message.to_address,
        subject=message.subject,
        body=message.body,
        attachments=tuple(message.attachments),
        written_at=message.written_at,
    )


def sent(session: Session, claimed: Claimed, *, now: datetime) -> None:
    _settle(session, claimed, state=MessageState.SENT, sent_at=now, error="")


def refused(session: Session, claimed: Claimed, error: str, *, is_final: bool, now: datetime) -> None:
    """Write down that it was refused; it is tried again unless that is final or was tried often enough."""
    wait = None if is_final else next_try(claimed.attempt)
    if wait is None:
        _settle(session, claimed, state=MessageState.FAILED, error=error)
    else:
        _settle(session, claimed, state=MessageState.WAITING, send_after=now + wait, error=error)


def unsure(session: Session, claimed: Claimed, error: str) -> None:
    """Write down that nobody knows whether it went out."""
    _settle(session, claimed, state=MessageState.UNSURE, error=error)


def look_for_abandoned(session: Session, *, now: datetime) -> int:
    """Mark messages whose sender is gone: they may have gone out. Return how many."""
    found = session.scalars(
        update(Message)
        .where(Message.state == MessageState.SENDING, Message.claimed_at < now - SENDING_TAKES)
        .values(state=MessageState.UNSURE, error="the sender ended")
        .returning(Message.id)
    )
    return len(found.all())


def send_again(session: Session, message_id: int, *, now: datetime) -> None:
    """Let a message that failed, or may not have gone out, go once more."""
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound
    if message.state not in {MessageState.FAILED, MessageState.UNSURE}:
        raise AlreadySent
    message.state, message.attempts, message.send_after = MessageState.WAITING, 0, now


def not_sent(session: Session) -> tuple[MessageLine, ...]:
    """Return what failed or may not have gone out, newest first."""
    rows = session.scalars(
        select(Message)
        .where(Message.state.in_([MessageState.FAILED, MessageState.UNSURE]))
        .order_by(Message.id.desc())
        .limit(MOST_LISTED)
    )
    return tuple(
        MessageLine(
            each.id, each.to_address, each.subject, each.state, each.attempts, each.written_at, each.error
        )
        for each in rows
    )


def _settle(session: Session, claimed: Claimed, **values: Any) -> None:
    # Somebody may have found the claim too old and sent it again since: then it is no longer this sender's.
    session.execute(
        update(Message)
        .where(
            Message.id == claimed.message_id,
            Message.state == MessageState.SENDING,
            Message.attempts == claimed.attempt,
        )
        .values(**values)
    )
