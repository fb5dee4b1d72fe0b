"""Why somebody is not written to in one way, in words for the office."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.messages import MessageChannel
from workqueue.rules.states import CallbackState


class Obstacle(StrEnum):
    """What stands in the way."""

    NO_OFFICE = "no_office"
    NO_ADDRESS = "no_address"
    ASKED_NOT_TO = "asked_not_to"
    NO_CONSENT = "no_consent"
    CONFIDENTIAL = "confidential"
    HELD = "held"
    LOST_BEFORE = "lost_before"
    NO_HOURS = "no_hours"


_SENTENCES: Mapping[MessageChannel, Mapping[Obstacle, str]] = {
    MessageChannel.EMAIL: {
        Obstacle.NO_ADDRESS: "No e-mail address of their own is on the list.",
        Obstacle.ASKED_NOT_TO: "They asked for no e-mail.",
    },
    MessageChannel.TEXT: {
        Obstacle.NO_ADDRESS: "No number that gets texts is on the list.",
        Obstacle.ASKED_NOT_TO: "They asked for no texts.",
        Obstacle.NO_CONSENT: "They have not agreed to texts at any number that gets them.",
        Obstacle.LOST_BEFORE: "The last text to their number did not arrive, because of the number.",
    },
}
_ALWAYS: Mapping[Obstacle, str] = {
    Obstacle.NO_OFFICE: "The office has no neutral name to write under. An admin enters it under Office.",
    Obstacle.CONFIDENTIAL: "They asked to be reached in one way only.",
    Obstacle.HELD: "A hold forbids all word to them.",
    Obstacle.NO_HOURS: "There is no hour at which they may be written to.",
}


def sentence(obstacle: Obstacle, channel: MessageChannel) -> str:
    """Say it to whoever wanted to write."""
    return _SENTENCES[channel].get(obstacle) or _ALWAYS[obstacle]


A_DAY_AHEAD, AN_HOUR_AHEAD = timedelta(hours=24), timedelta(hours=1)
BOOKED_LONG_BEFORE = timedelta(hours=2)
"""Who booked less than this before a reminder's moment remembers without it. Our own default."""

REMINDERS: Mapping[BookingEvent, timedelta] = {
    BookingEvent.DAY_BEFORE: A_DAY_AHEAD,
    BookingEvent.HOUR_BEFORE: AN_HOUR_AHEAD,
}
_SAYS_IT_COMES = frozenset(
    {BookingEvent.BOOKED, BookingEvent.MOVED, BookingEvent.REHOMED, BookingEvent.CANCELLED, *REMINDERS}
)
_OF_A_BOOKED_CALL = _SAYS_IT_COMES - {BookingEvent.CANCELLED} | {BookingEvent.MISSED}


def is_reminder_due(event: BookingEvent, *, at: datetime, said_at: datetime, now: datetime) -> bool:
    """Return whether it is time for a reminder of a call at `at`, which was booked or moved at `said_at`."""
    moment = at - REMINDERS[event]
    return moment <= now < _last_moment(event, at) and said_at <= moment - BOOKED_LONG_BEFORE


def is_pointless(
    event: BookingEvent,
    *,
    state: CallbackState,
    is_newest: bool,
    at: datetime,
    now: datetime,
) -> bool:
    """Return whether a message about a callback says what is no longer so, or comes after its time.

    `is_newest`: the callback was not moved or cancelled since the message was written.
    """
    if event in _OF_A_BOOKED_CALL and (state is not CallbackState.BOOKED or not is_newest):
        return True
    return event in _SAYS_IT_COMES and now >= _last_moment(event, at)


def _last_moment(event: BookingEvent, at: datetime) -> datetime:
    """Return when a message about a call at `at` has no use any more."""
    # Beside the other reminder it would be one too many.
    return at - 2 * AN_HOUR_AHEAD if event is BookingEvent.DAY_BEFORE else at
