"""Callbacks for programs: what cannot be done is refused, and the field is named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.api.answered import of, refusal
from tests.factories import NOON, make_phone, otto
from tests.services.booking.desk import Asking
from tests.services.desk import unmatched_payment
from workqueue.api import paging
from workqueue.models import Callback, User

pytestmark = pytest.mark.usefixtures("at_noon")

Asks = Callable[..., TestResponse]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOMORROW = (NOON + DAY).isoformat()
LATER = (NOON + DAY + HOUR).isoformat()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"at": None}, "at"),
        ({"at": "2026-03-11T17:00:00"}, "at"),
        ({"at": "tomorrow"}, "at"),
        ({"at": 1_773_248_400}, "at"),
        ({"at": (NOON - DAY).isoformat()}, "at"),
        ({"at": (NOON + 60 * DAY).isoformat()}, "at"),
        ({"at": (NOON + DAY + timedelta(minutes=7)).isoformat()}, "at"),
        ({"at": (NOON + DAY + 12 * HOUR).isoformat()}, "at"),
        ({"phone_id": 0}, "phone_id"),
        ({"phone_id": 999_999_999}, "phone_id"),
        ({"rep_id": "otto"}, "rep_id"),
        ({"is_asked": "perhaps"}, "is_asked"),
        ({"is_asked": 1}, "is_asked"),
        ({"is_asked": [True]}, "is_asked"),
    ],
)
def test_what_cannot_be_booked_is_refused_by_its_field(
    session: Session, book: Asks, asking: Asking, team: list[User], sent: dict[str, Any], field: str
) -> None:
    answer = book(team[0], asking, **sent)
    assert refusal(answer) == (422, "invalid")
    assert of(answer, 422)["field"] == field
    assert session.scalars(select(Callback)).all() == []


def test_nobody_elses_number_is_called(
    session: Session, book: Asks, asking: Asking, team: list[User]
) -> None:
    answer = book(team[0], asking, phone_id=make_phone(session, e164="+13122210199").id)
    assert of(answer, 422)["field"] == "phone_id"


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("move", {}, "at"),
        ("move", {"at": "2026-03-11T18:00:00"}, "at"),
        ("move", {"at": (NOON - HOUR).isoformat()}, "at"),
        ("move", {"at": LATER, "is_asked": "no"}, "is_asked"),
        ("move", {"at": LATER, "reason": "x" * 201}, "reason"),
        ("hand-on", {}, "rep_id"),
        ("hand-on", {"rep_id": 1, "reason": 7}, "reason"),
        ("cancel", {"reason": "a\x00b"}, "reason"),
    ],
)
def test_what_cannot_be_changed_so_is_refused_by_its_field(
    book: Asks, asks: Asks, asking: Asking, team: list[User], path: str, sent: dict[str, Any], field: str
) -> None:
    callback_id = of(book(team[0], asking), 201)["callback_id"]
    answer = asks(team[0], "POST", f"/callbacks/{callback_id}/{path}", sent)
    assert of(answer, 422)["field"] == field


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-03-10"}, "from"),
        ({"from": TOMORROW, "until": TOMORROW}, "until"),
        ({"from": TOMORROW, "until": NOON.isoformat()}, "until"),
        ({"from": TOMORROW, "until": (NOON + 33 * DAY).isoformat()}, "until"),
        ({"state": "late"}, "state"),
        ({"rep_id": "otto"}, "rep_id"),
        ({"limit": "201"}, "limit"),
        ({"cursor": "made-up"}, "cursor"),
        ({"cursor": paging.cursor("2026-03-10", 1)}, "cursor"),
        ({"cursor": paging.cursor("", 1)}, "cursor"),
    ],
)
def test_a_list_that_cannot_be_is_refused_by_its_field(
    session: Session, asks: Asks, query: dict[str, str], field: str
) -> None:
    assert of(asks(otto(session), "GET", "/callbacks", **query), 422)["field"] == field


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 31}, "days"),
        ({"is_asked": "1"}, "is_asked"),
        ({"phone_id": 9}, "phone_id"),
    ],
)
def test_free_times_that_cannot_be_are_refused_by_their_field(
    asks: Asks, asking: Asking, team: list[User], query: dict[str, Any], field: str
) -> None:
    path = f"/accounts/{asking.account.id}/free-times"
    assert of(asks(team[0], "GET", path, **query), 422)["field"] == field


def test_nobody_is_called_who_is_not_known(session: Session, asks: Asks, team: list[User]) -> None:
    account = unmatched_payment(session)
    path = f"/accounts/{account.id}"
    assert refusal(asks(team[0], "GET", f"{path}/free-times")) == (422, "invalid")
    assert refusal(asks(team[0], "POST", f"{path}/callbacks", {"at": TOMORROW})) == (422, "invalid")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/accounts/999999999/free-times", None),
        ("POST", "/accounts/999999999/callbacks", {"at": TOMORROW}),
        ("POST", "/callbacks/999999999/move", {"at": TOMORROW}),
        ("POST", "/callbacks/999999999/hand-on", {"rep_id": 1}),
        ("POST", "/callbacks/999999999/cancel", {}),
    ],
)
def test_what_there_is_not_is_not_found(
    session: Session, asks: Asks, method: str, path: str, body: dict[str, Any] | None
) -> None:
    assert refusal(asks(otto(session), method, path, body)) == (404, "not_found")
