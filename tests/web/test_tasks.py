"""The work screen: whose task it is, drafts, the lease, and what changes meanwhile."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    give_skill,
    make_draft,
    make_fact,
    make_hold,
    make_note,
    otto,
    sue,
    uma,
)
from tests.services.desk import (
    billed_to_payer,
    client_phone,
    deny,
    draft_of,
    owed_by_patient,
    post,
    take,
    task_of,
)
from workqueue.models import Account, User
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.states import FactKind, TaskState
from workqueue.services import noting

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def call_and_log(client: FlaskClient, task_id: int, token: int, session: Session, **sent: str) -> int:
    phone_id = client_phone(session, task_id)
    form = {"lease_token": str(token), "dial_phone_id": str(phone_id)}
    assert client.post(f"/tasks/{task_id}/call", data=form).status_code == 303
    return client.post(f"/tasks/{task_id}/outcome", data={"lease_token": str(token), **sent}).status_code


def test_a_task_nobody_holds_is_read_only_until_it_is_taken(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    client = sign_in_as(ana(session))
    page = client.get(f"/tasks/{task.id}").text
    assert "Take it" in page
    assert 'name="disposition"' not in page
    answer = client.post(f"/tasks/{task.id}/take")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{task.id}")
    assert 'name="disposition"' in client.get(f"/tasks/{task.id}").text
    assert task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).holder_id == ana(session).id


def test_a_task_in_anothers_hands_says_whose_and_cannot_be_taken(
    session: Session, sign_in_as: SignIn
) -> None:
    account = billed_to_payer(session)
    task_id, _ = take(session, account, TaskKind.CLAIM_NO_RESPONSE, ben(session))
    client = sign_in_as(ana(session))
    page = client.get(f"/tasks/{task_id}").text
    assert "Ben has it" in page
    assert "Take it" not in page
    refused = client.post(f"/tasks/{task_id}/take")
    assert refused.status_code == 409
    assert "Ben is working on this task." in refused.text


def test_one_rep_takes_one_task_at_a_time(session: Session, sign_in_as: SignIn) -> None:
    first, second = billed_to_payer(session), billed_to_payer(session)
    take(session, first, TaskKind.CLAIM_NO_RESPONSE, ana(session))
    other = task_of(session, second, TaskKind.CLAIM_NO_RESPONSE)
    refused = sign_in_as(ana(session)).post(f"/tasks/{other.id}/take")
    assert refused.status_code == 409
    assert "You hold another task" in refused.text


def test_a_task_of_a_skill_one_has_not_cannot_be_taken(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    task = task_of(session, owing, TaskKind.PATIENT_BALANCE)
    assert sign_in_as(ana(session)).post(f"/tasks/{task.id}/take").status_code == 403


def test_a_task_that_waits_can_be_taken_because_the_patient_may_call(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    client = sign_in_as(rep)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    assert call_and_log(client, task_id, token, session, disposition="no_answer", then="list") == 303
    assert task_of(session, owing, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    assert client.post(f"/tasks/{task_id}/take").status_code == 303
    assert task_of(session, owing, TaskKind.PATIENT_BALANCE).state is TaskState.LEASED
    page = client.get(f"/tasks/{task_id}").text
    assert "The patient called us" in page


def test_an_auditor_reads_and_is_offered_nothing(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    task = task_of(session, owing, TaskKind.PATIENT_BALANCE)
    page = sign_in_as(uma(session)).get(f"/tasks/{task.id}").text
    assert "Why this rank" in page
    assert "Take it" not in page
    assert "Add note" not in page


def test_the_title_and_the_address_name_no_patient(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    task = task_of(session, owing, TaskKind.PATIENT_BALANCE)
    answer = sign_in_as(otto(session)).get(f"/tasks/{task.id}")
    title = answer.text.partition("<title>")[2].partition("</title>")[0]
    assert title == "Patient balance · Workqueue"
    assert "Testwell" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_parts_of_the_rank_sum_to_what_is_shown(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session, 80_000)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    page = sign_in_as(ana(session)).get(f"/tasks/{task.id}").text
    assert f"${task.gain_cents / 100:,.2f}" in page
    assert f"${task.gain_cents // task.minutes / 100:,.2f}" in page
    assert "usually takes 30 days" in page


def test_a_draft_is_kept_without_a_lease_and_comes_back_with_the_next_one(
    session: Session, sign_in_as: SignIn
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    client = sign_in_as(rep)
    sent = {"note": "Half a sentence", "disposition": "payer_denied", "csrf_token": "x", "lease_token": "1"}
    assert client.post(f"/tasks/{task.id}/draft", data=sent).status_code == 204
    assert draft_of(session, rep, task.id) == {"note": "Half a sentence", "disposition": "payer_denied"}
    client.post(f"/tasks/{task.id}/take")
    page = client.get(f"/tasks/{task.id}").text
    assert "Half a sentence</textarea>" in page
    assert 'value="payer_denied" aria-describedby="disposition-3-hint" checked' in page


def test_each_form_of_the_page_changes_its_own_part_of_the_draft(
    session: Session, sign_in_as: SignIn
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    make_draft(session, user=rep, task=task, fields={"note": "Old", "defer_reason": "Later"})
    client = sign_in_as(rep)
    client.post(f"/tasks/{task.id}/draft", data={"note": ""})
    assert draft_of(session, rep, task.id) == {"defer_reason": "Later"}
    answer = client.post(f"/tasks/{task.id}/draft", data={"note": "New", "then": "show"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{task.id}")
    assert draft_of(session, rep, task.id) == {"defer_reason": "Later", "note": "New"}


def test_a_draft_is_nobody_elses(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    make_draft(session, user=ben(session), task=task, fields={"note": "Ben's own words"})
    assert "own words" not in sign_in_as(ana(session)).get(f"/tasks/{task.id}").text


def test_the_open_page_keeps_the_lease_and_leaving_it_shortens_it(
    session: Session, sign_in_as: SignIn
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    client = sign_in_as(rep)
    until = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).lease_until
    beat = client.post(f"/tasks/{task_id}/heartbeat", data={"lease_token": token})
    assert beat.status_code == 200
    assert beat.mimetype == "text/plain"
    assert beat.text.endswith("M")
    longer = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).lease_until
    assert until is not None
    assert longer is not None
    assert longer > until
    assert client.post(f"/tasks/{task_id}/leave", data={"lease_token": token}).status_code == 204
    shorter = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).lease_until
    assert shorter is not None
    assert shorter < longer
    assert client.post(f"/tasks/{task_id}/heartbeat", data={"lease_token": token + 1}).status_code == 409
    assert client.post(f"/tasks/{task_id}/leave", data={"lease_token": token + 1}).status_code == 204


def test_news_of_the_account_shows_while_one_works_and_ones_own_do_not(
    session: Session, sign_in_as: SignIn
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, _ = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    client = sign_in_as(rep)
    page = client.get(f"/tasks/{task_id}").text
    url = page.partition('data-changes-url="')[2].partition('"')[0]
    assert client.get(url).status_code == 304
    noting.add_note(session, account_id=account.id, text="Mine", author_id=rep.id, now=NOON)
    own = client.get(url)
    assert own.text.strip() == ""
    assert client.get(url, headers={"If-None-Match": own.headers["ETag"]}).status_code == 304
    deny(session, account, 20_000)
    make_note(session, account=account, author=ben(session))
    make_hold(session, account=account, reason="the practice is asked", owner=sue(session))
    news = client.get(url, headers={"If-None-Match": own.headers["ETag"]})
    assert news.status_code == 200
    assert "Remittance arrived" in news.text
    assert "Ben wrote a note." in news.text
    assert "Sue placed a hold: the practice is asked." in news.text
    assert client.get(url, headers={"If-None-Match": news.headers["ETag"]}).status_code == 304


def test_a_payment_that_lands_during_a_call_is_told_with_its_amount(
    session: Session, sign_in_as: SignIn
) -> None:
    account, rep = owed_by_patient(session, 30_000), otto(session)
    task_id, _ = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    client = sign_in_as(rep)
    url = client.get(f"/tasks/{task_id}").text.partition('data-changes-url="')[2].partition('"')[0]
    paid = make_fact(
        session,
        FactKind.PAYMENT,
        account_number=account.number,
        effective_on=TODAY,
        paid_cents=4_200,
        payload={"entries": [["patient_payment", "", "", 0, -4_200]]},
    )
    post(session, paid)
    news = client.get(url).text
    assert "Payment arrived: patient payment $42.00." in news
    assert "Patient balance: Priority" in news


@pytest.mark.parametrize("since", ["", "x", "1-2", "--", "9" * 400, "0-0-0-0-0-0-0-0-0-0"])
def test_a_made_up_version_breaks_nothing(session: Session, sign_in_as: SignIn, since: str) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    answer = sign_in_as(ana(session)).get(f"/tasks/{task.id}/changes", query_string={"since": since})
    assert answer.status_code == 200


def test_a_lead_of_patients_work_sees_the_form_too(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    lead = sue(session)
    give_skill(session, lead, Skill.PATIENTS)
    task_id, _ = take(session, owing, TaskKind.PATIENT_BALANCE, lead)
    assert 'name="disposition"' in sign_in_as(lead).get(f"/tasks/{task_id}").text
