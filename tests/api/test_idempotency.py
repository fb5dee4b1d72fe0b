"""One effect for each Idempotency-Key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ada, ana
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, body_stream, idempotent, json_fields
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.rules.refusals import Refusal
from workqueue.rules.roles import Role
from workqueue.services import tokens
from workqueue.web.guards import takes_files

PATH = "/api/v1/probe"


@idempotent
def probe(session: Session) -> Reply:
    """Count a call, as an effect that can be seen."""
    number = session.execute(text("UPDATE effects SET done = done + 1 RETURNING done")).scalar_one()
    name = json_fields().text("name", is_required=False)
    if name == "refused":
        raise Refusal
    return ({"number": number, "name": name, "at": NOON}, 201) if name != "empty" else (None, 204)


@idempotent
def measure(_session: Session) -> Reply:
    files = request.files.getlist("file")
    return {"bytes": len((files[0] if files else body_stream()).read())}, 202


@pytest.fixture
def office(fresh_app: Flask) -> Flask:
    rep = api_roles(Role.REP)
    fresh_app.add_url_rule(PATH, "probe", rep(probe), methods=["POST"])
    big = takes_files(10 * 1024 * 1024)(rep(measure))
    fresh_app.add_url_rule("/api/v1/measure", "measure", big, methods=["POST"])
    with fresh_app.app_context(), transaction() as session:
        session.execute(text("CREATE TABLE effects AS SELECT 0 AS done"))
    return fresh_app


@pytest.fixture
def send(office: Flask) -> Callable[..., Any]:
    with office.app_context(), transaction() as session:
        made = {
            person(session).username: tokens.create(session, person(session).id, "test", NOON)[1]
            for person in (ana, ada)
        }

    def send(key: str | None, body: Any = None, *, as_: str = "ana", path: str = PATH, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {made[as_]}"} | ({"Idempotency-Key": key} if key else {})
        given = more or {"json": body or {"name": "x"}}
        return office.test_client().post(path, headers=headers, **given)

    return send


def effects(office: Flask) -> int:
    with office.app_context():
        return int(db.session.execute(text("SELECT done FROM effects")).scalar_one())


def test_the_same_request_again_gets_the_first_answer_and_does_nothing(
    office: Flask, send: Callable[..., Any]
) -> None:
    first, second = send("k1"), send("k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.json == {"number": 1, "name": "x", "at": NOON.isoformat()}
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert effects(office) == 1


def test_an_empty_answer_is_repeated_too(office: Flask, send: Callable[..., Any]) -> None:
    answers = [send("k1", {"name": "empty"}) for _ in range(2)]
    assert [(each.status_code, each.data) for each in answers] == [(204, b""), (204, b"")]
    assert effects(office) == 1


def test_the_same_key_with_another_body_is_refused(office: Flask, send: Callable[..., Any]) -> None:
    send("k1")
    other = send("k1", {"name": "y"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert effects(office) == 1


def test_another_key_is_another_request(office: Flask, send: Callable[..., Any]) -> None:
    assert [send(key).json["number"] for key in ("k1", "k2")] == [1, 2]
    assert effects(office) == 2


@pytest.mark.parametrize("key", [None, "has blanks", "x" * 256])
def test_a_post_without_a_usable_key_is_refused(
    office: Flask, send: Callable[..., Any], key: str | None
) -> None:
    answer = send(key)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_missing")
    assert effects(office) == 0


def test_a_refused_request_did_nothing_and_may_be_sent_again(office: Flask, send: Callable[..., Any]) -> None:
    answers = [send("k1", {"name": "refused"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [409, 409]
    assert effects(office) == 0
    assert send("k1").status_code == 201


def test_eight_at_once_with_one_key_have_one_effect_and_one_answer(
    office: Flask, send: Callable[..., Any]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send("k1"), range(8)))
    assert {each.status_code for each in answers} == {201}
    assert {each.data for each in answers} == {answers[0].data}
    assert effects(office) == 1


def test_a_large_body_and_files_are_hashed_in_pieces_and_read_from_the_start(
    send: Callable[..., Any],
) -> None:
    large = b"ISA*00~" * 300_000
    path = "/api/v1/measure"
    first, again = (
        send("k1", path=path, data=large, content_type="application/octet-stream") for _ in range(2)
    )
    assert (first.status_code, first.json) == (202, {"bytes": len(large)})
    assert again.headers["Idempotent-Replayed"] == "true"
    other = send("k1", path=path, data=large + b"x", content_type="application/octet-stream")
    assert other.status_code == 422
    files = [send("k2", path=path, data={"file": (BytesIO(each), "a.835")}) for each in (b"one", b"two")]
    assert (files[0].json, files[1].status_code) == ({"bytes": 3}, 422)


def test_a_token_of_another_role_is_refused_before_anything(office: Flask, send: Callable[..., Any]) -> None:
    assert send("k1", as_="ada").status_code == 403
    assert effects(office) == 0


def test_the_forms_protection_leaves_programs_alone(office: Flask) -> None:
    office.config["WTF_CSRF_ENABLED"] = True
    client: FlaskClient = office.test_client()
    # Refused for the missing token, which is asked for after the protection has let it through.
    assert client.post("/api/v1/no-such-thing").status_code == 404
