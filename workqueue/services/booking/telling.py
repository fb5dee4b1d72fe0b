"""Telling a person what became of their callback: by e-mail, through the outbox, each thing once."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import Callback, EmailAddress, Patient, RebalanceMove
from workqueue.rules.booking_messages import SILENT, BookingEvent, BookingFacts, body, subject
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageChannel
from workqueue.rules.phones import spoken
from workqueue.rules.preferences import is_stopped
from workqueue.rules.states import PhonePlace
from workqueue.services import office_profile, outbox
from workqueue.services.contacting import zones_of_patient
from workqueue.services.contacting.wishes import NO_WISHES, holds_of, wishes_of


def tell(session: Session, callback: Callback, event: BookingEvent, *, now: datetime) -> bool:
    """Put a message about the callback into the outbox; False where nobody can or may write to the person.

    Not, while the office has no name to give; to a person without an address of their own; who wants no
    e-mail, or asked to be reached in one way only; or under a hold that forbids all word. Then a rep tells
    them, as the page of who covers for whom says.
    """
    profile = office_profile.profile(session)
    address = _address(session, callback.patient_id)
    if profile is None or address is None or _wants_no_word(session, callback, now):
        return False
    language = callback.language or _language(session, callback)
    zones = zones_of_patient(session, callback.patient_id)
    facts = BookingFacts(
        neutral_name=profile.neutral_name,
        number=spoken(profile.callback_e164),
        at=callback.at,
        zone=zones[0] if zones else OFFICE_ZONE,
        phrase=callback.phrase,
    )
    outbox.write(
        session,
        natural_key=f"callback {callback.id} {event} {callback.sequence} {callback.rep_id or 0}",
        channel=MessageChannel.EMAIL,
        to_address=address,
        subject=subject(event, language),
        body=body(event, facts, language),
        attachments=[],
        send_after=now,
        now=now,
    )
    if event is BookingEvent.REHOMED:
        session.execute(
            update(RebalanceMove)
            .where(RebalanceMove.callback_id == callback.id, RebalanceMove.told_at.is_(None))
            .values(told_at=now)
        )
    return True


def _address(session: Session, person_id: int | None) -> str | None:
    """Return the person's newest own address: who reads mail at a workplace is not known."""
    return session.scalar(
        select(EmailAddress.address)
        .where(EmailAddress.patient_id == person_id, EmailAddress.is_valid, EmailAddress.ended_at.is_(None))
        .where(EmailAddress.place != PhonePlace.WORK)
        .order_by(EmailAddress.id.desc())
        .limit(1)
    )


def _wants_no_word(session: Session, callback: Callback, now: datetime) -> bool:
    person_id = callback.patient_id
    if person_id is None:
        return True
    wishes = wishes_of(session, [person_id]).get(person_id, NO_WISHES)
    if wishes.confidential is not None or is_stopped(wishes.words, ContactChannel.EMAIL):
        return True
    holds = holds_of(session, [callback.account_id], [person_id], now)
    found = [*holds.of_accounts.get(callback.account_id, ()), *holds.of_persons.get(person_id, ())]
    return any(each.kind in SILENT for each in found)


def _language(session: Session, callback: Callback) -> str:
    return session.scalar(select(Patient.language).where(Patient.id == callback.patient_id)) or ""
