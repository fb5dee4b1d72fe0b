"""What becomes of texts that were handed over, as their provider reports it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Callback, Message
from workqueue.rules.deliveries import UNSUBSCRIBED, may_follow, state_reported
from workqueue.rules.messages import OUT, MessageChannel, MessageState
from workqueue.rules.writing import is_pointless
from workqueue.services import stopping
from workqueue.services.booking import telling

HOW = "STOP, as the provider of texts reports"


def report(
    session: Session,
    *,
    provider_id: str,
    message_id: int | None,
    attempt: int,
    status: str,
    error_code: str,
    now: datetime,
) -> bool:
    """Note what the provider says of a text; return whether that was news.

    `message_id` and `attempt` are what we gave along: by them a text is found whose sending nobody could
    confirm, and one whose report overtakes our own note. Late, doubled and unknown ones change nothing.
    """
    state = state_reported(status)
    message = _found(session, provider_id, message_id, attempt)
    if state is None or message is None or not may_follow(message.state, state):
        return False
    message.state, message.provider_id, message.reported_at = state, provider_id, now
    message.error = f"text_{error_code}" if error_code and state is MessageState.UNDELIVERED else ""
    if state in OUT and message.sent_at is None:
        message.sent_at = now
    session.flush()
    if state is MessageState.UNDELIVERED:
        take_heed(session, message.id, now=now)
    return True


def take_heed(session: Session, message_id: int, *, now: datetime) -> None:
    """Heed that a text did not reach anybody: stop where they said so, else tell them in another way.

    Where there is no other way, it stays on the list of what needs somebody.
    """
    message = session.get_one(Message, message_id, populate_existing=True)
    if message.channel is not MessageChannel.TEXT:
        return
    if message.error == f"text_{UNSUBSCRIBED}":
        stopping.stop(session, message.channel, message.to_address, how=HOW, now=now)
    callback = session.get(Callback, message.callback_id) if message.callback_id else None
    if callback is None or message.event is None:
        return
    is_over = is_pointless(
        message.event,
        state=callback.state,
        is_newest=callback.sequence == message.callback_sequence,
        at=callback.at,
        now=now,
    )
    if not is_over:
        # What was told already is in the outbox by its key, and is not told again.
        telling.tell(session, callback, message.event, now=now)


def _found(session: Session, provider_id: str, message_id: int | None, attempt: int) -> Message | None:
    wanted = select(Message).where(Message.channel == MessageChannel.TEXT).with_for_update()
    known = session.scalars(
        wanted.where(Message.provider_id == provider_id).execution_options(populate_existing=True)
    ).one_or_none()
    if known is not None or message_id is None:
        return known
    return session.scalars(
        wanted.where(
            Message.id == message_id, Message.attempts == attempt, Message.provider_id == ""
        ).execution_options(populate_existing=True)
    ).one_or_none()
