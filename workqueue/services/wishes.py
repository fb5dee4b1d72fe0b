"""What a person said of themselves in a call, heeded in the transaction in which it is written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.disposition_facts import Effect
from workqueue.rules.entries import OutcomeEntry, inconvenience_of
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
        preferences.say(
            session,
            patient_id=person_id,
            is_given=False,
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
        # "Not at work" too: the place closes the numbers there, those of later as well, until it suits again.
        preferences.add_bad_time(
            session,
            patient_id=person_id,
            said=inconvenience_of(entry),
            how=HOW,
            recorded_by_id=rep_id,
            now=now,
        )
