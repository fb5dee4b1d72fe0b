"""Who is texted about their call, and at which hours messages go."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, make_hold, make_phone
from tests.services.booking.desk import Asking, booked, first_slots
from tests.services.booking.office import emails, say, somebody_to_write_to, texts, written
from workqueue.models import Callback, Consent, User
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.channels import ContactChannel, PointSource
from workqueue.rules.holds import HoldKind
from workqueue.rules.messages import MessageState
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState, PhonePlace
from workqueue.services import callbacks, preferences
from workqueue.services.booking import promising, telling, wishing

HOUR = timedelta(hours=1)
MIDNIGHT = NOON + 12 * HOUR
"""Of Chicago, where it is noon at NOON."""


@pytest.fixture
def asking(session: Session) -> Asking:
    return somebody_to_write_to(session)


def test_who_agreed_to_texts_gets_one_beside_the_e_mail(session: Session, asking: Asking) -> None:
    promise = booked(session, asking, first_slots(session, asking)[0])
    (text,) = texts(session)
    assert text.body == (
        "Sample Services will call you Tue, Mar 10, 12:30 PM CDT from (312) 555-0100."
        f" First words: {promise.phrase}. Reply STOP to end texts, HELP for help."
    )
    assert (text.to_address, text.pieces, text.event) == (asking.phone.e164, 1, BookingEvent.BOOKED)
    assert len(emails(session)) == 1


def take_back(session: Session, asking: Asking) -> None:
    say(session, asking, is_given=False)


def never_agree(session: Session, _: Asking) -> None:
    session.query(Consent).delete()


def agree_without_naming_a_number(session: Session, asking: Asking) -> None:
    session.query(Consent).update({Consent.phone_id: None})
    assert asking.phone.source is PointSource.FILE


def have_it_at_work(_: Session, asking: Asking) -> None:
    asking.phone.place = PhonePlace.WORK


def have_a_wrong_one(_: Session, asking: Asking) -> None:
    asking.phone.is_valid = False


def have_it_stopped(_: Session, asking: Asking) -> None:
    asking.phone.is_stopped = True


def have_a_toll_free_one(_: Session, asking: Asking) -> None:
    asking.phone.e164 = "+18005550142"


def have_an_attorney(session: Session, asking: Asking) -> None:
    make_hold(session, account=asking.account, kind=HoldKind.ATTORNEY, until_at=NOON + 90 * 24 * HOUR)


def be_reached_in_one_way(session: Session, asking: Asking) -> None:
    preferences.instruct(
        session,
        patient_id=asking.patient.id,
        channel=ContactChannel.CALL,
        phone_id=asking.phone.id,
        email_id=None,
        address_id=None,
        note="",
        recorded_by_id=callback_rep(session),
        now=NOON,
    )


@pytest.mark.parametrize(
    "who",
    [
        take_back,
        never_agree,
        agree_without_naming_a_number,
        have_it_at_work,
        have_a_wrong_one,
        have_it_stopped,
        have_a_toll_free_one,
        have_an_attorney,
        be_reached_in_one_way,
    ],
)
def test_nobody_else_is_texted(
    session: Session, asking: Asking, who: Callable[[Session, Asking], None]
) -> None:
    who(session, asking)
    session.flush()
    telling.tell(session, put(session, asking), BookingEvent.BOOKED, now=NOON)
    assert texts(session) == []


def test_the_number_of_the_call_is_texted_before_others(session: Session, asking: Asking) -> None:
    other = make_phone(session, patient=asking.patient, e164="+13122210177")
    say(session, asking, is_given=True, phone_id=other.id)
    booked(session, asking, first_slots(session, asking)[0])
    assert [each.to_address for each in texts(session)] == [asking.phone.e164]


def test_a_number_that_lost_the_last_text_is_left_alone_until_one_arrives(
    session: Session, asking: Asking
) -> None:
    first, second, third = first_slots(session, asking)
    booked(session, asking, first)
    (text,) = texts(session)
    text.state, text.error, text.sent_at = MessageState.UNDELIVERED, "text_30006", NOON
    session.flush()
    promising.move(session, asking.link, at=second, now=NOON)
    assert len(texts(session)) == 1
    text.state, text.error = MessageState.DELIVERED, ""
    session.flush()
    promising.move(session, asking.link, at=third, now=NOON)
    assert len(texts(session)) == 2


def test_what_was_ticked_on_the_page_is_consent_with_its_source_and_time(
    session: Session, asking: Asking
) -> None:
    session.query(Consent).delete()
    say_on_page(session, asking, may_text=True)
    booked(session, asking, first_slots(session, asking)[0], now=NOON)
    consent = session.scalars(select(Consent)).one()
    assert (consent.channel, consent.is_given, consent.phone_id) == (
        ContactChannel.TEXT,
        True,
        asking.phone.id,
    )
    assert consent.how == "Ticked on the page for booking a call"
    assert consent.said_at == NOON - HOUR
    assert len(texts(session)) == 1


def test_what_was_not_ticked_is_no_consent(session: Session, asking: Asking) -> None:
    session.query(Consent).delete()
    say_on_page(session, asking, may_text=False)
    booked(session, asking, first_slots(session, asking)[0])
    assert session.scalars(select(Consent)).all() == []
    assert texts(session) == []


def test_what_they_do_at_night_is_confirmed_at_once(session: Session, asking: Asking) -> None:
    at = first_slots(session, asking, now=MIDNIGHT)[0]
    booked(session, asking, at, now=MIDNIGHT)
    assert {each.send_after for each in written(session)} == {MIDNIGHT}
    assert all(each.goes_at_any_hour for each in written(session))


def test_what_the_office_does_at_night_waits_for_the_morning_where_they_are(
    session: Session, asking: Asking
) -> None:
    rep_id = callback_rep(session)
    callbacks.book(
        session,
        account_id=asking.account.id,
        at=NOON + 24 * HOUR,
        phone_id=asking.phone.id,
        booked_by_id=rep_id,
        now=MIDNIGHT,
    )
    # 8 o'clock in Chicago.
    assert {each.send_after for each in written(session)} == {NOON + 20 * HOUR}


def test_what_would_come_after_the_call_is_not_written(session: Session, asking: Asking) -> None:
    callback = put(session, asking, at=MIDNIGHT + HOUR)
    assert not telling.tell(session, callback, BookingEvent.REHOMED, now=MIDNIGHT)
    assert written(session) == []


def test_the_mail_brings_the_call_for_the_calendar_by_reference(session: Session, asking: Asking) -> None:
    first, second, _ = first_slots(session, asking)
    booked(session, asking, first)
    promising.move(session, asking.link, at=second, now=NOON)
    promising.cancel(session, asking.link, now=NOON)
    methods = [each.attachments[0]["method"] for each in emails(session)]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]
    assert all(each.attachments == [] for each in texts(session))


def put(session: Session, asking: Asking, *, at: datetime = NOON + HOUR) -> Callback:
    """Write a callback of which nobody was told."""
    callback = Callback(
        account_id=asking.account.id,
        phone_id=asking.phone.id,
        at=at,
        ends_at=at + HOUR / 4,
        booked_at=NOON,
        patient_id=asking.patient.id,
        state=CallbackState.BOOKED,
    )
    session.add(callback)
    session.flush()
    return callback


def callback_rep(session: Session) -> int:
    return session.scalars(select(User.id).order_by(User.id)).first() or 0


def say_on_page(session: Session, asking: Asking, *, may_text: bool) -> None:
    wishing.say(
        session,
        asking.link,
        e164=asking.phone.e164,
        topic=CallbackTopic.BILL,
        language="en",
        needs_interpreter=False,
        may_text=may_text,
        now=NOON - HOUR,
    )
