"""A statement run reports what it mailed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account, sue
from workqueue.models import Notice
from workqueue.models.people import User

TokenOf = Callable[[User], dict[str, str]]
SENT = {"account": "A1", "kind": "statement", "given_on": "2026-03-10", "evidence": "run 7"}


def test_a_run_is_kept_once_and_names_what_nobody_knows(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    make_account(session, number="A1")
    make_account(session, number="A2")
    run = {"notices": [SENT, SENT | {"account": "A2"}, SENT | {"account": "GONE"}]}
    first = client.post("/api/v1/notices", json=run, headers=token_of(sue(session)))
    assert (first.status_code, first.get_json()) == (201, {"recorded": 2, "known": 0, "unknown": [2]})
    again = client.post("/api/v1/notices", json=run, headers=token_of(sue(session)))
    assert again.get_json() == {"recorded": 0, "known": 2, "unknown": [2]}
    assert session.scalar(select(func.count()).select_from(Notice)) == 2


def test_the_same_key_gets_the_same_answer(client: FlaskClient, session: Session, token_of: TokenOf) -> None:
    make_account(session, number="A1")
    headers = token_of(sue(session))
    answers = [client.post("/api/v1/notices", json={"notices": [SENT]}, headers=headers) for _ in range(2)]
    assert [each.get_json()["recorded"] for each in answers] == [1, 1]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "notices"),
        ({"notices": []}, "notices"),
        ({"notices": "many"}, "notices"),
        ({"notices": [SENT, 7]}, "notices.1"),
        ({"notices": [SENT, SENT | {"kind": "shout"}]}, "notices.1.kind"),
        ({"notices": [SENT | {"account": ""}]}, "notices.0.account"),
        ({"notices": [SENT | {"given_on": "2026-02-30"}]}, "notices.0.given_on"),
        ({"notices": [SENT | {"given_on": "2999-01-01"}]}, "notices.0.given_on"),
        ({"notices": [SENT | {"kind": "collection_notice"}]}, "notices.0.deadline_on"),
        ({"notices": [SENT | {"evidence": "x\x00"}]}, "notices.0.evidence"),
        ({"notices": [SENT] * 5_001}, "notices"),
    ],
)
def test_a_run_with_something_wrong_in_it_keeps_nothing_and_says_where(
    client: FlaskClient, session: Session, token_of: TokenOf, body: dict[str, Any], field: str
) -> None:
    make_account(session, number="A1")
    answer = client.post("/api/v1/notices", json=body, headers=token_of(sue(session)))
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert session.scalar(select(func.count()).select_from(Notice)) == 0
