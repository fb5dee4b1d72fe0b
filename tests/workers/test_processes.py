"""The worker and the sweeper as processes: rung, unrung, killed, without Valkey."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_fact
from tests.workers.conftest import Start, until
from workqueue import jobs
from workqueue.database import reading, transaction
from workqueue.embedded import free_port
from workqueue.jobs import Job
from workqueue.models.heartbeats import ProcessHeartbeat
from workqueue.models.inbox import Fact
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import FactState


def facts_posted(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).where(Fact.state == FactState.APPLIED)) or 0


def kinds_alive(app: Flask) -> set[str]:
    with app.app_context(), reading() as session:
        return set(session.scalars(select(ProcessHeartbeat.kind)))


def bring(app: Flask, prepare: Callable[[Session], object] = lambda _session: None) -> None:
    """Let a fact arrive just now."""
    with app.app_context(), transaction() as session:
        make_fact(session, received_at=datetime.now(UTC))
        prepare(session)


def ring(session: Session) -> None:
    jobs.after_commit(session, Job.POST_INBOX)


def test_a_worker_that_is_rung_for_posts_what_waits(fresh_app: Flask, valkey: Redis, start: Start) -> None:
    worker = start("workers.main")
    until(lambda: kinds_alive(fresh_app) == {"worker"})
    bring(fresh_app, ring)
    until(lambda: facts_posted(fresh_app) == 1)
    bring(fresh_app, ring)
    until(lambda: facts_posted(fresh_app) == 2)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_a_failed_job_leaves_no_word_of_its_error_in_valkey(
    fresh_app: Flask, valkey: Redis, start: Start
) -> None:
    start("workers.main")
    jobs.Doorbell().ring(valkey, [(Job.READ_FILE, (987654321,))])
    until(lambda: valkey.zcard("rq:failed:wake") == 1)
    [name] = valkey.zrange("rq:failed:wake", 0, -1)
    kept = RqJob.fetch(name.decode(), connection=valkey, serializer=JSONSerializer).latest_result()
    assert kept is not None
    assert str(kept.exc_string).endswith("workers.wake.JobFailed: NotFound\n")
    assert NotFound.sentence not in str(kept.exc_string)


def test_the_sweeper_posts_what_nobody_was_rung_for(fresh_app: Flask, valkey: Redis, start: Start) -> None:
    bring(fresh_app)
    start("workers.sweeper")
    until(lambda: facts_posted(fresh_app) == 1)
    assert "sweeper" in kinds_alive(fresh_app)


def test_the_sweeper_needs_no_valkey(fresh_app: Flask, start: Start) -> None:
    start("workers.sweeper", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    bring(fresh_app)
    until(lambda: facts_posted(fresh_app) == 1)


def test_a_second_sweeper_takes_over_when_the_first_is_killed(
    fresh_app: Flask, valkey: Redis, start: Start
) -> None:
    first = start("workers.sweeper")
    until(lambda: kinds_alive(fresh_app) == {"sweeper"})
    start("workers.sweeper")
    first.kill()
    first.wait()
    bring(fresh_app)
    until(lambda: facts_posted(fresh_app) == 1)


@pytest.mark.parametrize("module", ["workers.main", "workers.sweeper"])
def test_a_bad_setting_ends_a_process_with_a_sentence(start: Start, module: str, tmp_path: Path) -> None:
    child = start(module, LEASE_SECONDS="soon")
    assert child.wait(30) == 1
    assert "LEASE_SECONDS is 'soon'" in (tmp_path / f"{module}.log").read_text()
