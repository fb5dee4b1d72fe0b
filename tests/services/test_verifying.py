"""The certificate is clean for an honest office, and every damage fails the check that is about it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    make_call,
    make_fact,
    make_file,
    make_provider_adjustment,
    make_remittance,
)
from tests.services.desk import billed_to_payer, deny, owed_by_patient, post, take, unmatched_payment
from tests.services.queues import derive, task_of
from workqueue.models import Task
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import FactKind, FactState, TaskState
from workqueue.services import auditing, verifying
from workqueue.services.outcomes import log_outcome


def work_a_while(session: Session) -> None:
    """Leave an office in which a little of everything has happened."""
    auditing.record(session, actor_id=ana(session).id, action="exported", account_id=None, now=NOON)
    remittance = make_remittance(session, file=make_file(session), amount_cents=9_000)
    make_provider_adjustment(session, remittance=remittance, amount_cents=1_000)
    paid, denied, unworked = (billed_to_payer(session) for _ in range(3))
    post(
        session,
        make_fact(
            session,
            FactKind.REMITTANCE_CLAIM,
            account_number=paid.number,
            remittance=remittance,
            code="1",
            paid_cents=10_000,
            patient_cents=2_000,
            contractual_cents=38_000,
            payload={
                "entries": [
                    ["payer_payment", "", "", -10_000, 0],
                    ["contractual", "CO", "45", -38_000, 0],
                    ["patient_responsibility", "PR", "1", -2_000, 2_000],
                ]
            },
        ),
    )
    deny(session, denied, 50_000)
    unmatched_payment(session)
    called = task_of(session, owed_by_patient(session), TaskKind.PATIENT_BALANCE)
    make_call(session, task=called, verdict={"is_allowed": True})
    first = make_fact(
        session, FactKind.PAYMENT, account_number=paid.number, paid_cents=500, payload=paid_by_patient(500)
    )
    post(session, first)
    again = make_fact(session, FactKind.PAYMENT, account_number=paid.number, state=FactState.DUPLICATE)
    again.content_hash, again.duplicate_of_id = first.content_hash, first.id
    held = take(session, unworked, TaskKind.CLAIM_NO_RESPONSE, ana(session))
    log_outcome(
        session,
        task_id=held[0],
        lease_token=held[1],
        entry=OutcomeEntry(
            "payer_in_process", next_on=TODAY + timedelta(days=9), reference_number="REF-1", spoke_with="Dana"
        ),
        rep_id=ana(session).id,
        now=NOON,
    )
    deny(session, unworked, 100)
    take(session, denied, TaskKind.DENIAL, ana(session))
    session.flush()


def paid_by_patient(cents: int) -> dict[str, Any]:
    return {"entries": [["patient_payment", "", "", 0, -cents]]}


def wrong(session: Session) -> set[str]:
    return {each.name for each in verifying.certify(session, now=NOON).checks if not each.is_ok}


def test_an_honest_office_is_certified(session: Session) -> None:
    work_a_while(session)
    found = verifying.certify(session, now=NOON)
    assert [each.sentence for each in found.checks if not each.is_ok] == []
    assert found.facts == {"received": 0, "applied": 9, "duplicate": 1, "quarantined": 0}
    assert found.checks[0].sentence == "10 facts received = 9 applied + 1 duplicate + 0 quarantined."


ANOTHER_ENTRY = """
    INSERT INTO ledger_entries (account_id, fact_id, ordinal, kind, insurance_cents, patient_cents, posted_at)
    SELECT account_id, fact_id, 99, kind, 1, 0, now() FROM ledger_entries LIMIT 1
"""
ANOTHER_AMOUNT = """
    UPDATE inbox SET payload = jsonb_set(payload, '{entries,0,4}', '-501')
    WHERE payload->'entries'->0->>0 = 'patient_payment'
"""
ANOTHER_PRIORITY = """
    UPDATE task_changes SET before = before || '{"priority": -1}'
    WHERE id = (SELECT max(id) FROM task_changes WHERE before ? 'priority')
"""
HELD_FOR_NOTHING = """
    UPDATE tasks SET state = 'waiting', held_until = '2026-03-13T17:00:00Z' WHERE kind = 'patient_balance'
"""
OWNER_AWAY = """
    WITH away AS (
        INSERT INTO absences (user_id, kind, starts_at, ends_at, recorded_by_id, recorded_at)
        SELECT min(id), 'sick', '2026-03-10T08:00Z', '2026-03-11T08:00Z', min(id), '2026-03-10T08:00Z'
        FROM users RETURNING user_id
    )
    UPDATE tasks SET owner_id = user_id, changed_at = '2026-03-10T08:00:00Z' FROM away WHERE state = 'queued'
"""
DAMAGES = [
    ("facts_applied", "UPDATE inbox SET account_id = NULL WHERE kind = 'payment' AND state = 'applied'"),
    ("facts_applied", "UPDATE inbox SET processed_at = NULL WHERE state = 'applied'"),
    ("facts_duplicate", "UPDATE inbox SET duplicate_of_id = -1 WHERE state = 'duplicate'"),
    ("facts_duplicate", "UPDATE inbox SET content_hash = gen_random_uuid() WHERE state = 'duplicate'"),
    ("facts_refused", "UPDATE inbox SET state = 'quarantined' WHERE state = 'applied'"),
    ("files", """UPDATE files SET report = '{"applied": 2, "duplicates": 0}'"""),
    ("entries", ANOTHER_ENTRY),
    ("entries", ANOTHER_AMOUNT),
    ("entries", "UPDATE inbox SET payload = '{}' WHERE kind = 'payment'"),
    ("balances", ANOTHER_ENTRY),
    ("balances", "UPDATE accounts SET patient_cents = patient_cents + 1 WHERE patient_cents > 0"),
    ("balances", "UPDATE accounts SET insurance_cents = 1 WHERE insurance_cents = 0"),
    ("charges", "UPDATE accounts SET charge_cents = charge_cents + 1"),
    ("claims", "UPDATE claims SET paid_cents = paid_cents + 1"),
    ("claims", "UPDATE claims SET denied_cents = 0"),
    ("coordination", "UPDATE claims SET sequence = 2, paid_cents = 1000000"),
    ("remittances", "UPDATE remittances SET amount_cents = amount_cents - 1"),
    ("remittances", "DELETE FROM provider_adjustments"),
    ("orphans", "UPDATE tasks SET lane_id = -1"),
    ("orphans", "UPDATE task_changes SET task_id = -1"),
    ("orphans", "UPDATE outcomes SET task_id = -1"),
    ("orphans", "UPDATE inbox SET file_id = -1"),
    ("orphans", "UPDATE inbox SET remittance_id = -1"),
    ("orphans", "UPDATE inbox SET payer_id = -1"),
    ("leases", "UPDATE leases SET ended_at = now() WHERE ended_at IS NULL"),
    ("leases", "UPDATE tasks SET lease_token = NULL WHERE state = 'leased'"),
    ("leases", "UPDATE tasks SET holder_id = -1 WHERE state = 'leased'"),
    ("leases", "UPDATE tasks SET state = 'queued' WHERE state = 'leased'"),
    ("outcomes", "UPDATE leases SET ended_by = 'ran_out' WHERE ended_by = 'outcome'"),
    ("outcomes", "UPDATE outcomes SET lease_token = -1"),
    ("calls", """UPDATE calls SET verdict = '{"is_allowed": false}'"""),
    ("holds", HELD_FOR_NOTHING),
    ("history", ANOTHER_PRIORITY),
    ("causes", "UPDATE task_changes SET cause_id = -1 WHERE cause = 'fact'"),
    ("causes", "UPDATE task_changes SET cause_id = -1 WHERE cause = 'outcome'"),
    ("causes", "UPDATE task_changes SET cause = 'rebalance', cause_id = -1"),
    ("absent", OWNER_AWAY),
    ("audit", "UPDATE audit_entries SET action = 'looked'"),
    ("open_balances", "DELETE FROM tasks WHERE kind = 'patient_balance'"),
    ("open_balances", "UPDATE tasks SET state = 'closed' WHERE kind = 'payment_unmatched'"),
]


def test_every_damage_fails_the_check_that_is_about_it(session: Session) -> None:
    work_a_while(session)
    for check, damage in DAMAGES:
        with session.begin_nested() as savepoint:
            assert session.execute(text(damage)).rowcount, damage  # type: ignore[attr-defined]  # a cursor's
            assert check in wrong(session), damage
            savepoint.rollback()
    assert {check for check, _ in DAMAGES} | {"facts"} == {
        each.name for each in verifying.certify(session, now=NOON).checks
    }


def test_facts_that_wait_are_said(session: Session) -> None:
    make_fact(session)
    found = verifying.certify(session, now=NOON)
    assert found.is_ok
    assert "1 waiting to be posted" in found.checks[0].sentence


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("queued", {}),
        ("deferred", {"deferred_until": NOON + timedelta(days=1)}),
        ("none", {"state": TaskState.CLOSED}),
        ("closed", {"state": TaskState.CLOSED, "settled_evidence": 0, "evidence": 0}),
    ],
)
def test_every_open_balance_stands_in_one_place(session: Session, place: str, change: dict[str, Any]) -> None:
    account = owed_by_patient(session)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    for name, value in change.items():
        setattr(task, name, value)
    if place == "deferred":
        derive(session, account)
    balances = verifying.certify(session, now=NOON).open_balances
    assert {name for name, count in balances.items() if count} == {place}


def test_a_held_and_a_waiting_balance_are_told_apart(session: Session) -> None:
    held, waiting = owed_by_patient(session), owed_by_patient(session, service_on=TODAY)
    task = task_of(session, held, TaskKind.PATIENT_BALANCE)
    task.state, task.held_until = TaskState.WAITING, NOON + timedelta(days=3)
    assert task_of(session, waiting, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    balances = verifying.certify(session, now=NOON).open_balances
    assert (balances["held"], balances["waiting"]) == (1, 1)


def test_the_commands_say_so_and_exit_with_1_when_something_is_off(
    session: Session, runner: FlaskCliRunner
) -> None:
    account = owed_by_patient(session)
    derive(session, account, at=datetime.now(UTC))
    session.commit()
    verified, checked = (
        runner.invoke(args=["verify", "--json"]),
        runner.invoke(args=["queue", "check", "--json"]),
    )
    assert (verified.exit_code, json.loads(verified.output)["ok"]) == (0, True)
    assert (checked.exit_code, json.loads(checked.output)["differences"]) == (0, [])
    session.execute(text("UPDATE tasks SET priority = 1"))
    session.execute(text("UPDATE accounts SET charge_cents = 1"))
    session.commit()
    verified, checked = (
        runner.invoke(args=["verify", "--json"]),
        runner.invoke(args=["queue", "check", "--json"]),
    )
    assert verified.exit_code == checked.exit_code == 1
    off = [each for each in json.loads(verified.output)["checks"] if not each["ok"]]
    assert [(each["name"], each["count"]) for each in off] == [("charges", 1)]
    (difference,) = json.loads(checked.output)["differences"]
    assert (difference["account_id"], difference["kind"]) == (account.id, "patient_balance")
    rebuilt = runner.invoke(args=["queue", "rebuild", "--json"])
    assert json.loads(rebuilt.output).items() >= {"tasks": 1, "opened": 0, "changed": 1, "closed": 0}.items()
    assert runner.invoke(args=["queue", "check"]).output == "The queue is what a rebuild would give.\n"
    assert session.get_one(Task, difference["task_id"]).priority > 1
