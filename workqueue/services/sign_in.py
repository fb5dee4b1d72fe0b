"""Signing in: the throttle, the password, the session, and who is behind a session's token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from workqueue.models.people import (
    AfterLogging,
    Density,
    IdempotencyKey,
    SignInAttempt,
    SignInSession,
    Theme,
    User,
)
from workqueue.rules.refusals import TooManyAttempts
from workqueue.rules.roles import Role
from workqueue.services import passwords

# Automatic logoff, 45 CFR 164.312(a)(2)(iii): without any request of the person's own.
IDLE = timedelta(minutes=15)
# However busy: one shift.
LIFETIME = timedelta(hours=12)
# Each request within this time of the last is the same visit; one write a minute, not one a request.
SEEN_EVERY = timedelta(minutes=1)

WINDOW = timedelta(minutes=15)
# Wrong passwords for one username from one network, and from one network for all usernames. The second is
# wide: a whole office may share one address. A username alone is never locked: anybody could lock out a rep.
MOST_FOR_USERNAME = 8
MOST_FOR_NETWORK = 60

ATTEMPTS_KEPT = timedelta(days=30)
SESSIONS_KEPT = timedelta(days=90)
REPLIES_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking: read from the database at each request, so that a change holds at once."""

    id: int
    session_id: int
    username: str
    name: str
    role: Role
    team_id: int | None
    uses_shortcuts: bool
    after_logging: AfterLogging
    theme: Theme
    density: Density
    last_seen_at: datetime


def digest(token: str) -> str:
    """What is kept of a token; it is random enough that a plain hash cannot be turned back."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def admit(session: Session, username: str, network: str, now: datetime) -> int:
    """Count an attempt as failed before its password is looked at; return its id, or refuse.

    Counted first, so that a hundred requests at once are a hundred attempts, and a crash is one too.
    """
    # Attempts of one network are counted one after the other: parallel ones must see each other.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sign_in|{network}", 0))))
    recent = select(SignInAttempt.at).where(
        SignInAttempt.network == network, ~SignInAttempt.succeeded, SignInAttempt.at > now - WINDOW
    )
    for statement, most in (
        (recent.where(SignInAttempt.username == username), MOST_FOR_USERNAME),
        (recent, MOST_FOR_NETWORK),
    ):
        # The newest ones; when there are that many, the next is looked at once the oldest of them is past.
        failures = session.scalars(statement.order_by(SignInAttempt.at.desc()).limit(most)).all()
        if len(failures) >= most:
            wait = failures[-1] + WINDOW - now
            raise TooManyAttempts(wait_seconds=max(1, int(wait.total_seconds()) + 1))
    attempt = SignInAttempt(username=username, network=network, at=now, succeeded=False)
    session.add(attempt)
    session.flush()
    return attempt.id


def open_session(
    session: Session, attempt_id: int, username: str, password: str, now: datetime
) -> tuple[str, int] | None:
    """Return a new session's token and the user's id, or None, which never says what was wrong."""
    user = session.scalar(select(User).where(User.username == username))
    # Looked at even when nobody has this name or they may not come in: the answer takes the same time.
    is_right = passwords.is_right(user.password_hash if user else None, password)
    if user is None or not is_right or not user.is_active:
        return None
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))
    token = token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=digest(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return token, user.id


def find_person(session: Session, token: str, now: datetime) -> Person | None:
    """Who holds this token, unless the session has ended, idled out, or the person was disabled."""
    row = session.execute(
        select(User, SignInSession.id, SignInSession.last_seen_at)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(
            SignInSession.token_hash == digest(token),
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.last_seen_at > now - IDLE,
            User.is_active,
        )
        # The row may lie in this session from an earlier request of a test or a command.
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else person_of(row[0], session_id=row[1], last_seen_at=row[2])


def person_of(user: User, *, session_id: int, last_seen_at: datetime) -> Person:
    return Person(
        id=user.id,
        session_id=session_id,
        username=user.username,
        name=user.name,
        role=user.role,
        team_id=user.team_id,
        uses_shortcuts=user.uses_shortcuts,
        after_logging=user.after_logging,
        theme=user.theme,
        density=user.density,
        last_seen_at=last_seen_at,
    )


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Start the idle time anew."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.last_seen_at < now)
        .values(last_seen_at=now)
    )


def end_session(session: Session, session_id: int, now: datetime) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def forget_old(session: Session, now: datetime) -> int:
    """Delete attempts, sessions and kept replies nobody needs any more; return how many."""
    old = (
        delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT),
        delete(SignInSession).where(SignInSession.expires_at < now - SESSIONS_KEPT),
        delete(IdempotencyKey).where(IdempotencyKey.created_at < now - REPLIES_KEPT),
    )
    connection = session.connection()
    return sum(connection.execute(each).rowcount for each in old)
