"""Telling a person what became of their callback: by e-mail and text, through the outbox, each thing once."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import Callback, Patient, RebalanceMove
from workqueue.rules import booking_texts
from workqueue.rules.booking_messages import BookingEvent, BookingFacts, body, subject
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.invitations import Method
from workqueue.rules.messages import MessageChannel
from workqueue.rules.phones import spoken
from workqueue.rules.writing import is_pointless
from workqueue.services import office_profile, outbox, writing
from workqueue.services.booking.entries import reference
from workqueue.services.contacting import zones_of_patient
from workqueue.services.outbox import About

IN_CALENDARS = {
    BookingEvent.BOOKED: Method.REQUEST,
    BookingEvent.MOVED: Method.REQUEST,
    BookingEvent.CANCELLED: Method.CANCEL,
    BookingEvent.CALLED_OFF: Method.CANCEL,
}
"""What changes the entry in the person's calendar."""


def tell(
    session: Session, callback: Callback, event: BookingEvent, *, now: datetime, is_present: bool = False
) -> bool:
    """Put messages about the callback into the outbox; False where nobody can or may write to the person.

    By each way that is allowed: an address of their own, a number with their consent to texts. Not, while the
    office has no name to give; against what they asked for; or under a hold that forbids all word. Then a rep
    tells them, as the page of who covers for whom says. `is_present`: they do it themselves at this moment,
    and look for the confirmation at any hour.
    """
    facts = facts_of(session, callback)
    if facts is None or callback.patient_id is None:
        return False
    told = [
        _write(session, callback, event, channel, facts, now, is_present=is_present)
        for channel in MessageChannel
    ]
    if any(told) and event is BookingEvent.REHOMED:
        session.execute(
            update(RebalanceMove)
            .where(RebalanceMove.callback_id == callback.id, RebalanceMove.told_at.is_(None))
            .values(told_at=now)
        )
    return any(told)


def facts_of(session: Session, callback: Callback) -> BookingFacts | None:
    """Return what is said of a callback; None while the office has no name to give."""
    profile = office_profile.profile(session)
    if profile is None:
        return None
    zones = zones_of_patient(session, callback.patient_id)
    return BookingFacts(
        neutral_name=profile.neutral_name,
        number=spoken(profile.callback_e164),
        at=callback.at,
        zone=zones[0] if zones else OFFICE_ZONE,
        phrase=callback.phrase,
    )


def language_of(session: Session, callback: Callback) -> str:
    """Return the language of the call, else the person's own."""
    if callback.language:
        return callback.language
    return session.scalar(select(Patient.language).where(Patient.id == callback.patient_id)) or ""


def _write(
    session: Session,
    callback: Callback,
    event: BookingEvent,
    channel: MessageChannel,
    facts: BookingFacts,
    now: datetime,
    *,
    is_present: bool,
) -> bool:
    """Write one message, to go when the hour suits; False without a way, or where it came too late."""
    person_id = callback.patient_id or 0
    way = writing.way(
        session,
        channel,
        person_id=person_id,
        account_id=callback.account_id,
        phone_id=callback.phone_id,
        now=now,
    )
    if way.obstacle is not None:
        return False
    send_after: datetime | None = now
    if not is_present:
        send_after = writing.goes_at(session, channel, person_id=person_id, address=way.address, now=now)
    if send_after is None or _comes_too_late(callback, event, send_after):
        return False
    language = language_of(session, callback)
    words, pieces = _words(channel, event, facts, language)
    outbox.write(
        session,
        natural_key=_key(callback, event, channel),
        channel=channel,
        to_address=way.address,
        subject=subject(event, language),
        body=words,
        attachments=_attached(callback, event, channel),
        send_after=send_after,
        now=now,
        about=About(person_id, callback.id, callback.sequence, event, goes_at_any_hour=is_present),
        pieces=pieces,
    )
    return True


def _comes_too_late(callback: Callback, event: BookingEvent, at: datetime) -> bool:
    return is_pointless(event, state=callback.state, is_newest=True, at=callback.at, now=at)


def _words(
    channel: MessageChannel, event: BookingEvent, facts: BookingFacts, language: str
) -> tuple[str, int]:
    if channel is MessageChannel.EMAIL:
        return body(event, facts, language), 1
    words = booking_texts.text(event, facts, language)
    return words, booking_texts.pieces(words)


def _attached(callback: Callback, event: BookingEvent, channel: MessageChannel) -> list[dict[str, Any]]:
    method = IN_CALENDARS.get(event)
    if channel is not MessageChannel.EMAIL or method is None:
        return []
    return [reference(callback, method)]


def _key(callback: Callback, event: BookingEvent, channel: MessageChannel) -> str:
    """Return what makes it this message; whose time it is counts only where that is what is told."""
    key = f"callback {callback.id} {event} {callback.sequence} {callback.rep_id or 0}"
    return key if channel is MessageChannel.EMAIL else f"{key} by {channel}"
