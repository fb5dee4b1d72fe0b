"""Who a program acts as: bearer tokens, and which roles a view of the API is for."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, request

from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.rules.refusals import NotAllowed
from workqueue.rules.roles import Role
from workqueue.services import tokens
from workqueue.web.guards import Guard, check_input, guard_of, utc_now
from workqueue.web.problems import problem

View = TypeVar("View", bound=Callable[..., Any])


def api_roles(*allowed: Role) -> Callable[[View], View]:
    """Let programs in that act as people of these roles. Cookies count for nothing here."""

    def mark(view: View) -> View:
        view.guard = Guard(frozenset(allowed), is_api=True)  # type: ignore[attr-defined]
        return view

    return mark


def api_public(reason: str) -> Callable[[View], View]:
    """Let every program in; the reason is for whoever reviews it."""

    def mark(view: View) -> View:
        view.guard = Guard(is_public=True, is_api=True, reason=reason)  # type: ignore[attr-defined]
        return view

    return mark


def enforce() -> Response | None:
    """Let the view run, or refuse. Afterwards web.guards.current_person() is who the program acts as."""
    guard = guard_of(request.endpoint)
    if guard is None or not guard.is_api or guard.is_public:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return _unauthorized("Send a token: Authorization: Bearer TOKEN.", "token_missing", "")
    now = utc_now()
    caller = tokens.find_caller(db.session(), token.strip(), now)
    if caller is None:
        return _unauthorized(
            "This token is not valid, or not any more.", "token_invalid", ', error="invalid_token"'
        )
    if caller.person.role not in guard.roles:
        raise NotAllowed
    if not caller.is_use_noted:
        with transaction() as session:
            tokens.note_used(session, caller.token_id, now)
    g.person = caller.person
    check_input(with_form=False)  # bodies are JSON or files, each read by the view
    return None


def register(app: Flask) -> None:
    app.before_request(enforce)


def _unauthorized(sentence: str, code: str, error: str) -> Response:
    response = problem(401, code, sentence)
    response.headers["WWW-Authenticate"] = f'Bearer realm="workqueue"{error}'
    return response
