"""Sessions, attempts, tokens and the answers kept for programs."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.factories.moments import NOON, numbers
from tests.factories.people import ana
from workqueue.models import ApiToken, IdempotencyKey, SignInAttempt, SignInSession, User


def make_sign_in_session(
    session: Session,
    *,
    user: User | None = None,
    token_hash: str | None = None,
    created_at: datetime = NOON,
    last_seen_at: datetime | None = None,
    expires_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> SignInSession:
    signed_in = SignInSession(
        token_hash=token_hash or f"{next(numbers):064x}",
        user_id=(user or ana(session)).id,
        created_at=created_at,
        last_seen_at=last_seen_at or created_at,
        expires_at=expires_at or created_at + timedelta(hours=12),
        ended_at=ended_at,
    )
    session.add(signed_in)
    session.flush()
    return signed_in


def make_sign_in_attempt(
    session: Session,
    *,
    username: str = "ana",
    network: str = "192.0.2.0/24",
    at: datetime = NOON,
    succeeded: bool = False,
) -> SignInAttempt:
    attempt = SignInAttempt(username=username, network=network, at=at, succeeded=succeeded)
    session.add(attempt)
    session.flush()
    return attempt


def make_api_token(
    session: Session,
    *,
    user: User | None = None,
    name: str = "billing system",
    token_hash: str | None = None,
    created_at: datetime = NOON,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
) -> ApiToken:
    token = ApiToken(
        user_id=(user or ana(session)).id,
        name=name,
        token_hash=token_hash or f"{next(numbers):064x}",
        created_at=created_at,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )
    session.add(token)
    session.flush()
    return token


def make_idempotency_key(
    session: Session,
    *,
    user: User | None = None,
    key: str | None = None,
    request_hash: str = "0" * 64,
    status: int = 201,
    body: dict[str, Any] | None = None,
    created_at: datetime = NOON,
) -> IdempotencyKey:
    kept = IdempotencyKey(
        user_id=(user or ana(session)).id,
        key=key or f"key-{next(numbers)}",
        request_hash=request_hash,
        status=status,
        body=body,
        created_at=created_at,
    )
    session.add(kept)
    session.flush()
    return kept
