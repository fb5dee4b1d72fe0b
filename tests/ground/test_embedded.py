"""The embedded servers, really started, really killed."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from workqueue.embedded import EmbeddedServers, free_port
from workqueue.starter import AlreadyRunning

START_AND_STAY = """
import sys, time
from pathlib import Path
from workqueue.embedded import EmbeddedServers
servers = EmbeddedServers(Path(sys.argv[1]), is_durable=False)
servers.start()
print(servers.postgres.pid, servers.valkey.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="workqueue-embedded-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def connect(servers: EmbeddedServers) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child nobody has waited for yet is dead all the same.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(*pids: int) -> None:
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "still alive"
        time.sleep(0.05)


def test_data_are_kept_over_a_stop_and_a_start_on_the_same_port(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        with connect(servers) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
        with Redis.from_url(servers.redis_url) as valkey:
            valkey.set("kept", "7")
        port = servers.database_url
    with EmbeddedServers(home) as servers:
        assert servers.database_url == port
        with connect(servers) as connection:
            assert connection.execute("SELECT id FROM kept").fetchone() == (7,)
        with Redis.from_url(servers.redis_url) as valkey:
            assert valkey.get("kept") == b"7"


def test_the_servers_are_set_up_to_be_safe(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        with connect(servers) as connection:
            shown = {
                name: connection.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[arg-type,index]
                for name in ("data_checksums", "password_encryption", "listen_addresses", "fsync")
            }
        assert shown == {
            "data_checksums": "on",
            "password_encryption": "scram-sha-256",
            "listen_addresses": "127.0.0.1",
            "fsync": "on",
        }
        wrong = servers.database_url.replace("+psycopg", "").replace("workqueue:", "workqueue:wrong", 1)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        with Redis.from_url(servers.redis_url) as valkey:
            assert valkey.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert valkey.config_get("appendonly") == {"appendonly": "yes"}
        command_lines = [
            Path(f"/proc/{server.pid}/cmdline").read_text()
            for server in (servers.postgres, servers.valkey)
            if server is not None
        ]
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    password = servers.redis_url.split(":")[2].partition("@")[0]
    assert not any(password in each for each in command_lines)


def test_a_second_starter_is_told_who_runs_them(home: Path) -> None:
    with EmbeddedServers(home, is_durable=False), pytest.raises(AlreadyRunning) as refused:
        EmbeddedServers(home).start()
    assert refused.value.pid == os.getpid()


def test_a_killed_server_is_started_again_where_it_was_with_its_data(home: Path) -> None:
    with EmbeddedServers(home, is_durable=False) as servers:
        assert servers.postgres is not None
        assert servers.valkey is not None
        with connect(servers) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
        before = servers.database_url, servers.redis_url
        servers.postgres.kill()
        servers.valkey.kill()
        servers.postgres.wait()
        servers.valkey.wait()
        assert servers.restart_dead() == ["PostgreSQL", "Valkey"]
        assert (servers.database_url, servers.redis_url) == before
        with connect(servers) as connection:
            assert connection.execute("SELECT id FROM kept").fetchone() == (7,)
        assert servers.restart_dead() == []


def test_a_killed_starter_leaves_no_server_behind_and_can_start_again_at_once(home: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", START_AND_STAY, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pids = [int(each) for each in starter.stdout.readline().split()]
    starter.kill()
    starter.wait()
    starter.stdout.close()
    # Waits for the old ones to end: two servers never work on the same data.
    with EmbeddedServers(home, is_durable=False) as servers, connect(servers) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not any(is_alive(pid) for pid in pids)


def test_everything_killed_at_once_recovers(home: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", START_AND_STAY, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pids = [int(each) for each in starter.stdout.readline().split()]
    for pid in (starter.pid, *pids):
        os.kill(pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    wait_until_gone(*pids)
    with EmbeddedServers(home, is_durable=False) as servers, connect(servers) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_start_cut_off_while_the_database_was_made_begins_anew(home: Path) -> None:
    partial = home / "postgres.partial"
    partial.mkdir()
    (partial / "PG_VERSION").write_text("18")
    with EmbeddedServers(home, is_durable=False) as servers, connect(servers) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_another_free_port_is_found_when_the_preferred_one_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port
