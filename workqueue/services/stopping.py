"""Messages stop where the person says so, at once, and come back where they ask for them again."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from workqueue.models import EmailAddress, Message, Phone
from workqueue.rules.channels import ConsentScope
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.rules.writing import Obstacle
from workqueue.services import outbox, persons, preferences
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import accounts_of
from workqueue.services.writing import CHANNELS

PATIENCE_SECONDS = 25
"""So long a STOP waits for a message that is just being handed over, longer than any of them takes. It is not
lost for a lock: the person says it once."""


def stop(session: Session, channel: MessageChannel, address: str, *, how: str, now: datetime) -> list[int]:
    """Send nothing more this way to whoever has this address; return them.

    From the end of this transaction on nothing leaves: what waits is not sent, what is being sent is waited
    for. Nothing of this medium is sent to other addresses of theirs either.
    """
    person_ids = _lock(session, channel, address)
    _say(session, channel, person_ids, is_given=False, phone_ids={}, how=how, now=now)
    session.execute(
        update(Message)
        .where(Message.patient_id.in_(person_ids), Message.channel == channel)
        .where(Message.state == MessageState.WAITING, Message.event.is_not(None))
        .values(state=MessageState.STOPPED, error=Obstacle.ASKED_NOT_TO.value)
    )
    return person_ids


def start(session: Session, e164: str, *, how: str, now: datetime) -> list[int]:
    """Send texts to this number again: they said so at it; return who has it."""
    person_ids = _lock(session, MessageChannel.TEXT, e164)
    phones = session.execute(
        select(Phone.patient_id, Phone.id).where(Phone.e164 == e164, Phone.patient_id.in_(person_ids))
    )
    phone_ids = {row.patient_id: row.id for row in phones}
    _say(session, MessageChannel.TEXT, person_ids, is_given=True, phone_ids=phone_ids, how=how, now=now)
    return person_ids


def holders(session: Session, channel: MessageChannel, address: str) -> list[int]:
    """Return everybody who has this address."""
    kind, column = (
        (Phone, Phone.e164) if channel is MessageChannel.TEXT else (EmailAddress, EmailAddress.address)
    )
    rows = session.scalars(
        select(kind.patient_id)
        .where(column == address, kind.is_valid, kind.ended_at.is_(None))
        .order_by(kind.patient_id)
    )
    return list(rows)


def _lock(session: Session, channel: MessageChannel, address: str) -> list[int]:
    session.execute(
        text("SELECT set_config('lock_timeout', :patience, true)"), {"patience": f"{PATIENCE_SECONDS}s"}
    )
    person_ids = holders(session, channel, address)
    # In the order of their numbers, all before any account: two of these never wait for each other.
    for person_id in person_ids:
        outbox.lock_messages_to(session, person_id)
    lock_accounts(session, accounts_of(session, person_ids))
    return person_ids


def _say(
    session: Session,
    channel: MessageChannel,
    person_ids: Sequence[int],
    *,
    is_given: bool,
    phone_ids: dict[int, int],
    how: str,
    now: datetime,
) -> None:
    with ExitStack() as stack:
        for person_id in person_ids:
            stack.enter_context(persons.changing(session, person_id, actor_id=None, now=now))
            preferences.say(
                session,
                patient_id=person_id,
                is_given=is_given,
                channel=CHANNELS[channel],
                # Not used for bills at all, by people and machines (12 CFR 1006.14(h)); no wider, since what
                # they wrote back to was about a bill.
                scope=ConsentScope.BILLING,
                phone_id=phone_ids.get(person_id),
                how=how,
                said_at=now,
                recorded_by_id=None,
                now=now,
            )
