"""A server of pages for the tests of our own JavaScript.

Layout, macros, modules and security headers are the real ones; what is answered, a test sets.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, render_template_string, request
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import ClosingIterator

from workqueue.rules.roles import Role
from workqueue.web import filters, navigation, security_headers
from workqueue.web.styleguide import SAMPLE_TASKS

ROOT = Path(__file__).parents[2]

DESK = """
{% extends "layout.html" %}
{% import "macros/forms.html" as forms %}{% import "macros/actions.html" as ui %}
{% import "macros/feedback.html" as feedback %}{% import "macros/work.html" as work %}
{% block title %}Desk{% endblock %}
{% block content %}
  <h1 tabindex="-1">Desk</h1>
  {{ feedback.changes_slot("/changes", seconds=0.2) }}
  {{ work.lease_bar("Yours until", "10:41 AM", heartbeat_url="/heartbeat", leave_url="/leave", token="t1",
                    seconds=0.3) }}
  <div id="card">{% include "card" %}</div>
  <ul>
    {% for name in ["Okafor", "Chen", "Haddad"] %}
      {{ work.task_row(name, "/opened/" ~ name, "Denial", "Why.", "$1.00") }}
    {% endfor %}
  </ul>
  <form action="/desk"><label for="q">Search</label><input id="q" name="q" data-search></form>
{% endblock %}
"""
CARD = """
{% import "macros/forms.html" as forms %}{% import "macros/actions.html" as ui %}
<h2 tabindex="-1" data-new-heading>Now: {{ name }}</h2>
{% call forms.form("/outcome", id="outcome", errors=errors, draft_url="/draft",
                   attrs={"hx-post": "/outcome", "hx-target": "#card"}) %}
  {{ forms.field_radios("disposition", "What happened", [
    {"value": "promise", "label": "Promised to pay", "attrs": {"data-shows": "promise", "data-key": "1"}},
    {"value": "no_answer", "label": "No answer", "attrs": {"data-key": "2"}}]) }}
  <div data-shown-by="promise">{{ forms.field_money("amount", "Amount", error=errors.get("amount")) }}</div>
  {{ forms.field_textarea("note", "Note", value=note) }}
  {{ ui.button("Log and next", key="Ctrl Enter") }}
  {{ ui.button("Log a call", kind="secondary", type="button", key="l", attrs={"data-opens": "shortcuts"}) }}
{% endcall %}
"""


@dataclass
class Gallery:
    """What the pages sent, and what they are answered."""

    url: str = ""
    drafts: list[dict[str, str]] = field(default_factory=list)
    outcomes: list[dict[str, str]] = field(default_factory=list)
    beats: list[dict[str, str]] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    draft_status: int = 204
    outcome_status: int = 200
    beat_status: int = 200
    change: str = ""
    theme: str = "system"
    has_shortcuts: bool = True


def make_gallery_app(gallery: Gallery) -> Flask:
    app = make_frame(gallery)
    add_pages(app, gallery)
    add_answers(app, gallery)
    return app


def make_frame(gallery: Gallery) -> Flask:
    app = Flask("gallery", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.secret_key = "only-for-tests"
    app.jinja_env.undefined = StrictUndefined
    CSRFProtect(app)
    people = LoginManager(app)

    @people.request_loader
    def person(_: Any) -> Any:
        return SimpleNamespace(
            is_authenticated=True,
            name="Sue Lindqvist",
            role=Role.LEAD,
            theme=gallery.theme,
            density="comfortable",
            has_shortcuts=gallery.has_shortcuts,
        )

    filters.register(app)
    navigation.register(app)
    security_headers.register(app)
    return app


def add_pages(app: Flask, gallery: Gallery) -> None:

    @app.get("/styleguide")
    def styleguide() -> str:
        return render_template("styleguide.html", sample_tasks=SAMPLE_TASKS)

    @app.get("/desk")
    def desk() -> str:
        return render_template_string(
            DESK.replace('{% include "card" %}', CARD), name="Rivera", errors={}, note=""
        )

    @app.get("/opened/<name>")
    def opened(name: str) -> str:
        return f"<!doctype html><title>{name}</title>"

    def display() -> AnyResponse:
        gallery.theme = request.form["theme"]
        return redirect("/desk", 303)

    app.add_url_rule("/display", "settings.display", display, methods=["POST"])


def add_answers(app: Flask, gallery: Gallery) -> None:
    @app.post("/draft")
    def draft() -> tuple[str, int]:
        gallery.drafts.append(request.form.to_dict())
        return "", gallery.draft_status

    @app.post("/outcome")
    def outcome() -> tuple[str, int]:
        gallery.outcomes.append(request.form.to_dict())
        errors = {"amount": "Enter an amount above $0.00"} if gallery.outcome_status == 422 else {}
        note = request.form.get("note", "") if errors else ""
        return render_template_string(CARD, name="Okafor", errors=errors, note=note), gallery.outcome_status

    @app.post("/heartbeat")
    def heartbeat() -> tuple[str, int]:
        gallery.beats.append(request.form.to_dict())
        return "10:51 AM", gallery.beat_status

    @app.post("/leave")
    def leave() -> tuple[str, int]:
        gallery.left.append(request.form.to_dict())
        return "", 204

    @app.get("/changes")
    def changes() -> AnyResponse:
        gallery.asked.append(request.headers.get("If-None-Match", ""))
        answer: Response = make_response(gallery.change)
        answer.add_etag()
        return answer.make_conditional(request)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application in a thread, on a free port; give its address.

    At the end the answers under way are waited for and no more are begun: one that outlived its test would
    keep open a connection or a file, and fail whichever test runs when that is found. For the same reason
    each body is taken whole here: werkzeug leaves it open when who asked has gone before it was sent.
    """
    turns = threading.Condition()
    under_way, is_over = 0, False

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal under_way
        with turns:
            if is_over:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
            under_way += 1
        try:
            with closing(ClosingIterator(app(environ, start_response))) as body:
                return [b"".join(body)]
        finally:
            with turns:
                under_way -= 1
                turns.notify_all()

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with turns:
            is_over = True
            assert turns.wait_for(lambda: under_way == 0, timeout=30), "an answer takes too long"
