"""API tokens."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ana
from workqueue.models.people import ApiToken
from workqueue.rules.refusals import NotFound
from workqueue.services import tokens


def test_a_token_acts_as_its_person_and_is_kept_nowhere(session: Session) -> None:
    person = ana(session)
    _, token = tokens.create(session, person.id, "billing system", NOON)
    caller = tokens.find_caller(session, token, NOON)
    assert caller is not None
    assert caller.person.id == person.id
    assert token not in session.scalars(select(ApiToken.token_hash)).one()


def test_a_revoked_an_expired_and_a_disabled_persons_token_are_nobodys(session: Session) -> None:
    person = ana(session)
    revoked_id, revoked = tokens.create(session, person.id, "old", NOON)
    tokens.revoke(session, revoked_id, NOON)
    _, expired = tokens.create(session, person.id, "short", NOON, expires_at=tokens.in_days(1, NOON))
    _, kept = tokens.create(session, person.id, "kept", NOON)
    tomorrow = NOON + timedelta(days=1)
    assert tokens.find_caller(session, expired, NOON) is not None
    assert [tokens.find_caller(session, each, tomorrow) for each in (revoked, expired)] == [None, None]
    assert tokens.find_caller(session, kept, tomorrow) is not None
    person.is_active = False
    session.flush()
    assert tokens.find_caller(session, kept, tomorrow) is None


def test_revoking_twice_keeps_the_first_moment(session: Session) -> None:
    token_id, _ = tokens.create(session, ana(session).id, "old", NOON)
    tokens.revoke(session, token_id, NOON)
    tokens.revoke(session, token_id, NOON + timedelta(hours=1))
    assert session.get_one(ApiToken, token_id).revoked_at == NOON


def test_what_does_not_exist_cannot_be_revoked(session: Session) -> None:
    with pytest.raises(NotFound):
        tokens.revoke(session, 999_999, NOON)
