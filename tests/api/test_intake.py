"""Files by the API: stored with 202, their report at an address of its own."""

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ana, sue, uma
from tests.services.bringing import envelope, paid, payment
from workqueue.models import FileReceipt
from workqueue.models.people import User
from workqueue.services.intake import read_file

TokenOf = Callable[[User], dict[str, str]]
SOUND = envelope(payment(paid("A1"), "300")).encode()


def test_a_file_as_the_body_is_stored_and_its_report_comes_with_the_reading(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    response = client.post("/api/v1/intake?name=r.835", data=SOUND, headers=token_of(sue(session)))
    assert response.status_code == 202
    said = response.get_json()
    assert said["status"] == "received"
    reader = token_of(uma(session))
    assert client.get(said["report_url"], headers=reader).get_json()["status"] == "received"
    read_file(session, said["file_id"], now=NOON)
    report = client.get(said["report_url"], headers=reader).get_json()
    assert (report["status"], report["file"], report["applied"]) == ("applied", "r.835", 1)


def test_a_file_in_a_form_is_the_same(client: FlaskClient, session: Session, token_of: TokenOf) -> None:
    sent = {"file": (io.BytesIO(SOUND), "r.835")}
    response = client.post("/api/v1/intake", data=sent, headers=token_of(sue(session)))
    assert (response.status_code, response.get_json()["status"]) == (202, "received")


def test_the_same_content_under_another_key_is_said_to_be_a_duplicate(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    client.post("/api/v1/intake", data=SOUND, headers=token_of(sue(session)))
    again = client.post("/api/v1/intake", data=SOUND, headers=token_of(sue(session))).get_json()
    assert again["status"] == "duplicate"
    assert "nothing was changed" in again["detail"]


def test_the_same_request_again_is_one_arrival(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    headers = token_of(sue(session))
    first = client.post("/api/v1/intake", data=SOUND, headers=headers)
    again = client.post("/api/v1/intake", data=SOUND, headers=headers)
    assert again.get_json() == first.get_json()
    assert session.scalar(select(func.count()).select_from(FileReceipt)) == 1


def test_an_empty_body_is_refused(client: FlaskClient, session: Session, token_of: TokenOf) -> None:
    response = client.post("/api/v1/intake", data=b"", headers=token_of(sue(session)))
    assert (response.status_code, response.content_type) == (422, "application/problem+json")


def test_a_rep_brings_no_files(client: FlaskClient, session: Session, token_of: TokenOf) -> None:
    assert client.post("/api/v1/intake", data=SOUND, headers=token_of(ana(session))).status_code == 403
