"""Payments: posted as a batch against one by one, and how soon the next task has changed."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, sleep

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_least, percentile
from benchmarks.ground import NOW, SECRET, Ground, servers
from workqueue import jobs
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.services import posting

TASKS = 50_000
PAYMENTS = 1_000
CLIENTS = 8
ROUNDS = 3
RINGS = 150
SOON_SECONDS = 0.25
LATEST_SECONDS = 10.0

# A payment of so many cents to accounts that owe more: the balance and the priority move, the task stays.
FACTS = """
    INSERT INTO inbox (source_key, content_hash, kind, state, account_number, effective_on, paid_cents, code,
        payload, received_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'payment', 'received', number, current_date, :cents,
        'benchmark', jsonb_build_object('entries', jsonb_build_array(
            jsonb_build_array('patient_payment', '', '', 0, -CAST(:cents AS bigint)))), now()
    FROM accounts WHERE {which}
    RETURNING id
"""
OWING = "patient_cents > 10000 AND id % :of = :part ORDER BY id LIMIT :count"


def run() -> list[Finding]:
    with servers() as ground:
        ground.office("office", tasks=TASKS).dispose()
        url = ground.url("office")
        batch, single = [], []
        for _ in range(ROUNDS):
            single.append(_one_by_one(url))
            batch.append(_as_a_batch(url))
        waits = _rings(ground)
    return [
        at_least(
            f"batch of {PAYMENTS:,} payments against {CLIENTS} clients one by one",
            "payments a second",
            PAYMENTS / min(batch),
            PAYMENTS / min(single),
            2.0,
        ),
        _soon(waits),
    ]


def _soon(waits: list[float]) -> Finding:
    p95 = percentile(waits, 0.95)
    return Finding(
        "committed fact to changed next task through RQ, p95",
        "s",
        p95,
        SOON_SECONDS,
        f"at most {SOON_SECONDS:g} s",
        p95 / SOON_SECONDS,
        p95 <= SOON_SECONDS,
    )


def _as_a_batch(url: str) -> float:
    with Session(create_engine(url)) as session:
        started = perf_counter()
        session.execute(
            text(FACTS.format(which=OWING)), {"cents": 100, "of": 1, "part": 0, "count": PAYMENTS}
        )
        session.commit()
        posting.post_received(session, now=NOW, limit=PAYMENTS)
        session.commit()
        return perf_counter() - started


def _one_by_one(url: str) -> float:
    barrier = multiprocessing.get_context("spawn").Barrier(CLIENTS + 1)
    clients = [
        multiprocessing.get_context("spawn").Process(target=_client, args=(url, part, barrier))
        for part in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    barrier.wait()
    started = perf_counter()
    for client in clients:
        client.join()
    return perf_counter() - started


def _client(url: str, part: int, barrier: object) -> None:
    """Post a share of the payments, each in a transaction of its own, on accounts no other client touches."""
    with Session(create_engine(url)) as session:
        numbers = (
            session.execute(
                text(f"SELECT number FROM accounts WHERE {OWING}"),  # noqa: S608  # a constant
                {"of": CLIENTS, "part": part, "count": PAYMENTS // CLIENTS},
            )
            .scalars()
            .all()
        )
        session.rollback()
        one = text(FACTS.format(which="number = :number"))
        barrier.wait()  # type: ignore[attr-defined]  # a Barrier has no public type
        for number in numbers:
            fact_ids = session.execute(one, {"cents": 100, "number": number}).scalars().all()
            posting.post_facts(session, fact_ids, now=NOW)
            session.commit()


def _rings(ground: Ground) -> list[float]:
    """Commit facts one at a time, ring, and watch the task until it has changed."""
    ground.office("bells", tasks=10_000).dispose()
    with _worker(ground, "bells"):
        return list(_waits(ground, ground.url("bells")))


def _waits(ground: Ground, url: str) -> Iterator[float]:
    app = create_app(Config(ground.home, SECRET, url, ground.redis_url))
    with app.app_context():
        for number in range(RINGS):
            with transaction() as session:
                row = session.execute(
                    text(
                        "SELECT t.id, t.account_id, t.priority"
                        " FROM tasks t JOIN accounts a ON a.id = t.account_id"
                        " WHERE t.kind = 'patient_balance' AND a.patient_cents > 20000"
                        " ORDER BY a.id OFFSET :n LIMIT 1"
                    ),
                    {"n": number},
                ).one()
            with transaction() as session:
                session.execute(text(FACTS.format(which="id = :id")), {"cents": 10_000, "id": row.account_id})
                jobs.after_commit(session, jobs.Job.POST_INBOX)
            started = perf_counter()
            yield _until_changed(row.id, row.priority, started)


def _until_changed(task_id: int, priority: int, started: float) -> float:
    while perf_counter() - started < LATEST_SECONDS:
        with transaction() as session:
            current = session.execute(
                text("SELECT priority FROM tasks WHERE id = :id"), {"id": task_id}
            ).scalar_one()
        if current != priority:
            return perf_counter() - started
        sleep(0.002)
    return LATEST_SECONDS


@contextmanager
def _worker(ground: Ground, database: str) -> Iterator[None]:
    """Run the real worker process on this database."""
    environment = os.environ | {
        "DATABASE_URL": ground.url(database),
        "REDIS_URL": ground.redis_url,
        "SECRET_KEY": SECRET,
        "WORKQUEUE_HOME": str(ground.home),
    }
    process = subprocess.Popen([sys.executable, "-m", "workers.main"], env=environment)
    try:
        sleep(3)  # until it listens
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
