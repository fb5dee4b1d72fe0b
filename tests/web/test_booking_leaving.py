"""Whoever wants no more e-mails says so in one press, and is heard at once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.services.booking.desk import Asking, booked, first_slots
from tests.services.booking.office import emails, give_email
from workqueue.models import Message
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageState
from workqueue.rules.preferences import is_stopped
from workqueue.rules.signatures import leave_token
from workqueue.services import preferences

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def message(session: Session, asking: Asking) -> Message:
    give_email(session, asking)
    session.flush()
    booked(session, asking, first_slots(session, asking)[0])
    return emails(session)[0]


def address(app: Flask, message: Message) -> str:
    return f"/no-mail/{leave_token(message.id, app.extensions['workqueue.config'].secret_key)}"


def has_left(session: Session, asking: Asking) -> bool:
    words = preferences.words_of(session, [asking.patient.id])[asking.patient.id]
    return is_stopped(words, ContactChannel.EMAIL)


def test_looking_at_the_way_out_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, asking: Asking, message: Message
) -> None:
    answer = client.get(address(app, message))
    assert answer.status_code == 200
    assert "Send me no more e-mails" in answer.text
    assert "@example.com" not in answer.text
    assert not has_left(session, asking)


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "One-Click"}])
def test_pressing_it_stops_mail_at_once_by_person_or_by_mail_program(
    app: Flask, client: FlaskClient, session: Session, asking: Asking, message: Message, form: dict[str, str]
) -> None:
    for _ in range(2):
        answer = client.post(address(app, message), data=form)
        assert answer.status_code == 200
        assert "You get no more e-mails" in answer.text
    assert has_left(session, asking)
    session.refresh(message)
    assert message.state is MessageState.STOPPED


def test_it_is_said_in_spanish_to_who_reads_spanish(
    app: Flask, client: FlaskClient, message: Message
) -> None:
    answer = client.get(address(app, message), headers={"Accept-Language": "es"})
    assert "No me envíen más correos" in answer.text


def test_a_way_out_that_is_none_opens_nothing(
    app: Flask, client: FlaskClient, session: Session, asking: Asking, message: Message
) -> None:
    forged = f"/no-mail/{message.id}-{'0' * 32}"
    assert client.get(forged).status_code == 404
    assert client.post(forged).status_code == 404
    assert not has_left(session, asking)
