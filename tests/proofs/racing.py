"""A rep's two tabs in one process: they claim, finish, put back, fall asleep, click twice, write too late.

Each process keeps its own log of what it asked and what it was told; nothing in it is read from the database.
"""

import json
import random
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import make_fact
from tests.proofs.desks import Desk
from workqueue.database import engine_options
from workqueue.models import Account
from workqueue.rules.refusals import Refusal
from workqueue.rules.states import FactKind
from workqueue.services import leasing, posting

LEASE_SECONDS = 0.4


class Rep:
    """One person, two tabs, one log."""

    def __init__(self, engine: Engine, desk: Desk, rep_id: int, seed: int, until: float) -> None:
        self.engine, self.desk, self.rep_id, self.end = engine, desk, rep_id, until
        self.log: list[dict[str, Any]] = []
        self.known: dict[int, float] = {}
        """Until when each token was last said to be good, by either tab."""
        self._seed = seed

    def work(self) -> None:
        tabs = [threading.Thread(target=self._tab, args=(self._seed * 2 + tab,)) for tab in range(2)]
        for each in tabs:
            each.start()
        for each in tabs:
            each.join()

    def _tab(self, seed: int) -> None:
        chance = random.Random(seed)
        past: list[tuple[int, int]] = []
        while time.time() < self.end:
            leased = self._ask("take", lambda s: self.desk.take(s, self.rep_id, LEASE_SECONDS))
            if leased is None:
                time.sleep(0.01)
                continue
            held = (leased.task_id, leased.token)
            self.known[leased.token] = max(leased.until.timestamp(), self.known.get(leased.token, 0))
            past.append(held)
            self._act(chance, held)
            if chance.random() < 0.3:
                self._finish(*chance.choice(past), "from an old tab")

    def _act(self, chance: random.Random, held: tuple[int, int]) -> None:
        what, note = chance.random(), f"{chance.getrandbits(64):x}"
        if what < 0.35:
            self._finish(*held, note)
        elif what < 0.5:
            again = threading.Thread(target=self._finish, args=(*held, note))
            again.start()
            self._finish(*held, note)
            again.join()
        elif what < 0.65:
            self._ask("release", lambda s: self.desk.release(s, *held, self.rep_id), held)
        elif what < 0.8:
            time.sleep(LEASE_SECONDS * chance.uniform(0.8, 1.6))
            self._finish(*held, note)
        elif what < 0.9:
            time.sleep(LEASE_SECONDS * 0.7)
            until = self._ask(
                "extend", lambda s: self.desk.extend(s, *held, self.rep_id, LEASE_SECONDS), held
            )
            if until is not None:
                self.known[held[1]] = max(until.timestamp(), self.known[held[1]])
            self._finish(*held, note)
        # else: walk away, and let the lease run out

    def _finish(self, task_id: int, token: int, note: str) -> None:
        self._ask(
            "finish",
            lambda s: self.desk.finish(s, task_id, token, self.rep_id, note),
            (task_id, token),
            note=note,
            until=self.known[token],
        )

    def _ask(self, what: str, unit: Any, held: tuple[int, int] = (0, 0), **more: Any) -> Any:
        line = {"what": what, "rep": self.rep_id, "task": held[0], "token": held[1], **more}
        line["began"] = time.time()
        try:
            with Session(self.engine) as session, session.begin():
                answer = unit(session)
        except Refusal:
            self.log.append(line | {"said": "refused"})
            return None
        except DBAPIError as error:
            # The answer is not known: it may have been done or not.
            self.log.append(line | {"said": "unknown", "error": type(error.orig).__name__})
            return None
        if what == "take" and answer is not None:
            line |= {"task": answer.task_id, "token": answer.token}
        if what == "finish":
            line |= {"outcome": answer[0], "repeat": answer[1]}
        self.log.append(line | {"said": "ok" if answer is not None or what == "release" else "nothing"})
        return answer


def run_rep(url: str, desk: Desk, rep_id: int, seed: int, until: float, log: Path) -> None:
    """Work until the bell; write the log. Runs in a process of its own."""
    engine = _engine(url)
    rep = Rep(engine, desk, rep_id, seed, until)
    rep.work()
    engine.dispose()
    log.write_text("\n".join(json.dumps(each) for each in rep.log))


def run_world(url: str, until: float) -> None:
    """End leases that ran out, as the sweeper does; let news arrive that brings tasks back."""
    engine, chance = _engine(url), random.Random(0)
    with Session(engine) as session:
        numbers = session.scalars(select(Account.number)).all()
    while time.time() < until:
        with suppress(DBAPIError), Session(engine) as session, session.begin():
            leasing.run_out(session)
        with suppress(DBAPIError), Session(engine) as session, session.begin():
            today = datetime.now(UTC).date()
            for number in chance.sample(numbers, 3):
                make_fact(
                    session,
                    FactKind.CLAIM_STATUS,
                    account_number=number,
                    source_key=UUID(int=chance.getrandbits(128)),
                    effective_on=today,
                    code="A1",
                    payload={"status_key": f"{today:%Y%m%d}:A1"},
                )
            posting.post_received(session, now=datetime.now(UTC))
        time.sleep(0.05)
    engine.dispose()


def _engine(url: str) -> Engine:
    return create_engine(url, pool_size=2, connect_args=engine_options()["connect_args"])
