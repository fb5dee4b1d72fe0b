"""A program with a token."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import NOON
from tests.factories.signing_in import make_api_token
from tests.services.booking.desk import Asking, somebody, team_of
from workqueue.models.people import User

Asks = Callable[..., TestResponse]

_numbers = count(1)


@pytest.fixture
def token_of(session: Session) -> Callable[[User], dict[str, str]]:
    """Return a function that gives the headers of a program that acts as this person."""

    def token_of(user: User) -> dict[str, str]:
        number = next(_numbers)
        token = f"wq_test-{number}"
        make_api_token(session, user=user, token_hash=sha256(token.encode()).hexdigest())
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"key-{number}"}

    return token_of


@pytest.fixture
def asks(client: FlaskClient, token_of: Callable[[User], dict[str, str]]) -> Asks:
    """Return a function that asks as this person; each POST with a key of its own unless one is given."""
    headers: dict[int, dict[str, str]] = {}

    def ask(
        user: User, method: str, path: str, body: dict[str, Any] | None = None, key: str = "", **query: Any
    ) -> TestResponse:
        mine = headers.setdefault(user.id, token_of(user))
        sent = mine | {"Idempotency-Key": key or f"key-of-a-test-{next(_numbers)}"}
        return client.open(
            f"/api/v1{path}", method=method, json=body, headers=sent, query_string=query or None
        )

    return ask


@pytest.fixture
def team(session: Session) -> list[User]:
    """Two people who call patients back, on duty every day."""
    return team_of(session, 2)


@pytest.fixture
def asking(session: Session, team: list[User]) -> Asking:
    """Somebody who can be called back."""
    return somebody(session)


@pytest.fixture
def book(asks: Asks) -> Asks:
    """Return a function that books a call for somebody, a day after NOON unless `at` is given."""

    def book(user: User, asking: Asking, key: str = "", **more: Any) -> TestResponse:
        sent = {"at": (NOON + timedelta(days=1)).isoformat(), "phone_id": asking.phone.id} | more
        return asks(user, "POST", f"/accounts/{asking.account.id}/callbacks", sent, key)

    return book
