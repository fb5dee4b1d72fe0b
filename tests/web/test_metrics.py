"""Liveness, readiness, measurements."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories.accounts import make_fact
from tests.factories.people import ada, ana
from workqueue.extensions import db
from workqueue.rules.states import FactKind
from workqueue.services import tokens
from workqueue.services.sign_in import digest
from workqueue.web.guards import utc_now

OUTSIDE = {"REMOTE_ADDR": "198.51.100.7"}


def test_a_healthy_office_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["database"], answer.json["valkey"]) == ("ok", "ok", "ok")


def test_without_valkey_the_office_is_still_ready(make_app: Callable[..., Flask], database_url: str) -> None:
    app = make_app(database_url, "redis://127.0.0.1:1/0")
    answer = app.test_client().get("/readyz")
    with app.app_context():
        db.engine.dispose()
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["valkey"]) == ("degraded", "down")


def test_measurements_are_for_this_machine(client: FlaskClient) -> None:
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert 'workqueue_requests_total{endpoint="metrics.healthz",status="200"}' in answer.text


def test_neither_outsiders_nor_those_behind_a_proxy_get_them(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base=OUTSIDE).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_the_token_of_an_admin_opens_them_and_a_reps_does_not(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with app.test_request_context():
        made = [tokens.create(session, person(session).id, "scraper", utc_now())[1] for person in (ada, ana)]
    assert digest(made[0]) != digest(made[1])
    answers = [
        client.get("/metrics", environ_base=OUTSIDE, headers={"Authorization": f"Bearer {token}"})
        for token in made
    ]
    assert [each.status_code for each in answers] == [200, 404]


def test_what_waits_is_shown_with_its_age(client: FlaskClient, session: Session) -> None:
    make_fact(session, FactKind.PAYMENT, received_at=utc_now_minus(minutes=2))
    assert 'workqueue_backlog{of="facts"} 1.0' in client.get("/metrics").text
    ready = client.get("/readyz").json
    assert ready is not None
    assert ready["backlog"]["facts"] == 1
    assert 119 < ready["backlog"]["oldest_fact_seconds"] < 180


def utc_now_minus(*, minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)
