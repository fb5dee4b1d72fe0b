"""Signing in, staying in, being out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.people import PASSWORD, ana, make_user
from workqueue.extensions import db
from workqueue.models.people import SignInAttempt, SignInSession, User
from workqueue.rules.roles import Role
from workqueue.services.sign_in import IDLE, LIFETIME, MOST_FOR_USERNAME, digest

WRONG = "The username or the password is not right."
RIGHT = {"username": "ana", "password": PASSWORD}


def newest_session(session: Session) -> SignInSession:
    return session.scalars(select(SignInSession).order_by(SignInSession.id.desc()).limit(1)).one()


def test_the_right_password_opens_the_page_that_was_asked_for(client: FlaskClient, session: Session) -> None:
    ana(session)
    asked = client.get("/settings?tab=display")
    assert asked.status_code == 303
    form = client.get(asked.headers["Location"])
    assert 'name="next" value="/settings?tab=display"' in form.text
    answer = client.post("/sign-in", data={**RIGHT, "next": "/settings?tab=display"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings?tab=display")
    assert "Ana" in client.get("/settings").text


def test_a_username_is_taken_in_any_case(client: FlaskClient, session: Session) -> None:
    ana(session)
    assert client.post("/sign-in", data={**RIGHT, "username": " ANA "}).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    client: FlaskClient, session: Session, elsewhere: str
) -> None:
    ana(session)
    answer = client.post("/sign-in", data={**RIGHT, "next": elsewhere})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("username", ["ana", "nobody", "gone"])
def test_a_wrong_password_an_unknown_name_and_a_disabled_person_get_the_same_answer(
    client: FlaskClient, session: Session, username: str
) -> None:
    ana(session)
    make_user(session, "gone", is_active=False)
    password = PASSWORD if username == "gone" else "not this one at all"
    answer = client.post("/sign-in", data={"username": username, "password": password})
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_a_wrong_password_is_never_shown_again(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"username": "ana", "password": "my secret words"})
    assert "my secret words" not in answer.text


def test_after_too_many_wrong_passwords_not_even_the_right_one_is_looked_at(
    client: FlaskClient, session: Session
) -> None:
    ana(session)
    for _ in range(MOST_FOR_USERNAME):
        assert client.post("/sign-in", data={**RIGHT, "password": "wrong words here"}).status_code == 422
    answer = client.post("/sign-in", data=RIGHT)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60 + 1
    # From elsewhere the same person comes in: nobody can lock out a rep.
    elsewhere = client.post("/sign-in", data=RIGHT, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 303


def test_only_as_many_proxies_are_believed_as_there_are(
    make_app: Callable[..., Flask], fresh_database: str
) -> None:
    def network_seen(hops: int) -> str:
        app = make_app(fresh_database, proxy_hops=hops)
        headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        app.test_client().post("/sign-in", data=RIGHT, headers=headers)
        with app.app_context():
            newest = select(SignInAttempt.network).order_by(SignInAttempt.id.desc()).limit(1)
            seen = db.session.scalars(newest).one()
            db.session.remove()
            db.engine.dispose()
        return seen

    assert network_seen(0) == "127.0.0.0/24"
    assert network_seen(1) == "198.51.100.0/24"
    assert network_seen(2) == "203.0.113.0/24"


def test_a_throttled_attempt_is_not_counted_so_the_wait_ends(client: FlaskClient, session: Session) -> None:
    ana(session)
    for _ in range(MOST_FOR_USERNAME + 3):
        client.post("/sign-in", data={**RIGHT, "password": "wrong words here"})
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == MOST_FOR_USERNAME


def test_the_table_of_sessions_holds_no_token(client: FlaskClient, session: Session) -> None:
    ana(session)
    client.post("/sign-in", data=RIGHT)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    kept = newest_session(session)
    assert kept.token_hash == digest(token)
    assert token not in kept.token_hash


def test_signing_in_gives_a_new_token_and_ends_the_session_of_before(
    client: FlaskClient, session: Session
) -> None:
    ana(session)
    tokens = []
    for _ in range(2):
        client.post("/sign-in", data=RIGHT)
        with client.session_transaction() as cookie:
            tokens.append(cookie["_user_id"])
    assert tokens[0] != tokens[1]
    ended = session.scalars(select(SignInSession.ended_at).order_by(SignInSession.id)).all()
    assert [each is not None for each in ended] == [True, False]


def test_a_planted_cookie_does_not_become_a_signed_in_one(client: FlaskClient, session: Session) -> None:
    ana(session)
    with client.session_transaction() as cookie:
        cookie["csrf_token"], cookie["planted"] = "known to somebody else", "yes"
    client.post("/sign-in", data=RIGHT)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != "known to somebody else"


def test_signing_out_ends_the_session_on_the_server(
    session: Session, sign_in_as: Callable[[User], FlaskClient], app: Flask
) -> None:
    client = sign_in_as(ana(session))
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert newest_session(session).ended_at is not None
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert thief.get("/settings").status_code == 303


def test_a_session_ends_after_fifteen_minutes_without_work(
    session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    client = sign_in_as(ana(session))
    newest_session(session).last_seen_at = datetime.now(UTC) - IDLE - timedelta(seconds=1)
    asked = client.get("/settings")
    assert asked.status_code == 303
    assert "signed out after a while without work" in client.get(asked.headers["Location"]).text


def test_work_keeps_a_session_alive(session: Session, sign_in_as: Callable[[User], FlaskClient]) -> None:
    client = sign_in_as(ana(session))
    newest_session(session).last_seen_at = datetime.now(UTC) - IDLE + timedelta(seconds=30)
    assert client.get("/settings").status_code == 200
    assert datetime.now(UTC) - newest_session(session).last_seen_at < timedelta(seconds=30)


def test_an_open_page_that_polls_keeps_nobody_signed_in(
    session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    client = sign_in_as(ana(session))
    seen_at = newest_session(session).last_seen_at = datetime.now(UTC) - IDLE + timedelta(minutes=1)
    assert client.get("/tasks/999999/changes").status_code == 404
    assert newest_session(session).last_seen_at == seen_at


def test_a_session_ends_after_one_shift_however_busy(
    session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    client = sign_in_as(ana(session))
    newest_session(session).expires_at = datetime.now(UTC)
    assert client.get("/settings").status_code == 303
    assert timedelta(hours=12) == LIFETIME


def test_disabling_a_person_holds_at_their_next_request(
    session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    client = sign_in_as(ana(session))
    assert client.get("/settings").status_code == 200
    ana(session).is_active = False
    assert client.get("/settings").status_code == 303


def test_another_role_holds_at_the_next_request(
    session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    client = sign_in_as(ana(session))
    assert client.get("/people").status_code == 403
    ana(session).role = Role.ADMIN
    assert client.get("/people").status_code == 200


def test_a_weak_hash_of_before_is_made_strong_at_sign_in(client: FlaskClient, session: Session) -> None:
    person = ana(session)
    assert "m=19456,t=2,p=1" not in person.password_hash
    client.post("/sign-in", data=RIGHT)
    assert "$argon2id$" in person.password_hash
    assert "m=19456,t=2,p=1" in person.password_hash
    assert client.post("/sign-in", data=RIGHT).status_code == 303


def test_the_cookie_is_for_this_host_and_tls_only_when_there_is_tls(
    client: FlaskClient, session: Session
) -> None:
    ana(session)
    plain = client.post("/sign-in", data=RIGHT).headers["Set-Cookie"]
    assert plain.startswith("workqueue=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    tls = client.post("/sign-in", data=RIGHT, base_url="https://office.example").headers["Set-Cookie"]
    assert tls.startswith("__Host-workqueue=")
    assert "Secure" in tls
    assert "Path=/" in tls
    assert "Domain" not in tls


def test_htmx_is_told_to_load_the_sign_in_page_and_to_come_back(client: FlaskClient) -> None:
    answer = client.get(
        "/settings",
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://localhost/work?tab=notes",
            "HX-Request-Type": "partial",
        },
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/work?tab%3Dnotes"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client: FlaskClient) -> None:
    answer = client.post("/settings/display", headers={"Referer": "http://localhost/settings"})
    assert answer.headers["Location"] == "/sign-in?next=/settings"
    foreign = client.post("/settings/display", headers={"Referer": "http://elsewhere.example/settings"})
    assert foreign.headers["Location"] == "/sign-in"


def test_a_form_without_its_secret_is_refused(
    app: Flask, session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    client = sign_in_as(ana(session))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post("/settings/display", data={"theme": "dark"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "Load it again" in answer.text
    assert ana(session).theme == "system"
