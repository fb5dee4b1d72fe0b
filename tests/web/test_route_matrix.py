"""Who may ask for what: every route is listed here, reviewed, and tried as everybody.

A new route is one line in ROUTES, "METHOD /rule": the roles that may, or "public"; for the API "token" first.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories.people import ada, ana, sue, uma
from tests.factories.signing_in import make_api_token
from workqueue.models.people import User
from workqueue.rules.roles import Role
from workqueue.services.sign_in import digest
from workqueue.web.guards import guard_of

ALL = "rep lead admin auditor"

ROUTES = {
    "GET /static/<path:filename>": "public",
    # Parts that watch over the office
    "GET /healthz": "public",
    "GET /readyz": "public",
    "GET /metrics": "public",  # guards itself: this machine, or the token of an admin
    # Signing in and out
    "GET /": ALL,
    "GET /sign-in": "public",
    "POST /sign-in": "public",
    "POST /sign-out": "public",
    # One's own account
    "GET /settings": ALL,
    "POST /settings/display": ALL,
    "POST /settings/password": ALL,
    # People
    "GET /people": "admin",
    "GET /people/add": "admin",
    "POST /people/add": "admin",
    "GET /people/<int:user_id>": "admin",
    "POST /people/<int:user_id>": "admin",
    "POST /people/<int:user_id>/disable": "admin",
    "POST /people/<int:user_id>/enable": "admin",
    "POST /people/<int:user_id>/password": "admin",
    "GET /people/teams": "admin",
    "POST /people/teams": "admin",
    "POST /people/skills/<int:skill_id>": "admin",
    "GET /people/<int:user_id>/skills": "admin",
    "POST /people/<int:user_id>/skills": "admin",
    # Shifts and absences: a lead keeps those of their own team
    "GET /staffing": "lead admin auditor",
    "GET /staffing/<int:user_id>": "lead admin auditor",
    "POST /staffing/<int:user_id>/sick": "lead admin",
    "POST /staffing/<int:user_id>/back": "lead admin",
    "POST /staffing/<int:user_id>/absences": "lead admin",
    "POST /staffing/absences/<int:absence_id>/end": "lead admin",
    "POST /staffing/<int:user_id>/week": "lead admin",
    "POST /staffing/<int:user_id>/pace": "admin",
    "POST /work/sick": "rep lead",
    "POST /work/back": "rep lead",
    # Messages, and what people write back
    "GET /messages": "lead admin auditor",
    "POST /messages/<int:message_id>/again": "lead admin",
    "POST /messages/<int:message_id>/settle": "lead admin",
    "POST /messages/texts/<int:text_id>/read": "rep lead",
    "POST /texts/status": "public",  # proven by the provider's signature
    "POST /texts/incoming": "public",
    "GET /no-mail/<token>": "public",  # the token of a mail is the proof
    "POST /no-mail/<token>": "public",
    # Rules of contact, and the office they bind
    "GET /contact-rules": "lead admin auditor",
    "GET /contact-rules/add": "admin",
    "POST /contact-rules/add": "admin",
    "GET /contact-rules/<int:rule_id>/version": "admin",
    "POST /contact-rules/<int:rule_id>/version": "admin",
    "GET /contact-rules/<int:rule_id>/end": "admin",
    "POST /contact-rules/<int:rule_id>/end": "admin",
    "GET /office": "lead admin auditor",
    "POST /office": "admin",
    # Which deadlines the staff there is cannot keep
    "GET /deadlines": "lead admin auditor",
    "GET /deadlines/line": "lead admin auditor",
    "GET /deadlines/tasks": "lead auditor",
    "GET /api/v1/feasibility": "token lead admin auditor",
    # The simulator
    "GET /simulations": "lead admin auditor",
    "POST /simulations": "lead admin",
    "GET /simulations/<int:simulation_id>": "lead admin auditor",
    "GET /simulations/<int:simulation_id>/progress": "lead admin auditor",
    # Files and what was set aside
    "GET /files": "lead admin auditor",
    "POST /files": "lead admin",
    "GET /files/<int:file_id>": "lead admin auditor",
    "GET /quarantine": "lead admin auditor",
    "GET /quarantine/<int:item_id>": "lead admin auditor",
    "POST /quarantine/<int:item_id>/release": "lead",
    "POST /quarantine/<int:item_id>/dismiss": "lead",
    "POST /api/v1/intake": "token lead admin",
    "GET /api/v1/files/<int:file_id>": "token lead admin auditor",
    "POST /api/v1/payments": "token rep lead admin",
    "POST /api/v1/notices": "token rep lead admin",
    # A rep's work
    "GET /work": "rep lead",
    "POST /work/next": "rep lead",
    "GET /tasks/<int:task_id>": "rep lead auditor",
    "GET /tasks/<int:task_id>/changes": "rep lead auditor",
    "POST /tasks/<int:task_id>/take": "rep lead",
    "POST /tasks/<int:task_id>/call": "rep lead",
    "POST /tasks/<int:task_id>/outcome": "rep lead",
    "POST /tasks/<int:task_id>/defer": "rep lead",
    "POST /tasks/<int:task_id>/pass": "rep lead",
    "POST /tasks/<int:task_id>/release": "rep lead",
    "POST /tasks/<int:task_id>/draft": "rep lead",
    "POST /tasks/<int:task_id>/heartbeat": "rep lead",
    "POST /tasks/<int:task_id>/leave": "rep lead",
    # Accounts
    "GET /accounts": "rep lead auditor",
    "POST /accounts": "rep lead auditor",
    "GET /accounts/<int:account_id>": "rep lead auditor",
    "POST /accounts/<int:account_id>/notes": "rep lead",
    "POST /accounts/<int:account_id>/inbound": "rep lead",
    "POST /accounts/<int:account_id>/reveal": "rep lead",
    "GET /accounts/<int:account_id>/call-effort": "lead auditor",
    "POST /accounts/<int:account_id>/call-effort": "lead auditor",
    "GET /accounts/<int:account_id>/status": "rep lead auditor",
    "POST /accounts/<int:account_id>/status": "rep lead auditor",
    "GET /calls/<int:call_id>": "rep lead",
    "POST /calls/<int:call_id>/step": "rep lead",
    "POST /calls/<int:call_id>/identify": "rep lead",
    "POST /calls/<int:call_id>/finish": "rep lead",
    "POST /accounts/<int:account_id>/holds": "rep lead",
    "POST /accounts/<int:account_id>/notices": "rep lead",
    "POST /accounts/<int:account_id>/pre-collection": "lead",
    "GET /holds": "lead auditor",
    "GET /holds/<int:hold_id>": "lead auditor",
    "POST /holds/<int:hold_id>/lift": "lead",
    "POST /accounts/<int:account_id>/callbacks": "rep lead",
    "GET /accounts/<int:account_id>/free-times": "rep lead",
    "GET /callbacks": "rep lead auditor",
    "GET /booking-rules": "lead admin auditor",
    "POST /booking-rules": "lead admin",
    "POST /callbacks/book": "rep lead",
    "GET /callbacks/<int:callback_id>": "rep lead auditor",
    "GET /callbacks/<int:callback_id>/free-times": "rep lead",
    "POST /callbacks/<int:callback_id>/move": "rep lead",
    "POST /callbacks/<int:callback_id>/hand-on": "rep lead",
    "POST /callbacks/<int:callback_id>/cancel": "rep lead",
    "POST /accounts/<int:account_id>/plans/<int:plan_id>/cancel": "rep lead",
    # Persons: how to reach them, what they asked for, who speaks and answers for them
    "GET /patients/<int:patient_id>": "rep lead auditor",
    "POST /patients/<int:patient_id>/phones": "rep lead",
    "POST /patients/<int:patient_id>/phones/<int:phone_id>": "rep lead",
    "POST /patients/<int:patient_id>/addresses": "rep lead",
    "POST /patients/<int:patient_id>/addresses/<int:address_id>": "rep lead",
    "POST /patients/<int:patient_id>/emails": "rep lead",
    "POST /patients/<int:patient_id>/emails/<int:email_id>": "rep lead",
    "POST /patients/<int:patient_id>/language": "rep lead",
    "POST /patients/<int:patient_id>/whereabouts": "rep lead",
    "POST /patients/<int:patient_id>/consents": "rep lead",
    "POST /patients/<int:patient_id>/bad-times": "rep lead",
    "POST /patients/<int:patient_id>/bad-times/<int:bad_time_id>/end": "rep lead",
    "POST /patients/<int:patient_id>/instruction": "rep lead",
    "POST /patients/<int:patient_id>/instruction/end": "lead",
    "POST /patients/<int:patient_id>/relations": "rep lead",
    "POST /patients/<int:patient_id>/relations/<int:relation_id>/end": "lead",
    "POST /patients/<int:patient_id>/guarantor": "rep lead",
    # A lead's team, and whether the queue is what it ought to be
    "GET /room": "lead admin auditor",
    "GET /room/now": "lead admin auditor",
    "GET /room/callbacks": "lead auditor",
    "GET /room/people/<int:user_id>": "lead auditor",
    "GET /team": "lead auditor",
    "GET /team/tasks/<int:task_id>": "lead",
    "POST /team/tasks/<int:task_id>/give": "lead",
    "POST /team/tasks/<int:task_id>/free": "lead",
    "GET /rebalance": "lead auditor",
    "POST /rebalance": "lead",
    "GET /rebalance/<int:rebalance_id>": "lead auditor",
    "POST /rebalance/<int:rebalance_id>/amend": "lead",
    "POST /rebalance/<int:rebalance_id>/apply": "lead",
    "POST /rebalance/<int:rebalance_id>/undo": "lead",
    "POST /rebalance/<int:rebalance_id>/drop": "lead",
    "POST /rebalance/<int:rebalance_id>/moves/<int:move_id>/told": "lead",
    "POST /api/v1/rebalances": "token lead",
    "GET /api/v1/rebalances/<int:rebalance_id>": "token lead auditor",
    "POST /api/v1/rebalances/<int:rebalance_id>/apply": "token lead",
    "POST /api/v1/rebalances/<int:rebalance_id>/undo": "token lead",
    "GET /health-of-queue": "lead admin auditor",
    "POST /health-of-queue/check": "lead admin auditor",
    "GET /chances": "lead admin auditor",
    # Reports
    "GET /reports": ALL,
    "GET /reports/<code>": ALL,
    "GET /reports/<code>/file": ALL,
    "GET /reports/<code>/accounts": "rep lead auditor",
    "POST /reports/<code>/accounts": "lead auditor",
    "GET /report-schedules": "lead auditor",
    "POST /report-schedules": "lead",
    "POST /report-schedules/<int:schedule_id>/end": "lead",
    "GET /costs": "lead admin auditor",
    "POST /costs": "admin",
    # Patients, who have no sign-in: a link nobody can guess, or a letter's code, lets them in
    "GET /b/<token>": "public",
    "GET /callback": "public",
    "POST /callback/code": "public",
    "POST /callback/language": "public",
    "POST /callback/wish": "public",
    "POST /callback/number": "public",
    "GET /callback/times": "public",
    "POST /callback/zone": "public",
    "GET /callback/confirm": "public",
    "POST /callback/book": "public",
    "POST /callback/move": "public",
    "POST /callback/wait": "public",
    "POST /callback/leave-list": "public",
    "GET /callback/cancel": "public",
    "POST /callback/cancel": "public",
    "GET /callback/call.ics": "public",
    "GET /queue-rules": "lead auditor",
    "GET /queue-rules/new": "lead",
    "POST /queue-rules/new": "lead",
    "GET /queue-rules/<int:version_id>": "lead auditor",
    "POST /queue-rules/<int:version_id>/trials": "lead",
    "GET /queue-rules/trials/<int:trial_id>": "lead auditor",
    "POST /queue-rules/<int:version_id>/shadow": "lead",
    "POST /queue-rules/<int:version_id>/publish": "lead",
    # Quality: reviews of finished work
    "GET /quality": "lead auditor",
    "GET /quality/samples": "lead auditor",
    "GET /quality/samples/<int:sample_id>": "lead auditor",
    "GET /quality/draw": "lead",
    "POST /quality/draw": "lead",
    "POST /quality/policy": "lead",
    "GET /quality/figures": "lead auditor",
    "GET /quality/people/<int:rep_id>": "lead auditor",
    "POST /quality/people/<int:rep_id>/notes": "lead",
    "GET /quality/outcomes/<int:outcome_id>/review": "lead",
    "POST /quality/outcomes/<int:outcome_id>/review": "lead",
    "POST /quality/outcomes/<int:outcome_id>/draft": "lead",
    "GET /quality/reviews/<int:review_id>": "rep lead auditor",
    "POST /quality/reviews/<int:review_id>/acknowledge": "rep",
    "POST /quality/reviews/<int:review_id>/second": "lead",
    "GET /quality/reviews/<int:review_id>/dispute": "rep",
    "POST /quality/reviews/<int:review_id>/dispute": "rep",
    "GET /quality/disputes/<int:dispute_id>": "lead",
    "POST /quality/disputes/<int:dispute_id>": "lead",
    "GET /quality/mine": "rep",
    "POST /quality/notes/<int:note_id>/acknowledge": "rep",
    "GET /quality/cards": "lead admin auditor",
    "GET /quality/cards/add": "lead admin",
    "POST /quality/cards/add": "lead admin",
    "POST /accounts/<int:account_id>/callback-links": "rep lead",
    "POST /accounts/<int:account_id>/callback-links/<int:link_id>/end": "rep lead",
    "POST /api/v1/accounts/<int:account_id>/callback-links": "token rep lead",
    # Programs
    "GET /api/v1/openapi.json": "token public",
    "GET /api/v1/contact-rules": "token rep lead admin auditor",
    "GET /api/v1/queue/summary": "token rep lead auditor",
    "GET /api/v1/tasks": "token rep lead auditor",
    "POST /api/v1/tasks/next": "token rep lead",
    "GET /api/v1/tasks/<int:task_id>": "token rep lead auditor",
    "POST /api/v1/tasks/<int:task_id>/heartbeat": "token rep lead",
    "POST /api/v1/tasks/<int:task_id>/release": "token rep lead",
    "POST /api/v1/tasks/<int:task_id>/calls": "token rep lead",
    "POST /api/v1/tasks/<int:task_id>/outcome": "token rep lead",
    "POST /api/v1/calls/<int:call_id>/events": "token lead admin",
    "POST /api/v1/people/<int:user_id>/absences": "token lead admin",
    "POST /api/v1/absences/<int:absence_id>/end": "token lead admin",
    "GET /api/v1/accounts/<int:account_id>": "token rep lead auditor",
    "GET /api/v1/accounts/<int:account_id>/history": "token rep lead auditor",
    "GET /api/v1/patients/<int:patient_id>": "token rep lead auditor",
    "POST /api/v1/patients/<int:patient_id>/phones": "token rep lead",
    "POST /api/v1/patients/<int:patient_id>/consents": "token rep lead",
    "GET /api/v1/callbacks": "token rep lead auditor",
    "GET /api/v1/accounts/<int:account_id>/free-times": "token rep lead auditor",
    "POST /api/v1/accounts/<int:account_id>/callbacks": "token rep lead",
    "POST /api/v1/callbacks/<int:callback_id>/move": "token rep lead",
    "POST /api/v1/callbacks/<int:callback_id>/hand-on": "token rep lead",
    "POST /api/v1/callbacks/<int:callback_id>/cancel": "token rep lead",
    # For those who build the pages
    "GET /styleguide": "admin",
}

CAST: dict[str, Callable[[Session], User]] = {"rep": ana, "lead": sue, "admin": ada, "auditor": uma}


def rules_of(app: Flask) -> Iterator[tuple[str, str]]:
    """All that is served: "METHOD /rule" and its endpoint."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", rule.endpoint


def ask(client: FlaskClient, route: str, headers: dict[str, str] | None = None) -> TestResponse:
    method, _, rule = route.partition(" ")
    path = re.sub(r"<int:[^>]+>", "999999999", rule)
    path = re.sub(r"<[^>]+>", "none-of-ours", path)
    return client.open(path, method=method, headers=headers)


def is_refused(response: TestResponse) -> bool:
    to_sign_in = response.status_code == 303 and response.headers["Location"].partition("?")[0] == "/sign-in"
    return response.status_code in {401, 403} or to_sign_in


def test_every_route_is_listed_and_every_listed_route_is_served(app: Flask) -> None:
    assert {route for route, _ in rules_of(app)} == set(ROUTES)


def test_every_route_has_the_guard_that_is_listed(app: Flask) -> None:
    with app.app_context():
        found = {}
        for route, endpoint in rules_of(app):
            guard = guard_of(endpoint)
            assert guard is not None, f"{route} has no guard"
            allowed = " ".join(role.value for role in Role if role in guard.roles)
            found[route] = " ".join(
                filter(None, ["token" if guard.is_api else "", "public" if guard.is_public else allowed])
            )
    assert found == ROUTES


def test_every_public_route_says_why(app: Flask) -> None:
    with app.app_context():
        guards = [guard_of(endpoint) for _, endpoint in rules_of(app)]
    assert all(guard.reason for guard in guards if guard and guard.is_public)


@pytest.mark.parametrize("route", [route for route, allowed in ROUTES.items() if "token" not in allowed])
def test_a_page_lets_in_whom_the_list_names_and_nobody_else(
    route: str, client: FlaskClient, session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    allowed = ROUTES[route]
    if route != "POST /sign-out":  # which sends everybody to the sign-in page, and refuses nobody
        assert is_refused(ask(client, route)) == (allowed != "public")
    for role, person in CAST.items():
        answer = ask(sign_in_as(person(session)), route)
        may = allowed == "public" or role in allowed.split()
        assert (answer.status_code != 403) == may, f"{role}: {answer.status_code}"


@pytest.mark.parametrize("route", [route for route, allowed in ROUTES.items() if "token" in allowed])
def test_the_api_lets_in_whom_the_list_names_and_nobody_else(
    route: str, client: FlaskClient, session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    allowed = ROUTES[route].split()
    if "public" in allowed:
        assert not is_refused(ask(client, route))
        return
    assert ask(client, route).status_code == 401
    assert ask(client, route, {"Authorization": "Bearer wq_made-up"}).status_code == 401
    for role, person in CAST.items():
        assert ask(sign_in_as(person(session)), route).status_code == 401, "a cookie opened the API"
        make_api_token(session, user=person(session), token_hash=digest(f"token of {role}"))
        answer = ask(client, route, {"Authorization": f"Bearer token of {role}"})
        assert (answer.status_code not in {401, 403}) == (role in allowed), f"{role}: {answer.status_code}"


def test_a_route_without_a_guard_is_refused(fresh_app: Flask) -> None:
    fresh_app.add_url_rule("/forgotten", "forgotten", lambda: "what nobody may see")
    with pytest.raises(RuntimeError, match="forgotten has no guard"):
        fresh_app.test_client().get("/forgotten")
    fresh_app.testing = False
    answer = fresh_app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "what nobody may see" not in answer.text
