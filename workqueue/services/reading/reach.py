"""How a person can be reached, at a glance: numbers, wishes, the one confidential way. Five queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import (
    ConfidentialInstruction,
    EmailAddress,
    InconvenientTime,
    Patient,
    Phone,
    PostalAddress,
    User,
    Window,
)
from workqueue.rules.bad_times import Inconvenience, in_words
from workqueue.rules.channels import ContactChannel, PointSource
from workqueue.rules.phones import NumberKind, kind_of
from workqueue.rules.preferences import (
    MEDIA,
    Word,
    from_mask,
    has_consent_to_automation,
    is_stopped,
)
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import person_name
from workqueue.services import preferences


@dataclass(frozen=True, slots=True)
class NumberLine:
    phone_id: int
    e164: str
    extension: str
    kind: NumberKind
    place: PhonePlace
    source: PointSource
    language: str
    """Empty for the person's own."""
    is_valid: bool
    is_stopped: bool
    verified_at: datetime | None
    ended_at: datetime | None
    is_offered: bool
    """In use, and not closed by the person's wish or by a confidential instruction."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing the person asked for, in words; about one number where there is one."""

    words: str
    e164: str = ""
    is_stop: bool = True


@dataclass(frozen=True, slots=True)
class BadTimeLine:
    bad_time_id: int
    words: str
    how: str
    by_name: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ConfidentialLine:
    """The one way in which the person asked to be reached."""

    instruction_id: int
    channel: ContactChannel
    phone_id: int | None
    e164: str
    place_words: str
    """The e-mail or postal address; empty for a number."""
    is_usable: bool
    """False once the number or address is out of use: then there is no way until the person names another."""
    note: str
    how: str
    by_name: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReachView:
    person_id: int
    name: str
    is_guarantor: bool
    """Whether this is somebody else than the patient of the account at hand."""
    language: str
    zones: tuple[str, ...]
    stated_zone: str
    """Where the person says they are; empty when nothing fresh is known."""
    stated_until: datetime | None
    numbers: tuple[NumberLine, ...]
    """Those in use first."""
    bad_times: tuple[BadTimeLine, ...]
    wishes: tuple[Wish, ...]
    confidential: ConfidentialLine | None


def reach(
    session: Session, person_id: int | None, now: datetime, *, is_guarantor: bool = False
) -> ReachView | None:
    """Return how this person can be reached; nothing for nobody."""
    row = session.execute(
        select(Patient, Window.zones)
        .outerjoin(Window, Window.id == Patient.window_id)
        .where(Patient.id == person_id)
    ).one_or_none()
    if row is None:
        return None
    person, zones = row
    is_fresh = person.stated_until is not None and person.stated_until > now
    words = preferences.words_of(session, [person.id])[person.id]
    confidential = _confidential(session, person.id)
    numbers = _numbers(session, person.id, words, confidential)
    bad_times = _bad_times(session, person.id)
    return ReachView(
        person_id=person.id,
        name=person_name(person.first_name, person.last_name),
        is_guarantor=is_guarantor,
        language=person.language,
        zones=tuple(filter(None, (zones or "").split("|"))),
        stated_zone=person.stated_zone if is_fresh else "",
        stated_until=person.stated_until if is_fresh else None,
        numbers=numbers,
        bad_times=bad_times,
        wishes=(*_wishes(words, numbers), *(Wish(f"Not {_lower(each.words)}") for each in bad_times)),
        confidential=confidential,
    )


def offered_phone_ids(session: Session, person_id: int) -> set[int]:
    """Return the numbers a rep is shown to call: those in use, or the one of a confidential instruction."""
    confidential = _confidential(session, person_id)
    in_use = select(Phone.id).where(Phone.patient_id == person_id, Phone.ended_at.is_(None))
    return {each for each in session.scalars(in_use) if _leads_to(confidential, each)}


def _leads_to(confidential: ConfidentialLine | None, phone_id: int) -> bool:
    if confidential is None:
        return True
    return confidential.channel is ContactChannel.CALL and confidential.phone_id == phone_id


def _numbers(
    session: Session, person_id: int, words: Sequence[Word], confidential: ConfidentialLine | None
) -> tuple[NumberLine, ...]:
    rows = session.scalars(
        select(Phone)
        .where(Phone.patient_id == person_id)
        .order_by(Phone.ended_at.is_not(None), Phone.is_valid.desc(), Phone.id)
    )
    return tuple(
        NumberLine(
            phone_id=each.id,
            e164=each.e164,
            extension=each.extension,
            kind=kind_of(each.e164),
            place=each.place,
            source=each.source,
            language=each.language,
            is_valid=each.is_valid,
            is_stopped=each.is_stopped,
            verified_at=each.verified_at,
            ended_at=each.ended_at,
            is_offered=each.is_valid
            and each.ended_at is None
            and not each.is_stopped
            and not is_stopped(words, ContactChannel.CALL, each.id)
            and _leads_to(confidential, each.id),
        )
        for each in rows
    )


def _wishes(words: Sequence[Word], numbers: Sequence[NumberLine]) -> tuple[Wish, ...]:
    """Say what all the person's words amount to: what to leave first, then what is allowed."""
    stops, allowed = [], []
    for channel, medium in MEDIA.items():
        if is_stopped(words, channel):
            stops.append(Wish(f"No {medium}"))
        elif any(word.phone_id is not None for word in words):
            stops += [
                Wish(f"No {medium} to", each.e164)
                for each in numbers
                if is_stopped(words, channel, each.phone_id)
            ]
        if has_consent_to_automation(words, channel):
            allowed.append(Wish(f"Automated {medium} allowed", is_stop=False))
        elif not is_stopped(words, channel) and any(
            word.channel is channel and word.phone_id is None for word in words
        ):
            stops.append(Wish(f"No automated {medium}"))
    return (*stops, *allowed)


def _lower(words: str) -> str:
    """Begin small, but for the name of a day."""
    return words[:1].lower() + words[1:] if words.startswith(("At ", "On ")) else words


def _bad_times(session: Session, person_id: int) -> tuple[BadTimeLine, ...]:
    rows = session.execute(
        select(InconvenientTime, User.name)
        .join(User, User.id == InconvenientTime.recorded_by_id)
        .where(InconvenientTime.patient_id == person_id, InconvenientTime.ended_at.is_(None))
        .order_by(InconvenientTime.id)
    )
    return tuple(
        BadTimeLine(
            bad_time_id=each.id,
            words=in_words(
                Inconvenience(from_mask(each.weekdays), each.from_time, each.until_time, each.place)
            ),
            how=each.how,
            by_name=by_name,
            recorded_at=each.recorded_at,
        )
        for each, by_name in rows
    )


def _confidential(session: Session, person_id: int) -> ConfidentialLine | None:
    row = session.execute(
        select(ConfidentialInstruction, Phone, EmailAddress, PostalAddress, User.name)
        .outerjoin(Phone, Phone.id == ConfidentialInstruction.phone_id)
        .outerjoin(EmailAddress, EmailAddress.id == ConfidentialInstruction.email_id)
        .outerjoin(PostalAddress, PostalAddress.id == ConfidentialInstruction.address_id)
        .join(User, User.id == ConfidentialInstruction.recorded_by_id)
        .where(ConfidentialInstruction.patient_id == person_id, ConfidentialInstruction.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    instruction, phone, email, address, by_name = row
    point = next((each for each in (phone, email, address) if each is not None), None)
    return ConfidentialLine(
        instruction_id=instruction.id,
        channel=instruction.channel,
        phone_id=instruction.phone_id,
        e164=phone.e164 if phone is not None else "",
        place_words=_place_words(email, address),
        is_usable=point is not None and point.is_valid and point.ended_at is None,
        note=instruction.note,
        how=instruction.how,
        by_name=by_name,
        recorded_at=instruction.recorded_at,
    )


def _place_words(email: EmailAddress | None, address: PostalAddress | None) -> str:
    if email is not None:
        return email.address
    return address_words(address) if address is not None else ""


def address_words(address: PostalAddress | Patient) -> str:
    """Write an address in one line."""
    region = " ".join(filter(None, (address.state, address.zip)))
    return ", ".join(filter(None, (address.street, address.city, region)))
