"""The queue page of 50 rows, in process: against an empty page, its statements and its template."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_most
from benchmarks.ground import SECRET, Ground, servers
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.rules.roles import Role
from workqueue.services import people
from workqueue.web.guards import signed_in, utc_now

TASKS = 20_000
ROUNDS = 300
PAGE = "/team"
PASSWORD = "a long password of the benchmark"  # noqa: S105  # opens a database that is thrown away


def run() -> list[Finding]:
    with servers() as ground:
        ground.office("office", tasks=TASKS).dispose()
        app = _app(ground)
        with app.app_context():
            client = _signed_in(app)
            statements, template, context = _watched(app, client)
            parts = {
                "page": lambda: _get(client, PAGE),
                "empty": lambda: _get(client, "/benchmark/empty"),
                "statements": _replay(ground, statements),
                "template": _rendering(app, template, context),
            }
            times = _interleaved(parts)
    floor = times["empty"] + times["statements"] + times["template"]
    return [
        at_most(
            "queue page of 50 rows against empty page, statements and template",
            "ms",
            times["page"] * 1e3,
            floor * 1e3,
            1.8,
        )
    ]


def _app(ground: Ground) -> Flask:
    app = create_app(Config(ground.home, SECRET, ground.url("office"), ground.redis_url))
    app.config["WTF_CSRF_ENABLED"] = False

    @app.get("/benchmark/empty")
    @signed_in
    def empty() -> str:
        return ""

    return app


def _signed_in(app: Flask) -> FlaskClient:
    with transaction() as session:
        team_id = session.execute(text("SELECT min(id) FROM teams")).scalar_one()
        _add_lead(session, team_id)
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": "lead", "password": PASSWORD})
    if answer.status_code not in {200, 302, 303}:
        raise SystemExit(f"sign-in answered {answer.status_code}")
    return client


def _add_lead(session: Session, team_id: int) -> None:
    people.add_user(
        session,
        username="lead",
        name="Sample lead",
        role=Role.LEAD,
        password=PASSWORD,
        team_id=team_id,
        skill_ids=[],
        now=utc_now(),
    )


def _watched(app: Flask, client: FlaskClient) -> tuple[list[tuple[str, Any]], Template, dict[str, Any]]:
    """Open the page once, and note the statements it runs and what its template is given."""
    statements: list[tuple[str, Any]] = []
    rendered: list[tuple[Template, dict[str, Any]]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    def keep(_sender: Flask, template: Template, context: dict[str, Any], **_: Any) -> None:
        rendered.append((template, context))

    event.listen(db.engine, "before_cursor_execute", note)
    with template_rendered.connected_to(keep, app):
        _get(client, PAGE)
    event.remove(db.engine, "before_cursor_execute", note)
    # The first are the sign-in's own, which the empty page runs too.
    own = [each for each in statements if "sessions" not in each[0]]
    return own, *rendered[-1]


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")


def _replay(ground: Ground, statements: list[tuple[str, Any]]) -> Callable[[], None]:
    connection = psycopg.connect(ground.url("office").replace("+psycopg", ""), autocommit=True)

    def replay() -> None:
        for statement, parameters in statements:
            cursor = connection.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()

    return replay


def _rendering(app: Flask, template: Template, context: dict[str, Any]) -> Callable[[], None]:
    def render() -> None:
        with app.test_request_context(PAGE):
            template.render(context)

    return render


def _interleaved(parts: dict[str, Callable[[], None]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in parts}
    for turn in range(ROUNDS + 30):
        for name, part in parts.items():
            started = perf_counter()
            part()
            if turn >= 30:
                times[name].append(perf_counter() - started)
    return {name: median(taken) for name, taken in times.items()}
