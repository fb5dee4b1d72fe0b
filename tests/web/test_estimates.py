"""Chances and minutes: the default beside what the office's own outcomes say, and which of them is in use."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import NOON, ada, ana, otto, sue
from tests.services.queues import task_of
from tests.services.worked import DAY, owes, worked
from workqueue.models import User
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.services import estimating

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def row(page: str, *named: str) -> str:
    """Return the text of the table's row in which all these words stand."""
    return next(each for each in page.split("<tr ") if all(name in each for name in named))


def test_before_the_first_estimation_the_page_says_that_the_defaults_hold(
    session: Session, sign_in_as: SignIn
) -> None:
    page = sign_in_as(sue(session)).get("/chances").text
    assert "Nothing has been estimated yet" in page
    assert all(facts.label in page for facts in KINDS.values())
    assert "35.0%" in row(page, "Patient balance", "Up to 30 days")


def test_each_line_shows_default_and_estimate_and_which_is_in_use(
    session: Session, sign_in_as: SignIn
) -> None:
    worked(session, 20, at=NOON - 45 * DAY, paid=10_000)
    estimating.estimate_and_rebuild(session, now=NOON)
    page = sign_in_as(ada(session)).get("/chances").text
    assert "Nothing has been estimated yet" not in page
    line = row(page, "Patient balance", "Up to 30 days")
    assert all(
        each in line
        for each in ("35.0%", "67.5%", "20 at once, 0 late", '>5<span class="note">default 6</span>', ">Own<")
    )
    assert "Default" in row(page, "Patient balance", "31 to 60 days")


def test_it_is_in_the_navigation_of_leads_and_not_of_reps(session: Session, sign_in_as: SignIn) -> None:
    assert 'href="/chances"' in sign_in_as(sue(session)).get("/work").text
    assert 'href="/chances"' not in sign_in_as(ana(session)).get("/work").text


def test_the_task_says_what_its_numbers_rest_on(session: Session, sign_in_as: SignIn) -> None:
    account = owes(session, at=NOON)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    client = sign_in_as(otto(session))
    assert "35.0% chance, the reviewed default" in client.get(f"/tasks/{task.id}").text
    worked(session, 20, at=NOON - 45 * DAY, paid=10_000)
    estimating.estimate_and_rebuild(session, now=NOON)
    page = client.get(f"/tasks/{task.id}").text
    assert "67.5% chance, from 20 outcomes of this office" in page
    changes = client.get(f"/accounts/{account.id}").text
    assert "Chances and minutes were estimated anew" in changes
