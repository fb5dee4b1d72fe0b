"""Real processes on a database and a Valkey of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import SECRET
from workqueue.config import PROJECT

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(fresh_database: str, valkey_url: str, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts `python -m MODULE` and lets it live until the end of the test."""
    env = {
        **os.environ,
        "DATABASE_URL": fresh_database,
        "REDIS_URL": valkey_url,
        "SECRET_KEY": SECRET,
        "WORKQUEUE_HOME": str(tmp_path),
    }
    with ExitStack() as stack:

        def start(module: str, **changed: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context((tmp_path / f"{module}.log").open("ab"))
            child = subprocess.Popen(
                [sys.executable, "-m", module], env=env | changed, cwd=PROJECT, stdout=log, stderr=log
            )
            stack.callback(child.wait)
            stack.callback(child.kill)
            return child

        yield start


def until(is_so: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
