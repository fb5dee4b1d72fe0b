"""A private pair of servers for one run, and migrated databases on them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks import office
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.embedded import EmbeddedServers
from workqueue.extensions import db
from workqueue.rules.business_days import is_business_day
from workqueue.rules.calendar import office_day
from workqueue.services import deriving

_TODAY = datetime.now(UTC).replace(hour=19, minute=0, second=0, microsecond=0)
NOW = next(at for days in range(10) if is_business_day((at := _TODAY - timedelta(days)).date()))
"""Early afternoon in the whole country on a working day: every call window is open, whenever this runs."""

SECRET = "only-for-benchmarks-" + "x" * 32


@dataclass(frozen=True)
class Ground:
    """Where the servers are."""

    home: Path
    database_url: str
    redis_url: str

    def app(self, name: str) -> Flask:
        """Return the application on a new, migrated database of this name."""
        with psycopg.connect(self.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        app = create_app(Config(self.home, SECRET, self.url(name), self.redis_url))
        with app.app_context():
            upgrade()
            db.engine.dispose()
        return app

    def url(self, name: str) -> str:
        return f"{self.database_url.rpartition('/')[0]}/{name}"

    def office(self, name: str, *, tasks: int) -> Engine:
        """Return a new database with an office of so many open tasks, queue derived."""
        self.app(name)
        engine = create_engine(self.url(name))
        with engine.begin() as connection:
            office.build(
                connection, accounts=int(tasks / office.TASKS_PER_ACCOUNT) + 1, now=NOW, today=office_day(NOW)
            )
        seconds_of_rebuild(engine)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        return engine


def seconds_of_rebuild(engine: Engine) -> float:
    """Derive the whole queue and commit it; return how long that took."""
    started = perf_counter()
    with Session(engine) as session:
        deriving.rebuild(session, now=NOW)
        session.commit()
    return perf_counter() - started


@contextmanager
def servers() -> Iterator[Ground]:
    """Start PostgreSQL and Valkey as `make run` does, in a folder that is thrown away."""
    home = Path(tempfile.mkdtemp(prefix="workqueue-benchmarks-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as embedded:
            yield Ground(home, embedded.database_url, embedded.redis_url)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def add_rep(session: Session, username: str) -> int:
    """Add a rep with every skill."""
    rep_id: int = session.execute(
        text(
            "INSERT INTO users (username, name, role, password_hash) VALUES (:name, 'Sample rep', 'rep', '-')"
            " RETURNING id"
        ),
        {"name": username},
    ).scalar_one()
    session.execute(
        text("INSERT INTO user_skills (user_id, skill_id) SELECT :id, id FROM skills"), {"id": rep_id}
    )
    return rep_id
