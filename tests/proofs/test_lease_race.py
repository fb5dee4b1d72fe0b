"""Sixteen tabs want the same work: no task is held twice, no lease has two outcomes, no write comes late."""

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from tests.factories import make_payer, make_user
from tests.proofs import racing
from tests.proofs.desks import Desk, Fenced, Unfenced
from tests.proofs.lease_history import violations
from tests.services.desk import billed_to_payer
from tests.services.queues import differences
from workqueue.rules.kinds import Skill
from workqueue.services import leasing, verifying

REPS, TASKS = 8, 40
SECONDS = 7.0


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    made = create_engine(fresh_database)
    yield made
    made.dispose()


def open_office(engine: Engine) -> list[int]:
    """Have more tasks than reps can hold, and fewer than they would like to choose from."""
    with Session(engine) as session, session.begin():
        payer = make_payer(session, filing_days=20_000)
        for cents in range(TASKS):
            billed_to_payer(session, 50_000 + cents, payer=payer)
        return [make_user(session, f"rep{each}", skills=[Skill.CLAIMS]).id for each in range(REPS)]


def race(engine: Engine, url: str, desk: Desk, folder: Path) -> list[dict[str, Any]]:
    """Let everybody run for a while, each rep and the world in a process of its own; return all logs."""
    rep_ids = open_office(engine)
    engine.dispose()
    until = time.time() + SECONDS
    forked = multiprocessing.get_context("fork")
    logs = [folder / f"{rep_id}.jsonl" for rep_id in rep_ids]
    processes = [forked.Process(target=racing.run_world, args=(url, until))]
    for seed, (rep_id, log) in enumerate(zip(rep_ids, logs, strict=True)):
        processes.append(forked.Process(target=racing.run_rep, args=(url, desk, rep_id, seed, until, log)))
    for each in processes:
        each.start()
    for each in processes:
        each.join(SECONDS + 40)
    assert [each.exitcode for each in processes] == [0] * len(processes)
    return [json.loads(line) for log in logs for line in log.read_text().splitlines()]


def test_sixteen_tabs_never_share_a_task(engine: Engine, fresh_database: str, tmp_path: Path) -> None:
    log = race(engine, fresh_database, Fenced(), tmp_path)
    said = Counter((each["what"], each["said"]) for each in log)
    # The race was one: work was done, taken away, refused and asked for twice.
    assert said["take", "ok"] > 60, said
    assert said["finish", "ok"] > 30, said
    assert said["finish", "refused"] > 10, said
    assert any(each.get("repeat") for each in log), said
    assert violations(engine, log) == {}
    with Session(engine) as session, session.begin():
        ended = dict(session.execute(text("SELECT ended_by, count(*) FROM leases GROUP BY 1")).all())
        assert {"outcome", "released", "ran_out"} <= set(ended)
        time.sleep(racing.LEASE_SECONDS)
        leasing.run_out(session)
        certificate = verifying.certify(session, now=datetime.now(UTC))
        assert [each.sentence for each in certificate.checks if not each.is_ok] == []
        assert differences(session, datetime.now(UTC)) == []


def test_the_judge_finds_out_an_office_without_a_fence(
    engine: Engine, fresh_database: str, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        # What would stop the carelessness in the database is taken away too.
        connection.execute(text("DROP INDEX uq_leases_open"))
        connection.execute(text("ALTER TABLE outcomes DROP CONSTRAINT uq_outcomes_task_id_lease_token"))
    found = violations(engine, race(engine, fresh_database, Unfenced(), tmp_path))
    assert found["two reps held one task"] > 0
    assert found["more than one outcome of a lease"] > 0
    assert found["a write accepted after the lease was over"] > 0
