"""An office with a name that tells nothing, and somebody who can be written to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.booking.desk import Asking, somebody, team_of
from workqueue.models import EmailAddress, Message
from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel, PointSource
from workqueue.rules.messages import MessageChannel
from workqueue.rules.states import PhonePlace
from workqueue.services import office_profile, preferences


def open_to_writing(session: Session) -> None:
    office_profile.change(
        session,
        name="Sample Hospital Patient Accounts",
        neutral_name="Sample Services",
        callback_number="312-555-0100",
        hours="weekdays from 8 to 6",
        collects_as=CollectsAs.FIRST_PARTY,
        records_calls=False,
        mail_domains=(),
    )


def somebody_to_write_to(session: Session, *, has_email: bool = True, may_text: bool = True) -> Asking:
    team_of(session, 2)
    open_to_writing(session)
    found = somebody(session)
    if has_email:
        give_email(session, found)
    if may_text:
        say(session, found, is_given=True)
    session.flush()
    return found


def give_email(session: Session, asking: Asking, address: str = "somebody@example.com") -> None:
    session.add(
        EmailAddress(
            patient_id=asking.patient.id,
            address=address,
            place=PhonePlace.HOME,
            source=PointSource.PATIENT,
            created_at=NOON,
        )
    )


def say(
    session: Session,
    asking: Asking,
    *,
    is_given: bool,
    channel: ContactChannel = ContactChannel.TEXT,
    phone_id: int | None = None,
) -> None:
    preferences.say(
        session,
        patient_id=asking.patient.id,
        is_given=is_given,
        channel=channel,
        scope=ConsentScope.BILLING,
        phone_id=phone_id or (asking.phone.id if channel is ContactChannel.TEXT and is_given else None),
        how="on the telephone",
        said_at=NOON,
        recorded_by_id=None,
        now=NOON,
    )


def written(session: Session, channel: MessageChannel | None = None) -> list[Message]:
    wanted = select(Message).order_by(Message.id).execution_options(populate_existing=True)
    if channel is not None:
        wanted = wanted.where(Message.channel == channel)
    return list(session.scalars(wanted))


def texts(session: Session) -> list[Message]:
    return written(session, MessageChannel.TEXT)


def emails(session: Session) -> list[Message]:
    return written(session, MessageChannel.EMAIL)
