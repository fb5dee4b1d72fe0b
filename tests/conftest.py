"""Real servers for the tests: one PostgreSQL and one Valkey a worker, built by the migrations."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from psycopg import sql
from redis import Redis
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from tests.factories.moments import NOON
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.database import engine_options
from workqueue.embedded import EmbeddedServers
from workqueue.extensions import db
from workqueue.services import contact_rules
from workqueue.web import guards

SECRET = "only-for-tests-" + "x" * 32

# How long an example takes says nothing on a machine that does other things besides.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers of this test worker."""

    database_url: str
    redis_url: str
    worker: str

    def named(self, database: str) -> str:
        return f"{self.database_url.rpartition('/')[0]}/{database}"

    def do(self, statement: str, *names: str) -> None:
        """Run a statement about whole databases."""
        url = self.database_url.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def servers(worker_id: str) -> Iterator[Servers]:
    """Our own embedded servers, or those that TEST_DATABASE_URL and TEST_REDIS_URL name."""
    given = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if all(given):
        database_url = "postgresql+psycopg://" + str(given[0]).partition("://")[2]
        yield Servers(database_url, str(given[1]), f"{worker_id}_{os.getpid()}")
        return
    home = Path(tempfile.mkdtemp(prefix="workqueue-tests-"))
    home.chmod(0o711)  # as root the servers run as another user, who has to pass through
    try:
        with EmbeddedServers(home, is_durable=False) as embedded:
            yield Servers(embedded.database_url, embedded.redis_url, worker_id)
    finally:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of this xdist worker, or of the only process."""
    return getattr(request.config, "workerinput", {}).get("workerid", "only")


@pytest.fixture(scope="session")
def valkey_url(servers: Servers) -> str:
    """A logical Valkey database of this worker alone."""
    number = int(servers.worker.partition("_")[0].removeprefix("gw") or 0) if "gw" in servers.worker else 0
    return f"{servers.redis_url.rpartition('/')[0]}/{number}"


@pytest.fixture(scope="session")
def make_app(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Flask]:
    """Return a function that makes an application on a database."""

    def make(database_url: str, redis_url: str = valkey_url, **settings: Any) -> Flask:
        home = tmp_path_factory.mktemp("home")
        made = create_app(Config(home, SECRET, database_url, redis_url, **settings))
        made.testing = True
        made.config["WTF_CSRF_ENABLED"] = False  # tests of the protection itself switch it on
        made.test_client_class = FreshClient
        return made

    return make


@pytest.fixture(scope="session")
def template_database(servers: Servers, make_app: Callable[..., Flask]) -> Iterator[str]:
    """The name of a database built by all the migrations, for cloning."""
    name = f"template_{servers.worker}"
    servers.do("CREATE DATABASE {}", name)
    made = make_app(servers.named(name))
    with made.app_context():
        upgrade()
        db.engine.dispose()
    yield name
    servers.do("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def clone(servers: Servers, template_database: str) -> Iterator[Callable[[], str]]:
    """Return a function that makes one more migrated, empty database and gives its address."""
    made: list[str] = []
    numbers = count(1)

    def clone() -> str:
        name = f"clone_{servers.worker}_{next(numbers)}"
        servers.do("CREATE DATABASE {} TEMPLATE {}", name, template_database)
        made.append(name)
        return servers.named(name)

    yield clone
    for name in made:
        servers.do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def database_url(clone: Callable[[], str]) -> str:
    """The database shared by all tests of this worker that roll back."""
    return clone()


@pytest.fixture
def fresh_database(clone: Callable[[], str], servers: Servers) -> Iterator[str]:
    """The address of a migrated, empty database for this test alone: real commits, real processes."""
    url = clone()
    yield url
    servers.do("DROP DATABASE IF EXISTS {} WITH (FORCE)", url.rpartition("/")[2])


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[Redis]:
    """This worker's Valkey, empty."""
    with Redis.from_url(valkey_url, socket_timeout=5) as client:
        client.flushdb()
        yield client


@pytest.fixture(scope="session")
def shared_app(make_app: Callable[..., Flask], database_url: str) -> Flask:
    return make_app(database_url)


@pytest.fixture(scope="session")
def engine_of_tests(database_url: str) -> Iterator[Any]:
    engine = create_engine(database_url, poolclass=NullPool, connect_args=engine_options()["connect_args"])
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def rules_are_read_anew() -> None:
    """Let no test judge by the rules another one has added: a process keeps them for a while."""
    contact_rules.forget()


@pytest.fixture
def connection(engine_of_tests: Any) -> Iterator[Connection]:
    """One connection in one outer transaction, rolled back at the end of the test."""
    with engine_of_tests.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session whose commits are savepoints of the test's transaction."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def app(shared_app: Flask, connection: Connection, session: Session) -> Iterator[Flask]:
    """The application on the test's own transaction: it sees what `session` made; all of it goes away."""
    with shared_app.app_context():
        engines = db.engines
    kept = engines[None]
    # db.session.configure(bind=...) would be ignored: Flask-SQLAlchemy asks its engines.
    engines[None] = connection  # type: ignore[assignment]
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    shared_app.extensions["tests.session"] = session
    yield shared_app
    engines[None] = kept
    db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """The flask command, in this process."""
    return app.test_cli_runner()


@pytest.fixture
def fresh_app(make_app: Callable[..., Flask], fresh_database: str) -> Iterator[Flask]:
    """An application on a database of its own, with real commits."""
    made = make_app(fresh_database)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request happen at NOON: whether somebody may be called depends on the hour."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))


class FreshClient(FlaskClient):
    """Shows a request what the test has made, and the test what the request has changed."""

    def open(self, *args: Any, **named: Any) -> TestResponse:
        session: Session | None = self.application.extensions.get("tests.session")
        if session is not None:
            session.flush()
        response = super().open(*args, **named)
        if session is not None:
            session.expire_all()
        return response


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of public sample files."""
    named = os.environ.get("WORKQUEUE_SAMPLES")
    if not named:
        pytest.skip("WORKQUEUE_SAMPLES names no folder of public sample files")
    return Path(named)
