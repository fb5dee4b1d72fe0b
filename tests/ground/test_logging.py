"""Logs: ids only, whatever is handed in."""

import json
import logging

import pytest
import structlog
from flask import Flask

from workqueue.logging import configure, ids_only


@pytest.fixture(autouse=True)
def configured(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.contextvars.clear_contextvars()
    configure()


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().err.splitlines()[-1])
    return found


def test_text_that_nobody_allowed_is_dropped_and_counted() -> None:
    kept = ids_only(
        None, "", {"event": "called", "account_id": 7, "patient": "Rivera", "phone": "212-555-0123"}
    )
    assert kept == {"event": "called", "account_id": 7, "dropped_fields": 2}


def test_a_text_is_no_id_because_its_field_is_called_so() -> None:
    assert "member_id" not in ids_only(None, "", {"event": "x", "member_id": "W123"})


def test_nested_values_are_dropped() -> None:
    assert ids_only(None, "", {"event": "x", "row": {"name": "Rivera"}}) == {
        "event": "x",
        "dropped_fields": 1,
    }


def test_an_exception_is_written_by_class_and_place_without_its_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        {}["Rivera, Ana"]
    except KeyError:
        structlog.get_logger().exception("failed")
    written = line(capsys)
    assert written["error"] == "builtins.KeyError"
    assert "test_logging.py" in str(written["trace"])
    assert "Rivera" not in json.dumps(written)


def test_a_request_is_logged_by_its_route_and_not_by_its_address(
    shared_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    reply = shared_app.test_client().get("/nowhere/Rivera?phone=2125550123")
    written = line(capsys)
    assert written["status_code"] == 404
    assert written["request_id"] == reply.headers["X-Request-Id"]
    assert "Rivera" not in json.dumps(written)
    assert "2125550123" not in json.dumps(written)


def test_a_request_id_sent_by_the_client_is_not_believed(shared_app: Flask) -> None:
    reply = shared_app.test_client().get("/nowhere", headers={"X-Request-Id": "Rivera"})
    assert reply.headers["X-Request-Id"] != "Rivera"


def test_a_library_that_logs_is_named_and_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("sqlalchemy.pool").error("could not send %s", "Rivera")
    written = line(capsys)
    assert written["logger"] == "sqlalchemy.pool"
    assert "Rivera" not in json.dumps(written)
