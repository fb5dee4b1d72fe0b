"""Who brings facts while everything around them is killed, and who judges what became of them."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError

from tests.factories import TODAY
from workqueue.config import PROJECT
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.rules.states import FileSource
from workqueue.services.intake import receive
from workqueue.services.intake.payments import receive_payment

FIRST_CENTS = 1_000
"""Each payment has an amount of its own, by which it is known again in the ledger."""


def judge(brought: Mapping[int, str], ledger: Iterable[tuple[str, int]]) -> Counter[str]:
    """Compare what was brought, cents to account, with what the ledger holds; an empty count is right."""
    found: Counter[str] = Counter()
    posted = Counter(ledger)
    for cents, number in brought.items():
        found["lost"] += posted[number, cents] == 0
        found["twice"] += posted[number, cents] > 1
    found["from nowhere"] = sum(brought.get(cents) != number for number, cents in posted)
    return +found


def retrying_for(seconds: float, unit: Callable[[], Any]) -> None:
    """Do it again until the answer says that it was done: an answer that was lost says nothing."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            unit()
        except DBAPIError:
            db.session.remove()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def bring_payments(make_app: Callable[[], Flask], payments: Sequence[tuple[int, str]], log: Path) -> None:
    """Report payments one by one, as a lockbox program would; note each that was acknowledged."""
    with make_app().app_context(), log.open("w") as acknowledged:
        for cents, number in payments:

            def report(cents: int = cents, number: str = number) -> None:
                with transaction() as session:
                    receive_payment(
                        session,
                        source="lockbox",
                        source_id=str(cents),
                        account_number=number,
                        amount_cents=cents,
                        received_on=TODAY,
                        now=datetime.now(UTC),
                    )

            retrying_for(60, report)
            acknowledged.write(json.dumps([cents, number]) + "\n")
            # As they come in over a day, not all before the first trouble.
            time.sleep(0.004)


def bring_files(make_app: Callable[[], Flask], files: Sequence[tuple[str, bytes]]) -> None:
    """Send files, each until it was taken; the worker that is rung for reads them."""
    with make_app().app_context():
        for name, content in files:

            def send(name: str = name, content: bytes = content) -> None:
                with transaction() as session:
                    receive(
                        session,
                        io.BytesIO(content),
                        name=name,
                        source=FileSource.API,
                        now=datetime.now(UTC),
                    )

            retrying_for(60, send)
            time.sleep(0.2)


class Crew:
    """Workers and a sweeper as real processes; whoever dies is started again, as the office does."""

    MODULES = ("workers.main", "workers.main", "workers.sweeper")

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self._env = {**os.environ, **env}
        self._folder = folder
        self.members = [self._start(module) for module in self.MODULES]

    def _start(self, module: str) -> subprocess.Popen[bytes]:
        with (self._folder / "crew.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module], env=self._env, cwd=PROJECT, stdout=log, stderr=log
            )

    def kill(self, place: int) -> None:
        self.members[place].send_signal(signal.SIGKILL)
        self.members[place].wait()

    def revive(self) -> None:
        for place, module in enumerate(self.MODULES):
            if self.members[place].poll() is not None:
                self.members[place] = self._start(module)

    def dismiss(self) -> None:
        for place in range(len(self.members)):
            self.kill(place)
