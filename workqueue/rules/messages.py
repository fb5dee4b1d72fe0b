"""What becomes of a message, when it is tried again, and when that is given up."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class MessageChannel(StrEnum):
    """How it is sent."""

    EMAIL = "email"
    TEXT = "text"


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    """Taken by the mail server or the provider, who has not said yet whether it arrived."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    """Taken, and reported as not arrived."""
    FAILED = "failed"
    """Refused for good, or refused too often."""
    UNSURE = "unsure"
    """The line broke, or the process died, after it was handed over and before that was confirmed.

    It may have gone out. Only a person sends it again.
    """
    STOPPED = "stopped"
    """Not sent: since it was written, the person asked for no such messages, or may not be written to."""
    SUPERSEDED = "superseded"
    """Not sent: what it says was no longer so when it could go."""


OUT = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED})
"""What has certainly left the office."""
TO_LOOK_AT = frozenset({MessageState.FAILED, MessageState.UNSURE, MessageState.UNDELIVERED})
"""What may need a person."""
MAY_GO_AGAIN = TO_LOOK_AT

STATE_WORDS: Mapping[MessageState, str] = {
    MessageState.WAITING: "Waiting",
    MessageState.SENDING: "Being sent",
    MessageState.SENT: "Sent",
    MessageState.DELIVERED: "Delivered",
    MessageState.UNDELIVERED: "Did not arrive",
    MessageState.FAILED: "Refused",
    MessageState.UNSURE: "May have gone out",
    MessageState.STOPPED: "Not sent: they asked for none",
    MessageState.SUPERSEDED: "Not sent: no longer true",
}

MOST_ATTEMPTS = 8
SENDING_TAKES = timedelta(minutes=5)
"""A message that is still being sent after this was in the hands of a process that is gone."""


def next_try(attempts: int) -> timedelta | None:
    """Return how long to wait after so many attempts; None when there were enough.

    A minute, then twice as long each time: two hours in all, longer than a mail server is usually away.
    """
    return timedelta(minutes=2 ** (attempts - 1)) if attempts < MOST_ATTEMPTS else None
