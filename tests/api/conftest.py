"""A program with a token."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count

import pytest
from sqlalchemy.orm import Session

from tests.factories.signing_in import make_api_token
from workqueue.models.people import User

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
