"""transaction(): the one place that commits, then rings for the jobs asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from workqueue.extensions import db, valkey
from workqueue.jobs import take_rings

Result = TypeVar("Result")

# A page that waits longer than this has failed for the person in front of it; a lock held while nobody
# works keeps everybody else waiting.
STATEMENT_SECONDS = 30
LOCK_SECONDS = 5
IDLE_SECONDS = 60

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"


def engine_options() -> dict[str, Any]:
    limits = {
        "statement_timeout": STATEMENT_SECONDS,
        "lock_timeout": LOCK_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    settings = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    return {
        # A restarted PostgreSQL costs one check, not one failed page for each pooled connection.
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        # An error message must not carry a patient's values into a log.
        "hide_parameters": True,
        "connect_args": {"options": " ".join([*settings, "-c timezone=UTC"]), "connect_timeout": 5},
    }


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield the session; commit at the end, or roll all of it back; then ring for the jobs asked for."""
    session = db.session()
    if session.info.get("is_open"):
        raise RuntimeError("transaction() was opened inside transaction(); pass the session on instead.")
    session.info["is_open"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        take_rings(session)
        raise
    finally:
        session.info.pop("is_open", None)
    rings = take_rings(session)
    if rings:
        valkey.ring(rings)


@contextmanager
def reading() -> Iterator[Session]:
    """Yield a session that PostgreSQL lets read only: what a page that is merely looked at opens."""
    session = db.session()
    if session.info.get("is_open"):
        raise RuntimeError("reading() was opened inside transaction(); pass the session on instead.")
    try:
        session.execute(text("SET TRANSACTION READ ONLY"))
        yield session
    finally:
        session.rollback()


@contextmanager
def picture() -> Iterator[Session]:
    """Yield a session of its own that sees one moment of the office; whatever it makes is gone at the end.

    For work that looks long: `transaction()` stays free to say how far it is.
    """
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        with Session(connection) as session:
            try:
                yield session
            finally:
                session.rollback()


def retrying(unit: Callable[[], Result], *, attempts: int = 3) -> Result:
    """Run an idempotent unit of work again when the database was interrupted in the middle of it."""
    for _ in range(attempts - 1):
        try:
            return unit()
        except DBAPIError as error:
            if not _is_passing(error):
                raise
            db.session.remove()
    return unit()


def _is_passing(error: DBAPIError) -> bool:
    return (
        error.connection_invalidated
        or isinstance(error, OperationalError)
        or getattr(error.orig, "sqlstate", None) in {SERIALIZATION_FAILURE, DEADLOCK_DETECTED}
    )
