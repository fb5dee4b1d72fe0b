"""Thousands of tasks change hands under load: none is lost or doubled, and each change has one cause.

WORKQUEUE_MOVES and WORKQUEUE_REPS set the size: 5,000 and 64 are what the office promises.
"""

import json
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks import office
from tests.factories import make_skill, make_user
from tests.factories.people import INSURANCE_SKILLS, make_team
from tests.proofs import moving, racing
from tests.proofs.lease_history import violations
from tests.proofs.moving import Careful, Careless, Mover
from tests.services.desk import billed_to_payer
from tests.services.queues import differences
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import Skill
from workqueue.rules.roles import Role
from workqueue.services import deriving, handing, leasing, verifying

MOVES = int(os.environ.get("WORKQUEUE_MOVES", "600"))
REPS = int(os.environ.get("WORKQUEUE_REPS", "16"))
PROCESSES = 8
FIGURES = os.environ.get("WORKQUEUE_FIGURES", "")
SECONDS = 6.0 if MOVES <= 1_000 else 25.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FIRST_OWNERS = """
    UPDATE tasks SET owner_id = (CAST(:rep_ids AS bigint[]))[1 + id % (:people / 2)]
    WHERE id IN (SELECT t.id FROM tasks t JOIN lanes l ON l.id = t.lane_id JOIN skills s ON s.id = l.skill_id
        WHERE s.code IN ('claims', 'denials') AND t.state = 'queued' ORDER BY t.id LIMIT :most)
"""
OWNERS = """
    SELECT task_id, id, cause, cause_id, before->'owner_id' AS was, after->'owner_id' AS becomes
    FROM task_changes WHERE after ? 'owner_id' AND before->'owner_id' IS DISTINCT FROM after->'owner_id'
    ORDER BY task_id, id
"""
ROWS_OF_A_MOVE = """
    SELECT m.result, count(c.id) AS changes
    FROM rebalance_moves m LEFT JOIN task_changes c
        ON c.task_id = m.task_id AND c.cause = 'rebalance' AND c.cause_id = m.rebalance_id
    GROUP BY m.id, m.result
"""
EXPECTED_ROWS = {"planned": 0, "failed": 0, "moved": 1, "kept": 1, "back": 2}


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


def open_office(engine: Engine) -> tuple[int, list[int]]:
    """Give half of the reps all the work; return the lead and the reps."""
    now = datetime.now(UTC)
    with engine.begin() as connection:
        office.build(connection, accounts=2 * MOVES, now=now, today=office_day(now))
    with Session(engine) as session, session.begin():
        team = make_team(session)
        for code in Skill:
            make_skill(session, code)
        lead = make_user(session, "lead", role=Role.LEAD, team=team)
        reps = [make_user(session, f"rep{n}", team=team, skills=INSURANCE_SKILLS) for n in range(REPS)]
        deriving.rebuild(session, now=now)
        # Written once here, the derivation is not written again by each process that comes of this one.
        billed_to_payer(session)
        rep_ids = [rep.id for rep in reps]
        given = session.execute(
            text(FIRST_OWNERS), {"rep_ids": rep_ids, "people": len(rep_ids), "most": MOVES}
        )
        assert given.rowcount == MOVES  # type: ignore[attr-defined]  # a cursor's
        return lead.id, rep_ids


def race(
    engine: Engine, url: str, mover: Mover, folder: Path
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Let everybody work while the lead moves; return what the reps and the lead were told."""
    lead_id, rep_ids = open_office(engine)
    with engine.begin() as connection:
        # Every owner the tasks begin with, so that the history can be followed from there.
        connection.execute(text("CREATE TABLE first_owners AS SELECT id, owner_id FROM tasks"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As in an office that has been open for a day: the planner knows the tables.
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    forked = multiprocessing.get_context("fork")
    begins = moving.Race(forked.Barrier(PROCESSES + 2), SECONDS)
    logs = [folder / f"reps{number}.jsonl" for number in range(PROCESSES)]
    moves = folder / "lead.json"
    processes = [
        forked.Process(target=moving.run_world, args=(url, begins)),
        forked.Process(target=moving.run_lead, args=(url, mover, lead_id, rep_ids, MOVES, begins, moves)),
        *(
            forked.Process(
                target=moving.run_reps,
                args=(url, rep_ids[number::PROCESSES], rep_ids, 1_000 * number, begins, log),
            )
            for number, log in enumerate(logs)
        ),
    ]
    for each in processes:
        each.start()
    for each in processes:
        each.join(SECONDS + 120)
    assert [each.exitcode for each in processes] == [0] * len(processes)
    lines = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    return lines, json.loads(moves.read_text())


def lost_or_doubled(engine: Engine) -> Counter[str]:
    """Follow every owner through the history, from the tables alone; an empty count is right."""
    found: Counter[str] = Counter()
    with engine.connect() as connection:
        changes: dict[int, list[Any]] = {}
        for row in connection.execute(text(OWNERS)):
            changes.setdefault(row.task_id, []).append(row)
        first = dict(connection.execute(text("SELECT id, owner_id FROM first_owners")).all())
        now = dict(connection.execute(text("SELECT id, owner_id FROM tasks")).all())
        for move in connection.execute(text(ROWS_OF_A_MOVE)):
            found["a move without its one cause each way"] += move.changes != EXPECTED_ROWS[move.result]
    for task_id, steps in changes.items():
        if task_id in first:
            found["a change that begins with another owner"] += steps[0].was != first[task_id]
        found["a change that begins with another owner"] += sum(
            one.becomes != following.was for one, following in pairwise(steps)
        )
        found["a task with another owner than its history"] += steps[-1].becomes != now[task_id]
    found["a task that is gone"] = len(first.keys() - now.keys())
    return +found


def test_nothing_is_lost_or_doubled_while_work_is_moved_and_moved_back(
    engine: Engine, fresh_database: str, tmp_path: Path
) -> None:
    log, moved = race(engine, fresh_database, Careful(), tmp_path)
    said = Counter((each["what"], each["said"]) for each in log)
    # The race was one: tasks were taken, logged and passed on while they moved.
    assert said["take", "ok"] > 2 * REPS, said
    assert said["finish", "ok"] > REPS, said
    done = Counter((each["what"], each["said"]) for each in moved)
    # Nobody waits for the lead, and the lead for nobody.
    assert set(done) == {("apply", "ok"), ("undo", "ok")}, moved
    with Session(engine) as session, session.begin():
        handing.go_on_with_what_is_left(session, now=datetime.now(UTC))
    assert violations(engine, log) == {}
    assert lost_or_doubled(engine) == {}
    with Session(engine) as session, session.begin():
        stayed = dict(session.execute(text("SELECT stayed, count(*) FROM rebalance_moves GROUP BY 1")).all())
        assert {"in_hand", "given"} & set(stayed), stayed
        time.sleep(racing.LEASE_SECONDS)
        leasing.run_out(session)
        certificate = verifying.certify(session, now=datetime.now(UTC))
        wrong = [each.sentence for each in certificate.checks if not each.is_ok]
        assert [each for each in wrong if "lease" in each or "change" in each or "away" in each] == []
        assert differences(session, datetime.now(UTC)) == []
    if FIGURES:
        Path(FIGURES).write_text(
            json.dumps({"moves": moved, "reps": {" ".join(k): n for k, n in said.items()}})
        )


def test_the_judge_finds_out_a_lead_who_writes_back_what_was_read(
    engine: Engine, fresh_database: str, tmp_path: Path
) -> None:
    log, _ = race(engine, fresh_database, Careless(), tmp_path)
    found = violations(engine, log) + lost_or_doubled(engine)
    with Session(engine) as session:
        checks = {each.name: each.count for each in verifying.certify(session, now=datetime.now(UTC)).checks}
    assert sum(found.values()) > 0, (found, checks)
    assert found["a change that begins with another owner"] + checks["leases"] > 0, (found, checks)
