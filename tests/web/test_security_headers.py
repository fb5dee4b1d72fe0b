"""What every answer tells the browser to refuse."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories.people import ana
from workqueue.models.people import User


@pytest.mark.parametrize("path", ["/sign-in", "/settings", "/no-such-page", "/healthz", "/static/icon.svg"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_pages_are_kept_in_no_cache_and_style_sheets_may_be(client: FlaskClient) -> None:
    page = client.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in page.headers["Vary"]
    with client.get("/static/icon.svg") as picture:
        assert picture.headers["Cache-Control"] != "no-store"


def test_tls_is_demanded_once_it_is_there(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    secure = client.get("/sign-in", base_url="https://office.example")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


def test_no_page_has_a_script_or_style_of_its_own(
    session: Session, sign_in_as: Callable[[User], FlaskClient]
) -> None:
    page = sign_in_as(ana(session)).get("/settings").text
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page
