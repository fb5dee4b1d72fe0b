"""make run, for real: one office through its first day, with everything killed that can be killed."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from workqueue.config import PROJECT
from workqueue.embedded import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Run:
    """One `python -m workqueue` and what it has said so far."""

    def __init__(self, home: Path, port: int) -> None:
        self.output = home.parent / f"said-{time.monotonic_ns()}"
        env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workqueue"],
                cwd=PROJECT,
                env=env | {"WORKQUEUE_HOME": str(home), "PORT": str(port)},
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def until_said(self, pattern: str, *, seconds: float = 150) -> re.Match[str]:
        deadline = time.monotonic() + seconds
        while (found := re.search(pattern, self.said)) is None:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return found

    def until_up(self) -> str:
        url = self.until_said(r"running at (\S+)")[1]
        self.until_said("Ctrl-C stops everything")
        return url


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    outer = Path(tempfile.mkdtemp(prefix="workqueue-office-"))
    outer.chmod(0o711)
    yield outer / "home"
    shutil.rmtree(outer)


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture
def start(home: Path, port: int) -> Iterator[Callable[[], Run]]:
    """Return a function that starts an office of this home, stopped at the end of the test."""
    runs: list[Run] = []

    def start() -> Run:
        runs.append(Run(home, port))
        return runs[-1]

    yield start
    for run in runs:
        run.process.terminate()
    for run in runs:
        run.process.wait(60)
    until(lambda: processes_of(home) == {})


def processes_of(home: Path) -> dict[int, str]:
    """Return the processes that have anything to do with this home folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                about = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                is_dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                is_inside = (entry / "cwd").readlink().is_relative_to(home)
            except (OSError, ProcessLookupError):
                continue
            if (str(home).encode() in about or is_inside) and not is_dead:
                found[int(entry.name)] = command
    return found


def one(home: Path, part: str) -> int:
    """Return the oldest process of the office whose command has this in it."""
    return min(pid for pid, command in processes_of(home).items() if part in command)


def until(is_so: Callable[[], object], *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def page(url: str, path: str = "/healthz") -> int:
    with urlopen(url + path, timeout=10) as reply:  # noqa: S310  # our own address
        return int(reply.status)


def answers(url: str, path: str = "/healthz") -> bool:
    try:
        return page(url, path) == 200
    except OSError:
        return False


def flask(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=PROJECT,
        env=env | {"WORKQUEUE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def taken(port: int) -> Iterator[None]:
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", port))
        busy.listen()
        yield


def test_the_first_start_brings_everything_up_and_ctrl_c_takes_everything_down(
    start: Callable[[], Run], home: Path
) -> None:
    run = start()
    url = run.until_up()
    assert "demonstration office" in run.said
    assert re.search(r"\bana\b", run.said), "the demonstration sign-ins are shown"
    assert page(url) == 200

    # Everybody gives a sign of life, and the doctor finds nothing wrong.
    until(lambda: flask(home, "doctor").returncode == 0)

    second = start()
    assert second.process.wait(60) == 1
    assert f"already running here, as process {run.process.pid}, at {url}" in second.said

    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    until(lambda: processes_of(home) == {}, seconds=5)


def test_what_is_killed_is_started_again(start: Callable[[], Run], home: Path) -> None:
    run = start()
    url = run.until_up()
    for part, sentence in (
        ("/postgres -D", "PostgreSQL had stopped; it is running again"),
        ("valkey-server", "Valkey had stopped; it is running again"),
        ("gunicorn", r"web stopped \(killed by SIGKILL\)"),
        ("workers.sweeper", r"sweeper stopped \(killed by SIGKILL\)"),
    ):
        os.kill(one(home, part), signal.SIGKILL)
        run.until_said(sentence)
    until(lambda: answers(url, "/readyz"))
    until(lambda: any("workers.sweeper" in command for command in processes_of(home).values()))


def test_after_a_kill_of_everything_the_next_start_has_the_data(start: Callable[[], Run], home: Path) -> None:
    run = start()
    run.until_up()
    before = flask(home, "users", "list").stdout
    assert "ana" in before
    for pid in processes_of(home):
        # Who falls takes others along: one of those listed may have ended before its turn.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.process.wait()
    again = start()
    again.until_up()
    assert "demonstration office" not in again.said, "an office that is in use is left as it is"
    assert flask(home, "users", "list").stdout == before


def test_a_killed_office_takes_its_processes_with_it(start: Callable[[], Run], home: Path) -> None:
    run = start()
    run.until_up()
    run.process.kill()
    run.process.wait()
    until(lambda: processes_of(home) == {})


def test_a_busy_port_is_said_and_the_next_free_one_taken(
    start: Callable[[], Run], home: Path, port: int
) -> None:
    with taken(port):
        run = start()
        url = run.until_up()
        assert f"Port {port} is busy, taking" in run.said
        assert not url.endswith(f":{port}")
        assert page(url) == 200


def test_a_command_beside_no_office_starts_the_servers_for_itself(home: Path) -> None:
    findings = json.loads(flask(home, "doctor", "--json").stdout)
    assert {each["name"] for each in findings if each["is_well"]} >= {"PostgreSQL", "migrations", "Valkey"}
    until(lambda: processes_of(home) == {})
