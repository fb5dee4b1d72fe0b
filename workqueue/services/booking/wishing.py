"""What a person has said on the page so far, kept from step to step."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import CallbackWish, Patient, Phone
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.languages import read_language
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.windows import zones_of_number
from workqueue.services import contacting, preferences
from workqueue.services.booking import times
from workqueue.services.booking.links import Link
from workqueue.services.booking.times import Wish

HOW = "Ticked on the page for booking a call"


@dataclass(frozen=True, slots=True)
class Said:
    """A wish with its topic, and by which clock the person reads times."""

    wish: Wish
    topic: CallbackTopic
    zone: str
    may_text: bool = False
    """They ticked that texts may come to the number."""


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A number of the person's, as much of it as a page may show to whoever holds the link."""

    phone_id: int | None
    """None for the one typed on the page before, which the office knows once a call is booked."""
    ending: str
    """Its last two digits."""
    is_wanted: bool
    """The person chose or typed it before."""


def known_numbers(session: Session, link: Link) -> tuple[KnownNumber, ...]:
    """Return the numbers that may be called, the newest first, then one that was typed before."""
    before = said(session, link)
    wanted = before.wish.e164 if before else ""
    rows = session.execute(
        select(Phone.id, Phone.e164)
        .where(Phone.patient_id == link.person_id, Phone.ended_at.is_(None))
        .where(Phone.is_valid, ~Phone.is_stopped)
        .order_by(Phone.id.desc())
    ).all()
    known = tuple(KnownNumber(row.id, row.e164[-2:], row.e164 == wanted) for row in rows)
    is_new = wanted and not any(each.is_wanted for each in known)
    return (*known, KnownNumber(None, wanted[-2:], is_wanted=True)) if is_new else known


def e164_of(session: Session, link: Link, phone_id: int) -> str | None:
    """Return a number of the person's; None for one that is not theirs to choose."""
    if phone_id not in {each.phone_id for each in known_numbers(session, link)}:
        return None
    return session.scalar(select(Phone.e164).where(Phone.id == phone_id))


def say(
    session: Session,
    link: Link,
    *,
    e164: str,
    topic: CallbackTopic,
    language: str,
    needs_interpreter: bool,
    now: datetime,
    may_text: bool = False,
) -> None:
    """Keep what the person said; raises Invalid. Where nobody speaks the language, somebody interprets."""
    read_language(language)
    is_spoken = times.is_spoken(session, language, today=office_day(now))
    given = {
        "e164": e164,
        "topic": topic,
        "language": language,
        "needs_interpreter": needs_interpreter or not is_spoken,
        "may_text": may_text,
        "saved_at": now,
    }
    session.execute(
        insert(CallbackWish)
        .values(link_id=link.id, **given)
        .on_conflict_do_update(index_elements=["link_id"], set_=given)
    )


def said(session: Session, link: Link) -> Said | None:
    """Return what the person said; None before they have said anything."""
    row = session.get(CallbackWish, link.id, populate_existing=True)
    if row is None:
        return None
    wish = Wish(link.account_id, link.person_id, row.e164, row.language, row.needs_interpreter)
    return Said(wish, row.topic, row.zone, row.may_text)


def keep_consent(session: Session, link: Link, phone_id: int, *, now: datetime) -> None:
    """Write down, once a call is booked, that texts may come to its number, if the person ticked that.

    Said on the page with its words beside the box, which is what consent needs (47 CFR 64.1200(f)(9)). The
    caller has locked the account.
    """
    wish = session.get(CallbackWish, link.id, populate_existing=True)
    e164 = session.scalar(select(Phone.e164).where(Phone.id == phone_id))
    if wish is None or not wish.may_text or wish.e164 != e164:
        return
    preferences.say(
        session,
        patient_id=link.person_id,
        is_given=True,
        channel=ContactChannel.TEXT,
        scope=ConsentScope.BILLING,
        phone_id=phone_id,
        how=HOW,
        said_at=wish.saved_at,
        recorded_by_id=None,
        now=now,
    )
    session.execute(update(Patient).where(Patient.id == link.person_id).values(contact_changed_at=now))


def choose_zone(session: Session, link: Link, zone: str) -> None:
    """Show times by this clock; where and when somebody may be called is not a matter of choice."""
    session.execute(update(CallbackWish).where(CallbackWish.link_id == link.id).values(zone=zone))


def zones(session: Session, link: Link, e164: str) -> tuple[str, ...]:
    """Return by which clocks the person may live: those of the number, first, and those of the person."""
    of_number = sorted(zones_of_number(e164))
    of_person = contacting.zones_of_patient(session, link.person_id)
    return tuple(dict.fromkeys((*of_number, *of_person))) or (OFFICE_ZONE,)
