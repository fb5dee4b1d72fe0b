"""The throttle, counted in PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import ana
from tests.factories.signing_in import make_idempotency_key, make_sign_in_attempt, make_sign_in_session
from workqueue.models.people import SignInAttempt
from workqueue.rules.refusals import TooManyAttempts
from workqueue.services.sign_in import (
    MOST_FOR_NETWORK,
    MOST_FOR_USERNAME,
    WINDOW,
    admit,
    find_person,
    forget_old,
)

HERE, ELSEWHERE = "192.0.2.0/24", "198.51.100.0/24"


def test_an_attempt_counts_as_failed_until_it_has_succeeded(session: Session) -> None:
    attempt = session.get_one(SignInAttempt, admit(session, "ana", HERE, NOON))
    assert attempt.succeeded is False


def test_one_username_from_one_network_is_slowed_down_and_nowhere_else(session: Session) -> None:
    for _ in range(MOST_FOR_USERNAME):
        make_sign_in_attempt(session, username="ana", network=HERE)
    with pytest.raises(TooManyAttempts):
        admit(session, "ana", HERE, NOON)
    assert admit(session, "ben", HERE, NOON)
    assert admit(session, "ana", ELSEWHERE, NOON)


def test_one_network_is_slowed_down_for_all_usernames(session: Session) -> None:
    for number in range(MOST_FOR_NETWORK):
        make_sign_in_attempt(session, username=f"guess{number}", network=HERE)
    with pytest.raises(TooManyAttempts):
        admit(session, "ana", HERE, NOON)


def test_the_wait_ends_when_it_was_said_to_end(session: Session) -> None:
    for minute in range(MOST_FOR_USERNAME):
        make_sign_in_attempt(session, network=HERE, at=NOON + timedelta(minutes=minute))
    last = NOON + timedelta(minutes=MOST_FOR_USERNAME)
    with pytest.raises(TooManyAttempts) as refused:
        admit(session, "ana", HERE, last)
    said = last + timedelta(seconds=refused.value.wait_seconds)
    assert said - (NOON + WINDOW) <= timedelta(seconds=2)
    assert admit(session, "ana", HERE, said)


def test_right_passwords_slow_nobody_down(session: Session) -> None:
    for _ in range(MOST_FOR_NETWORK):
        make_sign_in_attempt(session, network=HERE, succeeded=True)
    assert admit(session, "ana", HERE, NOON)


def test_a_burst_of_parallel_attempts_is_counted_one_by_one(fresh_database: str) -> None:
    engine = create_engine(fresh_database)

    def attempt(_number: int) -> bool:
        with Session(engine) as session, session.begin():
            try:
                admit(session, "ana", HERE, NOON)
            except TooManyAttempts:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        admitted = sum(pool.map(attempt, range(MOST_FOR_USERNAME * 3)))
    with Session(engine) as session:
        kept = session.scalar(select(func.count()).select_from(SignInAttempt))
    engine.dispose()
    assert admitted == kept == MOST_FOR_USERNAME


@pytest.mark.parametrize("token", ["", "\x00", "\ud800", "x" * 100_000])
def test_a_made_up_token_is_nobodys(session: Session, token: str) -> None:
    assert find_person(session, token, NOON) is None


def test_only_what_nobody_needs_is_forgotten(session: Session) -> None:
    old = NOON - timedelta(days=200)
    make_sign_in_attempt(session, at=old)
    make_sign_in_attempt(session, at=NOON)
    make_sign_in_session(session, user=ana(session), created_at=old)
    make_sign_in_session(session, user=ana(session), created_at=NOON)
    make_idempotency_key(session, created_at=old)
    make_idempotency_key(session, created_at=NOON)
    assert forget_old(session, NOON) == 3
    assert forget_old(session, NOON) == 0
