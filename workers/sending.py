"""Sending what lies in the outbox, each message once; the sweeper's chore."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from workers import mailing, texting
from workers.handing_over import NobodyKnows, Refused
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.logging import log
from workqueue.rules.messages import MessageChannel
from workqueue.services import delivering, holding_back, outbox
from workqueue.services.outbox import Claimed

MESSAGES_A_TICK = 20

Send = Callable[[Session, Claimed, Config, datetime], str]
"""Hands one message over and returns what whoever took it calls it; raises Refused, NobodyKnows."""

BY: Mapping[MessageChannel, Send] = {
    MessageChannel.EMAIL: mailing.send,
    MessageChannel.TEXT: texting.send,
}


def send_what_waits(now: datetime) -> None:
    """Send what may go now, one after the other."""
    config: Config = current_app.extensions["workqueue.config"]
    with transaction() as session:
        outbox.look_for_abandoned(session, now=now)
    for _ in range(MESSAGES_A_TICK):
        # Committed before it is sent: whatever happens then, nobody else has it.
        with transaction() as session:
            claimed = outbox.claim(session, now=now)
        if claimed is None:
            return
        if _send(claimed, config, now):
            continue
        # In a transaction of its own: it may lock several people, and this message's lock is let go first.
        with transaction() as session:
            delivering.take_heed(session, claimed.message_id, now=now)


def _send(claimed: Claimed, config: Config, now: datetime) -> bool:
    """Hand one message over; False when it was refused for good.

    One transaction from the last look to the note of what came of it: a STOP meanwhile waits for its end.
    """
    with transaction() as session:
        if holding_back.is_held_back(session, claimed, now=now):
            log.info("message_held_back", message_id=claimed.message_id)
            return True
        try:
            provider_id = BY[claimed.channel](session, claimed, config, now)
        except Refused as refusal:
            log.warning("message_refused", message_id=claimed.message_id, error=refusal.error)
            outbox.refused(session, claimed, refusal.error, is_final=refusal.is_final, now=now)
            return not refusal.is_final
        except NobodyKnows as trouble:
            log.warning("message_unsure", message_id=claimed.message_id)
            outbox.unsure(session, claimed, str(trouble))
        else:
            outbox.sent(session, claimed, now=now, provider_id=provider_id)
    return True
