"""The evidence of an account: every call with its verdict, its steps and its outcome."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    make_account,
    make_call,
    make_outcome,
    make_patient,
    make_phone,
    make_task,
    sue,
)
from workqueue.models import Account, AuditEntry, Notice, Relation, Task
from workqueue.rules.channels import RelationRole
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.services import exporting
from workqueue.services.reading.call_effort import call_effort

ZONES = {
    "code": "HOURS",
    "is_ok": True,
    "citation": "12 CFR",
    "inputs": {"local": {"America/Los_Angeles": "2026-03-10 10:00"}},
}


@pytest.fixture
def account(session: Session) -> Account:
    """An account with three calls and a statement."""
    patient = make_patient(session)
    phone = make_phone(session, patient=patient, e164="+13125550142")
    account = make_account(session, patient=patient)
    common = {"account": account, "patient": patient, "phone": phone}
    verdict = {"is_allowed": True, "version": "7", "rules": [ZONES]}
    spoken = make_call(session, **common, disposition="promise", placed_at=NOON, verdict=verdict)  # type: ignore[arg-type]
    spoken.verified_at, spoken.verified_by = NOON, ["birth_date", "account_number"]
    task = session.get_one(Task, spoken.task_id)
    make_outcome(session, task=task, call=spoken, disposition="promise", note="Will pay in May.")
    busy = make_call(session, **common, task=task, placed_at=NOON - timedelta(days=2))  # type: ignore[arg-type]
    busy.is_connected = False
    inbound = make_call(session, **common, task=task, placed_at=NOON + timedelta(days=1))  # type: ignore[arg-type]
    inbound.is_inbound = True
    for day in (9, 2):
        session.add(
            Notice(
                account_id=account.id,
                kind=NoticeKind.STATEMENT,
                given_on=date(2026, 1, day),
                evidence=f"batch {day}",
                recorded_at=NOON,
            )
        )
    session.flush()
    return account


def test_calls_stand_in_the_order_in_which_they_were_placed(session: Session, account: Account) -> None:
    report = call_effort(session, account_id=account.id)
    assert [line.at for line in report.lines] == sorted(line.at for line in report.lines)
    assert (report.placed, report.conversations, report.right_party) == (1, 1, 1)
    assert report.first_bill_on == date(2026, 1, 2)


def test_a_call_says_who_when_there_by_what_rules_and_what_came_of_it(
    session: Session, account: Account
) -> None:
    line = call_effort(session, account_id=account.id).lines[1]
    assert line.local_at.tzinfo is not None
    assert str(line.local_at.tzinfo) == "America/Los_Angeles"
    assert (line.number_end, line.rules_version, line.outcome) == ("0142", "7", "Promised to pay")
    assert line.identified_by == ("date of birth", "account number on the statement")
    assert line.note == "Will pay in May."


def test_each_line_names_whom_it_was_and_by_what_right(session: Session) -> None:
    child, mother, counsel = (make_patient(session, first_name=each) for each in ("Robin", "Maria", "Saul"))
    account = make_account(session, patient=child)
    account.guarantor_id = mother.id
    relation = {"patient_id": child.id, "person_id": counsel.id, "recorded_by_id": sue(session).id}
    for role, starts_on in (
        (RelationRole.ATTORNEY, TODAY),
        (RelationRole.AUTHORISED_CONTACT, date(2020, 1, 1)),
    ):
        ends_on = None if role is RelationRole.ATTORNEY else TODAY - timedelta(days=1)
        session.add(Relation(role=role, starts_on=starts_on, ends_on=ends_on, recorded_at=NOON, **relation))
    task = make_task(session, TaskKind.PATIENT_BALANCE, account=account)
    for hours, person in enumerate((child, mother, counsel)):
        make_call(session, task=task, patient=person, placed_at=NOON + timedelta(hours=hours))
    make_call(session, task=task, party=Party.PAYER, placed_at=NOON + timedelta(hours=3))
    report = call_effort(session, account_id=account.id)
    assert (report.patient_name, report.answering_name) == ("Robin Testwell", "Maria Testwell")
    assert [(line.name, line.role) for line in report.lines] == [
        ("Robin Testwell", "Patient"),
        ("Maria Testwell", "Guarantor"),
        ("Saul Testwell", "Attorney"),
        ("", "Payer"),
    ]


def test_whoever_takes_it_out_gives_a_reason_that_is_kept(session: Session, account: Account) -> None:
    asked = {"account_id": account.id, "form": "pdf", "actor_id": sue(session).id, "now": NOON}
    with pytest.raises(Invalid):
        exporting.export_call_effort(session, reason=" ", **asked)  # type: ignore[arg-type]
    exporting.export_call_effort(session, reason="Complaint 12", **asked)  # type: ignore[arg-type]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details) == (
        "call_effort_exported",
        {"form": "pdf", "reason": "Complaint 12", "lines": 3},
    )


def test_an_account_nobody_knows_has_no_evidence(session: Session) -> None:
    assert ana(session)
    with pytest.raises(NotFound):
        call_effort(session, account_id=999_999)
