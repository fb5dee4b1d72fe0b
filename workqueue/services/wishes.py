"""What a person said of themselves in a call, heeded in the transaction in which it is written down."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Phone
from workqueue.rules.bad_times import Inconvenience
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.disposition_facts import Effect
from workqueue.rules.entries import OutcomeEntry, inconvenience_of
from workqueue.rules.states import PhonePlace
from workqueue.services import attorneys, contact_points, preferences

HOW = "on the telephone"


def heed(
    session: Session,
    effect: Effect | None,
    entry: OutcomeEntry,
    *,
    person_id: int,
    phone_id: int | None,
    rep_id: int,
    now: datetime,
) -> None:
    """Change the person's record as the effect says; `phone_id` is the number that was called or named."""
    if effect is Effect.INVALIDATE_PHONE and phone_id is not None:
        contact_points.invalidate_phone(session, phone_id=phone_id, now=now)
    elif effect is Effect.LANGUAGE:
        contact_points.set_language(session, patient_id=person_id, language=entry.language, now=now)
    elif effect is Effect.ATTORNEY:
        attorneys.record(
            session,
            patient_id=person_id,
            name=entry.attorney_name,
            telephone=entry.attorney_phone,
            recorded_by_id=rep_id,
            now=now,
        )
    elif effect is Effect.OPT_OUT:
        preferences.revoke(
            session,
            patient_id=person_id,
            channel=ContactChannel(entry.medium),
            # Asked not to use a medium, the office does not use it for bills at all (12 CFR 1006.14(h)).
            scope=ConsentScope.BILLING,
            phone_id=phone_id if entry.only_this_number else None,
            how=HOW,
            said_at=now,
            recorded_by_id=rep_id,
            now=now,
        )
    elif effect is Effect.BAD_TIME:
        _avoid(session, inconvenience_of(entry), person_id=person_id, rep_id=rep_id, now=now)


def _avoid(session: Session, said: Inconvenience, *, person_id: int, rep_id: int, now: datetime) -> None:
    """Keep a time or a place. "Not at work" stops the numbers there, those of later too by the place."""
    preferences.add_bad_time(
        session,
        patient_id=person_id,
        weekdays=said.weekdays,
        from_time=said.from_time,
        until_time=said.until_time,
        place=said.place,
        how=HOW,
        recorded_by_id=rep_id,
        now=now,
    )
    if said.is_a_place and said.place is PhonePlace.WORK:
        at_work = select(Phone.id).where(Phone.patient_id == person_id, Phone.place == PhonePlace.WORK)
        for phone_id in session.scalars(at_work):
            contact_points.stop_phone(session, phone_id=phone_id, now=now)
