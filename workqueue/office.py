"""The whole office on one machine: servers, migrations, and the processes the Procfile names.

One truth for how processes are started: the Procfile. Each child is tied to this process by the kernel,
restarted when it ends by itself, and stopped with it.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from workqueue.config import PROJECT, Config, ConfigError, config_or_exit
from workqueue.embedded import LOG_BYTES, EmbeddedServers, free_port
from workqueue.processes import die_with_parent
from workqueue.schema import newest
from workqueue.starter import AlreadyRunning, StarterLock

LOOK_SECONDS = 0.5
STOP_SECONDS = 15
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60  # up for so long: the next crash is a new one
ANSWER_SECONDS = 60


def main() -> int:
    office = Office(config_or_exit())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, office.ask_to_stop)
    try:
        return office.run()
    except AlreadyRunning as running:
        say(str(running))
        return 1
    except psycopg.OperationalError as error:
        say(f"Workqueue does not start. PostgreSQL cannot be reached: {error}")
        return 1
    except (ConfigError, RuntimeError) as error:
        say(f"Workqueue does not start. {error}")
        return 1


@dataclass
class Process:
    """One line of the Procfile and the child that runs it."""

    name: str
    command: str
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)


class Office:
    """Starts everything in order, keeps it up, stops it in the opposite order."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._is_stopping = threading.Event()
        self._lock = StarterLock(config.home)
        self._servers = EmbeddedServers(config.home, self._lock) if config.is_embedded else None
        self._processes: list[Process] = []
        self._env: dict[str, str] = {}

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping.set()

    def run(self) -> int:
        self._lock.take()
        try:
            self._start()
            while not self._is_stopping.wait(LOOK_SECONDS):
                self._revive()
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        if self._servers is not None:
            say("Starting PostgreSQL and Valkey ...")
            self._servers.start()
        port = self._free_port()
        self._env = self._environment(port)
        url = f"http://127.0.0.1:{port}"
        commands = procfile(PROJECT / "Procfile")
        self._migrate(commands.pop("release"))
        self._load_demonstration()
        self._processes = [Process(name, command) for name, command in commands.items()]
        for process in self._processes:
            self._spawn(process)
        if self._is_stopping.is_set() or not self._answers(url):
            return
        self._lock.announce(url=url)
        say(f"\nWorkqueue is running at {url}\n")
        self._show_sign_ins()
        self._say_where()

    def _say_where(self) -> None:
        home = self.config.home
        if self._servers is not None and self._servers.place != home:
            say(f"The servers' user cannot enter {home}, so their data are in {self._servers.place}.")
        say(f"Data and logs are in {home}. Ctrl-C stops everything.")

    def _free_port(self) -> int:
        wanted = self.config.port
        for port in range(wanted, min(wanted + 100, 65536)):
            if free_port(port) == port:
                if port != wanted:
                    say(f"Port {wanted} is busy, taking {port}.")
                return port
        raise RuntimeError(f"PORT: {wanted} and the 99 ports after it are busy; choose another.")

    def _environment(self, port: int) -> dict[str, str]:
        config, servers = self.config, self._servers
        return {
            **os.environ,
            # Found whether or not the environment was activated.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "DATABASE_URL": servers.database_url if servers else config.database_url,
            "REDIS_URL": servers.redis_url if servers else config.redis_url,
            "SECRET_KEY": config.secret_key,
            "WORKQUEUE_HOME": str(config.home),
            "PORT": str(port),
            "FLASK_APP": "wsgi",
            "PYTHONUNBUFFERED": "1",
        }

    def _migrate(self, command: str) -> None:
        # Asked first: loading the program only to find nothing to do would make every start slower.
        with self._database() as connection:
            table = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            is_new = table is None or table[0] is None
            at = None if is_new else connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if at is None or at[0] != newest():
            self._once(command, failing="The migrations failed")

    def _database(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self._env["DATABASE_URL"].replace("+psycopg", ""), connect_timeout=10)

    def _load_demonstration(self) -> None:
        """Fill an office of our own servers that nobody has begun to use."""
        if self._servers is None or self._is_stopping.is_set():
            return
        with self._database() as connection:
            if connection.execute("SELECT 1 FROM users LIMIT 1").fetchone():
                return
        say("First start: loading the demonstration office ...")
        self._once("flask demo load --force", failing="The demonstration office could not be loaded")

    def _show_sign_ins(self) -> None:
        if self._servers is None:
            return
        try:
            self._once("flask demo sign-ins", failing="The demonstration sign-ins could not be read")
        except RuntimeError as error:
            say(str(error))  # an office that is up stays up

    def _once(self, command: str, *, failing: str) -> None:
        child = self._child(command, None)
        while child.poll() is None:
            if self._is_stopping.wait(0.02):
                child.terminate()
                child.wait()
                return
        if child.returncode:
            raise RuntimeError(f"{failing} ({command!r} ended with {child.returncode}).")

    def _spawn(self, process: Process) -> None:
        process.child = self._child(process.command, self.config.home / f"{process.name}.log")
        process.started, process.due = time.monotonic(), 0.0

    def _child(self, command: str, log: Path | None) -> subprocess.Popen[bytes]:
        output = log.open("wb" if _is_long(log) else "ab") if log else None
        try:
            # exec: the shell only fills in ${PORT} and the like, and is not left in between.
            return subprocess.Popen(  # noqa: S603  # our Procfile
                ["/bin/sh", "-c", f"exec {command}"],
                env=self._env,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the office, which then stops in order
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  # it only calls prctl
            )
        finally:
            if output:
                output.close()

    def _revive(self) -> None:
        if self._servers is not None:
            for name in self._servers.restart_dead():
                say(f"{name} had stopped; it is running again.")
        now = time.monotonic()
        for process in self._processes:
            if process.due and now >= process.due:
                self._spawn(process)
            elif process.child is not None and not process.due and process.child.poll() is not None:
                self._plan_restart(process, now)

    def _plan_restart(self, process: Process, now: float) -> None:
        was_steady = now - process.started > STEADY_SECONDS
        process.pause = (
            FIRST_PAUSE_SECONDS
            if was_steady or not process.pause
            else min(process.pause * 2, LONGEST_PAUSE_SECONDS)
        )
        process.due = now + process.pause
        code = process.child.returncode if process.child else None
        say(
            f"{process.name} stopped ({_ending(code)}), starting again in {process.pause:g} s; "
            f"{self.config.home / process.name}.log says why."
        )

    def _answers(self, url: str) -> bool:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if self._is_stopping.wait(0.05):
                return False
            self._revive()
            try:
                with urlopen(f"{url}/healthz", timeout=2) as reply:  # noqa: S310  # our own address
                    return bool(reply.status == 200)
            except (URLError, OSError):
                continue
        raise RuntimeError(f"No page after {ANSWER_SECONDS} s; {self.config.home / 'web.log'} says why.")

    def _stop(self) -> None:
        if self._processes or self._servers:
            say("\nStopping ...")
        children = [each.child for each in self._processes if each.child is not None]
        for child in children:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        if self._servers is not None:
            self._servers.stop()
        self._lock.release()


def procfile(path: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in path.read_text().splitlines() if line and line[0] != "#")
    return {name.strip(): command.strip() for name, _, command in lines}


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _is_long(log: Path) -> bool:
    return log.exists() and log.stat().st_size > LOG_BYTES


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit {code}"
