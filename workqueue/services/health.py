"""How the office is doing, in plain findings: what was looked at, whether it is well, what to do if not."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from workqueue.models.files import File
from workqueue.models.inbox import Fact
from workqueue.rules.states import FactState
from workqueue.services import heartbeats

OLDEST_POSTGRES = 150_000
# The sweeper takes up what waits after a second or two; a minute means nobody does.
BACKLOG_AGE = timedelta(seconds=60)
CLOCK_SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    is_well: bool
    sentence: str


@dataclass(frozen=True)
class Backlog:
    """Facts that have arrived and are not posted yet."""

    count: int
    oldest_received_at: datetime | None


def backlog(session: Session) -> Backlog:
    count, oldest = session.execute(
        select(func.count(), func.min(Fact.received_at)).where(Fact.state == FactState.RECEIVED)
    ).one()
    return Backlog(count, oldest)


def oldest_waiting(session: Session) -> datetime | None:
    """Return when the first fact that waits arrived, from the head of the index alone."""
    return session.scalar(
        select(Fact.received_at).where(Fact.state == FactState.RECEIVED).order_by(Fact.id).limit(1)
    )


def unread_files(session: Session, *, limit: int = 20) -> list[tuple[int, datetime]]:
    """Return the oldest files that are stored and not read yet, and when each arrived."""
    rows = session.execute(
        select(File.id, File.received_at).where(File.read_at.is_(None)).order_by(File.id).limit(limit)
    )
    return [(row.id, row.received_at) for row in rows]


def migration(session: Session) -> str:
    """Return the number the database is at; empty for an empty database."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return ""
    return session.scalar(text("SELECT version_num FROM alembic_version")) or ""


def database_findings(session: Session, *, newest_migration: str, now: datetime) -> Iterator[Finding]:
    """Look at everything PostgreSQL can tell."""
    yield _server(session)
    skew = abs(_clock(session) - now)
    yield Finding(
        "clock",
        skew <= CLOCK_SKEW,
        f"The clocks of this machine and of PostgreSQL differ by {skew.total_seconds():.1f} s."
        + (" Callbacks and call hours need them equal: set up NTP." if skew > CLOCK_SKEW else ""),
    )
    at = migration(session)
    yield _migrations(at, newest_migration)
    if at == newest_migration:
        yield _alive(session, "worker", now)
        yield _alive(session, "sweeper", now)
        yield _backlog(backlog(session), now)


def _server(session: Session) -> Finding:
    began = time.perf_counter()
    version = int(session.scalar(text("SHOW server_version_num")) or 0)
    milliseconds = (time.perf_counter() - began) * 1000
    name = f"{version // 10_000}.{version % 10_000}"
    if version < OLDEST_POSTGRES:
        return Finding("PostgreSQL", False, f"PostgreSQL is {name}; Workqueue needs 15 or newer, best 18.")
    return Finding("PostgreSQL", True, f"PostgreSQL {name} answers in {milliseconds:.1f} ms.")


def _clock(session: Session) -> datetime:
    clock: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return clock


def _migrations(at: str, newest: str) -> Finding:
    if at == newest:
        return Finding("migrations", True, f"The tables are up to date (migration {at}).")
    if at > newest:
        sentence = (
            f"The tables are at migration {at}, newer than this program ({newest}): update the program."
        )
    else:
        sentence = (
            f"The tables are at migration {at or 'none'}, the program needs {newest}: run flask db upgrade."
        )
    return Finding("migrations", False, sentence)


def _alive(session: Session, kind: str, now: datetime) -> Finding:
    beat_at = heartbeats.last_beat(session, kind)
    if beat_at is None:
        sentence = f"No {kind} has given a sign of life. Start one: the Procfile names the command."
        return Finding(kind, False, sentence)
    age = now - beat_at
    ago = f"{max(0, int(age.total_seconds()))} s ago"
    if age > heartbeats.MISSED_AFTER:
        return Finding(kind, False, f"The last sign of life of a {kind} was {ago}: it is stuck or gone.")
    return Finding(kind, True, f"A {kind} gave a sign of life {ago}.")


def _backlog(waiting: Backlog, now: datetime) -> Finding:
    if waiting.oldest_received_at is None:
        return Finding("backlog", True, "Nothing that has arrived is waiting to be posted.")
    age = now - waiting.oldest_received_at
    what = "fact waits" if waiting.count == 1 else "facts wait"
    sentence = f"{waiting.count} {what} to be posted, the oldest for {int(age.total_seconds())} s."
    return Finding("backlog", age <= BACKLOG_AGE, sentence)
