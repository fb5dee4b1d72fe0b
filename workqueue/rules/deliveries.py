"""What a provider of texts reports of one, and what that changes: late and doubled reports change nothing."""

from collections.abc import Mapping

from workqueue.rules.messages import MessageState

_TAKEN = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
_ARRIVED = frozenset({"delivered", "read"})
_LOST = frozenset({"undelivered", "failed", "canceled"})

ABOUT_NUMBER: Mapping[str, str] = {
    "21211": "no such number",
    "21614": "a number that gets no texts",
    "30005": "no telephone has this number",
    "30006": "a landline, or a network that takes no texts",
}
"""The provider's codes that speak of the number itself: another text to it would be lost as well."""

UNSUBSCRIBED = "21610"
"""The person has told the provider STOP: nothing may be sent there."""


def state_reported(status: str) -> MessageState | None:
    """Return the state that a status of the provider means; None for one we do not know."""
    if status in _ARRIVED:
        return MessageState.DELIVERED
    if status in _LOST:
        return MessageState.UNDELIVERED
    return MessageState.SENT if status in _TAKEN else None


_FOLLOWS: Mapping[MessageState, frozenset[MessageState]] = {
    # A report may come before our own note of having sent it, and settles what nobody knew.
    MessageState.SENT: frozenset({MessageState.SENDING, MessageState.UNSURE}),
    MessageState.UNDELIVERED: frozenset({MessageState.SENDING, MessageState.UNSURE, MessageState.SENT}),
    MessageState.DELIVERED: frozenset(
        {MessageState.SENDING, MessageState.UNSURE, MessageState.SENT, MessageState.UNDELIVERED}
    ),
}


def may_follow(known: MessageState, reported: MessageState) -> bool:
    """Return whether a report says something new: reports come late, twice and in any order."""
    return known in _FOLLOWS[reported]


def error_words(error: str) -> str:
    """Say what a kept error means, where there are words for it."""
    return ABOUT_NUMBER.get(error.removeprefix("text_"), _ERRORS.get(error, error))


_ERRORS: Mapping[str, str] = {
    f"text_{UNSUBSCRIBED}": "they told the provider STOP",
    "text_30003": "the telephone could not be reached",
    "text_30004": "blocked by the telephone or its network",
    "text_30007": "held back by the network as unwanted",
    "text_30008": "the network gave no reason",
    "asked_not_to": "they asked for none",
    "confidential": "they asked to be reached in one way only",
    "held": "a hold forbids all word",
    "no_consent": "no consent to texts any more",
    "no_address": "the address is out of use",
    "lost_before": "the last text did not arrive, because of the number",
    "no_hours": "no hour suits wherever they may be",
    "the sender ended": "the program ended while sending",
}
