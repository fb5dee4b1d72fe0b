"""Tasks change hands while reps lease and log them: as the office does it, and once carelessly."""

import json
import math
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.proofs import racing
from tests.proofs.desks import Fenced, Logged
from workqueue.database import engine_options
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.refusals import Refusal
from workqueue.services import rebalancing
from workqueue.services.outcomes import log_outcome

PASSED_ON = 0.3
LEASE_SECONDS = 1.0


class Passing(Fenced):
    """A rep who now and then passes a task on: so owners change without any rebalance."""

    def __init__(self, colleague_ids: list[int]) -> None:
        self.colleague_ids = colleague_ids

    def finish(self, session: Session, task_id: int, token: int, rep_id: int, note: str) -> Logged:
        chance = random.Random(f"{token} {note}")
        if chance.random() > PASSED_ON:
            return super().finish(session, task_id, token, rep_id, note)
        others = [each for each in self.colleague_ids if each != rep_id]
        entry = OutcomeEntry("passed", note=note, colleague_id=chance.choice(others), reason="not mine")
        logged = log_outcome(
            session, task_id=task_id, lease_token=token, entry=entry, rep_id=rep_id, now=datetime.now(UTC)
        )
        return logged.outcome_id, logged.is_repeat


class Mover(Protocol):
    """How one rebalance is done and taken back; each call is one transaction."""

    def apply(self, session: Session, rebalance_id: int, lead_id: int) -> None: ...
    def undo(self, session: Session, rebalance_id: int, lead_id: int) -> None: ...


class Careful:
    """The office itself."""

    def apply(self, session: Session, rebalance_id: int, lead_id: int) -> None:
        rebalancing.apply(session, rebalance_id, actor_id=lead_id, now=datetime.now(UTC))

    def undo(self, session: Session, rebalance_id: int, lead_id: int) -> None:
        rebalancing.undo(session, rebalance_id, actor_id=lead_id, now=datetime.now(UTC))


class Careless:
    """The same as it is often written: read, think, write the rows back whole. The proof has to find out."""

    THINKING = 1.0

    def apply(self, session: Session, rebalance_id: int, lead_id: int) -> None:
        self._write(session, rebalance_id, lead_id, "planned", "moved", "from_user_id", "to_user_id")
        session.execute(
            text("UPDATE rebalances SET state = 'applied', applied_at = now() WHERE id = :id"),
            {"id": rebalance_id},
        )

    def undo(self, session: Session, rebalance_id: int, lead_id: int) -> None:
        self._write(session, rebalance_id, lead_id, "moved", "back", "to_user_id", "from_user_id")

    def _write(
        self, session: Session, rebalance_id: int, lead_id: int, was: str, becomes: str, left: str, right: str
    ) -> None:
        rows = session.execute(
            text(
                f"SELECT m.id AS move_id, m.{right} AS owner_id, t.id, t.account_id, t.state, t.holder_id,"  # noqa: S608  # our own names
                " t.lease_token, t.lease_until, t.owner_id AS had FROM rebalance_moves m"
                " JOIN tasks t ON t.id = m.task_id"
                f" WHERE m.rebalance_id = :id AND m.result = :was AND t.owner_id = m.{left}"
                " AND t.state <> 'closed'"
            ),
            {"id": rebalance_id, "was": was},
        ).mappings()
        found = [dict(row) | {"lead": lead_id, "rebalance": rebalance_id, "becomes": becomes} for row in rows]
        time.sleep(self.THINKING)
        for statement in _CARELESS:
            session.execute(text(statement), found)


_CARELESS = (
    """
    UPDATE tasks SET owner_id = :owner_id, state = :state, holder_id = :holder_id,
        lease_token = :lease_token, lease_until = :lease_until WHERE id = :id
    """,
    """
    INSERT INTO task_changes (task_id, account_id, at, cause, cause_id, actor_id, before, after)
    VALUES (:id, :account_id, now(), 'rebalance', :rebalance, :lead,
        jsonb_build_object('owner_id', CAST(:had AS bigint)),
        jsonb_build_object('owner_id', CAST(:owner_id AS bigint)))
    """,
    "UPDATE rebalance_moves SET result = :becomes WHERE id = :move_id",
)

DRAFT = """
    INSERT INTO rebalances (team_id, cause, state, reason, made_by_id, made_at, until_at)
    SELECT team_id, 'lead', 'draft', 'under load', id, now(), now() + interval '1 hour'
    FROM users WHERE id = :lead_id RETURNING id
"""
MOVES = """
    INSERT INTO rebalance_moves (rebalance_id, task_id, account_id, from_user_id, to_user_id, minutes, why,
        seen_worked_at, result)
    SELECT :rebalance_id, t.id, t.account_id, t.owner_id,
        (CAST(:rep_ids AS bigint[]))[1 + (array_position(CAST(:rep_ids AS bigint[]), t.owner_id)
            + :people / 2 - 1) % :people],
        12, 'over', t.worked_at, 'planned'
    FROM tasks t WHERE t.owner_id = ANY(CAST(:rep_ids AS bigint[])) AND t.state IN ('queued', 'waiting')
    ORDER BY t.id LIMIT :most
"""


def run_reps(url: str, rep_ids: list[int], everybody: list[int], seed: int, race: "Race", log: Path) -> None:
    """Let several reps work in this process, a thread each; write what they were told."""
    # A lease of theirs outlasts the moving of all tasks on a busy machine.
    racing.LEASE_SECONDS = LEASE_SECONDS
    engine = create_engine(url, pool_size=len(rep_ids), connect_args=engine_options()["connect_args"])
    reps = [
        racing.Rep(engine, Passing(everybody), rep_id, seed + number, math.inf)
        for number, rep_id in enumerate(rep_ids)
    ]
    _warm_up(reps[0])
    until = race.begin()
    for rep in reps:
        rep.end = until
    threads = [threading.Thread(target=rep._tab, args=(seed + at,)) for at, rep in enumerate(reps)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    engine.dispose()
    log.write_text("\n".join(json.dumps(line) for rep in reps for line in rep.log))


def _warm_up(rep: racing.Rep) -> None:
    """Do it once: what a process writes and compiles for its first outcome must not eat up the race."""
    leased = rep._ask("take", lambda s: rep.desk.take(s, rep.rep_id, 60))
    if leased is not None:
        rep.known[leased.token] = leased.until.timestamp()
        rep._finish(leased.task_id, leased.token, "before the race")


def run_lead(
    url: str, mover: Mover, lead_id: int, rep_ids: list[int], most: int, race: "Race", log: Path
) -> None:
    """Move as many tasks as there are from one half of the reps to the other, and back, again and again."""
    engine = create_engine(url, connect_args=engine_options()["connect_args"])
    done: list[dict[str, Any]] = []
    until = race.begin()
    while time.time() < until:
        with Session(engine) as session, session.begin():
            rebalance_id = session.execute(text(DRAFT), {"lead_id": lead_id}).scalar_one()
            moves = {"rebalance_id": rebalance_id, "rep_ids": rep_ids, "people": len(rep_ids), "most": most}
            session.execute(text(MOVES), moves)
        for name, step in (("apply", mover.apply), ("undo", mover.undo)):
            began = time.time()
            try:
                with Session(engine) as session, session.begin():
                    step(session, rebalance_id, lead_id)
                said = "ok"
            except (DBAPIError, Refusal) as error:
                said = type(getattr(error, "orig", error)).__name__
            done.append({"what": name, "said": said, "seconds": time.time() - began})
            time.sleep(0.2)
    engine.dispose()
    log.write_text(json.dumps(done))


def run_world(url: str, race: "Race") -> None:
    racing.run_world(url, race.begin())


@dataclass(frozen=True)
class Race:
    """Everybody waits for everybody, and then has so much time."""

    barrier: Barrier
    seconds: float

    def begin(self) -> float:
        self.barrier.wait(90)
        return time.time() + self.seconds
