"""Payments: posted as a batch against one by one, and how soon the next task has changed."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, sleep

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from benchmarks.findings import Finding, at_least, percentile
from benchmarks.ground import NOW, SECRET, Ground, servers
from workqueue import jobs
from workqueue.database import transaction
from workqueue.services import posting

TASKS = 50_000
PAYMENTS = 1_000
CLIENTS = 8
ROUNDS = 3
RINGS = 150
SOON_SECONDS = 0.25
LATEST_SECONDS = 10.0

# A payment of one dollar to an account that owes more: the balance and the priority move, the task stays.
FACTS = text(
    """
    INSERT INTO inbox (source_key, content_hash, kind, state, account_number, effective_on, paid_cents, code,
        payload, received_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'payment', 'received', number, current_date, 100, 'benchmark',
        '{"entries": [["patient_payment", "", "", 0, -100]]}', now()
    FROM accounts WHERE patient_cents > 10000 AND id % :of = :part ORDER BY id LIMIT :count
    RETURNING id
    """
)


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
        session.execute(FACTS, {"of": 1, "part": 0, "count": PAYMENTS})
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
        session.execute(text("SELECT 1"))
        numbers = (
            session.execute(
                text(
                    "SELECT number FROM accounts WHERE patient_cents > 10000 AND id % :of = :part ORDER BY id LIMIT :n"
                ),
                {"of": CLIENTS, "part": part, "n": PAYMENTS // CLIENTS},
            )
            .scalars()
            .all()
        )
        one = text(
            str(FACTS).replace(
                "patient_cents > 10000 AND id % :of = :part ORDER BY id LIMIT :count", "number = :number"
            )
        )
        session.rollback()
        barrier.wait()  # type: ignore[attr-defined]  # a Barrier has no public type
        for number in numbers:
            fact_ids = session.execute(one, {"number": number}).scalars().all()
            posting.post_facts(session, fact_ids, now=NOW)
            session.commit()


def _rings(ground: Ground) -> list[float]:
    """Commit facts one at a time, ring, and watch the task until it has changed."""
    app = ground.app("bells")
    ground.office("office_of_bells", tasks=10_000).dispose()
    app.config["SQLALCHEMY_DATABASE_URI"] = ground.url("office_of_bells")
    with _worker(ground, "office_of_bells"):
        return list(_waits(ground, ground.url("office_of_bells")))


def _waits(ground: Ground, url: str) -> Iterator[float]:
    app = _app_on(ground, url)
    with app.app_context():
        for number in range(RINGS):
            with transaction() as session:
                row = session.execute(
                    text(
                        "SELECT t.id, t.account_id, t.priority FROM tasks t JOIN accounts a ON a.id = t.account_id"
                        " WHERE t.kind = 'patient_balance' AND a.patient_cents > 20000"
                        " ORDER BY a.id OFFSET :n LIMIT 1"
                    ),
                    {"n": number},
                ).one()
            with transaction() as session:
                session.execute(
                    text(
                        str(FACTS)
                        .replace(
                            "patient_cents > 10000 AND id % :of = :part ORDER BY id LIMIT :count", "id = :id"
                        )
                        .replace("-100", "-10000")
                    ),
                    {"id": row.account_id},
                )
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


def _app_on(ground: Ground, url: str) -> Flask:
    from workqueue.application import create_app  # noqa: PLC0415  # after the environment is set
    from workqueue.config import Config  # noqa: PLC0415

    return create_app(Config(ground.home, SECRET, url, ground.redis_url))


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
