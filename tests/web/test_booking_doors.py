"""How patients come in and nobody else does: wrong, used and expired are one answer; guessing is slow."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.booking import desk
from tests.services.booking.desk import Asking
from tests.web.visiting import BORN_ON, NONCES, book, booked, come_in, say
from workqueue.models import Callback, CallbackLink, CallbackWish, DoorAttempt, WaitingEntry
from workqueue.models.booking import Door
from workqueue.services.booking import doors, links
from workqueue.services.booking.doors import LIMITS

pytestmark = pytest.mark.usefixtures("at_noon")


def test_a_link_leads_to_a_page_that_holds_no_token(client: FlaskClient, asking: Asking) -> None:
    answer = client.get(f"/b/{asking.token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = client.get("/callback")
    assert "When may we call you?" in page.text
    assert asking.token not in page.text


def test_a_program_that_previews_links_books_nothing(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    for method in ("HEAD", "GET"):
        assert client.open(f"/b/{asking.token}", method=method).status_code == 303
        for path in ("/callback", "/callback/times", "/callback/confirm", "/callback/book", "/callback/move"):
            client.open(path, method=method)
    for table in (Callback, CallbackWish, DoorAttempt, WaitingEntry):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert session.scalars(select(CallbackLink)).one().ended_at is None


def test_wrong_used_expired_and_spoilt_are_answered_alike(
    app: Flask, session: Session, asking: Asking
) -> None:
    others = [desk.somebody(session, e164=f"+131222101{number}") for number in (60, 61, 62)]
    links.end(session, others[0].link.id, now=NOON)
    session.get_one(CallbackLink, others[1].link.id).expires_at = NOON
    session.get_one(CallbackLink, others[2].link.id).wrong_checks = links.MOST_WRONG_CHECKS
    session.flush()
    session.expire_all()
    tokens = ["x" * 32, "é", *(each.token for each in others)]
    answers = [app.test_client().get(f"/b/{token}") for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    assert len({NONCES.sub("", answer.text) for answer in answers}) == 1
    codes = [("AAAAA-AAAAA", BORN_ON), *((each.letter_code, BORN_ON) for each in others)]
    codes.append((asking.letter_code, BORN_ON + timedelta(days=1)))
    said = set()
    for code, born_on in codes:
        form = {"code": code, "birth": born_on.isoformat()}
        answer = app.test_client().post("/callback/code", data=form)
        assert answer.status_code == 404
        said.add(NONCES.sub("", answer.text).replace(code, "").replace(born_on.isoformat(), ""))
    assert len(said) == 1


def test_a_cookie_of_a_link_that_has_ended_opens_nothing(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    book(client, asking)
    links.end(session, asking.link.id, now=NOON)
    for path in ("/callback", "/callback/times", "/callback/cancel", "/callback/call.ics"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "Your call" not in answer.text
    assert client.post("/callback/cancel").status_code == 404
    assert len(booked(session)) == 1


def test_a_forged_cookie_opens_nothing(client: FlaskClient, asking: Asking) -> None:
    for value in ("", "1", f'[{asking.link.id},"en"].x.y', "WzEsImVuIl0.aaaa.bbbb"):
        client.set_cookie("callback", value)
        assert client.get("/callback/times").status_code == 404


def test_a_letters_code_and_a_birth_date_lead_in(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    assert "Code from your letter" in client.get("/callback").text
    form = {"code": asking.letter_code.lower(), "birth": BORN_ON.isoformat()}
    assert client.post("/callback/code", data=form).status_code == 303
    assert "When may we call you?" in client.get("/callback").text
    assert session.scalar(select(func.count()).select_from(DoorAttempt)) == 0


@pytest.mark.parametrize(("code", "birth"), [("", ""), ("x" * 99, "yesterday"), ("\u202e", "2026-13-01")])
def test_a_code_that_cannot_be_one_is_asked_for_again(
    client: FlaskClient, asking: Asking, code: str, birth: str
) -> None:
    answer = client.post("/callback/code", data={"code": code, "birth": birth})
    assert answer.status_code in {404, 422}
    assert "Code from your letter" in answer.text


def test_whoever_guesses_is_told_to_wait_and_who_has_a_link_still_comes_in(
    client: FlaskClient, asking: Asking, session: Session
) -> None:
    most = LIMITS[Door.LINK].of_place
    for number in range(most):
        assert client.get(f"/b/guess{number}").status_code == 404
    answer = client.get("/b/guess")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many attempts" in answer.text
    assert session.scalar(select(func.count()).select_from(DoorAttempt)) == most
    come_in(client, asking)


def test_codes_are_guessed_no_faster_by_many_networks(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    most = LIMITS[Door.CODE]
    form = {"code": "AAAAA-AAAAA", "birth": BORN_ON.isoformat()}
    for _ in range(most.of_place):
        assert client.post("/callback/code", data=form).status_code == 404
    assert client.post("/callback/code", data=form).status_code == 429
    session.add_all(
        DoorAttempt(door=Door.CODE, place=f"10.0.{number}.0/24", at=NOON)
        for number in range(most.in_all or 0)
    )
    session.flush()
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    right = {"code": asking.letter_code, "birth": BORN_ON.isoformat()}
    assert client.post("/callback/code", data=right, environ_base=elsewhere).status_code == 429
    assert doors.forget_old(session, now=NOON + timedelta(days=2)) == (most.in_all or 0) + most.of_place


def test_one_link_cannot_flood_the_times(client: FlaskClient, asking: Asking, session: Session) -> None:
    come_in(client, asking)
    answers = [say(client).status_code for _ in range(LIMITS[Door.CHANGE].of_place + 5)]
    assert answers.count(303) == LIMITS[Door.CHANGE].of_place
    assert answers[-1] == 429


def test_a_form_left_open_says_so_in_the_patients_words(
    app: Flask, client: FlaskClient, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(client, asking)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = say(client)
    assert answer.status_code == 400
    assert "This page was open for too long" in answer.text


def test_the_limits_hold_while_valkey_is_down(
    app: Flask, client: FlaskClient, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell = app.extensions["workqueue.valkey"][1]
    away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    monkeypatch.setitem(app.extensions, "workqueue.valkey", (away, doorbell))
    for number in range(LIMITS[Door.LINK].of_place):
        assert client.get(f"/b/guess{number}").status_code == 404
    assert client.get("/b/guess").status_code == 429
    come_in(client, asking)
    assert say(client).status_code == 303


@pytest.mark.parametrize(("language", "said"), [("en", "Back in a moment"), ("es", "Volvemos en un momento")])
def test_without_a_database_the_page_says_so_in_the_patients_language(
    client: FlaskClient, asking: Asking, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    come_in(client, asking)
    client.post("/callback/language", data={"speak": language})

    def away(*_args: object, **_named: object) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError("the server is away"))

    monkeypatch.setattr(links, "open_again", away)
    answer = client.get("/callback")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert said in answer.text
    assert "SELECT" not in answer.text
