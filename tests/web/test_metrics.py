"""Liveness, readiness, measurements."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories.people import ada, ana
from workqueue.extensions import db
from workqueue.services import tokens
from workqueue.services.sign_in import digest
from workqueue.web import metrics
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


def test_what_waits_is_shown_by_name(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "backlogs", [lambda _session, _now: {"facts_received": 7.0}])
    assert 'workqueue_backlog{of="facts_received"} 7.0' in client.get("/metrics").text
    ready = client.get("/readyz").json
    assert ready is not None
    assert ready["backlog"] == {"facts_received": 7.0}
