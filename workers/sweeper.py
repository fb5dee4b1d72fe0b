"""The sweeper: what keeps every promise about time, with Valkey or without it.

Ticks each second. One runs the chores; others stand by and take over when it ends, held by a lock in
PostgreSQL that ends with its connection.
"""

import signal
import threading
import time
from datetime import UTC, datetime
from types import FrameType

from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from workers.chores import CHORES, Chore
from workers.pulse import Pulse
from workqueue.application import create_app
from workqueue.config import config_or_exit
from workqueue.embedded import attached
from workqueue.extensions import db
from workqueue.logging import log

TICK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
LOCK = "SELECT pg_try_advisory_lock(hashtext('workqueue.sweeper'))"


class Sweeper:
    """Runs the chores that are due, as long as it holds the lock."""

    def __init__(self, app: Flask, chores: list[Chore]) -> None:
        self.app = app
        self.is_stopping = threading.Event()
        self._due = {chore.name: 0.0 for chore in chores}
        self._pauses = dict.fromkeys(self._due, 0.0)
        self._chores = chores
        self._lock: Connection | None = None
        self._pulse = Pulse("sweeper")

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping.set()

    def run(self) -> None:
        while not self.is_stopping.is_set():
            began = time.monotonic()
            self.tick(datetime.now(UTC))
            self.is_stopping.wait(max(0.0, TICK_SECONDS - (time.monotonic() - began)))
        self._let_go()

    def tick(self, now: datetime) -> None:
        with self.app.app_context():
            if not self._holds_lock():
                return
            self._pulse.beat()
        for chore in self._chores:
            if time.monotonic() >= self._due[chore.name] and not self.is_stopping.is_set():
                self._do(chore, now)
                pause = max(chore.every_seconds, self._pauses[chore.name])
                self._due[chore.name] = time.monotonic() + pause

    def _do(self, chore: Chore, now: datetime) -> None:
        try:
            with self.app.app_context():
                chore.run(now)
            self._pauses[chore.name] = 0.0
        except Exception:  # noqa: BLE001  # one chore that fails must not stop the others; it is due again
            self._pauses[chore.name] = min(2 * self._pauses[chore.name] or 1.0, LONGEST_PAUSE_SECONDS)
            log.exception("chore failed", job=chore.name)

    def _holds_lock(self) -> bool:
        """Take the lock, or make sure that the connection that holds it is still there."""
        try:
            if self._lock is not None:
                self._lock.execute(text("SELECT 1"))
                return True
            # A connection of its own, out of the pool: the lock lives exactly as long as it does.
            connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            if connection.execute(text(LOCK)).scalar():
                self._lock = connection
                log.info("sweeper took over")
                return True
            connection.close()
        except DBAPIError:
            self._let_go()
            log.warning("no database", process="sweeper", exc_info=True)
        return False

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def main() -> None:
    sweeper = Sweeper(create_app(attached(config_or_exit())), CHORES)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, sweeper.ask_to_stop)
    sweeper.run()


if __name__ == "__main__":
    main()
