"""Somebody on the patients' page: comes in by a link, says what they want, books."""

import re
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.services.booking.desk import Asking
from workqueue.models import Callback
from workqueue.rules.states import CallbackState

BORN_ON = date(1980, 2, 29)
NONCES = re.compile(r'name="csrf_token" value="[^"]*"')


def come_in(client: FlaskClient, asking: Asking) -> None:
    answer = client.get(f"/b/{asking.token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/callback")


def say(client: FlaskClient, **given: str) -> TestResponse:
    form = {"phone": "other", "number": "(312) 221-0177", "topic": "plan", "language": "en"} | given
    return client.post("/callback/wish", data=form)


def booked(session: Session) -> list[Callback]:
    return list(session.scalars(select(Callback).where(Callback.state == CallbackState.BOOKED)))


def times_on(answer: TestResponse) -> list[str]:
    return re.findall(r'name="at" value="([^"]+)"', answer.text)


def book(client: FlaskClient, asking: Asking) -> str:
    come_in(client, asking)
    say(client)
    at = times_on(client.get("/callback/times"))[3]
    assert client.post("/callback/book", data={"at": at}).status_code == 303
    return at
