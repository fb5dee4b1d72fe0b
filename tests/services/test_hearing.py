"""Texts that come in: STOP is heeded at once and answered once, sentences wait for a rep."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, make_patient, make_phone
from tests.services.booking.desk import Asking, booked, first_slots
from tests.services.booking.office import somebody_to_write_to, texts, written
from workqueue.models import Consent, IncomingText, Patient, User
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageState
from workqueue.rules.preferences import is_stopped
from workqueue.rules.refusals import NotFound
from workqueue.rules.text_words import TextWord
from workqueue.services import hearing, preferences
from workqueue.services.reading.messages import unread_texts

MINUTE = timedelta(minutes=1)


@pytest.fixture
def asking(session: Session) -> Asking:
    return somebody_to_write_to(session)


def hear(session: Session, asking: Asking, body: str, provider_id: str = "SM1") -> hearing.Heard | None:
    return hearing.hear(
        session, provider_id=provider_id, e164=asking.phone.e164, body=body, now=NOON + MINUTE
    )


def stops(session: Session, person: Patient) -> bool:
    words = preferences.words_of(session, [person.id])[person.id]
    return is_stopped(words, ContactChannel.TEXT)


def test_stop_takes_back_consent_and_cancels_what_waits_and_is_answered_once(
    session: Session, asking: Asking
) -> None:
    booked(session, asking, first_slots(session, asking)[0])
    heard = hear(session, asking, "Stop")
    assert heard is not None
    assert heard.word is TextWord.STOP
    assert stops(session, asking.patient)
    booking, answer = texts(session)
    assert (booking.state, booking.error) == (MessageState.STOPPED, "asked_not_to")
    assert answer.body.startswith("Sample Services: you get no more texts. Your call stays booked")
    assert answer.goes_at_any_hour
    assert [each.state for each in written(session)].count(MessageState.WAITING) == 2, "the e-mail stays"
    hear(session, asking, "STOP", "SM2")
    assert len(texts(session)) == 2, "who says it again has had the answer"


def test_everybody_who_has_the_number_is_left_in_peace(session: Session, asking: Asking) -> None:
    spouse = make_patient(session)
    make_phone(session, patient=spouse, e164=asking.phone.e164)
    hear(session, asking, "ALTO")
    assert stops(session, asking.patient)
    assert stops(session, spouse)


def test_the_person_page_learns_who_said_it_and_when(session: Session, asking: Asking) -> None:
    hear(session, asking, "STOP")
    word = session.scalars(select(Consent).order_by(Consent.id.desc())).first()
    assert word is not None
    assert (word.how, word.said_at, word.recorded_by_id) == ("STOP by text", NOON + MINUTE, None)
    assert asking.patient.contact_changed_at == NOON + MINUTE


def test_start_brings_texts_back(session: Session, asking: Asking) -> None:
    hear(session, asking, "STOP")
    hear(session, asking, "START", "SM2")
    booked(session, asking, first_slots(session, asking)[0])
    assert [each.state for each in texts(session)] == [MessageState.WAITING] * 3


def test_help_names_the_office_and_a_number(session: Session, asking: Asking) -> None:
    hear(session, asking, "help")
    assert "Call (312) 555-0100 for help." in texts(session)[0].body
    assert not stops(session, asking.patient)


def test_the_same_text_told_twice_is_heard_once(session: Session, asking: Asking) -> None:
    assert hear(session, asking, "HELP") is not None
    assert hear(session, asking, "HELP") is None
    assert len(texts(session)) == 1


def test_a_sentence_waits_for_somebody_who_reads_it(session: Session, asking: Asking) -> None:
    heard = hear(session, asking, " Can you call after five? ")
    assert heard is not None
    (line,) = unread_texts(session, patient_id=asking.patient.id)
    assert (line.body, line.account_id) == ("Can you call after five?", asking.account.id)
    assert [person_id for person_id, _ in line.people] == [asking.patient.id]
    assert texts(session) == []
    hearing.mark_read(session, heard.text_id, actor_id=_user(session), now=NOON)
    assert unread_texts(session) == ()


def test_of_a_word_that_was_heeded_the_words_are_not_kept(session: Session, asking: Asking) -> None:
    heard = hear(session, asking, "STOP")
    assert heard is not None
    assert session.scalars(select(IncomingText.body)).one() == ""
    with pytest.raises(NotFound):
        hearing.mark_read(session, heard.text_id, actor_id=_user(session), now=NOON)


def test_of_a_number_nobody_has_nothing_is_kept_but_that_it_came(session: Session, asking: Asking) -> None:
    heard = hearing.hear(session, provider_id="SM9", e164="+13122210199", body="STOP Jane", now=NOON)
    assert heard is not None
    assert heard.word is None
    kept = session.scalars(select(IncomingText)).one()
    assert (kept.e164, kept.body, kept.word) == ("", "", None)
    assert written(session) == []


def _user(session: Session) -> int:
    return session.scalars(select(User.id)).first() or 0
