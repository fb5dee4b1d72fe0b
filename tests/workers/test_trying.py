"""Trials and publications in a worker: run for real, told how far, found by the sweeper, harmless twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.factories.people import sue
from tests.rules.test_queue_rules import with_kind
from tests.services.worked import billed, owes
from tests.workers.conftest import Start, until
from workers import chores, trying, wake
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.models import Trial
from workqueue.rules.kinds import TaskKind
from workqueue.services import publishing, queue_rules, trials
from workqueue.services.trials import comparing, comparing_sql

LIVE = "SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('by', t.xmin::text) ORDER BY id) FROM tasks t"


@pytest.fixture
def version_id(fresh_app: Flask) -> Iterator[int]:
    """A version that would make small balances wait, in an office with real commits."""
    with fresh_app.app_context(), transaction() as session:
        now = datetime.now(UTC)
        owes(session, 1_500, at=now)
        billed(session, at=now)
        rules = with_kind(TaskKind.PATIENT_BALANCE, floor_cents=2_000)
        made = queue_rules.add_version(
            session, rules, label="Floor", note="", made_from_id=1, actor_id=sue(session).id, now=NOON
        )
    with fresh_app.app_context():
        yield made


def ask(version_id: int) -> int:
    with transaction() as session:
        return trials.ask(session, version_id, actor_id=None, now=datetime.now(UTC))


def trial(trial_id: int) -> Trial:
    db.session.rollback()
    return db.session.get_one(Trial, trial_id, populate_existing=True)


def test_a_worker_runs_a_trial_and_the_live_queue_stays(version_id: int) -> None:
    with transaction() as session:
        before = session.execute(text(LIVE)).scalar_one()
        changes = session.execute(text("SELECT count(*) FROM task_changes")).scalar_one()
    trial_id = ask(version_id)
    wake.run_trial(trial_id)
    found = trial(trial_id)
    assert found.result is not None
    assert found.result["moves"]["leaves"]["tasks"] == 1
    assert (found.done, found.tries, found.against_id) == (found.of, 1, 1)
    with transaction() as session:
        assert session.execute(text(LIVE)).scalar_one() == before
        assert session.execute(text("SELECT count(*) FROM task_changes")).scalar_one() == changes
        left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'tried%'"
        assert session.execute(text(left)).scalar_one() == 0
    finished_at = found.finished_at
    wake.run_trial(trial_id)
    assert trial(trial_id).finished_at == finished_at


def test_a_trial_says_how_far_it_is_while_it_runs(version_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trial_id = ask(version_id)
    seen: list[tuple[int, int, str]] = []
    ordering = comparing._Steps.ordering

    def looked_at(steps: comparing._Steps) -> None:
        ordering(steps)
        with Session(db.engine) as other:
            row = other.get_one(Trial, trial_id)
            seen.append((row.done, row.of, row.step))

    monkeypatch.setattr(comparing._Steps, "ordering", looked_at)
    trying.try_rules(trial_id)
    ((done, of, step),) = seen
    assert 0 < done < of
    assert step


def test_a_trial_that_breaks_off_is_run_again(version_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trial_id = ask(version_id)
    with monkeypatch.context() as broken:
        broken.setattr(comparing_sql, "BUCKETS", "SELECT 1 / 0")
        with pytest.raises(wake.JobFailed):
            wake.run_trial(trial_id)
    assert trial(trial_id).finished_at is None
    wake.run_trial(trial_id)
    assert trial(trial_id).finished_at is not None
    assert trial(trial_id).tries == 2


def test_a_publication_is_put_in_force_by_a_worker_once(version_id: int) -> None:
    wake.run_trial(ask(version_id))
    with transaction() as session:
        publication_id = publishing.ask(session, version_id, actor_id=sue(session).id, now=datetime.now(UTC))
    wake.publish_rules(publication_id)
    wake.publish_rules(publication_id)
    with transaction() as session:
        assert queue_rules.in_force(session).version_id == version_id
        assert publishing.waiting(session) is None


def test_the_sweeper_runs_what_no_worker_came_for(version_id: int, valkey: Redis) -> None:
    trial_id = ask(version_id)
    now = datetime.now(UTC)
    chores.try_rules_that_wait(now)
    assert trial(trial_id).finished_at is None
    chores.try_rules_that_wait(now + chores.TRY_HERE_AFTER + timedelta(seconds=5))
    assert trial(trial_id).finished_at is not None
    with transaction() as session:
        publishing.ask(session, version_id, actor_id=sue(session).id, now=now)
    chores.publish_what_waits(now)
    with transaction() as session:
        assert queue_rules.in_force(session).version_id == 1
    chores.publish_what_waits(now + chores.PUBLISH_HERE_AFTER + timedelta(seconds=5))
    with transaction() as session:
        assert queue_rules.in_force(session).version_id == version_id


@pytest.mark.usefixtures("valkey")
def test_a_real_worker_hears_of_a_trial(version_id: int, start: Start) -> None:
    start("workers.main")
    trial_id = ask(version_id)
    # Rung before the worker was up or after: either way it comes.
    until(lambda: trial(trial_id).finished_at is not None)
