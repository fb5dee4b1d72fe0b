"""How persons can be reached: telephone numbers, addresses, e-mail, and in which language.

What writes here takes for granted that the person's accounts are locked, and leaves deriving them to the
caller: `persons.changing` does both, and so does whoever logs an outcome.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import ConfidentialInstruction, EmailAddress, Patient, Phone, PostalAddress
from workqueue.rules import emails, phones, places
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.languages import OWN, read_language
from workqueue.rules.preferences import has_consent_to_automation
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.states import PhonePlace
from workqueue.services import preferences
from workqueue.services.whereabouts import refresh_windows

LONGEST_EXTENSION = 10

Row = TypeVar("Row")


class NamedByInstruction(Refusal):
    """The confidential instruction in force leads here."""

    code = "named_by_instruction"
    sentence = "The person asked to be reached here and nowhere else. Write a new instruction first."


def refresh_window(session: Session, patient_id: int, now: datetime) -> None:
    """Work out anew in which zones a person may be; the caller derives their accounts."""
    refresh_windows(session, [patient_id], now)


def check_owner(
    session: Session,
    patient_id: int,
    *,
    phone_id: int | None = None,
    address_id: int | None = None,
    email_id: int | None = None,
) -> None:
    """Raise NotFound for a number or an address that is not this person's."""
    points = ((Phone, phone_id), (PostalAddress, address_id), (EmailAddress, email_id))
    for kind, point_id in points:
        if point_id is not None and preferences.own_point(session, kind, point_id, patient_id) is None:
            raise NotFound


# Telephone numbers


def add_phone(
    session: Session,
    *,
    patient_id: int,
    text: str,
    place: PhonePlace,
    source: PointSource,
    language: str,
    now: datetime,
) -> int:
    """Write a number and return which it is; one that was wrong or ended is in use again.

    A number that is in use already takes the place, source and language told now. Raises NotAPhone.
    """
    number = _read_number(text)
    if language != OWN:
        read_language(language)
    phone = session.scalar(select(Phone).where(Phone.patient_id == patient_id, Phone.e164 == number.e164))
    if phone is None:
        phone = Phone(patient_id=patient_id, e164=number.e164, created_at=now)
        session.add(phone)
    phone.place, phone.source, phone.language = place, source, language
    extension = _read_extension(number.extension, "number")
    if phone.extension and extension and phone.extension != extension:
        raise Invalid(
            f"This number is on the list with extension {phone.extension}. Change it there.", field="number"
        )
    phone.extension = extension or phone.extension or ""
    phone.is_valid, phone.ended_at = True, None
    session.flush()
    phone_id = phone.id
    refresh_window(session, patient_id, now)
    return phone_id


def correct_phone(
    session: Session, *, phone_id: int, place: PhonePlace, language: str, extension: str
) -> None:
    """Write where it rings, who picks up, and what to dial after the connection."""
    extension = _read_extension(extension, "extension")
    if language != OWN:
        read_language(language)
    phone = _phone(session, phone_id)
    phone.place, phone.language, phone.extension = place, language, extension
    session.flush()


def invalidate_phone(session: Session, *, phone_id: int, now: datetime) -> None:
    """Take a number out of use that is not the person's or out of service.

    It says no longer where they may be; and whoever has it now never agreed to calls by machines
    (47 CFR 64.1200(a)(1)(iii), (m)).
    """
    phone = _phone(session, phone_id)
    phone.is_valid = False
    session.flush()
    words = preferences.words_of(session, [phone.patient_id])[phone.patient_id]
    for channel in (ContactChannel.CALL, ContactChannel.TEXT):
        if has_consent_to_automation(words, channel, phone_id):
            preferences.say(
                session,
                patient_id=phone.patient_id,
                is_given=False,
                channel=channel,
                scope=ConsentScope.AUTOMATED_BILLING,
                phone_id=phone_id,
                how="The number turned out to be wrong",
                said_at=now,
                recorded_by_id=None,
                now=now,
            )
    refresh_window(session, phone.patient_id, now)


def stop_phone(session: Session, *, phone_id: int, now: datetime) -> None:
    """Call no more here: the person asked, or an employer forbids it (12 CFR 1006.6(b)(3), 1006.14(h))."""
    phone = _phone(session, phone_id)
    _check_not_named(session, phone.patient_id, phone_id=phone_id)
    phone.is_stopped = True
    session.flush()
    session.execute(update(Patient).where(Patient.id == phone.patient_id).values(contact_changed_at=now))


def allow_phone(session: Session, *, phone_id: int) -> None:
    """Call here again: the person asked for it."""
    _phone(session, phone_id).is_stopped = False
    session.flush()


def verify_phone(session: Session, *, phone_id: int, now: datetime) -> None:
    """Note that the person was reached here and identified; a number that counted as wrong is right again."""
    phone = _phone(session, phone_id)
    phone.verified_at, phone.is_valid = now, True
    session.flush()
    refresh_window(session, phone.patient_id, now)


def end_phone(session: Session, *, phone_id: int, now: datetime) -> None:
    """Take it off the list."""
    phone = _phone(session, phone_id)
    _check_not_named(session, phone.patient_id, phone_id=phone_id)
    phone.ended_at = phone.ended_at or now
    session.flush()
    refresh_window(session, phone.patient_id, now)


# Postal addresses


def add_address(
    session: Session,
    *,
    patient_id: int,
    place: PhonePlace,
    street: str,
    city: str,
    state: str,
    zip_code: str,
    source: PointSource,
    now: datetime,
) -> int:
    """Write an address and return which it is; the same one in use is not written twice.

    A state and a ZIP code of two places are both kept: `places.contradiction` says so. Raises Invalid.
    """
    if not street.strip() or not city.strip():
        raise Invalid("Enter street and city.", field="city" if street.strip() else "street")
    values = {
        "street": street.strip(),
        "city": city.strip(),
        "state": _in_field("state", places.read_state, state),
        "zip": _in_field("zip", places.read_zip, zip_code),
    }
    known = session.scalar(
        select(PostalAddress.id)
        .filter_by(patient_id=patient_id, is_valid=True, ended_at=None, **values)
        .limit(1)
    )
    if known is not None:
        return known
    address = PostalAddress(patient_id=patient_id, place=place, source=source, created_at=now, **values)
    session.add(address)
    session.flush()
    address_id = address.id
    refresh_window(session, patient_id, now)
    return address_id


def invalidate_address(session: Session, *, address_id: int, now: datetime) -> None:
    """Note that mail came back."""
    address = _address(session, address_id)
    address.is_valid = False
    session.flush()
    refresh_window(session, address.patient_id, now)


def end_address(session: Session, *, address_id: int, now: datetime) -> None:
    """Take it off the list."""
    address = _address(session, address_id)
    _check_not_named(session, address.patient_id, address_id=address_id)
    address.ended_at = address.ended_at or now
    session.flush()
    refresh_window(session, address.patient_id, now)


# E-mail addresses


def add_email(
    session: Session, *, patient_id: int, text: str, place: PhonePlace, source: PointSource, now: datetime
) -> int:
    """Write an address and return which it is; one that was wrong or ended is in use again."""
    address = _in_field("email", emails.to_address, text)
    email = session.scalar(
        select(EmailAddress).where(EmailAddress.patient_id == patient_id, EmailAddress.address == address)
    )
    if email is None:
        email = EmailAddress(patient_id=patient_id, address=address, created_at=now)
        session.add(email)
    email.place, email.source, email.is_valid, email.ended_at = place, source, True, None
    session.flush()
    return email.id


def invalidate_email(session: Session, *, email_id: int) -> None:
    """Note that messages came back."""
    _email(session, email_id).is_valid = False
    session.flush()


def end_email(session: Session, *, email_id: int, now: datetime) -> None:
    """Take it off the list."""
    email = _email(session, email_id)
    _check_not_named(session, email.patient_id, email_id=email_id)
    email.ended_at = email.ended_at or now
    session.flush()


# Language


def set_language(session: Session, *, patient_id: int, language: str, now: datetime) -> None:
    """Write in which language the person is spoken to."""
    session.execute(
        update(Patient)
        .where(Patient.id == patient_id)
        .values(language=read_language(language), contact_changed_at=now)
    )


def _read_number(text: str) -> phones.Number:
    return _in_field("number", phones.parse, text)


def _read_extension(text: str, field: str) -> str:
    extension = text.strip()
    if extension and not (
        extension.isascii() and extension.isdigit() and len(extension) <= LONGEST_EXTENSION
    ):
        raise Invalid(f"An extension is up to {LONGEST_EXTENSION} digits.", field=field)
    return extension


def _in_field(field: str, read: Callable[[str], Row], text: str) -> Row:
    """Read what was typed; a refusal names the field it stands in."""
    try:
        return read(text)
    except Invalid as refusal:
        refusal.field = field
        raise


def _phone(session: Session, phone_id: int) -> Phone:
    return _found(session.get(Phone, phone_id, populate_existing=True))


def _address(session: Session, address_id: int) -> PostalAddress:
    return _found(session.get(PostalAddress, address_id, populate_existing=True))


def _email(session: Session, email_id: int) -> EmailAddress:
    return _found(session.get(EmailAddress, email_id, populate_existing=True))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _check_not_named(session: Session, patient_id: int, **point: int) -> None:
    """Raise NamedByInstruction if the instruction in force leads to this number or address."""
    named = select(ConfidentialInstruction.id).filter_by(patient_id=patient_id, ended_at=None, **point)
    if session.scalar(named) is not None:
        raise NamedByInstruction
