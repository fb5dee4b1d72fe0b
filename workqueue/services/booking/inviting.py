"""Sending somebody a link to book their call, by e-mail or text, through the outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session

from workqueue.rules import booking_texts
from workqueue.rules.booking_messages import BookingEvent, BookingFacts, body, subject
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageChannel
from workqueue.rules.phones import spoken
from workqueue.rules.refusals import Refusal
from workqueue.rules.writing import Obstacle, sentence
from workqueue.services import office_profile, outbox, writing
from workqueue.services.booking import links
from workqueue.services.booking.links import Link
from workqueue.services.outbox import About

CHANNELS = {ContactChannel.EMAIL: MessageChannel.EMAIL, ContactChannel.TEXT: MessageChannel.TEXT}


class CannotInvite(Refusal):
    """They cannot or may not be written to in this way; the sentence says why."""

    code: ClassVar[str] = "cannot_invite"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that is on its way."""

    link_id: int
    goes_at: datetime
    """Now, or when the hour suits where the person may be."""


def invite(
    session: Session,
    *,
    account_id: int,
    channel: ContactChannel,
    secret: str,
    made_by_id: int,
    now: datetime,
) -> Invited:
    """Make a way in and send it to whoever answers for the account; raises CannotInvite, NotFound.

    The link is kept nowhere: it is made of a nonce and the office's secret at the moment it is sent.
    """
    issued = links.issue(
        session, account_id=account_id, channel=channel, secret=secret, made_by_id=made_by_id, now=now
    )
    link = links.open_again(session, issued.link_id, now=now)
    by = CHANNELS[channel]
    facts = _facts(session, by, now)
    way = writing.way(session, by, person_id=link.person_id, account_id=account_id, now=now)
    if way.obstacle is not None:
        raise CannotInvite(sentence(way.obstacle, by))
    goes_at = writing.goes_at(session, by, person_id=link.person_id, address=way.address, now=now)
    if goes_at is None:
        raise CannotInvite(sentence(Obstacle.NO_HOURS, by))
    _write(session, link, issued.nonce, by, way.address, facts, goes_at, now)
    return Invited(link.id, goes_at)


def _facts(session: Session, by: MessageChannel, now: datetime) -> BookingFacts:
    profile = office_profile.profile(session)
    if profile is None:
        raise CannotInvite(sentence(Obstacle.NO_OFFICE, by))
    return BookingFacts(
        profile.neutral_name, spoken(profile.callback_e164), at=now, zone=OFFICE_ZONE, phrase=""
    )


def _write(
    session: Session,
    link: Link,
    nonce: str,
    by: MessageChannel,
    address: str,
    facts: BookingFacts,
    goes_at: datetime,
    now: datetime,
) -> None:
    is_text = by is MessageChannel.TEXT
    event = BookingEvent.INVITED
    words = booking_texts.text(event, facts, link.language) if is_text else body(event, facts, link.language)
    outbox.write(
        session,
        natural_key=f"link {link.id}",
        channel=by,
        to_address=address,
        subject=subject(event, link.language),
        body=words,
        attachments=[],
        send_after=goes_at,
        now=now,
        about=About(link.person_id, event=event, link_id=link.id, link_nonce=nonce),
        pieces=booking_texts.pieces(words) if is_text else 1,
    )
