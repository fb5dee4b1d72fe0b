"""flask doctor: what is wrong, in plain words."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from tests.factories import make_fact
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.embedded import free_port
from workqueue.services import heartbeats


def findings(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["doctor", "--json"])
    found = {each["name"]: each for each in json.loads(result.output)}
    assert result.exit_code == (0 if all(each["is_well"] for each in found.values()) else 1)
    return found


def give_signs_of_life(app: Flask, *, ago: timedelta = timedelta(0)) -> None:
    with app.app_context(), transaction() as session:
        for kind in ("worker", "sweeper"):
            heartbeats.beat(session, kind=kind, host="here", process_id=1, now=datetime.now(UTC) - ago)


def test_a_sound_office_is_called_sound(fresh_app: Flask, valkey: Redis) -> None:
    give_signs_of_life(fresh_app)
    found = findings(fresh_app)
    assert [name for name, each in found.items() if not each["is_well"]] == []
    assert len(found) == 10
    printed = fresh_app.test_cli_runner().invoke(args=["doctor"])
    assert printed.exit_code == 0
    assert "PostgreSQL 18" in printed.output
    assert "WRONG" not in printed.output


def test_processes_that_never_lived_are_missed(fresh_app: Flask) -> None:
    found = findings(fresh_app)
    assert found["worker"]["sentence"].startswith("No worker has given a sign of life.")
    assert not found["sweeper"]["is_well"]


def test_processes_that_fell_silent_are_missed(fresh_app: Flask) -> None:
    give_signs_of_life(fresh_app, ago=timedelta(minutes=5))
    assert findings(fresh_app)["worker"]["sentence"] == (
        "The last sign of life of a worker was 300 s ago: it is stuck or gone."
    )


def test_facts_that_wait_too_long_are_told(fresh_app: Flask) -> None:
    with fresh_app.app_context(), transaction() as session:
        make_fact(session, received_at=datetime.now(UTC) - timedelta(minutes=5))
    backlog = findings(fresh_app)["backlog"]
    assert not backlog["is_well"]
    assert backlog["sentence"].startswith("1 fact waits to be posted, the oldest for 30")


def test_an_old_database_is_told_how_to_catch_up(fresh_app: Flask) -> None:
    with fresh_app.app_context(), transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    migrations = findings(fresh_app)["migrations"]
    assert not migrations["is_well"]
    assert "run flask db upgrade" in migrations["sentence"]


def test_a_database_of_a_newer_program_is_told_apart(fresh_app: Flask) -> None:
    with fresh_app.app_context(), transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "update the program" in findings(fresh_app)["migrations"]["sentence"]


def test_servers_that_are_down_are_named_without_their_passwords(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        f"postgresql+psycopg://u:geheim@127.0.0.1:{free_port()}/w",
        f"redis://:geheim@127.0.0.1:{free_port()}/0",
    )
    found = findings(app)
    assert "PostgreSQL cannot be reached" in found["PostgreSQL"]["sentence"]
    assert "Valkey cannot be reached" in found["Valkey"]["sentence"]
    assert "geheim" not in json.dumps(found)


def test_a_valkey_that_may_drop_jobs_is_wrong(fresh_app: Flask, valkey: Redis) -> None:
    valkey.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "set maxmemory-policy noeviction" in findings(fresh_app)["Valkey"]["sentence"]
    finally:
        valkey.config_set("maxmemory-policy", "noeviction")


@pytest.mark.parametrize(("mode", "is_well"), [(0o600, True), (0o640, False), (0o604, False)])
def test_secrets_that_others_can_read_are_wrong(fresh_app: Flask, mode: int, is_well: bool) -> None:
    config: Config = fresh_app.extensions["workqueue.config"]
    secrets = config.home / "secrets.json"
    secrets.write_text("{}")
    secrets.chmod(mode)
    assert findings(fresh_app)["secrets"]["is_well"] is is_well
