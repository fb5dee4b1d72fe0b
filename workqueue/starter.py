"""The home folder: who may start things in it, and what other commands may know about that."""

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workqueue.config import ConfigError, make_home

READY_SECONDS = 120  # crash recovery of a large database takes its time


class AlreadyRunning(Exception):  # noqa: N818  # named after what is the case
    """Another process runs the servers of this home folder."""

    def __init__(self, url: str, pid: int) -> None:
        self.url, self.pid = url, pid
        super().__init__(
            f"Workqueue is already running here, as process {pid}, at {url}\n"
            f"Stop it with Ctrl-C in its window, or with: kill {pid}"
            if url
            else f"Process {pid} is using the servers of this office; try again when it has ended or is up."
        )


class StarterLock:
    """One starter at a time for a home folder, and a note of where everything is for other commands."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._descriptor: int | None = None

    def take(self) -> None:
        if self._descriptor is not None:
            return
        try:
            make_home(self.home)
            descriptor = os.open(self.home / "starter.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigError(f"WORKQUEUE_HOME: {self.home} cannot be used ({error.strerror}).") from error
        if not try_lock(descriptor):
            os.close(descriptor)
            kept = self.noted()
            raise AlreadyRunning(str(kept.get("url", "")), int(kept.get("pid", 0)))
        self._descriptor = descriptor
        self.announce(url="", pid=os.getpid())

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def announce(self, **facts: str | int) -> None:
        kept = self.home / "running.json"
        beside = kept.with_suffix(".new")
        beside.write_text(json.dumps({**self.noted(), **facts}))
        beside.replace(kept)

    def noted(self) -> dict[str, Any]:
        try:
            noted = json.loads((self.home / "running.json").read_text())
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"Waited {READY_SECONDS} s for {what}.")
        time.sleep(0.05)
