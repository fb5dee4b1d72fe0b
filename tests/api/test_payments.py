"""Payments by the API: each once, whatever is sent again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.accounts import make_account
from tests.factories.people import sue
from workqueue.models import Fact
from workqueue.models.people import User

TokenOf = Callable[[User], dict[str, str]]
PAYMENT = {
    "source": "desk",
    "source_id": "4711",
    "account": "A1",
    "amount_cents": 2500,
    "received_at": "2026-03-10T02:30:00Z",
}


def test_a_payment_is_noted_for_the_offices_own_day(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    make_account(session, number="A1")
    response = client.post("/api/v1/payments", json=PAYMENT, headers=token_of(sue(session)))
    fact = session.scalars(select(Fact)).one()
    assert response.status_code == 201
    assert response.get_json() == {"fact_id": fact.id, "status": "received", "is_matched": True}
    assert (fact.paid_cents, fact.effective_on) == (2500, date(2026, 3, 9))


def test_the_same_payment_under_another_key_is_a_duplicate(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    client.post("/api/v1/payments", json=PAYMENT, headers=token_of(sue(session)))
    again = client.post("/api/v1/payments", json=PAYMENT, headers=token_of(sue(session)))
    assert (again.status_code, again.get_json()["status"]) == (200, "duplicate")


def test_one_source_id_for_two_amounts_is_a_conflict(
    client: FlaskClient, session: Session, token_of: TokenOf
) -> None:
    client.post("/api/v1/payments", json=PAYMENT, headers=token_of(sue(session)))
    other = client.post(
        "/api/v1/payments", json=PAYMENT | {"amount_cents": 2600}, headers=token_of(sue(session))
    )
    assert (other.status_code, other.get_json()["code"]) == (409, "payment_conflict")
    assert session.scalar(select(func.count()).select_from(Fact)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_cents": 0},
        {"received_at": "9999-12-31T00:00:00Z"},
        {"received_at": "0999-12-31T00:00:00Z"},
        {"amount_cents": -5},
        {"amount_cents": 12.5},
        {"amount_cents": 10**15},
        {"account": ""},
        {"account": "A\x001"},
        {"source_id": None},
        {"received_at": "2026-03-10"},
        {"received_at": "yesterday"},
    ],
    ids=str,
)
def test_what_is_no_payment_is_refused(
    client: FlaskClient, session: Session, token_of: TokenOf, wrong: dict[str, Any]
) -> None:
    response = client.post("/api/v1/payments", json=PAYMENT | wrong, headers=token_of(sue(session)))
    assert response.status_code == 422
    assert session.scalar(select(func.count()).select_from(Fact)) == 0
