"""Before pre-collection: the gate on the account's page, recording what was sent, referring."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import TODAY, ana, make_account, make_notice, make_patient, sue
from tests.services.test_referring import ready
from workqueue.models import Account, Hold, Notice, User
from workqueue.rules.holds import HoldKind
from workqueue.rules.notices import NoticeKind

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
DAY = timedelta(days=1)


@pytest.fixture
def account(session: Session) -> Account:
    return ready(session, make_patient(session, state="TX"))


def test_the_page_shows_each_condition_with_its_day_and_source(
    session: Session, sign_in_as: SignIn, account: Account
) -> None:
    page = sign_in_as(ana(session)).get(f"/accounts/{account.id}").text
    assert "Before pre-collection" in page
    assert "The first statement went out on October 31, 2025: that is day 0." in page
    assert "26 CFR 1.501(r)-6(c)(4)(i)" in page
    assert "This office reports to no credit bureau" in page
    assert "Refer to pre-collection" not in page


def test_a_lead_refers_while_the_gate_is_open(session: Session, sign_in_as: SignIn, account: Account) -> None:
    client = sign_in_as(sue(session))
    assert "Refer to pre-collection" in client.get(f"/accounts/{account.id}").text
    assert client.post(f"/accounts/{account.id}/pre-collection").status_code == 303
    hold = session.scalars(select(Hold)).one()
    assert hold.kind is HoldKind.PRE_COLLECTION
    page = client.get(f"/accounts/{account.id}").text
    assert "The account was referred" in page
    assert "What the gate found" in client.get(f"/holds/{hold.id}").text
    assert client.post(f"/holds/{hold.id}/lift", data={"reason": "wrong patient"}).status_code == 303
    assert "All that has to come first has been done" in client.get(f"/accounts/{account.id}").text


def test_a_closed_gate_refuses_in_words_and_keeps_what_was_typed(
    session: Session, sign_in_as: SignIn
) -> None:
    account = ready(session, make_patient(session, state="TX"), billed=110)
    form = {"refer_until_on": "2026-05-01"}
    answer = sign_in_as(sue(session)).post(f"/accounts/{account.id}/pre-collection", data=form)
    assert answer.status_code == 409
    assert "The earliest day is March 20, 2026." in answer.text
    assert 'value="2026-05-01"' in answer.text
    assert session.scalar(select(func.count()).select_from(Hold)) == 0


def test_leaving_the_recent_account_out_opens_the_gate(session: Session, sign_in_as: SignIn) -> None:
    patient = make_patient(session, state="TX")
    old, recent = ready(session, patient), ready(session, patient, billed=50)
    client = sign_in_as(sue(session))
    page = client.get(f"/accounts/{old.id}").text
    assert "together with 1 other account" in page
    assert "By itself, this account's gate is open" in page
    both = client.post(f"/accounts/{old.id}/pre-collection", data={"account_ids": [old.id, recent.id]})
    assert both.status_code == 409
    alone = client.post(f"/accounts/{old.id}/pre-collection", data={"account_ids": [old.id]})
    assert alone.status_code == 303
    stranger = make_account(session)
    mixed = client.post(f"/accounts/{recent.id}/pre-collection", data={"account_ids": [stranger.id]})
    assert (mixed.status_code, "of one person" in mixed.text) == (422, True)


def test_a_rep_notes_what_was_said_once(session: Session, sign_in_as: SignIn) -> None:
    account = make_account(session, patient_cents=5_000)
    client = sign_in_as(ana(session))
    form = {"notice_kind": "oral_effort", "given_on": "2026-03-10", "evidence": "on the telephone"}
    for _ in range(2):
        assert client.post(f"/accounts/{account.id}/notices", data=form).status_code == 303
    notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.given_on, notice.recorded_by_id) == (
        NoticeKind.ORAL_EFFORT,
        TODAY,
        ana(session).id,
    )
    page = client.get(f"/accounts/{account.id}").text
    assert "Told of financial assistance by word of mouth" in page
    assert "on the telephone, Ana" in page


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"given_on": "2026-03-10"}, "notice_kind"),
        ({"notice_kind": "statement"}, "given_on"),
        ({"notice_kind": "statement", "given_on": "2026-03-11"}, "given_on"),
        ({"notice_kind": "statement", "given_on": "0001-01-01"}, "given_on"),
        ({"notice_kind": "collection_notice", "given_on": "2026-03-10"}, "deadline_on"),
        (
            {"notice_kind": "collection_notice", "given_on": "2026-03-10", "deadline_on": "2026-04-08"},
            "deadline_on",
        ),
    ],
)
def test_what_is_wrong_with_a_notice_is_said_beside_the_field(
    session: Session, sign_in_as: SignIn, form: dict[str, str], field: str
) -> None:
    account = make_account(session, patient_cents=5_000)
    answer = sign_in_as(ana(session)).post(
        f"/accounts/{account.id}/notices", data=form | {"evidence": "batch 9"}
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="batch 9"' in answer.text
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_an_account_without_anything_to_collect_shows_no_gate(session: Session, sign_in_as: SignIn) -> None:
    account = make_account(session, insurance_cents=5_000)
    client = sign_in_as(sue(session))
    assert "Before pre-collection" not in client.get(f"/accounts/{account.id}").text
    make_notice(session, account=account, given_on=TODAY - DAY)
    assert "Payers still owe" in client.get(f"/accounts/{account.id}").text
