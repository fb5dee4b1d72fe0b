"""The work itself, for programs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import (
    ada,
    ana,
    ben,
    make_call,
    make_lane,
    make_patient,
    make_phone,
    make_task,
    make_window,
    otto,
    uma,
)
from tests.services.desk import billed_to_payer, owed_by_patient, take, task_of
from workqueue.api import paging
from workqueue.models import Call, ContactRuleVersion, Note, Outcome, Patient, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.contact_rules import HOUSE
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState

Asks = Callable[..., TestResponse]
IN_PROCESS = {
    "disposition": "payer_in_process",
    "reference_number": "R-1",
    "spoke_with": "Dana",
    "next_on": (office_day(datetime.now(UTC)) + timedelta(days=9)).isoformat(),
    "note": "ok",
}
LEASED = {"lease_token": 1}


def everywhere(session: Session) -> Patient:
    """Return a patient whose window is open at whatever hour the test runs."""
    hour = datetime.now(UTC).hour
    # Noon is at UTC+h where h = 12 - hour; POSIX names turn the sign around.
    offset = (12 - hour + 11) % 24 - 11
    name = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
    return make_patient(session, window=make_window(session, name))


def test_a_program_takes_the_next_task_with_reasons_verdict_and_lease(session: Session, asks: Asks) -> None:
    rep, account = ana(session), billed_to_payer(session)
    answer = asks(rep, "POST", "/tasks/next")
    assert answer.status_code == 200
    body = answer.json
    assert body is not None
    assert body["task"]["account_id"] == account.id
    why = body["why"]
    assert why["worth_now_cents"] - why["worth_later_cents"] + why["penalty_cents"] == why["gain_cents"]
    assert body["verdict"]["is_allowed"]
    assert body["verdict"]["reasons"]
    task = session.get_one(Task, body["task"]["id"])
    assert (task.holder_id, task.lease_token) == (rep.id, body["lease"]["token"])
    assert datetime.fromisoformat(body["lease"]["until"]) == task.lease_until


def test_there_is_nothing_to_take(session: Session, asks: Asks) -> None:
    answer = asks(ana(session), "POST", "/tasks/next")
    assert (answer.status_code, answer.data) == (204, b"")


def test_asking_again_with_the_same_key_gives_the_same_task(session: Session, asks: Asks) -> None:
    rep = ana(session)
    billed_to_payer(session), billed_to_payer(session)
    first, second = (asks(rep, "POST", "/tasks/next", key="one") for _ in range(2))
    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_heartbeat_keeps_the_task_and_a_wrong_token_does_not(session: Session, asks: Asks) -> None:
    rep = ana(session)
    task_id, token = take(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = asks(rep, "POST", f"/tasks/{task_id}/heartbeat", {"lease_token": token})
    assert answer.status_code == 200
    assert answer.json is not None
    until = session.get_one(Task, task_id).lease_until
    assert datetime.fromisoformat(answer.json["until"]) == until
    refused = asks(rep, "POST", f"/tasks/{task_id}/heartbeat", {"lease_token": token + 1})
    assert refused.status_code == 409
    assert refused.json is not None
    assert (refused.content_type, refused.json["code"]) == ("application/problem+json", "lease_lost")
    assert (
        asks(ben(session), "POST", f"/tasks/{task_id}/heartbeat", {"lease_token": token}).status_code == 409
    )


def test_a_task_given_back_is_open_again_and_the_reason_is_noted(session: Session, asks: Asks) -> None:
    rep = ana(session)
    task_id, token = take(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE, rep)
    body = {"lease_token": token, "reason": "end of shift"}
    assert asks(rep, "POST", f"/tasks/{task_id}/release", body).status_code == 204
    task = session.get_one(Task, task_id)
    assert (task.state, task.holder_id) == (TaskState.QUEUED, None)
    assert session.scalars(select(Note.text)).one() == "Given back: end of shift"
    assert asks(rep, "POST", f"/tasks/{task_id}/release", body).status_code == 409


@pytest.fixture
def on_any_day(session: Session) -> None:
    """Leave out the office's own limits: the clock is the real one, and it may be a Sunday or a holiday."""
    session.execute(delete(ContactRuleVersion).where(ContactRuleVersion.jurisdiction == HOUSE))


@pytest.mark.usefixtures("on_any_day")
def test_a_call_is_placed_with_its_verdict(session: Session, asks: Asks) -> None:
    rep, patient = otto(session), everywhere(session)
    account = owed_by_patient(session, patient=patient)
    phone = make_phone(session, patient=patient, e164="+18005550123")
    task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    answer = asks(rep, "POST", f"/tasks/{task_id}/calls", {"lease_token": token, "phone_id": phone.id})
    assert answer.status_code == 201
    assert answer.json is not None
    call = session.get_one(Call, answer.json["call_id"])
    assert call.verdict["is_allowed"] is True
    assert call.verdict["version"] == answer.json["verdict"]["version"]
    rules = {rule["code"]: rule for rule in answer.json["verdict"]["rules"]}
    assert {"HOLD", "PHONE_VALID", "OUTSIDE_HOURS", "FREQ_7IN7", "COOLDOWN_7D"} <= set(rules)
    assert (rules["FREQ_7IN7"]["basis"], rules["FREQ_7IN7"]["jurisdiction"]) == ("house policy", "US")


@pytest.mark.usefixtures("on_any_day")
def test_a_call_that_is_not_allowed_is_refused_with_reasons_and_the_next_legal_instant(
    session: Session, asks: Asks
) -> None:
    rep, patient = otto(session), everywhere(session)
    account = owed_by_patient(session, patient=patient)
    phone = make_phone(session, patient=patient, e164="+18005550123")
    task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    now = datetime.now(UTC)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    earlier = make_call(session, task=task, phone=phone, placed_at=now - timedelta(minutes=5))
    earlier.disposition, earlier.patient_id = "says_paid", patient.id
    answer = asks(rep, "POST", f"/tasks/{task_id}/calls", {"lease_token": token, "phone_id": phone.id})
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "call_not_allowed"
    assert len(answer.json["reasons"]) == 1
    assert (
        now + timedelta(days=6)
        < datetime.fromisoformat(answer.json["next_legal_at"])
        < now + timedelta(days=9)
    )
    assert session.scalars(select(Call.id)).all() == [earlier.id]


def test_an_outcome_is_logged_once_and_answered_again(session: Session, asks: Asks) -> None:
    rep = ana(session)
    task_id, token = take(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE, rep)
    body = {"lease_token": token, **IN_PROCESS}
    first = asks(rep, "POST", f"/tasks/{task_id}/outcome", body)
    again = asks(rep, "POST", f"/tasks/{task_id}/outcome", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json is not None
    assert again.json == first.json | {"is_repeat": True}
    outcome = session.scalars(select(Outcome)).one()
    assert outcome.id == first.json["outcome_id"]
    assert session.get_one(Task, task_id).state is TaskState.WAITING


def test_a_stale_token_is_refused_and_the_text_is_handed_back(session: Session, asks: Asks) -> None:
    rep = ana(session)
    task_id, token = take(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE, rep)
    answer = asks(rep, "POST", f"/tasks/{task_id}/outcome", {"lease_token": token + 1, **IN_PROCESS})
    assert answer.status_code == 409
    assert answer.json is not None
    assert (answer.json["code"], answer.json["sent"]) == ("lease_lost", IN_PROCESS)
    assert session.scalars(select(Outcome)).all() == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"lease_token", "disposition"}),
        ({"disposition": "payer_in_process"}, {"lease_token"}),
        ({**LEASED, "disposition": "x", "amount_cents": "1.5", "due_on": "soon"}, {"amount_cents", "due_on"}),
        ({**LEASED, "disposition": 7, "callback_at": "2026-12-01T14:30"}, {"disposition", "callback_at"}),
        ({"lease_token": 2**63, "disposition": "x\u0000"}, {"lease_token", "disposition"}),
        (
            {**LEASED, "disposition": "x", "weekdays": [7], "from_time": "25:00", "instalments": "six"},
            {"weekdays", "from_time", "instalments"},
        ),
        ({**LEASED, "disposition": "x", "weekdays": "monday", "happened_on": 7}, {"weekdays", "happened_on"}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_field_by_field(
    session: Session, asks: Asks, body: dict[str, Any], fields: set[str]
) -> None:
    task = make_task(session)
    answer = asks(ana(session), "POST", f"/tasks/{task.id}/outcome", body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert set(answer.json["fields"]) == fields


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (
            {"disposition": "inconvenient", "weekdays": [6, 0, 6], "until_time": "10:00", "place": "home"},
            {"weekdays": [0, 6], "until_time": "10:00:00", "place": "home"},
        ),
        (
            {"disposition": "bankruptcy", "chapter": "7", "case_number": "26-1", "happened_on": "2026-03-02"},
            {"chapter": "7", "case_number": "26-1", "happened_on": "2026-03-02"},
        ),
        ({"disposition": "opt_out", "medium": "text"}, {"medium": "text"}),
    ],
)
def test_what_a_person_wishes_is_logged_by_a_program_too(
    session: Session, asks: Asks, body: dict[str, Any], details: dict[str, Any]
) -> None:
    rep = otto(session)
    task_id, token = take(session, owed_by_patient(session), TaskKind.PATIENT_BALANCE, rep)
    sent = {"lease_token": token, "is_inbound": True, **body}
    first, again = (asks(rep, "POST", f"/tasks/{task_id}/outcome", sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    outcome = session.scalars(select(Outcome)).one()
    assert {name: value for name, value in outcome.details.items() if name != "digest"} == details


def test_what_a_payer_said_keeps_all_particulars(session: Session, asks: Asks) -> None:
    rep = ana(session)
    task_id, token = take(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE, rep)
    said = {
        "reference_number": "R-1",
        "contact_by": "portal",
        "hold_minutes": 12,
        "claim_control_number": "ICN1",
        "check_number": "000123",
        "paid_on": "2026-03-01",
        "amount_cents": 12_500,
    }
    sent = {"lease_token": token, "disposition": "payer_paid", **said}
    assert asks(rep, "POST", f"/tasks/{task_id}/outcome", sent).status_code == 201
    details = session.scalars(select(Outcome)).one().details
    assert details.items() >= said.items()


def test_the_list_of_tasks_is_paged_and_narrowed(session: Session, asks: Asks) -> None:
    rep, lane = ana(session), make_lane(session)
    expected = [make_task(session, lane=lane, priority=100 - number).id for number in range(5)]
    seen, cursor = [], ""
    while True:
        answer = asks(rep, "GET", f"/tasks?limit=2{cursor}")
        assert answer.status_code == 200
        assert answer.json is not None
        seen += [each["task_id"] for each in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json['next_cursor']}"
    assert seen == expected
    narrowed = asks(rep, "GET", "/tasks?kind=denial")
    assert narrowed.json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query",
    [
        "state=asleep",
        "kind=x",
        "limit=0",
        "cursor=!!",
        "owner_id=-1",
        "state=closed",
        f"state=waiting&cursor={paging.cursor(2**62, 1)}",
    ],
)
def test_a_list_that_cannot_be_had_is_refused(session: Session, asks: Asks, query: str) -> None:
    answer = asks(ana(session), "GET", f"/tasks?{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


def test_whoever_belongs_to_no_team_names_one(session: Session, asks: Asks) -> None:
    make_task(session)
    rep = ana(session)
    assert asks(uma(session), "GET", "/tasks").status_code == 422
    answer = asks(uma(session), "GET", f"/tasks?team_id={rep.team_id}")
    assert answer.json is not None
    assert len(answer.json["items"]) == 1


def test_auditors_read_and_do_not_work_and_admins_see_no_patients(session: Session, asks: Asks) -> None:
    task_id = task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE).id
    assert asks(uma(session), "GET", f"/tasks/{task_id}").status_code == 200
    assert asks(uma(session), "POST", "/tasks/next").status_code == 403
    assert asks(ada(session), "GET", f"/tasks/{task_id}").status_code == 403
    assert asks(ana(session), "GET", "/tasks/987654321").status_code == 404


@pytest.mark.parametrize("what", ["release", "calls", "outcome"])
def test_work_on_a_task_that_does_not_exist_is_not_found(session: Session, asks: Asks, what: str) -> None:
    sent = {"lease_token": 1, "disposition": "deferred"}
    answer = asks(ana(session), "POST", f"/tasks/987654321/{what}", sent)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "no_such_task")
