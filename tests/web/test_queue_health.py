"""Queue health: the count in no place, and the proofs on demand."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import ada, make_fact, make_phone, sue, uma
from tests.services.desk import billed_to_payer, open_office, owed_by_patient
from workqueue.models import Account, Patient, Task, User
from workqueue.rules.states import TaskState

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def stat(page: str, label: str) -> str:
    return page.partition(f'<p class="stat-label">{label}</p>')[2].partition("</p>")[0].rpartition(">")[2]


def test_every_open_balance_has_its_place(session: Session, sign_in_as: SignIn) -> None:
    billed_to_payer(session)
    owed_by_patient(session)
    page = sign_in_as(sue(session)).get("/health-of-queue").text
    assert stat(page, "Open balances") == "2"
    assert stat(page, "In no place") == "0"
    assert "The machinery" in page
    assert "No sweeper has given a sign of life" in page


def test_facts_that_wait_are_counted(session: Session, sign_in_as: SignIn) -> None:
    open_office(session)
    make_fact(session)
    assert stat(sign_in_as(uma(session)).get("/health-of-queue").text, "Facts to post") == "1"


def test_the_proof_is_made_on_demand_and_says_that_all_is_right(session: Session, sign_in_as: SignIn) -> None:
    billed_to_payer(session)
    client = sign_in_as(ada(session))
    assert "All right" not in client.get("/health-of-queue").text
    page = client.post("/health-of-queue/check").text
    assert "All right" in page
    assert "The live queue is what a rebuild would give, to the last task." in page
    assert "Every account&#39;s balances are the sums of its ledger." in page


def test_the_proof_finds_what_somebody_changed_behind_the_offices_back(
    session: Session, sign_in_as: SignIn
) -> None:
    account = billed_to_payer(session)
    session.execute(update(Task).values(state=TaskState.WAITING))
    session.execute(update(Account).values(insurance_cents=Account.insurance_cents + 1))
    page = sign_in_as(sue(session)).post("/health-of-queue/check").text
    assert "Something is off" in page
    assert "The live queue differs from a rebuild in 1 task." in page
    assert f'href="/accounts/{account.id}"' in page
    assert "1 accounts have balances that are not the sums of their ledger." in page


def test_an_admin_sees_that_something_is_off_and_no_patient(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id))
    session.execute(update(Task).values(state=TaskState.WAITING))
    page = sign_in_as(ada(session)).post("/health-of-queue/check").text
    assert "Something is off" in page
    assert f'href="/accounts/{account.id}"' not in page
    assert "Testwell" not in page
