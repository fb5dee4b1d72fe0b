"""Logging a task: calls, outcomes, deferrals, passing on; and what happens to typed text."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    ana,
    ben,
    make_phone,
    otto,
)
from tests.services.desk import billed_to_payer, client_phone, deny, draft_of, owed_by_patient, take, task_of
from workqueue.models import Account, Call, Lease, Outcome, Patient, Promise, Task, User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def test_logging_a_promise_leads_to_the_next_task(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    other = owed_by_patient(session, 10_000)
    client = sign_in_as(rep)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    phone_id = client_phone(session, task_id)
    client.post(f"/tasks/{task_id}/call", data={"lease_token": token, "dial_phone_id": phone_id})
    answer = client.post(
        f"/tasks/{task_id}/outcome",
        data={
            "lease_token": token,
            "disposition": "promise",
            "amount_cents": "120.50",
            "due_on": "2026-03-20",
            "note": "Will pay on payday.",
            "then": "next",
        },
    )
    following = task_of(session, other, TaskKind.PATIENT_BALANCE)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{following.id}")
    promise = session.scalars(select(Promise)).one()
    assert (promise.account_id, promise.amount_cents) == (owing.id, 12_050)
    assert (
        "Promised to pay. It comes up again on March 20, 2026." in client.get(answer.headers["Location"]).text
    )


@pytest.mark.parametrize(("then", "leads_to"), [("stay", "/tasks/{}"), ("list", "/work")])
def test_where_a_rep_goes_after_logging_is_their_choice(
    session: Session, sign_in_as: SignIn, then: str, leads_to: str
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = sign_in_as(rep).post(
        f"/tasks/{task_id}/outcome", data={"lease_token": token, "disposition": "resubmitted", "then": then}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to.format(task_id))


def test_a_form_sent_twice_is_logged_once_and_answered_the_same(session: Session, sign_in_as: SignIn) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    client = sign_in_as(rep)
    form = {"lease_token": token, "disposition": "resubmitted", "note": "Sent again.", "then": "list"}
    answers = [client.post(f"/tasks/{task_id}/outcome", data=form) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert session.scalar(select(func.count()).select_from(Outcome)) == 1


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_gone(
    session: Session, sign_in_as: SignIn
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = sign_in_as(rep).post(
        f"/tasks/{task_id}/outcome",
        data={"lease_token": token, "disposition": "payer_in_process", "note": "Kept <b>words</b>"},
    )
    assert answer.status_code == 422
    assert "<title>Error: No response from payer" in answer.text
    assert 'href="#reference_number"' in answer.text
    assert 'id="reference_number-error"' in answer.text
    assert "Kept &lt;b&gt;words&lt;/b&gt;" in answer.text
    assert draft_of(session, rep, task_id)["note"] == "Kept <b>words</b>"
    assert session.scalar(select(func.count()).select_from(Outcome)) == 0


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({}, "disposition", "Choose what happened."),
        ({"disposition": "no_such_thing"}, "disposition", "Choose what happened."),
        ({"disposition": "payer_in_process", "next_on": "tomorrow"}, "next_on", "Enter a date"),
        (
            {"disposition": "payer_in_process", "next_on": "2020-01-01"},
            "next_on",
            "Choose a day after today.",
        ),
        ({"disposition": "payer_paid", "amount_cents": "lots"}, "amount_cents", "Enter an amount"),
    ],
)
def test_what_cannot_be_read_is_said_where_it_was_typed(
    session: Session, sign_in_as: SignIn, sent: dict[str, str], field: str, sentence: str
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/outcome", data={"lease_token": token, **sent})
    assert answer.status_code == 422
    assert f'id="{field}' in answer.text
    assert sentence in answer.text


def test_two_labels_of_one_field_are_two_inputs_and_the_chosen_ones_counts(
    session: Session, sign_in_as: SignIn
) -> None:
    """Without JavaScript all inputs are sent; only those of the chosen disposition are read."""
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    client = sign_in_as(rep)
    page = client.get(f"/tasks/{task_id}").text
    assert 'name="next_on"' in page
    assert 'name="next_on_2"' in page
    answer = client.post(
        f"/tasks/{task_id}/outcome",
        data={
            "lease_token": token,
            "disposition": "resubmitted",
            "next_on": "2026-03-11",
            "next_on_2": "2026-04-15",
            "reason": "typed before the choice was changed",
            "then": "list",
        },
    )
    assert answer.status_code == 303
    outcome = session.scalars(select(Outcome)).one()
    assert outcome.next_at == datetime(2026, 4, 15, 4, tzinfo=UTC)
    assert "reason" not in outcome.details


def test_a_stale_form_is_refused_in_words_and_its_text_given_back(
    session: Session, sign_in_as: SignIn
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    session.execute(update(Lease).values(ended_at=NOON))
    session.execute(
        update(Task).values(holder_id=None, lease_token=None, lease_until=None, state=TaskState.QUEUED)
    )
    take(session, account, TaskKind.CLAIM_NO_RESPONSE, ben(session))
    client = sign_in_as(rep)
    answer = client.post(
        f"/tasks/{task_id}/outcome",
        data={"lease_token": token, "disposition": "resubmitted", "note": "An hour of typing"},
    )
    assert answer.status_code == 409
    assert "Ben has it now" in answer.text
    assert "An hour of typing" in answer.text
    assert "Sent again unchanged" in answer.text
    assert draft_of(session, rep, task_id)["note"] == "An hour of typing"
    assert "An hour of typing" in client.get(f"/tasks/{task_id}").text
    assert session.scalar(select(func.count()).select_from(Outcome)) == 0


def test_a_number_is_shown_to_dial_only_after_the_call_was_allowed(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    client = sign_in_as(rep)
    page = client.get(f"/tasks/{task_id}").text
    assert "tel:" not in page
    phone_id = page.partition('name="dial_phone_id" value="')[2].partition('"')[0]
    answer = client.post(
        f"/tasks/{task_id}/call",
        data={"lease_token": token, "dial_phone_id": phone_id, "note": "typed before calling"},
    )
    assert answer.headers["Location"] == f"/tasks/{task_id}#calls"
    page = client.get(f"/tasks/{task_id}").text
    assert "tel:+13122210142" in page
    assert "typed before calling" in page
    assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_a_call_that_may_not_be_placed_is_refused_with_every_reason_and_the_next_time(
    session: Session, sign_in_as: SignIn
) -> None:
    account = owed_by_patient(session)
    honolulu = make_phone(session, patient=session.get_one(Patient, account.patient_id), e164="+18082210144")
    rep = otto(session)
    task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    client = sign_in_as(rep)
    page = client.get(f"/tasks/{task_id}").text
    assert "not now" in page
    assert "1006.6" in page
    form = {"lease_token": token, "dial_phone_id": honolulu.id}
    answer = client.post(f"/tasks/{task_id}/call", data=form)
    assert answer.status_code == 409
    assert "Honolulu" in answer.text
    assert "From " in answer.text
    part = client.post(
        f"/tasks/{task_id}/call", data=form, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert part.status_code == 409
    assert "<html" not in part.text
    assert 'id="calls"' in part.text
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_call_without_the_lease_is_refused(session: Session, sign_in_as: SignIn, owing: Account) -> None:
    task = task_of(session, owing, TaskKind.PATIENT_BALANCE)
    for form in ({}, {"lease_token": "77"}):
        assert sign_in_as(otto(session)).post(f"/tasks/{task.id}/call", data=form).status_code == 409
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_callback_is_booked_by_the_patients_clock(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    form = {
        "lease_token": token,
        "disposition": "callback",
        "is_inbound": "on",
        "callback_on": "2026-03-12",
        "callback_time": "14:30",
        "then": "list",
    }
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/outcome", data=form)
    assert answer.status_code == 303
    outcome = session.scalars(select(Outcome)).one()
    assert outcome.next_at == datetime(2026, 3, 12, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"callback_on": "2026-03-12"}, "Enter a time too"),
        ({"callback_time": "14:30"}, "Enter a day too."),
        ({"callback_on": "2026-03-12", "callback_time": "23:00"}, "where the patient may be"),
        ({}, "Fill this in: call at."),
    ],
)
def test_a_callback_needs_a_day_and_a_legal_time(
    session: Session, sign_in_as: SignIn, owing: Account, sent: dict[str, str], sentence: str
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    form = {"lease_token": token, "disposition": "callback", "is_inbound": "on", **sent}
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/outcome", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("when", "on", "day"),
    [("business", "", 11), ("14", "", 24), ("on", "2026-03-18", 18)],
)
def test_a_task_is_put_off_to_a_usual_day_or_to_another(
    session: Session, sign_in_as: SignIn, when: str, on: str, day: int
) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    form = {"lease_token": token, "defer_when": when, "defer_on": on, "defer_reason": "Portal is down"}
    assert sign_in_as(rep).post(f"/tasks/{task_id}/defer", data=form).status_code == 303
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert task.deferred_until == datetime(2026, 3, day, 4, tzinfo=UTC)
    assert session.scalars(select(Outcome)).one().details["reason"] == "Portal is down"


def test_putting_off_needs_a_day_and_a_reason(session: Session, sign_in_as: SignIn) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/defer", data={"lease_token": token})
    assert answer.status_code == 422
    assert "Choose until when." in answer.text
    assert 'id="defer_reason-error"' in answer.text
    far = {"lease_token": token, "defer_when": "on", "defer_on": "2027-01-01", "defer_reason": "x"}
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/defer", data=far)
    assert answer.status_code == 422
    assert "within the next 90 days" in answer.text


def test_a_task_is_passed_to_a_colleague_who_does_this_work(session: Session, sign_in_as: SignIn) -> None:
    rep, account = ana(session), billed_to_payer(session)
    deny(session, account, 20_000)
    colleague = ben(session)
    task_id, token = take(session, account, TaskKind.DENIAL, rep)
    client = sign_in_as(rep)
    form = {"lease_token": token, "pass_to": otto(session).id, "pass_reason": "Knows this payer"}
    refused = client.post(f"/tasks/{task_id}/pass", data=form)
    assert refused.status_code == 422
    assert "Choose somebody who does this kind of work and is here." in refused.text
    assert client.post(f"/tasks/{task_id}/pass", data=form | {"pass_to": colleague.id}).status_code == 303
    assert task_of(session, account, TaskKind.DENIAL).owner_id == colleague.id


def test_a_task_given_back_is_free_at_once(session: Session, sign_in_as: SignIn) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/release", data={"lease_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/work")
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert (task.state, task.lease_token) == (TaskState.QUEUED, None)
