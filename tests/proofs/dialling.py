"""Reps who dial the same few persons in the same instant, and a judge of the calls that came of it.

Each rep is a thread with a connection of its own, in one of several processes.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from tests.factories import NOON
from workqueue.database import engine_options
from workqueue.models import Call
from workqueue.rules.call_states import CallState
from workqueue.services import calling
from workqueue.services.calling import CallNotAllowed

THINKING = 0.01
"""Between what a rep's transaction reads and what it writes: the race is run in here."""

ON_THE_LINE = "ON_THE_LINE"
LOCK_NOT_AVAILABLE = "55P03"
"""Five seconds behind others on a busy machine: the page says so, and the rep presses again."""


@dataclass(frozen=True)
class Client:
    """A rep with a task in hand, and the number they want to dial."""

    task_id: int
    token: int
    rep_id: int
    phone_id: int


def run_clients(url: str, clients: Sequence[Client], starts_at: float, log: Path) -> None:
    """Let these reps dial at the bell until a limit refuses them; write what went wrong otherwise."""
    engine = create_engine(url, poolclass=NullPool, connect_args=engine_options()["connect_args"])
    wrong: list[str] = []

    def dial_on(client: Client) -> None:
        try:
            while _dial(engine, client):
                pass
        except Exception as error:  # noqa: BLE001  # what a thread dies of must reach the test
            wrong.append(repr(error))

    threads = [threading.Thread(target=dial_on, args=(client,)) for client in clients]
    time.sleep(max(starts_at - time.time(), 0))
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    engine.dispose()
    log.write_text("\n".join(wrong))


def _dial(engine: Engine, client: Client) -> bool:
    """Place one call and hang up; return whether it is worth trying again."""
    try:
        with Session(engine) as session, session.begin():
            placed = calling.place_call(
                session,
                task_id=client.task_id,
                lease_token=client.token,
                phone_id=client.phone_id,
                rep_id=client.rep_id,
                now=NOON,
            )
    except CallNotAllowed as refusal:
        return {each.code for each in refusal.verdict.rules if not each.is_ok} == {ON_THE_LINE}
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return True
    with Session(engine) as session, session.begin():
        session.execute(
            update(Call).where(Call.id == placed.call_id).values(state=CallState.ENDED, ended_at=NOON)
        )
    return True


@dataclass(frozen=True)
class Limit:
    """At most so many calls, to a person or about an account, in so many days up to a moment."""

    name: str
    most: int
    days: int
    person_id: int | None = None
    account_id: int | None = None


def calls_under(session: Session, limit: Limit, at: datetime) -> int:
    """Count the rows themselves, and not as the office counts them."""
    since = (at - timedelta(days=limit.days - 1)).replace(hour=0, minute=0)
    rows = session.execute(select(Call.patient_id, Call.account_id, Call.placed_at)).all()
    return sum(
        row.placed_at >= since
        and (limit.person_id is None or row.patient_id == limit.person_id)
        and (limit.account_id is None or row.account_id == limit.account_id)
        for row in rows
    )


def exceeded(session: Session, limits: Sequence[Limit]) -> dict[str, int]:
    """Return by how much each limit was passed; nothing when none was."""
    over = Counter({each.name: calls_under(session, each, NOON) - each.most for each in limits})
    return {name: number for name, number in over.items() if number > 0}
