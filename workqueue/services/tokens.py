"""API tokens: keys for programs, each acting as one person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from workqueue.models.people import ApiToken, User
from workqueue.rules.refusals import NotFound
from workqueue.services.sign_in import SEEN_EVERY, Person, digest, person_of

# So that a scanner of source code and logs recognises one that got out.
PREFIX = "wq_"


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: int
    username: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Caller:
    """A program, and the person it acts as."""

    token_id: int
    person: Person
    is_use_noted: bool


def create(
    session: Session, user_id: int, name: str, now: datetime, *, expires_at: datetime | None = None
) -> tuple[int, str]:
    """Return the id and the token; the token itself is kept nowhere and shown once."""
    token = PREFIX + token_urlsafe(32)
    row = ApiToken(
        user_id=user_id, name=name, token_hash=digest(token), created_at=now, expires_at=expires_at
    )
    session.add(row)
    session.flush()
    return row.id, token


def find_caller(session: Session, token: str, now: datetime) -> Caller | None:
    """Who may act with this token, unless it was revoked, ran out, or the person was disabled."""
    row = session.execute(
        select(User, ApiToken.id, ApiToken.created_at, ApiToken.last_used_at)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(
            ApiToken.token_hash == digest(token),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
            User.is_active,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    user, token_id, created_at, last_used_at = row
    return Caller(
        token_id=token_id,
        person=person_of(user, session_id=0, last_seen_at=last_used_at or created_at),
        is_use_noted=last_used_at is not None and last_used_at > now - SEEN_EVERY,
    )


def note_used(session: Session, token_id: int, now: datetime) -> None:
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def revoke(session: Session, token_id: int, now: datetime) -> None:
    """Stop a token; one that was stopped before stays as it was."""
    found = session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update())
    if found is None:
        raise NotFound("There is no such token.")
    found.revoked_at = found.revoked_at or now


def listed(session: Session) -> list[TokenRow]:
    rows = session.execute(
        select(ApiToken, User.username).join(User, User.id == ApiToken.user_id).order_by(ApiToken.id)
    )
    return [
        TokenRow(
            id=token.id,
            username=username,
            name=token.name,
            created_at=token.created_at,
            last_used_at=token.last_used_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
        )
        for token, username in rows
    ]


def in_days(days: int | None, now: datetime) -> datetime | None:
    return None if days is None else now + timedelta(days=days)
