"""The test ground itself: isolation between tests and between workers."""

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.database import transaction
from workqueue.jobs import Job


@pytest.mark.parametrize("_again", [1, 2])
def test_what_one_test_commits_the_next_does_not_see(app: Flask, session: Session, _again: int) -> None:
    with app.app_context(), transaction() as within:
        within.execute(text("CREATE TABLE left_over (id int)"))
    assert session.execute(text("SELECT count(*) FROM left_over")).scalar() == 0


def test_the_session_of_the_test_and_of_the_application_see_the_same(app: Flask, session: Session) -> None:
    session.execute(text("CREATE TABLE seen (id int)"))
    session.execute(text("INSERT INTO seen VALUES (7)"))
    with app.app_context(), transaction() as within:
        assert within.execute(text("SELECT id FROM seen")).scalar() == 7


def test_a_job_asked_for_is_rung_after_the_commit_and_only_once(app: Flask, valkey: Redis) -> None:
    with app.app_context(), transaction() as within:
        jobs.after_commit(within, Job.READ_FILE, 5)
        jobs.after_commit(within, Job.READ_FILE, 5)
        assert valkey.llen("rq:queue:wake") == 0
    assert valkey.llen("rq:queue:wake") == 1


def test_a_rolled_back_transaction_rings_for_nothing(app: Flask, valkey: Redis) -> None:
    def fail() -> None:
        with transaction() as within:
            jobs.after_commit(within, Job.POST_INBOX)
            raise LookupError

    with app.app_context():
        with pytest.raises(LookupError):
            fail()
        with transaction():
            pass
    assert valkey.llen("rq:queue:wake") == 0
