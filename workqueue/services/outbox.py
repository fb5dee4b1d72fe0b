"""The outbox: messages are written in the transaction of what they tell, and each is sent once.

A message is claimed and committed before it is sent, so that two senders never have the same one and a sender
that dies leaves a trace. What was refused is tried again; what may have gone out waits for a person.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Message
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.messages import MAY_GO_AGAIN, SENDING_TAKES, MessageChannel, MessageState, next_try
from workqueue.rules.refusals import NotFound, Refusal


class AlreadySent(Refusal):
    """Only what failed, or may not have gone out, is sent again."""

    code = "already_sent"
    sentence = "This message has gone out, or is on its way."


@dataclass(frozen=True)
class About:
    """Whom a message is for and what it is about."""

    patient_id: int
    callback_id: int | None = None
    callback_sequence: int = 0
    event: BookingEvent | None = None
    """Empty for an answer to what they wrote."""
    link_id: int | None = None
    link_nonce: str = ""
    goes_at_any_hour: bool = False


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
    about: About | None = None
    """Empty for the office's own mail."""


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
    about: About | None = None,
    pieces: int = 1,
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
            pieces=pieces,
            **(vars(about) if about else {}),
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
        about=_about(message),
    )


def hold(session: Session, claimed: Claimed) -> bool:
    """Let nobody stop messages to this person until this transaction ends; False when it is ours no more.

    Between the claim and this moment somebody may have written STOP; from here on they wait until it is sent.
    """
    if claimed.about is not None:
        lock_messages_to(session, claimed.about.patient_id)
    is_ours = select(Message.id).where(
        Message.id == claimed.message_id,
        Message.state == MessageState.SENDING,
        Message.attempts == claimed.attempt,
    )
    return session.scalar(is_ours) is not None


def lock_messages_to(session: Session, patient_id: int) -> None:
    """Let nobody else send to this person, or stop that, until this transaction ends."""
    # Not the row of the person, which a long file may hold, nor their calls, which go on meanwhile.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 1006))"),
        {"person": f"messages to {patient_id}"},
    )


def sent(session: Session, claimed: Claimed, *, now: datetime, provider_id: str = "") -> None:
    _settle(session, claimed, state=MessageState.SENT, sent_at=now, error="", provider_id=provider_id)


def stopped(session: Session, claimed: Claimed, why: str) -> None:
    """Write down that it is not sent: the person asked for none, or may not be written to."""
    _settle(session, claimed, state=MessageState.STOPPED, error=why)


def superseded(session: Session, claimed: Claimed) -> None:
    """Write down that it is not sent: it says what is no longer so."""
    _settle(session, claimed, state=MessageState.SUPERSEDED, error="")


def postponed(session: Session, claimed: Claimed, *, until_at: datetime) -> None:
    """Let it wait: at this hour the person is not written to. It was no attempt."""
    _settle(
        session,
        claimed,
        state=MessageState.WAITING,
        send_after=until_at,
        attempts=claimed.attempt - 1,
    )


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
    if message.state not in MAY_GO_AGAIN:
        raise AlreadySent
    message.state, message.attempts, message.send_after = MessageState.WAITING, 0, now
    message.sent_at, message.provider_id, message.settled_at = None, "", None


def settle(session: Session, message_id: int, *, actor_id: int, now: datetime) -> None:
    """Take a message that went wrong off the list of what needs somebody; done twice, the first counts."""
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound
    if message.state not in MAY_GO_AGAIN:
        raise AlreadySent
    if message.settled_at is None:
        message.settled_at, message.settled_by_id = now, actor_id


def _about(message: Message) -> About | None:
    if message.patient_id is None:
        return None
    return About(
        message.patient_id,
        message.callback_id,
        message.callback_sequence,
        message.event,
        message.link_id,
        message.link_nonce,
        message.goes_at_any_hour,
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
