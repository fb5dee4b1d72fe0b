"""The office's side of the patients' page: giving a way in, seeing which are open, and ending one."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import otto
from tests.services.booking.desk import Asking
from tests.web.visiting import BORN_ON
from workqueue.models import CallbackLink, User

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def address(asking: Asking) -> str:
    return f"/accounts/{asking.account.id}/callback-links"


def test_a_letter_shows_a_code_and_a_picture_that_lead_in(
    client: FlaskClient, session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    answer = sign_in_as(otto(session)).post(address(asking), data={"channel": "letter"})
    assert answer.status_code == 200
    assert "You can choose when we call you." in answer.text
    assert '<svg class="qr"' in answer.text or 'class="qr"' in answer.text
    assert "style=" not in answer.text
    found = re.search(r"birth date: ([0-9A-Z]{5}-[0-9A-Z]{5})", answer.text)
    assert found is not None
    form = {"code": found[1], "birth": BORN_ON.isoformat()}
    assert client.post("/callback/code", data=form).status_code == 303


def test_a_letter_is_written_in_the_persons_language(
    session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    asking.patient.language = "es"
    session.flush()
    page = sign_in_as(otto(session)).post(address(asking), data={"channel": "letter"}).text
    assert "Usted puede elegir cuándo le llamamos." in page
    assert "Shown once" in page


def test_a_letter_shows_its_link_once_and_it_leads_in(
    client: FlaskClient, session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    office = sign_in_as(otto(session))
    page = office.post(address(asking), data={"channel": "letter"}).text
    found = re.search(r'href="http://localhost(/b/[\w-]+)"', page)
    assert found is not None
    assert client.get(found[1]).status_code == 303
    assert found[1] not in office.get(f"/accounts/{asking.account.id}").text


def test_open_ways_in_are_listed_and_can_be_ended(
    client: FlaskClient, session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    office = sign_in_as(otto(session))
    assert "Ways to book a call" in office.get(f"/accounts/{asking.account.id}").text
    assert office.post(f"{address(asking)}/{asking.link.id}/end").status_code == 303
    assert client.get(f"/b/{asking.token}").status_code == 404
    assert office.post(f"{address(asking)}/{asking.link.id}/end").status_code == 404
    assert session.scalars(select(CallbackLink.ended_at)).all()[0] is not None
