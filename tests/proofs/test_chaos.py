"""2,000 facts arrive while workers, Valkey and PostgreSQL are killed: none is lost, none there twice."""

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text

from tests.conftest import SECRET
from tests.kit.bills import DAY, some_bills
from tests.proofs.chaos import FIRST_CENTS, Crew, bring_files, bring_payments, judge
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.embedded import EmbeddedServers
from workqueue.extensions import db
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import plan
from workqueue.services import deriving, health, verifying

PRODUCERS = 3
BILLS = [each for each in some_bills(200) if each.sequence == 1]
PAYMENTS = [(FIRST_CENTS + each, BILLS[each % len(BILLS)].number) for each in range(1_800)]
DRAIN_SECONDS = 30
POSTED = """
    SELECT a.number, -e.patient_cents FROM ledger_entries e JOIN accounts a ON a.id = e.account_id
    WHERE e.kind = 'patient_payment'
"""


@pytest.fixture
def own_servers() -> Iterator[EmbeddedServers]:
    """A durable PostgreSQL and Valkey that nobody else is using, to be killed."""
    home = Path(tempfile.mkdtemp(prefix="workqueue-chaos-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as servers:
            yield servers
    finally:
        shutil.rmtree(home)


def trouble(servers: EmbeddedServers, crew: Crew) -> list[Callable[[], None]]:
    """Return what goes wrong, in order."""

    def flush_valkey() -> None:
        with Redis.from_url(servers.redis_url, socket_timeout=1) as client:
            client.flushall()

    def kill_valkey() -> None:
        assert servers.valkey is not None
        servers.valkey.kill()
        servers.valkey.wait()

    def crash_postgres() -> None:
        """Stop it as `pg_ctl -m immediate` does: no goodbye, recovery from the log at the next start."""
        assert servers.postgres is not None
        os.kill(servers.postgres.pid, signal.SIGQUIT)
        servers.postgres.wait()

    def kill_worker() -> None:
        crew.kill(0)

    def kill_all_workers() -> None:
        crew.kill(0)
        crew.kill(1)

    def kill_sweeper() -> None:
        crew.kill(2)

    return [
        kill_worker,
        flush_valkey,
        crash_postgres,
        kill_valkey,
        kill_sweeper,
        crash_postgres,
        kill_all_workers,
    ]


def live_through_it(
    servers: EmbeddedServers, make_app: Callable[[], Flask], files: list[tuple[str, bytes]], folder: Path
) -> None:
    """Let all facts arrive in the middle of all trouble, and the crew finish its work."""
    env = {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": SECRET,
        "WORKQUEUE_HOME": str(folder),
    }
    forked = multiprocessing.get_context("fork")
    producers = [forked.Process(target=bring_files, args=(make_app, files))]
    for each in range(PRODUCERS):
        part = PAYMENTS[each::PRODUCERS]
        producers.append(
            forked.Process(target=bring_payments, args=(make_app, part, folder / f"told-{each}"))
        )
    crew = Crew(env, folder)
    try:
        for each in producers:
            each.start()
        waiting = trouble(servers, crew)
        while waiting or any(each.is_alive() for each in producers):
            time.sleep(0.7)
            if waiting:
                with suppress(RedisError):  # Valkey is just starting; the next trouble comes all the same
                    waiting.pop(0)()
                time.sleep(0.3)
            servers.restart_dead()
            crew.revive()
        for each in producers:
            each.join()
        assert [each.exitcode for each in producers] == [0] * len(producers)
        app = make_app()
        is_drained = drained(app)
        with app.app_context():
            db.engine.dispose()
        assert is_drained, f"the backlog is not posted {DRAIN_SECONDS} s after the last trouble"
    finally:
        for each in producers:
            each.kill()
        crew.dismiss()


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_there_twice(own_servers: EmbeddedServers, tmp_path: Path) -> None:
    database_url, redis_url = own_servers.database_url, own_servers.redis_url

    def make_app() -> Flask:
        return create_app(Config(tmp_path, SECRET, database_url, redis_url))

    app = make_app()
    with app.app_context():
        upgrade()
        db.engine.dispose()
    submissions = plan(BILLS, seed=1, day=DAY, kinds=[Kind.SUBMISSION], claims_per_file=20).files
    live_through_it(own_servers, make_app, [(each.name, each.content) for each in submissions], tmp_path)
    told = sum(len(log.read_text().splitlines()) for log in tmp_path.glob("told-*"))
    assert told == len(PAYMENTS)
    now = datetime.now(UTC)
    with app.app_context(), transaction() as session:
        ledger = [(row[0], row[1]) for row in session.execute(text(POSTED))]
        assert judge(dict(PAYMENTS), ledger) == {}
        charges = session.execute(text("SELECT number, charge_cents FROM accounts"))
        assert {row[0]: row[1] for row in charges} == {each.number: each.charge_cents for each in BILLS}
        while deriving.rescore_due(session, now=now):
            pass
        certificate = verifying.certify(session, now=now)
        assert [each.sentence for each in certificate.checks if not each.is_ok] == []
        # A report whose answer was lost came again: that is a duplicate, and the only thing that may vary.
        others = {each: count for each, count in certificate.facts.items() if each != "duplicate"}
        assert others == {"received": 0, "applied": len(BILLS) + len(PAYMENTS), "quarantined": 0}
        assert deriving.check(session, now=now) == []
    with app.app_context():
        db.engine.dispose()


def drained(app: Flask) -> bool:
    """Wait until every file is read and every fact posted."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        with app.app_context(), transaction() as session:
            if not health.backlog(session).count and not health.unread_files(session):
                return True
        time.sleep(0.2)
    return False


# An office without promises: facts live in Valkey; what is taken is posted in one transaction and noted as
# done in another. The same judge has to find it out.


def post_carelessly(database_url: str, redis_url: str) -> None:
    """Post what waits until killed."""
    careless = text("INSERT INTO careless VALUES (:number, :cents)")
    engine = create_engine(database_url)
    with Redis.from_url(redis_url) as client:
        while True:
            waiting = client.lindex("careless", 0)
            if waiting is None:
                time.sleep(0.001)
                continue
            number, cents = waiting.decode().split(":")
            with engine.begin() as connection:
                connection.execute(careless, {"number": number, "cents": int(cents)})
            time.sleep(0.003)
            client.lpop("careless")


def test_the_judge_finds_out_an_office_without_keys_and_transactions(
    fresh_database: str, valkey: Redis, valkey_url: str
) -> None:
    engine = create_engine(fresh_database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE careless (number text, cents bigint)"))
    brought = {FIRST_CENTS + each: f"T{each % 20}" for each in range(400)}
    forked = multiprocessing.get_context("fork")
    for start in range(0, 400, 100):
        part = [f"{number}:{cents}" for cents, number in brought.items()][start : start + 100]
        valkey.rpush("careless", *part)
        for attempt in range(6):
            worker = forked.Process(target=post_carelessly, args=(fresh_database, valkey_url))
            worker.start()
            time.sleep(0.12)
            worker.kill()
            worker.join()
            # A hundred take it three times as long at least: most of them still lie in Valkey.
            if start == 100 and attempt == 0:
                valkey.flushdb()
    with engine.connect() as connection:
        ledger = [(row[0], row[1]) for row in connection.execute(text("SELECT number, cents FROM careless"))]
    engine.dispose()
    found = judge(brought, ledger)
    assert found["twice"] > 0
    assert found["lost"] > 0
