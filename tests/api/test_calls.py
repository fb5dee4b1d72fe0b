"""A telephone system reports what happens to a call."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import ada, make_call, otto
from workqueue.models import Call, User
from workqueue.rules.call_states import CallState

Headers = dict[str, str]


def test_an_event_moves_the_call_and_said_twice_is_heard_once(
    session: Session, client: FlaskClient, token_of: Callable[[User], Headers]
) -> None:
    call = make_call(session, placed_at=datetime.now(UTC))
    headers = token_of(ada(session))
    sent = {"event": "answered", "event_id": "pbx-1", "at": datetime.now(UTC).isoformat()}
    for number in range(2):
        answer = client.post(
            f"/api/v1/calls/{call.id}/events",
            json=sent,
            headers=headers | {"Idempotency-Key": f"event-{number}"},
        )
        assert (answer.status_code, answer.json) == (201, {"call_id": call.id, "state": "answered"})
    assert session.get_one(Call, call.id).state is CallState.ANSWERED


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"event": "exploded", "event_id": "1"}, "event"),
        ({"event": "verified", "event_id": "1"}, "event"),
        ({"event": "rang"}, "event_id"),
        ({"event": "rang", "event_id": "1", "at": "yesterday"}, "at"),
        ({"event": "rang", "event_id": "1", "at": "2020-01-01T00:00:00Z"}, "at"),
    ],
)
def test_what_cannot_be_used_is_named(
    session: Session,
    client: FlaskClient,
    token_of: Callable[[User], Headers],
    sent: dict[str, str],
    field: str,
) -> None:
    call = make_call(session, placed_at=datetime.now(UTC))
    answer = client.post(f"/api/v1/calls/{call.id}/events", json=sent, headers=token_of(ada(session)))
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == field


def test_a_call_nobody_placed_is_not_found(
    session: Session, client: FlaskClient, token_of: Callable[[User], Headers]
) -> None:
    sent = {"event": "rang", "event_id": "1"}
    answer = client.post("/api/v1/calls/999999/events", json=sent, headers=token_of(ada(session)))
    assert answer.status_code == 404


def test_a_rep_is_no_telephone_system(
    session: Session, client: FlaskClient, token_of: Callable[[User], Headers]
) -> None:
    call = make_call(session, placed_at=datetime.now(UTC))
    sent = {"event": "not_connected", "event_id": "1"}
    answer = client.post(f"/api/v1/calls/{call.id}/events", json=sent, headers=token_of(otto(session)))
    assert answer.status_code == 403
