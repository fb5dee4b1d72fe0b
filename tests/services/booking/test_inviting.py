"""The link to book by is sent through the outbox; a copy of the database books nothing."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.booking.desk import SECRET, Asking
from tests.services.booking.office import say, somebody_to_write_to, written
from workqueue.models import CallbackLink, OfficeProfile, User
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.channels import ContactChannel
from workqueue.services.booking import inviting, links
from workqueue.services.booking.inviting import CannotInvite, Invited
from workqueue.services.booking.links import NoSuchLink


@pytest.fixture
def asking(session: Session) -> Asking:
    return somebody_to_write_to(session)


def invite(session: Session, asking: Asking, channel: ContactChannel) -> Invited:
    return inviting.invite(
        session,
        account_id=asking.account.id,
        channel=channel,
        secret=SECRET,
        made_by_id=session.scalars(select(User.id)).first() or 0,
        now=NOON,
    )


@pytest.mark.parametrize("channel", [ContactChannel.EMAIL, ContactChannel.TEXT])
def test_an_invitation_waits_in_the_outbox_and_opens_once_it_is_made(
    session: Session, asking: Asking, channel: ContactChannel
) -> None:
    invited = invite(session, asking, channel)
    (message,) = written(session)
    assert (message.event, message.link_id) == (BookingEvent.INVITED, invited.link_id)
    assert "{link}" in message.body
    token = links.token_of(message.link_nonce, SECRET)
    assert links.open_by_token(session, token, now=NOON).id == invited.link_id


def test_what_the_tables_hold_opens_nothing(session: Session, asking: Asking) -> None:
    invited = invite(session, asking, ContactChannel.EMAIL)
    (message,) = written(session)
    link = session.get_one(CallbackLink, invited.link_id)
    for kept in (message.link_nonce, link.token_hash, links.token_of(message.link_nonce, "another secret")):
        with pytest.raises(NoSuchLink):
            links.open_by_token(session, kept, now=NOON)


def test_it_is_written_in_their_language(session: Session, asking: Asking) -> None:
    asking.patient.language = "es"
    session.flush()
    invite(session, asking, ContactChannel.EMAIL)
    assert written(session)[0].subject == "Elija cuándo le llamamos"


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("no consent", "They have not agreed to texts at any number that gets them."),
        ("stopped", "They asked for no texts."),
        ("no number", "No number that gets texts is on the list."),
        ("no office", "The office has no neutral name to write under. An admin enters it under Office."),
    ],
)
def test_why_it_cannot_be_sent_is_said(session: Session, why: str, sentence: str) -> None:
    asking = somebody_to_write_to(session, may_text=why != "no consent")
    if why == "stopped":
        say(session, asking, is_given=False)
    if why == "no number":
        asking.phone.is_valid = False
    if why == "no office":
        session.delete(session.get_one(OfficeProfile, 1))
    session.flush()
    with pytest.raises(CannotInvite) as refused:
        invite(session, asking, ContactChannel.TEXT)
    assert refused.value.sentence == sentence
