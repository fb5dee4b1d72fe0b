"""A booked call as an entry for a calendar (RFC 5545); it tells no stranger what the call is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

PRODUCT = "-//Workqueue//Callbacks//EN"
_CALLBACKS = UUID("6f2f5a0e-3c1d-4a7a-9d5b-1f6f6c0f2b41")
"""Our own name space: the same callback has the same UID in every mail and file."""
REMINDER = timedelta(minutes=10)
A_YEAR = timedelta(days=366)
"""Of the rules of the zone, what holds near the call: all of their history would be most of the file."""


class Method(StrEnum):
    """What a calendar is to do with the entry (RFC 5546)."""

    PUBLISH = "PUBLISH"
    """A file the person takes by themselves."""
    REQUEST = "REQUEST"
    """A mail that books or moves."""
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A call as a calendar keeps it."""

    callback_id: int
    at: datetime
    ends_at: datetime
    zone: str
    """By which clock the person lives."""
    sequence: int
    """Calendars take the entry with the larger number."""
    changed_at: datetime
    summary: str
    description: str


def uid_of(callback_id: int) -> str:
    """Return the name by which calendars know a callback; it does not tell how many the office has."""
    return f"{uuid5(_CALLBACKS, str(callback_id))}@workqueue"


def written(invitation: Invitation, method: Method) -> bytes:
    """Return the file."""
    zone = ZoneInfo(invitation.zone)
    event = Event()
    event.add("uid", uid_of(invitation.callback_id))
    event.add("dtstamp", invitation.changed_at)
    event.add("dtstart", invitation.at.astimezone(zone))
    event.add("dtend", invitation.ends_at.astimezone(zone))
    event.add("sequence", invitation.sequence)
    event.add("summary", invitation.summary)
    event.add("description", invitation.description)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("class", "PRIVATE")
    if method is not Method.CANCEL:
        event.add_component(_reminder(invitation.summary))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(event)
    # A calendar that does not know the zone reads its rules here.
    calendar.add_missing_timezones(
        first_date=(invitation.at - A_YEAR).date(), last_date=(invitation.at + A_YEAR).date()
    )
    return bytes(calendar.to_ical())


def _reminder(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -REMINDER)
    return alarm
