"""Where the provider reports: only what it signed counts, once, and the answer tells nobody anything."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import NOON, make_user
from tests.services.booking.desk import Asking
from tests.services.booking.office import say, texts
from workqueue.models import Consent, DoorAttempt, IncomingText, Message, User
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.rules.roles import Role
from workqueue.rules.signatures import provider_signature
from workqueue.services import outbox
from workqueue.services.booking.doors import LIMITS, Door

pytestmark = pytest.mark.usefixtures("at_noon")
TOKEN = "provider-token"
BASE = "https://office.example"


@pytest.fixture(autouse=True)
def provider(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a provider that signs with its token."""
    config = replace(
        app.extensions["workqueue.config"],
        text_url=f"https://AC1:{TOKEN}@texts.example/Messages.json",
        text_from="+13125550100",
        public_url=BASE,
    )
    monkeypatch.setitem(app.extensions, "workqueue.config", config)


def post(client: FlaskClient, path: str, form: dict[str, str], *, signed: str | None = None) -> TestResponse:
    signature = provider_signature(f"{BASE}{path}", form.items(), TOKEN) if signed is None else signed
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def incoming(asking: Asking, body: str, sid: str = "SM1") -> dict[str, str]:
    return {"MessageSid": sid, "From": asking.phone.e164, "To": "+13125550100", "Body": body}


def a_text(session: Session) -> Message:
    """Return a text that was sent."""
    outbox.write(
        session,
        natural_key="one",
        channel=MessageChannel.TEXT,
        to_address="+13122210142",
        subject="",
        body="",
        attachments=[],
        send_after=NOON,
        now=NOON,
    )
    claimed = outbox.claim(session, now=NOON)
    assert claimed is not None
    outbox.sent(session, claimed, now=NOON, provider_id="SM7")
    return texts(session)[0]


def test_a_report_of_the_provider_is_noted(client: FlaskClient, session: Session) -> None:
    text = a_text(session)
    for status in ("delivered", "sent", "delivered"):
        form = {"MessageSid": "SM7", "MessageStatus": status}
        answer = post(client, f"/texts/status?message={text.id}&attempt=1", form)
        assert (answer.status_code, answer.data) == (204, b"")
    session.refresh(text)
    assert text.state is MessageState.DELIVERED


def test_the_answer_is_the_same_for_a_text_that_is_not_ours(client: FlaskClient, session: Session) -> None:
    answer = post(client, "/texts/status", {"MessageSid": "SM-x", "MessageStatus": "delivered"})
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("signed", ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "é"])
def test_what_the_provider_did_not_sign_changes_nothing(
    client: FlaskClient, session: Session, asking: Asking, signed: str
) -> None:
    text = a_text(session)
    report = {"MessageSid": "SM7", "MessageStatus": "failed", "ErrorCode": "30006"}
    assert post(client, "/texts/status", report, signed=signed).status_code == 404
    assert post(client, "/texts/incoming", incoming(asking, "STOP"), signed=signed).status_code == 404
    session.refresh(text)
    assert text.state is MessageState.SENT
    assert session.scalar(select(func.count(Consent.id))) == 0


def test_a_signature_of_something_else_proves_nothing(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    form = incoming(asking, "START")
    signature = provider_signature(f"{BASE}/texts/incoming", form.items(), TOKEN)
    changed = post(client, "/texts/incoming", form | {"Body": "STOP"}, signed=signature)
    elsewhere = post(client, "/texts/status", form, signed=signature)
    assert (changed.status_code, elsewhere.status_code) == (404, 404)
    assert session.scalar(select(func.count(IncomingText.id))) == 0


def test_without_a_provider_nothing_is_proven(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, asking: Asking
) -> None:
    config = replace(app.extensions["workqueue.config"], text_url="")
    monkeypatch.setitem(app.extensions, "workqueue.config", config)
    form = incoming(asking, "STOP")
    empty = provider_signature(f"{BASE}/texts/incoming", form.items(), "")
    assert post(client, "/texts/incoming", form, signed=empty).status_code == 404


def test_a_crowd_of_forgeries_is_slowed_down_and_the_provider_is_not(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    most = LIMITS[Door.PROVIDER].of_place
    session.add_all(DoorAttempt(door=Door.PROVIDER, place="127.0.0.0/24", at=NOON) for _ in range(most))
    session.flush()
    assert post(client, "/texts/incoming", incoming(asking, "STOP"), signed="x").status_code == 429
    assert post(client, "/texts/incoming", incoming(asking, "STOP")).status_code == 200


def test_a_body_that_is_too_large_is_not_read(client: FlaskClient, asking: Asking) -> None:
    assert post(client, "/texts/incoming", incoming(asking, "x" * 20_000)).status_code == 413


def test_stop_is_heeded_before_the_answer_and_a_replay_changes_nothing(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    say(session, asking, is_given=True)
    for _ in range(3):
        answer = post(client, "/texts/incoming", incoming(asking, "STOP"))
        assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
        assert "<Response/>" in answer.text
    assert session.scalar(select(func.count(Consent.id)).where(~Consent.is_given)) == 1
    assert len(texts(session)) == 1


def test_a_sentence_is_shown_to_reps_on_the_account_until_one_has_read_it(
    client: FlaskClient, session: Session, asking: Asking, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    post(client, "/texts/incoming", incoming(asking, "Can you call after five?"))
    rep = sign_in_as(make_user(session))
    account, person = f"/accounts/{asking.account.id}", f"/patients/{asking.patient.id}"
    assert "Can you call after five?" in rep.get("/work").text
    assert "Can you call after five?" in rep.get(account).text
    assert "Can you call after five?" in rep.get(person).text
    text_id = session.scalars(select(IncomingText.id)).one()
    answer = rep.post(f"/messages/texts/{text_id}/read", data={"back_to": account})
    assert (answer.status_code, answer.headers["Location"]) == (303, account)
    assert "Can you call after five?" not in rep.get(account).text
    assert "They wrote" not in rep.get("/work").text


def test_an_admin_does_not_read_what_patients_write(
    client: FlaskClient, session: Session, asking: Asking, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    post(client, "/texts/incoming", incoming(asking, "Can you call after five?"))
    shown = {
        role: "after five" in sign_in_as(make_user(session, role=role)).get("/messages").text
        for role in (Role.LEAD, Role.AUDITOR, Role.ADMIN)
    }
    assert shown == {Role.LEAD: True, Role.AUDITOR: True, Role.ADMIN: False}


def test_texts_of_strangers_are_counted_and_not_kept(
    client: FlaskClient, session: Session, asking: Asking, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    stranger = incoming(asking, "STOP, this is Jane") | {"From": "+13122210199"}
    assert post(client, "/texts/incoming", stranger).status_code == 200
    page = sign_in_as(make_user(session, role=Role.LEAD)).get("/messages").text
    assert "1 text came from numbers nobody here has" in page
    assert "Jane" not in page
