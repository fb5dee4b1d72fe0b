"""What is answered when the answer is no."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import text

from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.rules.refusals import Invalid, NotAllowed, NotFound, Refusal, TooManyAttempts, Unavailable
from workqueue.web.guards import public

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Taken(Refusal):
    code = "taken"
    sentence = "Ben has it."

    def details(self) -> dict[str, Any]:
        return {"by": "ben"}


@pytest.fixture
def asking(fresh_app: Flask) -> Callable[[Callable[[], Any]], FlaskClient]:
    """Return a function that serves a view at /asked and at /api/asked."""

    def serve(view: Callable[[], Any]) -> FlaskClient:
        fresh_app.config["PROPAGATE_EXCEPTIONS"] = False

        def asked() -> Any:
            return view()

        for path in ("/asked", "/api/asked"):
            fresh_app.add_url_rule(path, path, public("for this test")(asked))
        return fresh_app.test_client()

    return serve


def raising(error: BaseException) -> Callable[[], Any]:
    def view() -> Any:
        raise error

    return view


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Taken(), 409),
        (NotFound(), 404),
        (Invalid("Look here.", field="name"), 422),
        (NotAllowed(), 403),
        (TooManyAttempts(wait_seconds=7), 429),
        (Unavailable(), 503),
    ],
)
def test_a_refusal_is_a_page_a_part_or_problem_details(
    asking: Callable[..., FlaskClient], refusal: Refusal, status: int
) -> None:
    client = asking(raising(refusal))
    page = client.get("/asked")
    assert (page.status_code, "<h1>" in page.text, refusal.sentence in page.text) == (status, True, True)
    part = client.get("/asked", headers=HTMX)
    assert (part.status_code, "<html" in part.text, refusal.sentence in part.text) == (status, False, True)
    problem = client.get("/api/asked")
    assert (problem.status_code, problem.content_type) == (status, "application/problem+json")
    assert problem.json is not None
    assert (problem.json["code"], problem.json["detail"]) == (refusal.code, refusal.sentence)
    assert problem.json.items() >= refusal.details().items()
    if status in {429, 503}:
        assert problem.headers["Retry-After"]


def test_a_part_goes_among_the_messages_so_that_no_form_is_replaced(
    asking: Callable[..., FlaskClient],
) -> None:
    part = asking(raising(Taken())).get("/asked", headers=HTMX)
    assert (part.headers["HX-Retarget"], part.headers["HX-Reswap"]) == ("#flash", "beforeend")


def test_an_unknown_error_says_nothing_but_a_reference(asking: Callable[..., FlaskClient]) -> None:
    client = asking(raising(RuntimeError("Maria Rivera 555-0142")))
    for path in ("/asked", "/api/asked"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "Rivera" not in answer.text
        assert answer.headers["X-Request-Id"] in answer.text


def test_an_unknown_address_is_not_found(client: FlaskClient) -> None:
    assert client.get("/no-such-page").status_code == 404
    problem = client.get("/api/v1/no-such-thing")
    assert (problem.status_code, problem.content_type) == (404, "application/problem+json")


def test_another_method_is_told_which_ones_there_are(client: FlaskClient) -> None:
    answer = client.delete("/sign-in")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_too_large_a_form_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"username": "x" * 2_000_000})
    assert answer.status_code == 413


def test_an_http_error_of_a_view_keeps_its_status(asking: Callable[..., FlaskClient]) -> None:
    def view() -> Any:
        abort(418)

    assert asking(view).get("/asked").status_code == 418


@pytest.mark.parametrize("statement", ["SET statement_timeout = '20ms'; SELECT pg_sleep(2)"])
def test_a_statement_that_takes_too_long_is_said_to_be_busy(
    asking: Callable[..., FlaskClient], statement: str
) -> None:
    def view() -> Any:
        with transaction() as session:
            session.execute(text(statement))

    answer = asking(view).get("/asked")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Too much is going on" in answer.text


def test_when_postgresql_is_away_a_plain_page_says_so(make_app: Callable[..., Flask]) -> None:
    app = make_app("postgresql+psycopg://nobody:none@127.0.0.1:1/none")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "somebody"
    for headers in ({}, HTMX):
        answer = client.get("/settings", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "database does not answer" in answer.text
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_a_broken_transaction_does_not_break_the_next_request(asking: Callable[..., FlaskClient]) -> None:
    turns = iter(["SELECT no_such_column", "SELECT 1"])

    def view() -> Any:
        return str(db.session.execute(text(next(turns))).scalar())

    client = asking(view)
    assert client.get("/asked").status_code == 500
    assert client.get("/asked").text == "1"
