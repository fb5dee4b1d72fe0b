"""The status report of one account: on the page, as PDF, and never while somebody unknown is on the line."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import ana, make_phone, sue
from tests.services.desk import billed_to_payer, call, deny, log, owed_by_patient, take
from workqueue.models import Account, AuditEntry, Patient, User
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind

pytestmark = pytest.mark.usefixtures("at_noon")
SignIn = Callable[[User], FlaskClient]


def test_it_says_what_is_owed_why_what_was_done_and_what_comes_next(
    session: Session, sign_in_as: SignIn
) -> None:
    account = billed_to_payer(session, 50_000)
    deny(session, account, 50_000)
    held = take(session, account, TaskKind.DENIAL, ana(session))
    log(session, held, OutcomeEntry("appeal_sent", note="By fax."), ana(session).id)
    page = sign_in_as(sue(session)).get(f"/accounts/{account.id}/status").text
    assert "Denial: waits for the payer until" in page
    assert "Appeal sent. By fax." in page
    assert "$500.00" in page


def test_an_account_that_is_settled_says_so(session: Session, sign_in_as: SignIn, owing: Account) -> None:
    owing.insurance_cents = owing.patient_cents = 0
    assert "Nothing is owed." in sign_in_as(sue(session)).get(f"/accounts/{owing.id}/status").text


def test_as_pdf_it_goes_into_the_audit_chain_with_its_reason(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    client = sign_in_as(ana(session))
    refused = client.post(f"/accounts/{owing.id}/status", data={"reason": ""})
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    taken = client.post(f"/accounts/{owing.id}/status", data={"reason": "asked by the practice"})
    assert taken.get_data().startswith(b"%PDF-")
    assert "account-status" in taken.headers["Content-Disposition"]
    kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (kept.action, kept.account_id) == ("account_status_exported", owing.id)
    assert kept.details["reason"] == "asked by the practice"


def test_while_somebody_unknown_is_on_the_line_there_is_no_report(
    session: Session, sign_in_as: SignIn
) -> None:
    account = owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id), e164="+13122210142")
    held = take(session, account, TaskKind.PATIENT_BALANCE, ana(session))
    call(session, account, held, ana(session).id)
    client = sign_in_as(ana(session))
    assert client.get(f"/accounts/{account.id}/status").status_code == 303
    assert client.post(f"/accounts/{account.id}/status", data={"reason": "x"}).status_code == 303


def test_there_is_none_of_an_account_that_does_not_exist(session: Session, sign_in_as: SignIn) -> None:
    assert sign_in_as(sue(session)).get("/accounts/999999999/status").status_code == 404
