"""Which migration the database is at, and which is the newest: told apart without loading Alembic."""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from workqueue.config import PROJECT


def newest() -> str:
    """The number of the newest migration file; they are numbered without gaps."""
    return max(
        (path.name[:4] for path in (PROJECT / "migrations" / "versions").glob("[0-9]*.py")), default=""
    )


def current(connection: Connection | Session) -> str:
    """The number the database is at; empty for an empty database."""
    bound = connection.connection() if isinstance(connection, Session) else connection
    if not inspect(bound).has_table("alembic_version"):
        return ""
    return bound.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
