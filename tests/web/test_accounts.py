"""Accounts: finding one without naming it in an address, reading it, notes, holds, callbacks."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    ana,
    make_account,
    make_call,
    make_callback,
    make_hold,
    make_patient,
    make_phone,
    otto,
    uma,
)
from tests.services.desk import billed_to_payer, deny, owed_by_patient, take
from workqueue.config import PROJECT
from workqueue.models import Account, Callback, Note, Patient, User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState, CauseKind

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def rivera(session: Session) -> Account:
    patient = make_patient(session, first_name="Marisol", last_name="Rivera")
    make_phone(session, patient=patient, e164="+13122210142")
    return make_account(session, number="AC-1042", patient=patient, patient_cents=5_000)


@pytest.mark.parametrize(
    "text",
    ["AC-1042", "ac-1042", " riv ", "Rivera, Mar", "Marisol Rivera", "(312) 221-0142", "+1 312 221 0142"],
)
def test_an_account_is_found_by_number_name_and_telephone(
    session: Session, sign_in_as: SignIn, rivera: Account, text: str
) -> None:
    make_account(session)
    page = sign_in_as(ana(session)).post("/accounts", data={"text": text}).text
    assert f'href="/accounts/{rivera.id}"' in page
    assert "1 account." in page


@pytest.mark.parametrize("text", ["AC-10", "ivera", "Riv%", "R_", "3122210999", "Rivera, Zed", "'; --"])
def test_what_is_not_meant_is_not_found(
    session: Session, sign_in_as: SignIn, rivera: Account, text: str
) -> None:
    page = sign_in_as(ana(session)).post("/accounts", data={"text": text}).text
    assert "Nothing found" in page
    assert f'href="/accounts/{rivera.id}"' not in page


@pytest.mark.parametrize("text", ["", "R"])
def test_too_little_to_search_for_is_said(session: Session, sign_in_as: SignIn, text: str) -> None:
    answer = sign_in_as(ana(session)).post("/accounts", data={"text": text})
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text


def test_a_search_stands_in_no_address(session: Session, sign_in_as: SignIn, rivera: Account) -> None:
    client = sign_in_as(ana(session))
    assert "Marisol" not in client.get("/accounts?text=Rivera").text
    part = client.post("/accounts", data={"text": "Rivera"}, headers=PARTIAL)
    assert "<html" not in part.text
    assert "Rivera, Marisol" in part.text
    assert "HX-Push-Url" not in part.headers


def test_the_page_tells_where_money_came_from_and_where_the_claim_stands(
    session: Session, sign_in_as: SignIn
) -> None:
    account = billed_to_payer(session, 50_000)
    deny(session, account, 20_000)
    page = sign_in_as(uma(session)).get(f"/accounts/{account.id}").text
    assert "+$500.00" in page
    assert "Claim submitted" in page
    assert "(CO-50)" in page
    assert "Decided by remittance" in page
    assert "Remittance arrived" in page
    assert "61 to 90" in page


def test_the_page_has_everything_people_did(session: Session, sign_in_as: SignIn, rivera: Account) -> None:
    make_call(session, account=rivera)
    make_hold(session, account=rivera, reason="waiting for the estate")
    make_callback(session, account=rivera, at=datetime(2026, 3, 12, 15, tzinfo=UTC))
    client = sign_in_as(ana(session))
    client.post(f"/accounts/{rivera.id}/notes", data={"text": "First line\nSecond <line>"})
    page = client.get(f"/accounts/{rivera.id}").text
    assert "waiting for the estate" in page.lower()
    assert "Thu, Mar 12, 10:00 AM Central" in page
    assert "Second &lt;line&gt;" in page
    assert "Not logged yet" in page
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title == "Account · Workqueue"


def test_a_note_sent_by_htmx_is_answered_with_the_history_alone(
    session: Session, sign_in_as: SignIn, rivera: Account
) -> None:
    client = sign_in_as(ana(session))
    part = client.post(f"/accounts/{rivera.id}/notes", data={"text": "Called in."}, headers=PARTIAL)
    assert 'id="history"' in part.text
    assert "Called in." in part.text
    assert "<html" not in part.text
    refused = client.post(f"/accounts/{rivera.id}/notes", data={"text": " "}, headers=PARTIAL)
    assert refused.status_code == 422
    assert session.scalar(select(func.count()).select_from(Note)) == 1


def test_after_a_note_one_goes_back_to_the_task_but_never_elsewhere(
    session: Session, sign_in_as: SignIn, rivera: Account
) -> None:
    client = sign_in_as(ana(session))
    for back_to, leads_to in (
        ("/tasks/7", "/tasks/7"),
        ("https://elsewhere.example/", f"/accounts/{rivera.id}"),
    ):
        answer = client.post(f"/accounts/{rivera.id}/notes", data={"text": "x", "back_to": back_to})
        assert answer.headers["Location"] == leads_to


def test_a_callback_is_booked_by_the_patients_clock_and_cancelled(
    session: Session, sign_in_as: SignIn
) -> None:
    account = owed_by_patient(session)
    phone = make_phone(session, patient=session.get_one(Patient, account.patient_id), e164="+13122210142")
    client = sign_in_as(otto(session))
    form = {"callback_on": "2026-03-12", "callback_time": "09:30", "phone_id": phone.id}
    assert client.post(f"/accounts/{account.id}/callbacks", data=form).status_code == 303
    booked = session.scalars(select(Callback)).one()
    assert booked.at == datetime(2026, 3, 12, 14, 30, tzinfo=UTC)
    assert client.post(f"/callbacks/{booked.id}/cancel", data={"cancel_reason": "x"}).status_code == 303
    assert session.scalars(select(Callback)).one().state is CallbackState.CANCELLED


@pytest.mark.parametrize(
    "form", [{}, {"callback_on": "2026-03-12", "callback_time": "22:30"}, {"callback_on": "2026-03-12"}]
)
def test_a_callback_at_no_legal_time_is_refused_beside_the_field(
    session: Session, sign_in_as: SignIn, form: dict[str, str]
) -> None:
    account = owed_by_patient(session)
    answer = sign_in_as(otto(session)).post(f"/accounts/{account.id}/callbacks", data=form)
    assert answer.status_code == 422
    assert 'href="#callback_at"' in answer.text
    assert session.scalar(select(func.count()).select_from(Callback)) == 0


def test_an_unknown_account_is_not_found(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(ana(session))
    assert client.get("/accounts/999999").status_code == 404
    assert client.post("/accounts/999999/notes", data={"text": "x"}).status_code == 404


def test_another_reps_task_does_not_hide_the_account(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session)
    take(session, account, TaskKind.PATIENT_BALANCE, otto(session))
    page = sign_in_as(ana(session)).get(f"/accounts/{account.id}").text
    assert "Otto is working on it" in page
    assert NOON.strftime("%Y") in page


def test_every_cause_of_a_change_has_its_sign() -> None:
    template = (PROJECT / "templates" / "accounts" / "_changed.html").read_text()
    assert [cause.value for cause in CauseKind if f'"{cause}":' not in template] == []
