"""Somebody who has signed in, without the time a password takes."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SECRET
from tests.factories import make_phone
from tests.factories.signing_in import make_sign_in_session
from tests.services.booking import desk
from tests.services.booking.desk import Asking, team_of
from tests.services.desk import owed_by_patient
from tests.web.visiting import BORN_ON
from workqueue.models import Account, Patient
from workqueue.models.people import User
from workqueue.rules.channels import CollectsAs
from workqueue.services import office_profile
from workqueue.services.sign_in import LIFETIME

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
def owing(session: Session) -> Account:
    """Return an account whose patient owes money and may be called now, in Chicago at noon."""
    account = owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id), e164="+13122210142")
    return account


@pytest.fixture
def asking(session: Session, monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Return somebody with a link, in an office with two reps and a profile."""
    monkeypatch.setattr(desk, "SECRET", SECRET)
    office_profile.change(
        session,
        name="Lakeside Patient Billing",
        neutral_name="Lakeside Services",
        callback_number="(312) 221-0100",
        hours="Monday to Friday, 8 AM to 6 PM",
        collects_as=CollectsAs.FIRST_PARTY,
        records_calls=False,
        mail_domains=[],
    )
    team_of(session, 2)
    found = desk.somebody(session)
    found.patient.birth_on = BORN_ON
    session.flush()
    return found
