"""The call-effort report: looked at, and taken out as PDF or CSV with a reason."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import TODAY, make_call, make_notice, make_outcome, make_phone, sue
from tests.services.desk import owed_by_patient, task_of
from workqueue.models import Account, Patient, User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.notices import NoticeKind

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def account(session: Session) -> Account:
    account = owed_by_patient(session)
    patient = session.get_one(Patient, account.patient_id)
    patient.last_name = "Nguyễn-Ōe"
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    call = make_call(
        session,
        task=task,
        account=account,
        phone=make_phone(session, patient=patient, e164="+13125550142"),
        disposition="message_left",
    )
    make_outcome(session, task=task, call=call, disposition="message_left", note="=HYPERLINK(1)")
    return account


def test_the_page_shows_every_call(session: Session, sign_in_as: SignIn, account: Account) -> None:
    page = sign_in_as(sue(session)).get(f"/accounts/{account.id}/call-effort").text
    assert "Message left" in page
    assert "ends in 0142" in page
    assert "Robin Nguyễn-Ōe, Patient" in page
    assert "No bill or notice is recorded" in page


def test_notices_are_called_what_the_account_page_calls_them(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    make_notice(session, account=account, given_on=TODAY, kind=NoticeKind.ORAL_EFFORT)
    client = sign_in_as(sue(session))
    for path in (f"/accounts/{account.id}", f"/accounts/{account.id}/call-effort"):
        assert "Told of financial assistance by word of mouth" in client.get(path).text


def test_the_csv_is_one_row_a_call_and_no_cell_is_a_formula(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    answer = sign_in_as(sue(session)).post(
        f"/accounts/{account.id}/call-effort", data={"form": "csv", "reason": "=SUM(A1) audit"}
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="call-effort-{account.id}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    mark, heads, *rows = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert "for: =SUM(A1) audit" in mark[0]
    assert len(rows) == 1
    row = dict(zip(heads, rows[0], strict=True))
    assert (row["name"], row["role"]) == ("Robin Nguyễn-Ōe", "Patient")
    assert (row["outcome"], row["number_ends_in"]) == ("Message left", "0142")
    assert row["note"] == "'=HYPERLINK(1)"
    assert not [cell for cell in (*mark, *rows[0]) if cell.startswith(("=", "+", "-", "@"))]


def test_the_pdf_is_one_with_names_in_any_latin_script(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    answer = sign_in_as(sue(session)).post(
        f"/accounts/{account.id}/call-effort", data={"form": "pdf", "reason": "Medicare bad debt"}
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.get_data().startswith(b"%PDF-")
    assert b"Nguy" not in answer.headers["Content-Disposition"].encode()


@pytest.mark.parametrize(
    ("sent", "field"), [({"form": "pdf", "reason": ""}, "reason"), ({"form": "doc", "reason": "x"}, "form")]
)
def test_without_a_reason_or_a_known_form_nothing_is_taken_out(
    session: Session, sign_in_as: SignIn, account: Account, sent: dict[str, str], field: str
) -> None:
    answer = sign_in_as(sue(session)).post(f"/accounts/{account.id}/call-effort", data=sent)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
