"""Whom the office may write to, where and when: asked when a message is written, and when it goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import EmailAddress, Message, Patient, Phone
from workqueue.rules.booking_messages import SILENT
from workqueue.rules.channels import ContactChannel, PointSource
from workqueue.rules.deliveries import ABOUT_NUMBER
from workqueue.rules.jurisdictions import jurisdictions
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.rules.places import WHOLE_COUNTRY
from workqueue.rules.preferences import Word, has_consent_to_automation, is_stopped
from workqueue.rules.states import PhonePlace
from workqueue.rules.texts import can_get_texts
from workqueue.rules.windows import hours_of, next_open, zones_of_number
from workqueue.rules.writing import Obstacle
from workqueue.services import contact_rules
from workqueue.services.contacting import zones_of_patient
from workqueue.services.contacting.wishes import NO_WISHES, holds_of, wishes_of

CHANNELS = {MessageChannel.EMAIL: ContactChannel.EMAIL, MessageChannel.TEXT: ContactChannel.TEXT}


@dataclass(frozen=True, slots=True)
class Way:
    """An address that may be written to; without one, what stands in the way."""

    address: str = ""
    obstacle: Obstacle | None = None


def way(
    session: Session,
    channel: MessageChannel,
    *,
    person_id: int,
    account_id: int | None,
    now: datetime,
    phone_id: int | None = None,
    only: str = "",
) -> Way:
    """Return where the person may be written to about an account; `phone_id` is the number they would like.

    `only` is an address chosen before: may it still be used?
    """
    wishes = wishes_of(session, [person_id]).get(person_id, NO_WISHES)
    if wishes.confidential is not None:
        return Way(obstacle=Obstacle.CONFIDENTIAL)
    if _is_silenced(session, person_id, account_id, now):
        return Way(obstacle=Obstacle.HELD)
    if channel is MessageChannel.EMAIL:
        return _email(session, person_id, wishes.words, only)
    return _text(session, person_id, wishes.words, phone_id, only)


def goes_at(
    session: Session, channel: MessageChannel, *, person_id: int, address: str, now: datetime
) -> datetime | None:
    """Return the first moment from now on that is neither too early nor too late wherever they may be.

    The hours of calling hold for texts and e-mails (12 CFR 1006.6(b)(1)(i), comment 1); closed days for what
    rings. None where no hour suits in all their zones.
    """
    patient = session.execute(
        select(Patient.state, Patient.zip, Patient.stated_zone, Patient.stated_until).where(
            Patient.id == person_id
        )
    ).one()
    e164s = [address] if channel is MessageChannel.TEXT else []
    zones = set(zones_of_patient(session, person_id))
    # Where they say they are is knowledge, which their window is made of while it is fresh.
    if not (patient.stated_zone and patient.stated_until and patient.stated_until > now):
        zones = zones.union(*map(zones_of_number, e164s))
    rules = hours_of(
        contact_rules.to_judge_by(session, now),
        contact_rules.collects_as(session),
        CHANNELS[channel],
        jurisdictions(patient.state, patient.zip, e164s),
    )
    return next_open(sorted(zones or WHOLE_COUNTRY), rules, now)


def _is_silenced(session: Session, person_id: int, account_id: int | None, now: datetime) -> bool:
    accounts = [] if account_id is None else [account_id]
    holds = holds_of(session, accounts, [person_id], now)
    of_accounts = [each for account in accounts for each in holds.of_accounts.get(account, ())]
    found = [*of_accounts, *holds.of_persons.get(person_id, ())]
    return any(each.kind in SILENT for each in found)


def _email(session: Session, person_id: int, words: Iterable[Word], only: str) -> Way:
    """Return the person's newest own address: who reads mail at a workplace is not known."""
    if is_stopped(words, ContactChannel.EMAIL):
        return Way(obstacle=Obstacle.ASKED_NOT_TO)
    wanted = (
        select(EmailAddress.address)
        .where(EmailAddress.patient_id == person_id, EmailAddress.is_valid, EmailAddress.ended_at.is_(None))
        .where(EmailAddress.place != PhonePlace.WORK)
        .order_by(EmailAddress.id.desc())
        .limit(1)
    )
    found = session.scalar(wanted.where(EmailAddress.address == only) if only else wanted)
    return Way(found) if found else Way(obstacle=Obstacle.NO_ADDRESS)


def _text(session: Session, person_id: int, words: list[Word], phone_id: int | None, only: str) -> Way:
    """Return the first of their numbers that may get texts: the one they want to be called at goes first."""
    phones = session.scalars(
        select(Phone)
        .where(Phone.patient_id == person_id, Phone.is_valid, ~Phone.is_stopped, Phone.ended_at.is_(None))
        .where(Phone.place != PhonePlace.WORK)
        .order_by((Phone.id == phone_id).desc(), Phone.id.desc())
    )
    found = [
        (each, _obstacle_to(session, each, words))
        for each in phones
        if can_get_texts(each.e164) and only in {"", each.e164}
    ]
    for phone, obstacle in found:
        if obstacle is None:
            return Way(phone.e164)
    if is_stopped(words, ContactChannel.TEXT):
        return Way(obstacle=Obstacle.ASKED_NOT_TO)
    return Way(obstacle=next((obstacle for _, obstacle in found), Obstacle.NO_ADDRESS))


def _obstacle_to(session: Session, phone: Phone, words: list[Word]) -> Obstacle | None:
    if is_stopped(words, ContactChannel.TEXT, phone.id):
        return Obstacle.ASKED_NOT_TO
    is_named = any(each.phone_id == phone.id and each.is_given for each in words)
    is_theirs = is_named or phone.source is PointSource.PATIENT
    # A program writes here: that needs consent, for a number the person gave (47 USC 227(b)(1)(A)(iii)).
    if not is_theirs or not has_consent_to_automation(words, ContactChannel.TEXT, phone.id):
        return Obstacle.NO_CONSENT
    return Obstacle.LOST_BEFORE if _was_lost(session, phone.e164) else None


def _was_lost(session: Session, e164: str) -> bool:
    """Return whether the newest text to this number failed because of the number."""
    newest = session.execute(
        select(Message.state, Message.error)
        .where(Message.to_address == e164, Message.channel == MessageChannel.TEXT)
        .where(
            Message.state.in_([MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.FAILED]),
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.state is MessageState.DELIVERED:
        return False
    return newest.error.removeprefix("text_") in ABOUT_NUMBER
