"""What persons allow and forbid: consents and revocations, bad times, the one confidential way.

Consents are never changed, only followed by another. What writes here takes for granted that the person's
accounts are locked, and leaves deriving them to the caller: `persons.changing` does both.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workqueue.models import (
    ConfidentialInstruction,
    Consent,
    EmailAddress,
    InconvenientTime,
    Phone,
    PostalAddress,
)
from workqueue.rules.bad_times import Inconvenience, objection
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.preferences import EARLIEST_ON, Word, to_mask
from workqueue.rules.refusals import Invalid, NotFound

# Consents and revocations


def say(
    session: Session,
    *,
    patient_id: int,
    is_given: bool,
    channel: ContactChannel,
    scope: ConsentScope,
    phone_id: int | None,
    how: str,
    said_at: datetime,
    recorded_by_id: int | None,
    now: datetime,
) -> int:
    """Write that the person allowed something or took it back; return the row's number.

    What was taken back is heeded from this moment on.
    """
    if not how.strip():
        raise Invalid("Say how the person told us: on the telephone, in writing ...", field="how")
    if said_at > now or office_day(said_at) < EARLIEST_ON:
        raise Invalid("Choose the day on which it was said; it cannot lie ahead.", field="said_on")
    _check_owner(session, Phone, phone_id, patient_id, "phone_id")
    word = Consent(
        patient_id=patient_id,
        channel=channel,
        scope=scope,
        phone_id=phone_id,
        is_given=is_given,
        how=how,
        said_at=said_at,
        recorded_by_id=recorded_by_id,
        recorded_at=now,
    )
    session.add(word)
    session.flush()
    return word.id


def words_of(session: Session, patient_ids: Collection[int]) -> Mapping[int, tuple[Word, ...]]:
    """Return all that each of these persons said, in the order they said it."""
    rows = session.execute(
        select(
            Consent.patient_id,
            Consent.channel,
            Consent.scope,
            Consent.phone_id,
            Consent.is_given,
            Consent.said_at,
        )
        .where(Consent.patient_id.in_(patient_ids))
        # By when it was said, not by when somebody wrote it down.
        .order_by(Consent.said_at, Consent.id)
    )
    said: dict[int, tuple[Word, ...]] = defaultdict(tuple)
    for row in rows:
        said[row.patient_id] += (Word(row.channel, row.scope, row.phone_id, row.is_given, row.said_at),)
    return said


# Bad times and places


def add_bad_time(
    session: Session,
    *,
    patient_id: int,
    said: Inconvenience,
    how: str,
    recorded_by_id: int,
    now: datetime,
) -> int:
    """Write when or where the person asked not to be called, by their clock (12 CFR 1006.6(b)(1))."""
    found = objection(said)
    if found is not None:
        field, sentence = found
        raise Invalid(sentence, field=field)
    bad_time = InconvenientTime(
        patient_id=patient_id,
        weekdays=to_mask(said.weekdays),
        from_time=said.from_time,
        until_time=said.until_time,
        place=said.place,
        how=how.strip(),
        recorded_by_id=recorded_by_id,
        recorded_at=now,
    )
    session.add(bad_time)
    session.flush()
    return bad_time.id


def end_bad_time(
    session: Session, *, patient_id: int, bad_time_id: int, ended_by_id: int, now: datetime
) -> None:
    """Write that the span suits again; one that ended before stays as it is."""
    bad_time = session.get(InconvenientTime, bad_time_id, populate_existing=True)
    if bad_time is None or bad_time.patient_id != patient_id:
        raise NotFound
    if bad_time.ended_at is None:
        bad_time.ended_at, bad_time.ended_by_id = now, ended_by_id
    session.flush()


# The one confidential way


def instruct(
    session: Session,
    *,
    patient_id: int,
    channel: ContactChannel,
    phone_id: int | None,
    email_id: int | None,
    address_id: int | None,
    note: str,
    recorded_by_id: int,
    now: datetime,
    how: str = "",
) -> int:
    """Write the one way in which the person wants to be reached; it takes the place of an earlier one.

    From this transaction on nothing else is offered. Nobody may ask why (45 CFR 164.522(b)(2)(iii)).
    """
    points = {"phone_id": phone_id, "email_id": email_id, "address_id": address_id}
    field, kind = _POINTS[channel]
    point = _check_owner(session, kind, points[field], patient_id, field)
    if point is None:
        raise Invalid("Choose where the person is to be reached.", field=field)
    if any(point is not None for name, point in points.items() if name != field):
        raise Invalid("Choose one place only, of the kind that is asked for.", field="channel")
    if not point.is_valid or point.ended_at is not None:
        raise Invalid("This is out of use. Choose another.", field=field)
    if isinstance(point, Phone) and point.is_stopped and channel is ContactChannel.CALL:
        raise Invalid(
            "The person asked not to be called at this number. Allow that again first.", field=field
        )
    _end_instruction(session, patient_id, ended_by_id=None, now=now)
    instruction = ConfidentialInstruction(
        patient_id=patient_id,
        channel=channel,
        note=note.strip(),
        how=how.strip(),
        recorded_by_id=recorded_by_id,
        recorded_at=now,
        **points,
    )
    session.add(instruction)
    session.flush()
    return instruction.id


def end_instruction(session: Session, *, patient_id: int, ended_by_id: int, now: datetime) -> None:
    """Let the usual ways be used again: the person asked for it."""
    if not _end_instruction(session, patient_id, ended_by_id=ended_by_id, now=now):
        raise NotFound


Point = Phone | EmailAddress | PostalAddress
Kind = type[Phone] | type[EmailAddress] | type[PostalAddress]

_POINTS: dict[ContactChannel, tuple[str, Kind]] = {
    ContactChannel.CALL: ("phone_id", Phone),
    ContactChannel.TEXT: ("phone_id", Phone),
    ContactChannel.EMAIL: ("email_id", EmailAddress),
    ContactChannel.LETTER: ("address_id", PostalAddress),
}


def _end_instruction(session: Session, patient_id: int, *, ended_by_id: int | None, now: datetime) -> bool:
    ended = session.scalars(
        update(ConfidentialInstruction)
        .where(ConfidentialInstruction.patient_id == patient_id, ConfidentialInstruction.ended_at.is_(None))
        .values(ended_at=now, ended_by_id=ended_by_id)
        .returning(ConfidentialInstruction.id)
    )
    return bool(ended.all())


def _check_owner(
    session: Session, kind: Kind, point_id: int | None, patient_id: int, field: str
) -> Point | None:
    """Return the number or address that was chosen if it is the person's own; nothing for none."""
    if point_id is None:
        return None
    point = own_point(session, kind, point_id, patient_id)
    if point is None:
        raise Invalid("Choose one of the person's own.", field=field)
    return point


def own_point(session: Session, kind: Kind, point_id: int, patient_id: int) -> Point | None:
    """Return the number or address, unless it is somebody else's."""
    point = cast("Point | None", session.get(kind, point_id, populate_existing=True))
    return point if point is not None and point.patient_id == patient_id else None
