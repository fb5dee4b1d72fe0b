"""Bearer tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ana
from workqueue.api.auth import api_roles
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.models.people import ApiToken
from workqueue.rules.roles import Role
from workqueue.services import people, tokens
from workqueue.web.guards import current_person


@pytest.fixture
def office(fresh_app: Flask) -> Flask:
    def who() -> str:
        return current_person().username

    fresh_app.add_url_rule("/api/v1/who", "who", api_roles(Role.REP)(who))
    return fresh_app


@pytest.fixture
def token(office: Flask) -> str:
    with office.app_context(), transaction() as session:
        return tokens.create(session, ana(session).id, "test", NOON)[1]


def test_a_token_acts_as_its_person(office: Flask, token: str) -> None:
    answer = office.test_client().get("/api/v1/who", headers={"Authorization": f"bearer {token}"})
    assert (answer.status_code, answer.text) == (200, "ana")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YW5hOmFuYQ==", "Bearer wq_made-up", "Bearer \xff\xfe", "Bearer x y"],
)
def test_without_a_valid_token_nothing_is_answered(office: Flask, token: str, header: str) -> None:
    answer = office.test_client().get("/api/v1/who", headers={"Authorization": header})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_query_that_cannot_be_stored_is_refused(office: Flask, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = office.test_client().get("/api/v1/who?name=%00", headers=headers)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


def test_disabling_the_person_stops_the_token_at_once(office: Flask, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert office.test_client().get("/api/v1/who", headers=headers).status_code == 200
    with office.app_context(), transaction() as session:
        people.disable(session, ana(session).id, NOON)
    assert office.test_client().get("/api/v1/who", headers=headers).status_code == 401


def test_its_use_is_noted_at_most_once_a_minute(office: Flask, token: str) -> None:
    def used_at() -> datetime | None:
        with office.app_context():
            found: Session = db.session()
            return found.scalars(select(ApiToken.last_used_at)).one()

    headers = {"Authorization": f"Bearer {token}"}
    assert used_at() is None
    office.test_client().get("/api/v1/who", headers=headers)
    first = used_at()
    office.test_client().get("/api/v1/who", headers=headers)
    assert first is not None
    assert datetime.now(UTC) - first < timedelta(minutes=1)
    assert used_at() == first
