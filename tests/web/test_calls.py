"""A call in hand on the page: details hidden until the person is known, and calls that come in."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import ben, make_account, make_patient, make_phone, make_window, otto
from tests.services.desk import client_phone, draft_of, owed_by_patient, take
from workqueue.models import Account, Call, User
from workqueue.rules.kinds import TaskKind

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
HIDDEN = "Hidden until the person is identified"


@pytest.fixture
def account(session: Session) -> Account:
    patient = make_patient(session, window=make_window(session, "America/Chicago"))
    patient.birth_on, patient.zip, patient.street = date(1960, 3, 9), "60601", "12 Elm Street"
    make_phone(session, patient=patient, e164="+13125550142")
    return owed_by_patient(session, 30_000, patient=patient)


def dial(client: FlaskClient, session: Session, account: Account) -> tuple[int, int]:
    """Dial; return the task and the call."""
    task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, otto(session))
    form = {"lease_token": str(token), "dial_phone_id": str(client_phone(session, task_id))}
    assert client.post(f"/tasks/{task_id}/call", data=form).status_code == 303
    return task_id, session.scalars(select(Call.id).order_by(Call.id.desc())).first() or 0


def test_from_the_dial_on_the_page_hides_what_is_owed(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    task_id, call_id = dial(client, session, account)
    page = client.get(f"/tasks/{task_id}").text
    assert HIDDEN in page
    assert "May I speak with" in page or "may I speak with" in page
    for hidden in ("$300.00", "300.00", "12 Elm Street", "March 9, 1960", account.number):
        assert hidden not in page
    assert HIDDEN in client.get(f"/accounts/{account.id}").text
    said = {"stated_birth_date": "3/9/1960", "stated_account_number": account.number}
    assert client.post(f"/calls/{call_id}/identify", data=said).status_code == 303
    page = client.get(f"/tasks/{task_id}").text
    assert HIDDEN not in page
    assert "$300.00" in page
    assert "Identified. Details may be spoken of." in page


def test_a_second_call_waits_until_the_answered_one_is_logged(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    task_id, call_id = dial(client, session, account)
    assert client.post(f"/calls/{call_id}/step", data={"step": "answered"}).status_code == 303
    call = session.get_one(Call, call_id)
    form = {"lease_token": str(call.verdict["lease_token"]), "dial_phone_id": str(call.phone_id)}
    refused = client.post(f"/tasks/{task_id}/call", data=form)
    assert refused.status_code == 409
    assert "Log the call first" in refused.text
    assert session.scalars(select(Call.id)).all() == [call_id]


def test_what_the_person_says_is_neither_kept_nor_shown_again(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    task_id, call_id = dial(client, session, account)
    said = {"stated_birth_date": "7/7/1977", "note": "Sounded tired."}
    client.post(f"/calls/{call_id}/identify", data=said)
    assert draft_of(session, otto(session), task_id) == {"note": "Sounded tired."}
    page = client.get(f"/tasks/{task_id}").text
    assert "7/7/1977" not in page
    assert "Sounded tired." in page
    assert "That does not match. There are 2 more tries." in page


def test_an_empty_answer_is_marked_beside_its_field(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    _, call_id = dial(client, session, account)
    answer = client.post(f"/calls/{call_id}/identify", data={"note": "x"})
    assert answer.status_code == 422
    assert 'id="stated_birth_date-error"' in answer.text


def test_with_somebody_else_on_the_line_only_a_request_to_call_is_shown(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    task_id, call_id = dial(client, session, account)
    assert client.post(f"/calls/{call_id}/step", data={"step": "third_party"}).status_code == 303
    assert "Please have" in client.get(f"/tasks/{task_id}").text


def test_details_can_be_shown_all_the_same_with_a_reason(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    task_id, _ = dial(client, session, account)
    refused = client.post(f"/accounts/{account.id}/reveal", data={"reveal_reason": ""})
    assert refused.headers["Location"] == f"/accounts/{account.id}"
    assert "Say why the details are needed now." in client.get(f"/accounts/{account.id}").text
    form = {"reveal_reason": "The spouse is the guarantor", "back_to": f"/tasks/{task_id}"}
    answer = client.post(f"/accounts/{account.id}/reveal", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{task_id}")
    assert HIDDEN not in client.get(f"/tasks/{task_id}").text


def test_a_call_that_comes_in_leads_to_the_task_it_is_about(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    client = sign_in_as(otto(session))
    answer = client.post(f"/accounts/{account.id}/inbound")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"].partition("#")[0]).text
    assert "They called at" in page
    assert HIDDEN in page


def test_a_call_about_an_account_with_nothing_to_do_is_logged_with_a_note(
    session: Session, sign_in_as: SignIn
) -> None:
    account = make_account(session, patient=make_patient(session))
    client = sign_in_as(otto(session))
    place = client.post(f"/accounts/{account.id}/inbound").headers["Location"]
    assert "The patient calls" in client.get(place).text
    answer = client.post(f"{place}/finish", data={"note": ""})
    assert answer.status_code == 422
    assert client.post(f"{place}/finish", data={"note": "Wants a receipt."}).status_code == 303
    assert "Wants a receipt." in client.get(f"/accounts/{account.id}").text
    assert "This call is logged." in client.get(place).text


def test_the_call_of_a_colleague_is_not_to_be_seen(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    _, call_id = dial(sign_in_as(otto(session)), session, account)
    assert sign_in_as(ben(session)).get(f"/calls/{call_id}").status_code == 404
