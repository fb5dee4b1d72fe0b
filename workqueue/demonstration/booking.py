"""The demonstration office introduces itself, and some of its patients have chosen when they are called."""

from datetime import datetime, timedelta
from itertools import islice
from secrets import token_hex

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Callback, Hold, Phone
from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.slots import CallbackTopic
from workqueue.services import office_profile
from workqueue.services.booking import links, promising, times, wishing
from workqueue.services.booking.links import Link

BOOKED = (
    (CallbackTopic.PLAN, "en", timedelta(hours=3)),
    (CallbackTopic.INSURANCE, "es", timedelta(days=1)),
    (CallbackTopic.BILL, "en", timedelta(days=2)),
)
"""What they want to speak about, in which language, and how far ahead at least."""


def introduce(session: Session) -> None:
    """Fill in what the office is called: without it nobody is written to."""
    office_profile.change(
        session,
        name="Lakeside Hospital Patient Accounts",
        neutral_name="Lakeside Services",
        callback_number="+13125550100",
        hours="weekdays from 8 to 5",
        hours_es="de lunes a viernes, de 8 a 5",
        collects_as=CollectsAs.FIRST_PARTY,
        records_calls=False,
        mail_domains=(),
    )


def choose_times(session: Session, *, now: datetime) -> None:
    """Let a few patients book their call by the link they were sent."""
    for account_id, (topic, language, ahead) in zip(_reachable(session), BOOKED, strict=False):
        issued = links.issue(
            session,
            account_id=account_id,
            channel=ContactChannel.LETTER,
            # Nobody types the code of this letter.
            secret=token_hex(16),
            made_by_id=None,
            now=now,
        )
        link = links.open_by_token(session, issued.token, now=now)
        _book(session, link, topic, language, earliest=now + ahead, now=now)


def _book(
    session: Session, link: Link, topic: CallbackTopic, language: str, *, earliest: datetime, now: datetime
) -> None:
    number = next(each for each in wishing.known_numbers(session, link) if each.phone_id is not None)
    wishing.say(
        session,
        link,
        e164=wishing.e164_of(session, link, number.phone_id or 0) or "",
        topic=topic,
        language=language,
        needs_interpreter=False,
        now=now,
    )
    said = wishing.said(session, link)
    if said is None:
        return
    found = (slot.at for slot in times.offered(session, said.wish, now=now) if slot.at >= earliest)
    for at in islice(found, 1):
        promising.book(session, link, said.wish, at=at, topic=topic, now=now)


def _reachable(session: Session) -> list[int]:
    """Return accounts with a balance whose patient has a number, no hold, and no call booked."""
    has_number = exists().where(Phone.patient_id == Account.patient_id, Phone.is_valid, ~Phone.is_stopped)
    is_held = exists().where((Hold.account_id == Account.id) | (Hold.patient_id == Account.patient_id))
    is_booked = exists().where(Callback.patient_id == Account.patient_id)
    found = (
        select(Account.id)
        .where(Account.is_identified, Account.patient_cents > 0, Account.guarantor_id.is_(None))
        .where(has_number, ~is_held, ~is_booked)
        .order_by(Account.number)
        .limit(len(BOOKED))
    )
    return list(session.scalars(found))
