"""What a person allows and forbids: written down when they say it, and heeded from then on."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from workqueue.models import Consent, InconvenientTime
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.states import PhonePlace


def revoke(
    session: Session,
    *,
    patient_id: int,
    channel: ContactChannel,
    scope: ConsentScope,
    phone_id: int | None,
    how: str,
    said_at: datetime,
    recorded_by_id: int | None,
    now: datetime,
) -> int:
    """Write that the person takes a medium back, for one number or for all; return the word's id."""
    word = Consent(
        patient_id=patient_id,
        channel=channel,
        scope=scope,
        phone_id=phone_id,
        is_given=False,
        how=how,
        said_at=said_at,
        recorded_by_id=recorded_by_id,
        recorded_at=now,
    )
    session.add(word)
    session.flush()
    return word.id


def add_bad_time(
    session: Session,
    *,
    patient_id: int,
    weekdays: frozenset[int],
    from_time: time,
    until_time: time,
    place: PhonePlace | None,
    how: str,
    recorded_by_id: int,
    now: datetime,
) -> int:
    """Write a span of the week in which not to call, at one place or everywhere; return its id."""
    bad = InconvenientTime(
        patient_id=patient_id,
        weekdays=sum(1 << day for day in weekdays),
        from_time=from_time,
        until_time=until_time,
        place=place,
        how=how,
        recorded_by_id=recorded_by_id,
        recorded_at=now,
    )
    session.add(bad)
    session.flush()
    return bad.id
