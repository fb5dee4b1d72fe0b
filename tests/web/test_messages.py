"""The page of messages: what waits, went out, or needs somebody; and what a person was sent."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, otto
from tests.factories.people import ada, sue, uma
from tests.services.booking.desk import Asking
from tests.services.booking.office import give_email, say
from workqueue.models import Message, User
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.services import outbox
from workqueue.services.outbox import About

pytestmark = pytest.mark.usefixtures("at_noon")
SignIn = Callable[[User], FlaskClient]


def put(
    session: Session, key: str, state: MessageState, about: About | None = None, **values: object
) -> Message:
    outbox.write(
        session,
        natural_key=key,
        channel=MessageChannel.TEXT if about else MessageChannel.EMAIL,
        to_address="+13122210142" if about else f"{key}@hospital.example",
        subject=f"About {key}",
        body="",
        attachments=[],
        send_after=NOON,
        now=NOON,
        about=about,
    )
    message = session.scalars(select(Message).where(Message.natural_key == key)).one()
    message.state = state
    for name, value in values.items():
        setattr(message, name, value)
    session.flush()
    return message


def test_what_went_wrong_stands_first_and_can_go_again(session: Session, sign_in_as: SignIn) -> None:
    unsure = put(session, "one", MessageState.UNSURE, error="SMTPServerDisconnected")
    put(session, "two", MessageState.SENT, sent_at=NOON)
    lead = sign_in_as(sue(session))
    page = lead.get("/messages").text
    assert "About one" in page
    assert "May have gone out" in page
    assert "About two" not in page
    assert lead.post(f"/messages/{unsure.id}/again").status_code == 303
    session.refresh(unsure)
    assert unsure.state is MessageState.WAITING
    assert lead.post(f"/messages/{unsure.id}/again").status_code == 409
    assert "Nothing to look at" in lead.get("/messages").text


def test_what_is_settled_leaves_the_list_and_stays_under_all(session: Session, sign_in_as: SignIn) -> None:
    failed = put(session, "one", MessageState.FAILED, error="smtp_550")
    lead = sign_in_as(sue(session))
    assert lead.post(f"/messages/{failed.id}/settle").status_code == 303
    assert "About one" not in lead.get("/messages").text
    assert "About one" in lead.get("/messages?state=all").text
    waiting = put(session, "two", MessageState.WAITING)
    assert lead.post(f"/messages/{waiting.id}/settle").status_code == 409
    assert lead.post("/messages/999999/settle").status_code == 404


@pytest.mark.parametrize(
    ("state", "shown"),
    [("waiting", "Waiting"), ("delivered", "Delivered"), ("not_sent", "Not sent: they asked for none")],
)
def test_others_are_found_by_what_became_of_them(
    session: Session, sign_in_as: SignIn, state: str, shown: str
) -> None:
    put(session, "one", MessageState.WAITING)
    put(session, "two", MessageState.DELIVERED, sent_at=NOON)
    put(session, "three", MessageState.STOPPED, error="asked_not_to")
    page = sign_in_as(uma(session)).get(f"/messages?state={state}").text
    assert page.count("About ") == 1
    assert shown in page
    assert "Send again" not in page


def test_a_long_list_goes_on(session: Session, sign_in_as: SignIn) -> None:
    for number in range(52):
        put(session, f"n{number}", MessageState.WAITING)
    lead = sign_in_as(sue(session))
    first = lead.get("/messages?state=waiting").text
    assert "About n51<" in first or "About n51 " in first
    assert "About n1 " not in first
    oldest = session.scalars(select(Message.id).order_by(Message.id)).all()[2]
    assert "About n1 " in lead.get(f"/messages?state=waiting&before={oldest}").text


def test_addresses_of_patients_are_hidden_but_for_their_ends(
    session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    put(session, "one", MessageState.FAILED, About(asking.patient.id), error="text_21614")
    page = sign_in_as(ada(session)).get("/messages").text
    assert "•••0142" in page
    assert "+13122210142" not in page
    assert "a number that gets no texts" in page
    assert "/patients/" not in page


def test_a_person_and_an_account_say_what_was_sent_to_them(
    session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    rep = sign_in_as(otto(session))
    assert "Nothing was sent to them." in rep.get(f"/patients/{asking.patient.id}").text
    put(session, "one", MessageState.DELIVERED, About(asking.patient.id), sent_at=NOON)
    for page in (f"/patients/{asking.patient.id}", f"/accounts/{asking.account.id}"):
        text = rep.get(page).text
        assert "Messages to them" in text
        assert "Delivered" in text


# Sending the link


def send(rep: FlaskClient, asking: Asking, channel: str) -> str:
    answer = rep.post(f"/accounts/{asking.account.id}/callback-links", data={"channel": channel})
    assert answer.status_code == 303
    return rep.get(answer.headers["Location"]).text


def test_a_link_is_really_sent_and_that_is_said(session: Session, sign_in_as: SignIn, asking: Asking) -> None:
    give_email(session, asking)
    say(session, asking, is_given=True)
    rep = sign_in_as(otto(session))
    assert "The e-mail with the link is on its way." in send(rep, asking, "email")
    assert "The text with the link is on its way." in send(rep, asking, "text")
    assert len(session.scalars(select(Message)).all()) == 2


def test_why_a_link_was_not_sent_is_said_and_none_is_left_open(
    session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    rep = sign_in_as(otto(session))
    page = send(rep, asking, "text")
    assert "Not sent. They have not agreed to texts at any number that gets them." in page
    assert "Text of" not in page
    assert session.scalars(select(Message)).all() == []
