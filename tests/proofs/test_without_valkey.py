"""Valkey is away, or answers nothing at all: every page works as before, without added waiting."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.factories import ada, make_api_token, make_sign_in_session, otto
from tests.services.desk import owed_by_patient, unmatched_payment
from workqueue.embedded import free_port
from workqueue.extensions import db

TOKEN = "of-the-test"
PAYMENTS = 12
SLOWEST_RING = 0.7
"""Two timeouts of 0.3 s, to connect and to send: what one request at most may wait, once in five seconds."""


@pytest.fixture
def office(fresh_database: str) -> str:
    engine = create_engine(fresh_database)
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        owed_by_patient(session)
        unmatched_payment(session)
        digest = sha256(TOKEN.encode()).hexdigest()
        make_api_token(session, user=otto(session), token_hash=digest, created_at=now)
        make_sign_in_session(
            session, user=ada(session), token_hash=digest, created_at=now, expires_at=now + timedelta(hours=1)
        )
    engine.dispose()
    return fresh_database


@pytest.fixture
def silent_url() -> Iterator[str]:
    """The address of something that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


def pages(app: Flask) -> list[str]:
    """Return every page that needs no number in its address, but those that speak of Valkey itself."""
    about_valkey = {"/readyz", "/metrics"}
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.methods is not None
        and "GET" in rule.methods
        and not rule.arguments
        and rule.rule not in about_valkey
    )


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = TOKEN, True
    return client


def a_day(app: Flask, name: str) -> tuple[dict[str, int], list[float]]:
    """Look at every page, report payments, ask for work; return what was answered, and how long each took."""
    program = app.test_client()
    browser = signed_in(app)
    answers: dict[str, int] = {}
    took: list[float] = []

    def ask(what: str, request: Callable[[], int]) -> None:
        began = time.perf_counter()
        answers[what] = request()
        took.append(time.perf_counter() - began)

    def headers(key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": f"{name}-{key}"}

    for page in pages(app):
        browser.get(page)  # templates and statements are made at the first look
        ask(page, lambda page=page: browser.get(page).status_code)  # type: ignore[misc]  # a default binds it
    for number in range(PAYMENTS):
        payment = {
            "source": "lockbox",
            "source_id": f"{name}-{number}",
            "account": "A-1",
            "amount_cents": 100 + number,
            "received_at": "2026-03-10T12:00:00Z",
        }
        ask(
            f"payment {number}",
            lambda payment=payment, number=number: (
                program.post(  # type: ignore[misc]  # a default binds it
                    "/api/v1/payments", json=payment, headers=headers(str(number))
                ).status_code
            ),
        )
    ask("next", lambda: program.post("/api/v1/tasks/next", headers=headers("next")).status_code)
    with app.app_context():
        db.engine.dispose()
    return answers, took


def test_every_page_works_without_valkey_and_nobody_waits_for_it(
    office: str, make_app: Callable[..., Flask], valkey_url: str, silent_url: str
) -> None:
    expected, usual = a_day(make_app(office, valkey_url), "up")
    assert {expected[f"payment {number}"] for number in range(PAYMENTS)} == {201}
    assert expected["next"] == 200
    assert max(expected.values()) < 500
    assert sum(status == 200 for status in expected.values()) > 10
    gone = f"redis://127.0.0.1:{free_port()}/0"
    for name, url, most in (("gone", gone, 0.1), ("silent", silent_url, SLOWEST_RING)):
        answers, took = a_day(make_app(office, url), name)
        assert answers == expected, name
        # Twice is generous on a busy machine; what is added for Valkey is one short wait, not one a request.
        assert sum(took) < 2 * sum(usual) + most + 1, (name, sum(took), sum(usual))
