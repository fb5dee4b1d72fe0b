"""Persons for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import ana, make_patient
from workqueue.models import Consent, Patient, Phone
from workqueue.models.people import User


@pytest.fixture
def headers(session: Session, token_of: Callable[[User], dict[str, str]]) -> dict[str, str]:
    return token_of(ana(session))


@pytest.fixture
def dana(session: Session) -> Patient:
    return make_patient(session, first_name="Dana", last_name="Whitfield")


def test_a_number_is_added_once_and_shown(
    client: FlaskClient, session: Session, headers: dict[str, str], dana: Patient
) -> None:
    path = f"/api/v1/patients/{dana.id}/phones"
    said = {"number": "(312) 221-0142 ext. 9", "place": "work"}
    added = client.post(path, json=said, headers=headers | {"Idempotency-Key": "1"})
    again = client.post(path, json=said, headers=headers | {"Idempotency-Key": "1"})
    assert (added.status_code, again.status_code) == (201, 201)
    assert added.json == again.json
    shown = client.get(f"/api/v1/patients/{dana.id}", headers=headers).json
    assert shown is not None
    (number,) = shown["reach"]["numbers"]
    assert number["phone_id"] == added.json["phone_id"]  # type: ignore[index]
    assert (number["e164"], number["extension"], number["place"]) == ("+13122210142", "9", "work")
    assert (number["is_offered"], number["source"]) == (True, "patient")


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"number": "911", "place": "home"}, "number", "service_phone"),
        ({"number": "900-555-0142", "place": "home"}, "number", "charged_phone"),
        ({"number": "221-0142", "place": "home"}, "number", "incomplete_phone"),
        ({"number": "312-221-0142"}, "place", "invalid"),
        ({"number": 7, "place": "home"}, "number", "invalid"),
        ({"number": "312-221-0142", "place": "home", "language": "xx"}, "language", "invalid"),
    ],
)
def test_a_number_that_cannot_be_used_names_its_field(
    client: FlaskClient, session: Session, headers: dict[str, str], dana: Patient, said: dict[str, Any],
    field: str, code: str,
) -> None:  # fmt: skip
    answer = client.post(
        f"/api/v1/patients/{dana.id}/phones", json=said, headers=headers | {"Idempotency-Key": "1"}
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["field"], answer.json["code"]) == (field, code)
    assert session.scalar(select(Phone.id)) is None


REVOCATION = {
    "channel": "text",
    "scope": "all",
    "is_given": False,
    "how": "STOP by text",
    "said_at": "2026-03-10T12:00:00Z",
}


def test_a_revocation_is_written_and_shows_at_once(
    client: FlaskClient, session: Session, headers: dict[str, str], dana: Patient
) -> None:
    path = f"/api/v1/patients/{dana.id}/consents"
    answer = client.post(path, json=REVOCATION, headers=headers | {"Idempotency-Key": "1"})
    assert answer.status_code == 201
    shown = client.get(f"/api/v1/patients/{dana.id}", headers=headers).json
    assert shown is not None
    assert [each["words"] for each in shown["reach"]["wishes"]] == ["No texts"]
    assert shown["words"][0]["how"] == "STOP by text"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"is_given": "no"}, "is_given"),
        ({"channel": "pigeon"}, "channel"),
        ({"said_at": "2999-01-01T00:00:00Z"}, "said_at"),
        ({"said_at": "yesterday"}, "said_at"),
        ({"phone_id": 999_999_999}, "phone_id"),
        ({"how": ""}, "how"),
    ],
)
def test_a_word_that_cannot_be_used_names_its_field(
    client: FlaskClient, session: Session, headers: dict[str, str], dana: Patient, said: dict[str, Any],
    field: str,
) -> None:  # fmt: skip
    answer = client.post(
        f"/api/v1/patients/{dana.id}/consents",
        json=REVOCATION | said,
        headers=headers | {"Idempotency-Key": "1"},
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == field
    assert session.scalar(select(Consent.id)) is None


def test_nobody_is_not_found(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/api/v1/patients/999999999", headers=headers).status_code == 404
    answer = client.post(
        "/api/v1/patients/999999999/phones",
        json={"number": "312-221-0142", "place": "home"},
        headers=headers | {"Idempotency-Key": "1"},
    )
    assert answer.status_code == 404
