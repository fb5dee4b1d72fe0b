"""Writes this process's sign of life, not more often than needed."""

import os
import socket
import time
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from workqueue.database import transaction
from workqueue.logging import log
from workqueue.services import heartbeats


class Pulse:
    """One process's heartbeat; call beat() as often as you like, in an app context."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._next = 0.0

    def beat(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + heartbeats.BEAT_EVERY.total_seconds()
        try:
            with transaction() as session:
                heartbeats.beat(
                    session,
                    kind=self.kind,
                    host=socket.gethostname(),
                    process_id=os.getpid(),
                    now=datetime.now(UTC),
                )
        except DBAPIError:
            # A database that is away for a moment is no reason to end; whoever reads the rows sees the gap.
            log.warning("no heartbeat", process=self.kind, exc_info=True)
