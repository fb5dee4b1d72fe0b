"""Somebody who has signed in, without the time a password takes."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_phone
from tests.factories.moments import NOON
from tests.factories.signing_in import make_sign_in_session
from tests.services.desk import owed_by_patient
from workqueue.models import Account, Patient
from workqueue.models.people import User
from workqueue.services.sign_in import LIFETIME
from workqueue.web import guards

_numbers = count(1)


@pytest.fixture
def sign_in_as(app: Flask, session: Session) -> Callable[[User], FlaskClient]:
    """Return a function that gives a browser in which this person has signed in."""

    def sign_in_as(user: User) -> FlaskClient:
        token, now = f"token-{next(_numbers)}", datetime.now(UTC)
        make_sign_in_session(
            session,
            user=user,
            token_hash=sha256(token.encode()).hexdigest(),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    return sign_in_as


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request happen at NOON: whether somebody may be called depends on the hour."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))


@pytest.fixture
def owing(session: Session) -> Account:
    """Return an account whose patient owes money and may be called now, in Chicago at noon."""
    account = owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id), e164="+13122210142")
    return account
