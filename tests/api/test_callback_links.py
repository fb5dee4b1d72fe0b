"""A way to book a call for programs."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import otto
from tests.services.desk import owed_by_patient
from workqueue.models import CallbackLink
from workqueue.models.people import User

Token = Callable[[User], dict[str, str]]


def test_a_program_gets_a_link_that_leads_in_and_the_same_one_again(
    client: FlaskClient, session: Session, token_of: Token
) -> None:
    path = f"/api/v1/accounts/{owed_by_patient(session).id}/callback-links"
    headers = token_of(otto(session))
    made = client.post(path, json={"channel": "letter"}, headers=headers)
    again = client.post(path, json={"channel": "letter"}, headers=headers)
    assert made.status_code == 201
    assert made.json == again.json
    assert made.json is not None
    assert len(made.json["letter_code"]) == 11
    assert client.get(urlsplit(made.json["url"]).path).status_code == 303
    assert session.scalar(select(func.count()).select_from(CallbackLink)) == 1


@pytest.mark.parametrize("channel", ["call", "", "pigeon"])
def test_a_link_is_sent_by_letter_email_or_text(
    client: FlaskClient, session: Session, token_of: Token, channel: str
) -> None:
    path = f"/api/v1/accounts/{owed_by_patient(session).id}/callback-links"
    answer = client.post(path, json={"channel": channel}, headers=token_of(otto(session)))
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(CallbackLink)) == 0
