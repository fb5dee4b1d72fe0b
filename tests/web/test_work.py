"""My day: what is held, passed, ahead, open and done."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, ben, make_callback, otto, uma
from tests.services.desk import billed_to_payer, open_office, owed_by_patient, take, task_of
from workqueue.models import User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState
from workqueue.web import guards

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def test_everybody_starts_where_their_work_is(session: Session, sign_in_as: SignIn) -> None:
    assert sign_in_as(ana(session)).get("/").headers["Location"] == "/work"
    assert sign_in_as(uma(session)).get("/").headers["Location"] == "/accounts"


def test_the_next_task_is_leased_and_shown_and_asking_again_gives_the_same(
    session: Session, sign_in_as: SignIn
) -> None:
    small, large = billed_to_payer(session, 10_000), billed_to_payer(session, 900_000)
    client = sign_in_as(ana(session))
    first = client.post("/work/next")
    best = task_of(session, large, TaskKind.CLAIM_NO_RESPONSE)
    assert (first.status_code, first.headers["Location"]) == (303, f"/tasks/{best.id}")
    assert best.state is TaskState.LEASED
    assert client.post("/work/next").headers["Location"] == first.headers["Location"]
    assert task_of(session, small, TaskKind.CLAIM_NO_RESPONSE).state is TaskState.QUEUED
    page = client.get("/work").text
    assert "In your hands" in page
    assert "Go on with your task" in page


def test_looking_at_the_day_leases_nothing(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    page = sign_in_as(ana(session)).get("/work").text
    assert "1 open to you now" in page
    assert "No response from payer" in page
    assert task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).state is TaskState.QUEUED


def test_a_clear_queue_says_what_comes_next(session: Session, sign_in_as: SignIn) -> None:
    open_office(session)
    rep = otto(session)
    client = sign_in_as(rep)
    assert "Queue clear." in client.get("/work").text
    for hours in (2, 5):
        make_callback(session, at=NOON + timedelta(hours=hours)).rep_id = rep.id
    session.flush()
    page = client.get("/work").text
    assert "1 callback at 3:00 PM." in page
    answer = client.post("/work/next")
    assert answer.headers["Location"] == "/work"
    assert "There is nothing for you to do at this moment." in client.get("/work").text


def test_what_was_passed_to_one_waits_in_front_of_one(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    task.owner_id = ben(session).id
    assert "Passed to you" in sign_in_as(ben(session)).get("/work").text
    assert "Passed to you" not in sign_in_as(ana(session)).get("/work").text


def test_what_was_logged_today_is_listed_with_the_next_look(session: Session, sign_in_as: SignIn) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    client = sign_in_as(rep)
    client.post(
        f"/tasks/{task_id}/outcome", data={"lease_token": token, "disposition": "resubmitted", "then": "list"}
    )
    page = client.get("/work").text
    assert "1 task done today" in page
    assert "Sent again unchanged" in page
    assert "Thu, Apr 9, 2026" in page


def test_no_one_is_offered_a_call_the_clock_forbids(
    session: Session, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed_by_patient(session)
    night = NOON + timedelta(hours=12)
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=night.astimezone))
    client = sign_in_as(otto(session))
    assert "Queue clear." in client.get("/work").text
    assert client.post("/work/next").headers["Location"] == "/work"
