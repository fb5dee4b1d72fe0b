"""When a message that could not be sent is tried again, and when that is given up."""

from datetime import timedelta
from enum import StrEnum


class MessageChannel(StrEnum):
    """How it is sent."""

    EMAIL = "email"


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or refused too often."""
    UNSURE = "unsure"
    """The line broke, or the process died, after it was handed over and before that was confirmed.

    It may have gone out. Only a person sends it again.
    """


MOST_ATTEMPTS = 8
SENDING_TAKES = timedelta(minutes=5)
"""A message that is still being sent after this was in the hands of a process that is gone."""


def next_try(attempts: int) -> timedelta | None:
    """Return how long to wait after so many attempts; None when there were enough.

    A minute, then twice as long each time: two hours in all, longer than a mail server is usually away.
    """
    return timedelta(minutes=2 ** (attempts - 1)) if attempts < MOST_ATTEMPTS else None
