"""Migrations: numbered without gaps, up and down, and the same as the models."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Enum, create_engine, inspect, text

from tests.conftest import Servers
from workqueue import models, schema
from workqueue.application import bring_up_to_date
from workqueue.config import PROJECT
from workqueue.extensions import db
from workqueue.models.base import Base

for each in iter_modules(models.__path__):
    import_module(f"workqueue.models.{each.name}")

VERSIONS = PROJECT / "migrations" / "versions"
KINDS_OF_OBJECT = {
    "tables, sequences, views": "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "AND relname NOT LIKE 'alembic%' AND relname NOT LIKE 'pg_%'",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS "
    "(SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
    "types": "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE "
    "'%alembic%' AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')",
}


@pytest.fixture
def empty_app(servers: Servers, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The application on a database in which there is nothing."""
    name = f"empty_{servers.worker}"
    servers.do("CREATE DATABASE {}", name)
    made = make_app(servers.named(name))
    yield made
    with made.app_context():
        db.engine.dispose()
    servers.do("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def migrated(database_url: str) -> Iterator[Connection]:
    """A connection to a database built by all the migrations."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def left_over(connection: Connection) -> dict[str, list[str]]:
    return {kind: list(connection.scalars(text(query))) for kind, query in KINDS_OF_OBJECT.items()}


def test_migrations_are_numbered_one_after_the_other() -> None:
    files = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for name in files:
        found = re.search(r'^revision = "(.*)"$', (VERSIONS / name).read_text(), re.MULTILINE)
        assert found is not None
        assert found[1] == name[:4]


def test_there_is_one_head() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.newest()]


def test_all_the_way_down_leaves_nothing_and_up_again_works(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()
        downgrade(revision="base")
        with db.engine.connect() as connection:
            assert left_over(connection) == {kind: [] for kind in KINDS_OF_OBJECT}
        upgrade()
        with db.engine.connect() as connection:
            assert schema.current(connection) == schema.newest()


def test_a_database_that_is_behind_is_brought_up_to_date(empty_app: Flask) -> None:
    bring_up_to_date(empty_app)
    bring_up_to_date(empty_app)
    with empty_app.app_context(), db.engine.connect() as connection:
        assert schema.current(connection) == schema.newest()


def test_the_migrations_build_what_the_models_say(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert compare_metadata(context, Base.metadata) == []


def test_every_member_of_every_enum_is_allowed_by_its_check(migrated: Connection) -> None:
    """Alembic does not see a member that was added to a CHECK."""
    checks = {
        (table, check["name"]): check["sqltext"]
        for table in Base.metadata.tables
        for check in inspect(migrated).get_check_constraints(table)
    }
    enums = [
        (table.name, column.type)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Enum)
    ]
    assert enums
    for table, kind in enums:
        allowed = checks[(table, f"ck_{table}_{kind.name}")]
        assert set(re.findall(r"'([^']*)'", allowed)) == set(kind.enums), f"{table}.{kind.name}"
