"""A hundred payloads in every field of the patients' page: refused in words, never obeyed, nothing booked.

With WORKQUEUE_EVERY_PAYLOAD=1 each field gets all of them, by default a fourth: another in each field.
"""

import os
from itertools import product
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.services.booking.desk import Asking
from tests.web.visiting import come_in, say, times_on
from workqueue.models import Callback, Phone
from workqueue.models.booking import Door
from workqueue.services.booking import doors
from workqueue.services.booking.doors import Limit

pytestmark = pytest.mark.usefixtures("at_noon")

MARKS = [f'"><script>alert({number})</script>' for number in range(5)] + [
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "'-alert(1)-'", "javascript:alert(1)",
    "{{191*193}}", "{% raw %}", "${191*193}", "<%= 191*193 %>", "#{191*193}",
    "&lt;b&gt;", "]]>", "<!--", "%3Cscript%3E",
]  # fmt: skip
QUERIES = [
    "' OR '1'='1", "'; DROP TABLE callbacks; --", '" OR ""="', "1; SELECT pg_sleep(9)", "1 UNION SELECT 1",
    "\\'; --", "admin'--", "0 OR 1=1", "*", "%", "_", "%%%%%", "NULL", "nan", "None", "undefined", "[]", "{}",
]  # fmt: skip
NUMBERS = [
    "0", "-1", "1", "99999999999999999999", "9223372036854775808", "1e309", "-0", "٣", "0x10", "1.5",
    "Infinity",
    "2026-03-11", "2026-02-30", "0000-00-00", "9999-12-31", "2026-03-11T15:00", "2026-03-11T15:00:00+99:00",
    "2026-03-11T15:07:00+00:00", "9000-01-01T00:00:00+00:00", "1900-01-01T00:00:00+00:00",
    "2026-03-11T15:00:00.000001+00:00", "2024-03-11T15:00:00+00:00", "2026-03-11T03:00:00+00:00",
]  # fmt: skip
PLACES = [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil",
    "/%0d%0aSet-Cookie:a=b",
    "a\r\nSet-Cookie: a=b", "../../etc/passwd", "/etc/passwd\x00", "file:///etc/passwd", "\t/callback",
    "?x", "#",
]  # fmt: skip
TEXTS = [
    "", " ", "\x00", "\x01\x02", "\ud800", "\u202e", "\ufeff", "a" * 5_000, "é" * 300, "🙂" * 50,
    "Ω≈ç√", "\x7f",
    "e\u0301" * 80, "İ", "ﬀ", "ß", "\u2028", "zalgo\u0335\u0336", "ًٌٍَُ", "test\n\n\ntest", "+1" + "2" * 58,
    "911",
    "+882 1234567", "(312) 221-0142;ext=" + "9" * 40, "1-800-FLOWERS", "tel:+13122210142", "+44 20 7946 0958",
    "es", "<es>",
]  # fmt: skip
PAYLOADS = [*MARKS, *QUERIES, *NUMBERS, *PLACES, *TEXTS]

WISH = {"phone": "other", "number": "(312) 221-0177", "topic": "plan", "language": "en"}
POSTS: dict[str, dict[str, str]] = {
    "/callback/wish": WISH | {"needs_interpreter": "on"},
    "/callback/code": {"code": "AAAAA-AAAAA", "birth": "1980-02-29"},
    "/callback/number": {"number": "1"},
    "/callback/zone": {"zone": "America/Chicago"},
    "/callback/book": {"at": "2026-03-11T03:00:00+00:00"},
    "/callback/move": {"at": "2026-03-11T03:00:00+00:00"},
    "/callback/wait": {"days": "3"},
    "/callback/language": {"speak": "en", "back_to": "/callback"},
}
FIELDS = [(path, field) for path, form in POSTS.items() for field in form]
STEP = 1 if os.environ.get("WORKQUEUE_EVERY_PAYLOAD") else 4
GETS = {"/callback/times": "day", "/callback/confirm": "at", "/callback": "said"}


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the payloads through the doors: here it is looked at what stands behind them."""
    monkeypatch.setattr(doors, "LIMITS", dict.fromkeys(Door, Limit(1_000_000)))


def test_there_are_a_hundred() -> None:
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.usefixtures("no_limits")
@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_no_payload_does_anything_in_a_field(
    client: FlaskClient, session: Session, asking: Asking, path: str, field: str
) -> None:
    come_in(client, asking)
    say(client)
    for payload in PAYLOADS[FIELDS.index((path, field)) % STEP :: STEP]:
        # As a program sends it: a browser would not send half a surrogate pair.
        form = {name: text.encode("utf-8", "surrogatepass") for name, text in POSTS[path].items()}
        form[field] = payload.encode("utf-8", "surrogatepass")
        answer = client.post(path, data=urlencode(form), content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 303, 400, 404, 409, 422}, (payload, answer.status_code)
        _check(answer.text, answer.headers.get("Location", "/"), payload)
    # A time of ours may be among them: what can be booked is at most this one.
    assert session.scalar(select(func.count()).select_from(Callback)) <= 1
    assert session.scalar(select(func.count()).select_from(Phone)) <= 2


@pytest.mark.parametrize(("path", "field"), GETS.items())
def test_no_payload_does_anything_in_an_address(
    client: FlaskClient, session: Session, asking: Asking, path: str, field: str
) -> None:
    come_in(client, asking)
    say(client)
    for payload in PAYLOADS[:: STEP * 2]:
        answer = client.get(path, query_string={field: payload.encode("utf-8", "surrogatepass")})
        assert answer.status_code in {200, 303, 409, 422}, (payload, answer.status_code)
        _check(answer.text, answer.headers.get("Location", "/"), payload)
    assert session.scalar(select(func.count()).select_from(Callback)) == 0


def test_a_body_of_any_kind_is_answered_in_words(client: FlaskClient, asking: Asking) -> None:
    come_in(client, asking)
    bodies = [
        b"",
        b"\xff\xfe",
        b"a" * 10_000,
        b'{"topic": "plan"}',
        b"--x\r\n\r\n--x--",
        b"topic=%ff%00&number=%",
    ]
    kinds = [
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data; boundary=x",
        "x/y",
    ]
    for body, kind in product(bodies, kinds):
        answer = client.post("/callback/wish", data=body, content_type=kind)
        assert answer.status_code in {400, 413, 422}, (body[:20], kind)
    assert (
        client.post("/callback/wish", data=b"a=" + b"a" * 2_000_000, content_type=kinds[0]).status_code == 413
    )
    assert times_on(client.get("/callback/times")) == []


def _check(page: str, location: str, payload: str) -> None:
    assert location.startswith("/"), (payload, location)
    assert not location.startswith(("//", "/\\")), (payload, location)
    assert "36863" not in page.partition("<main")[2] or "191*193" not in payload, payload
    if "<" in payload and payload.strip("<>"):
        assert payload not in page, payload
