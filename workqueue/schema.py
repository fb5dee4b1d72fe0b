"""Which migration the database is at, and which is the newest: told apart without loading Alembic."""

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from workqueue.config import PROJECT
from workqueue.extensions import db


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


def bring_up_to_date(app: Flask) -> None:
    """Migrate when the database is behind. For the embedded database only: nobody else looks after it."""
    with app.app_context():
        with db.engine.connect() as connection:
            is_behind = current(connection) < newest()
        if is_behind:
            upgrade()
