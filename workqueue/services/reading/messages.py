"""What was sent and what was not, for the page of messages and for a person's; and the texts that came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, IncomingText, Message, Patient, Phone
from workqueue.rules.booking_messages import EVENT_WORDS
from workqueue.rules.deliveries import error_words
from workqueue.rules.masking import masked_address
from workqueue.rules.messages import STATE_WORDS, TO_LOOK_AT, MessageChannel, MessageState
from workqueue.rules.words import person_name

MOST_OF_PERSON = 50
MOST_TEXTS = 100
OF_LATE = timedelta(days=30)


class MessagesAsked(StrEnum):
    """Which messages the page shows."""

    TO_LOOK_AT = "to_look_at"
    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    NOT_SENT = "not_sent"
    ALL = "all"


_WHICH: Mapping[MessagesAsked, frozenset[MessageState]] = {
    MessagesAsked.TO_LOOK_AT: TO_LOOK_AT,
    MessagesAsked.WAITING: frozenset({MessageState.WAITING, MessageState.SENDING}),
    MessagesAsked.SENT: frozenset({MessageState.SENT}),
    MessagesAsked.DELIVERED: frozenset({MessageState.DELIVERED}),
    MessagesAsked.NOT_SENT: frozenset({MessageState.STOPPED, MessageState.SUPERSEDED}),
    MessagesAsked.ALL: frozenset(MessageState),
}


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message, as a list shows it."""

    message_id: int
    channel: MessageChannel
    to_address: str
    """Of a patient with most of it hidden."""
    what: str
    state: MessageState
    state_words: str
    attempts: int
    pieces: int
    written_at: datetime
    send_after: datetime
    sent_at: datetime | None
    why: str
    """What went wrong last, in words; empty where nothing did."""
    patient_id: int | None
    needs_somebody: bool
    """It went wrong, and nobody has said that it is settled."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A text that came in and has to be read."""

    text_id: int
    came_at: datetime
    body: str
    people: tuple[tuple[int, str], ...]
    """Whoever has the number, with their names."""
    account_id: int | None
    """The newest account one of them answers for."""


def messages(
    session: Session, asked: MessagesAsked, *, before_id: int | None = None, limit: int
) -> tuple[MessageLine, ...]:
    """Return messages, newest first."""
    wanted = select(Message).where(_which(asked)).order_by(Message.id.desc()).limit(limit)
    if before_id is not None:
        wanted = wanted.where(Message.id < before_id)
    return tuple(_line(each) for each in session.scalars(wanted))


def counts(session: Session) -> dict[MessagesAsked, int]:
    """Return how many there are of each."""
    rows = session.execute(
        select(Message.state, Message.settled_at.is_not(None), func.count()).group_by(
            Message.state, Message.settled_at.is_not(None)
        )
    ).all()
    found = dict.fromkeys(MessagesAsked, 0)
    for state, is_settled, count in rows:
        for asked, states in _WHICH.items():
            if state in states and not (asked is MessagesAsked.TO_LOOK_AT and is_settled):
                found[asked] += count
    return found


def messages_to(session: Session, patient_id: int) -> tuple[MessageLine, ...]:
    """Return what was written to one person, newest first."""
    rows = session.scalars(
        select(Message)
        .where(Message.patient_id == patient_id)
        .order_by(Message.id.desc())
        .limit(MOST_OF_PERSON)
    )
    return tuple(_line(each) for each in rows)


def unread_texts(session: Session, *, patient_id: int | None = None) -> tuple[TextLine, ...]:
    """Return what people wrote that nobody has read yet, the oldest first; of one person where named."""
    wanted = (
        select(IncomingText)
        .where(IncomingText.body != "", IncomingText.read_at.is_(None))
        .order_by(IncomingText.id)
        .limit(MOST_TEXTS)
    )
    if patient_id is not None:
        wanted = wanted.where(IncomingText.e164.in_(select(Phone.e164).where(Phone.patient_id == patient_id)))
    texts = session.scalars(wanted).all()
    holders = _holders(session, {each.e164 for each in texts})
    return tuple(
        TextLine(
            each.id,
            each.came_at,
            each.body,
            tuple((person_id, name) for person_id, name, _ in holders.get(each.e164, ())),
            max((account for _, _, account in holders.get(each.e164, ()) if account), default=None),
        )
        for each in texts
    )


def texts_of_strangers(session: Session, *, now: datetime) -> int:
    """Return how many texts of late came from numbers nobody here has; nothing else is kept of them."""
    return (
        session.scalar(
            select(func.count(IncomingText.id)).where(
                IncomingText.word.is_(None), IncomingText.came_at > now - OF_LATE
            )
        )
        or 0
    )


def _holders(session: Session, e164s: set[str]) -> dict[str, list[tuple[int, str, int | None]]]:
    newest = (
        select(func.max(Account.id))
        .where(
            or_(
                Account.guarantor_id == Patient.id,
                and_(Account.guarantor_id.is_(None), Account.patient_id == Patient.id),
            )
        )
        .correlate(Patient)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Phone.e164, Patient.id, Patient.first_name, Patient.last_name, newest)
        .join(Patient, Patient.id == Phone.patient_id)
        .where(Phone.e164.in_(e164s) if e164s else false(), Phone.ended_at.is_(None))
        .order_by(Patient.id)
    )
    found: dict[str, list[tuple[int, str, int | None]]] = {}
    for e164, person_id, first_name, last_name, account_id in rows:
        found.setdefault(e164, []).append((person_id, person_name(first_name, last_name), account_id))
    return found


def _which(asked: MessagesAsked) -> ColumnElement[bool]:
    which = Message.state.in_(_WHICH[asked])
    return and_(which, Message.settled_at.is_(None)) if asked is MessagesAsked.TO_LOOK_AT else which


def _line(message: Message) -> MessageLine:
    is_patients = message.patient_id is not None
    return MessageLine(
        message.id,
        message.channel,
        masked_address(message.to_address) if is_patients else message.to_address,
        EVENT_WORDS[message.event] if message.event else message.subject,
        message.state,
        STATE_WORDS[message.state],
        message.attempts,
        message.pieces,
        message.written_at,
        message.send_after,
        message.sent_at,
        error_words(message.error),
        message.patient_id,
        needs_somebody=message.state in TO_LOOK_AT and message.settled_at is None,
    )
