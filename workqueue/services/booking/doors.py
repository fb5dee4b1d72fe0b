"""The doors without a password: how often they may be tried, counted in PostgreSQL for all processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from workqueue.models import DoorAttempt
from workqueue.models.booking import Door
from workqueue.rules.refusals import TooManyAttempts

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
"""Longer than any count looks back."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts are looked at within a window. Our own defaults."""

    of_place: int
    in_all: int | None = None
    """Of everybody together: a hundred networks guess no faster than this."""


LIMITS = {
    # Whoever holds a link that opens is never counted, so these are guesses. One could not hit in ages.
    Door.LINK: Limit(60, 5_000),
    # A telephone company puts many people into one network; a code that opens is not counted either.
    Door.CODE: Limit(20, 1_000),
    # Of one link: somebody who changes their mind, not somebody who keeps others from the times.
    Door.CHANGE: Limit(40),
    # What the provider signed is never counted, so these are forgeries; none could hit in ages.
    Door.PROVIDER: Limit(60, 5_000),
}


def knock(session: Session, door: Door, place: str, *, now: datetime) -> int:
    """Count an attempt before it is looked at and return it; raises TooManyAttempts.

    Counted first, so that a hundred requests at once are a hundred attempts. What is refused is not
    counted: a flood costs no row, and ends when it ends.
    """
    # Attempts of one place one after the other: parallel ones must see each other.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"door|{door}|{place}", 0))))
    limit = LIMITS[door]
    _check(session, (DoorAttempt.door == door, DoorAttempt.place == place), limit.of_place, now)
    if limit.in_all is not None:
        _check(session, (DoorAttempt.door == door,), limit.in_all, now)
    attempt = DoorAttempt(door=door, place=place, at=now)
    session.add(attempt)
    session.flush()
    return attempt.id


def opened(session: Session, attempt_id: int) -> None:
    """Forget an attempt that was right: only guesses count."""
    session.execute(delete(DoorAttempt).where(DoorAttempt.id == attempt_id))


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete the attempts nobody counts any more; return how many."""
    return session.connection().execute(delete(DoorAttempt).where(DoorAttempt.at < now - KEPT)).rowcount


def _check(session: Session, which: tuple[ColumnElement[bool], ...], most: int, now: datetime) -> None:
    """Refuse when there are as many already; the next is looked at once the oldest of them is past."""
    oldest = session.scalar(
        select(DoorAttempt.at)
        .where(*which, DoorAttempt.at > now - WINDOW)
        .order_by(DoorAttempt.at.desc())
        .offset(most - 1)
        .limit(1)
    )
    if oldest is not None:
        wait = oldest + WINDOW - now
        raise TooManyAttempts(wait_seconds=max(1, int(wait.total_seconds()) + 1))
