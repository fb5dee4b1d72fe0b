"""flask queue estimate: what was found, the queue that follows, and nothing left to put right."""

import json
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.services.queues import task_of
from tests.services.worked import owes, worked
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import PRIORS


def test_an_estimation_is_reported_and_leaves_a_right_queue(runner: FlaskCliRunner, session: Session) -> None:
    now = datetime.now(UTC)
    worked(session, 20, at=now - timedelta(days=45), paid=10_000)
    account = owes(session, at=now)
    result = runner.invoke(args=["queue", "estimate", "--json"])
    assert result.exit_code == 0
    said = json.loads(result.output)
    assert (said["version"], said["cells"], said["own_chances"], said["own_minutes"]) == (
        1,
        len(PRIORS),
        1,
        1,
    )
    assert set(said["rebuilt"]) == {"tasks", "opened", "changed", "closed"}
    assert said["seconds"] >= 0
    session.expire_all()
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).p_now_bp == 6_750
    check = runner.invoke(args=["queue", "check", "--json"])
    assert (check.exit_code, json.loads(check.output)["count"]) == (0, 0)


def test_in_words_it_says_whose_numbers_hold(runner: FlaskCliRunner) -> None:
    said = runner.invoke(args=["queue", "estimate"]).output
    assert said.startswith(f"Version 1: 0 chances and 0 minutes of {len(PRIORS)} are this office's own;")
