"""What a provider reports changes a text once and forwards only, and lost ones are made good."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.booking.desk import Asking, booked, first_slots
from tests.services.booking.office import emails, give_email, somebody_to_write_to, texts
from workqueue.models import Message
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.rules.preferences import is_stopped
from workqueue.services import delivering, outbox, preferences
from workqueue.services.outbox import Claimed


@pytest.fixture
def asking(session: Session) -> Asking:
    return somebody_to_write_to(session, has_email=False)


@pytest.fixture
def text(session: Session, asking: Asking) -> Message:
    """Return a text in the hands of its sender."""
    booked(session, asking, first_slots(session, asking)[0])
    assert claim(session).channel is MessageChannel.TEXT
    return texts(session)[0]


def claim(session: Session) -> Claimed:
    claimed = outbox.claim(session, now=NOON)
    assert claimed is not None
    return claimed


def report(session: Session, status: str, provider_id: str = "SM1", code: str = "", **own: int) -> bool:
    return delivering.report(
        session,
        provider_id=provider_id,
        message_id=own.get("message_id"),
        attempt=own.get("attempt", 0),
        status=status,
        error_code=code,
        now=NOON,
    )


def sent(session: Session, text: Message, provider_id: str = "SM1") -> None:
    text.state, text.sent_at, text.provider_id = MessageState.SENT, NOON, provider_id
    session.flush()


def test_a_report_is_news_once_and_never_goes_backwards(session: Session, text: Message) -> None:
    sent(session, text)
    assert report(session, "delivered")
    assert not report(session, "delivered")
    assert not report(session, "sent")
    assert not report(session, "undelivered")
    assert text.state is MessageState.DELIVERED


def test_a_report_of_nothing_we_sent_changes_nothing(session: Session, text: Message) -> None:
    sent(session, text)
    assert not report(session, "delivered", "SM-unknown")
    assert not report(session, "delivered", "SM-unknown", message_id=text.id, attempt=1)
    assert not report(session, "an odd status")
    assert text.state is MessageState.SENT


def test_a_text_nobody_could_confirm_is_found_by_our_own_number(session: Session, text: Message) -> None:
    text.state = MessageState.UNSURE
    session.flush()
    assert not report(session, "sent", message_id=text.id, attempt=2)
    assert report(session, "sent", message_id=text.id, attempt=1)
    assert (text.state, text.provider_id, text.sent_at) == (MessageState.SENT, "SM1", NOON)


def test_a_report_may_overtake_our_own_note(session: Session, text: Message) -> None:
    claimed = Claimed(text.id, 1, text.channel, text.to_address, "", "", (), NOON)
    assert report(session, "delivered", message_id=text.id, attempt=1)
    outbox.sent(session, claimed, now=NOON, provider_id="SM1")
    session.refresh(text)
    assert text.state is MessageState.DELIVERED


def test_who_was_not_reached_by_text_is_told_by_e_mail(
    session: Session, asking: Asking, text: Message
) -> None:
    sent(session, text)
    give_email(session, asking)
    session.flush()
    assert report(session, "undelivered", code="30006")
    assert (text.state, text.error) == (MessageState.UNDELIVERED, "text_30006")
    assert [each.event for each in emails(session)] == [text.event]


def test_who_was_told_by_e_mail_already_is_not_told_again(
    session: Session, asking: Asking, text: Message
) -> None:
    sent(session, text)
    give_email(session, asking)
    session.flush()
    report(session, "undelivered", code="30006")
    delivering.take_heed(session, text.id, now=NOON)
    assert len(emails(session)) == 1
    assert len(texts(session)) == 1


def test_who_told_the_provider_stop_told_us(session: Session, asking: Asking, text: Message) -> None:
    sent(session, text)
    report(session, "failed", code="21610")
    words = preferences.words_of(session, [asking.patient.id])[asking.patient.id]
    assert is_stopped(words, ContactChannel.TEXT)
