"""What a person is told of their callback, once, and when nobody writes to them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, make_hold
from tests.services.booking.desk import Asking, booked, first_slots, somebody, team_of
from workqueue.models import Callback, Consent, EmailAddress, Message, OfficeProfile
from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel, PointSource
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace
from workqueue.services import callbacks, covering, deriving, office_profile
from workqueue.services.booking import keeping, promising
from workqueue.services.booking.keeping import LATE_AFTER


@pytest.fixture
def asking(session: Session) -> Asking:
    """Somebody with an address, and an office with a name that tells nothing."""
    team_of(session, 2)
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
    found = somebody(session)
    session.add(
        EmailAddress(
            patient_id=found.patient.id,
            address="somebody@example.com",
            place=PhonePlace.HOME,
            source=PointSource.PATIENT,
            created_at=NOON,
        )
    )
    session.flush()
    return found


def told(session: Session) -> list[str]:
    return list(session.scalars(select(Message.subject).order_by(Message.id)))


def test_whoever_books_moves_and_cancels_is_told_each_time(session: Session, asking: Asking) -> None:
    first, second, _ = first_slots(session, asking)
    booked(session, asking, first)
    promising.move(session, asking.link, at=second, now=NOON)
    promising.cancel(session, asking.link, now=NOON)
    assert told(session) == ["Your call is booked", "Your call was moved", "Your call is cancelled"]


def test_the_words_name_time_zone_number_and_phrase_and_no_bill(session: Session, asking: Asking) -> None:
    promise = booked(session, asking, first_slots(session, asking)[0])
    text = session.scalars(select(Message.body)).one()
    said, _, way_out = text.partition("\n\n")
    assert way_out == "To get no more e-mails about your calls: {leave}"
    assert said == (
        "Sample Services will call you on Tuesday, March 10, 12:30 PM (Central Daylight Time), from"
        f" (312) 555-0100. The caller first says: {promise.phrase}."
    )


def test_who_speaks_spanish_is_told_in_spanish(session: Session, asking: Asking) -> None:
    asking.patient.language = "es"
    promise = booked(session, asking, first_slots(session, asking)[0])
    session.get_one(Callback, promise.callback_id).language = ""
    promising.cancel(session, asking.link, now=NOON)
    assert told(session)[-1] == "Su llamada se canceló"


def test_whose_rep_is_away_is_told_that_a_colleague_calls(session: Session, asking: Asking) -> None:
    promise = booked(session, asking, first_slots(session, asking)[0])
    covering.report_sick(session, promise.rep_id, actor_id=promise.rep_id, now=NOON)
    keeping.follow_new_owners(session, now=NOON)
    keeping.follow_new_owners(session, now=NOON)
    assert told(session)[1:] == ["Your call stays as booked"]


def test_what_the_office_books_and_cancels_is_told_too(session: Session, asking: Asking) -> None:
    rep = team_of(session)[0]
    promise = callbacks.book(
        session,
        account_id=asking.account.id,
        at=NOON + timedelta(hours=1),
        phone_id=asking.phone.id,
        booked_by_id=rep.id,
        now=NOON,
    )
    callbacks.cancel(session, callback_id=promise.callback_id, actor_id=rep.id, now=NOON)
    assert told(session) == ["Your call is booked", "Your call is cancelled"]
    assert f"The caller first says: {promise.phrase}" in (session.scalars(select(Message.body)).first() or "")


def test_who_was_not_called_in_time_is_apologised_to_once(session: Session, asking: Asking) -> None:
    at = first_slots(session, asking)[0]
    booked(session, asking, at)
    deriving.rescore_due(session, now=at, limit=100)
    keeping.open_what_is_due(session, now=at)
    for minutes in (0, 1):
        keeping.notice_what_was_missed(session, now=at + LATE_AFTER + timedelta(minutes=minutes))
    assert told(session)[1:] == ["We are sorry: we did not call in time"]


@pytest.mark.parametrize("why", ["no address", "at work", "stopped", "attorney", "no office"])
def test_who_cannot_or_may_not_be_written_to_is_not(session: Session, asking: Asking, why: str) -> None:
    at = first_slots(session, asking)[0]
    address = session.scalars(select(EmailAddress)).one()
    if why == "no address":
        address.ended_at = NOON
    if why == "at work":
        address.place = PhonePlace.WORK
    if why == "stopped":
        session.add(
            Consent(
                patient_id=asking.patient.id,
                channel=ContactChannel.EMAIL,
                scope=ConsentScope.ALL,
                is_given=False,
                how="in writing",
                said_at=NOON,
                recorded_at=NOON,
            )
        )
    booked(session, asking, at)
    before = len(told(session))
    if why == "attorney":
        make_hold(session, account=asking.account, kind=HoldKind.ATTORNEY, until_at=NOON + timedelta(days=90))
    if why == "no office":
        session.delete(session.get_one(OfficeProfile, 1))
    session.flush()
    promising.cancel(session, asking.link, now=NOON)
    assert len(told(session)) == before
    assert before == (1 if why in {"attorney", "no office"} else 0)
