"""The queue depends on what arrived and not on the order, the cut or the number of times it did."""

import io
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.kit.bills import DAY, some_bills
from workqueue.kit.files import KitFile, shuffled
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import plan
from workqueue.rules.states import FileSource
from workqueue.services import deriving
from workqueue.services.intake import read_file, receive
from workqueue.services.posting import post_received

BILLS = some_bills(45)
ORDERLY = ("status_before_submission", "reversal_before_original", "out_of_order", "unknown_claim_number")
SUBMISSIONS = plan(BILLS, seed=1, day=DAY, kinds=[Kind.SUBMISSION]).files
LATER = plan(
    BILLS,
    seed=5,
    day=DAY,
    kinds=[Kind.ACKNOWLEDGEMENT, Kind.STATUS, Kind.REMITTANCE],
    faults=ORDERLY,
    claims_per_file=15,
).files

SNAPSHOTS = {
    "accounts": "SELECT number, is_identified, service_on, charge_cents, insurance_cents, patient_cents,"
    " patient_since_on, patient_paid_on FROM accounts ORDER BY 1",
    "claims": "SELECT a.number, c.sequence, p.code, c.charge_cents, c.submitted_on, c.status_category,"
    " c.status_code, c.status_on, c.adjudicated_on, c.paid_cents, c.contractual_cents, c.patient_share_cents,"
    " c.denied_cents, c.denial_code, c.payer_control_number FROM claims c"
    " JOIN accounts a ON a.id = c.account_id LEFT JOIN payers p ON p.id = c.payer_id ORDER BY 1, 2",
    "ledger": "SELECT a.number, l.kind, l.group_code, l.reason_code, l.insurance_cents, l.patient_cents,"
    " l.effective_on, count(*) FROM ledger_entries l JOIN accounts a ON a.id = l.account_id"
    " WHERE l.kind NOT IN ('charge', 'charge_change', 'coordination')"
    " GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
    # What is worked out from several facts may have come in steps; what it adds up to is the same.
    "worked_out": "SELECT a.number, l.kind = 'coordination', sum(l.insurance_cents), sum(l.patient_cents)"
    " FROM ledger_entries l JOIN accounts a ON a.id = l.account_id"
    " WHERE l.kind IN ('charge', 'charge_change', 'coordination') GROUP BY 1, 2"
    " HAVING sum(l.insurance_cents) <> 0 OR sum(l.patient_cents) <> 0 ORDER BY 1, 2",
    "tasks": "SELECT a.number, t.kind, t.subject, t.state, t.tier, t.priority, t.value_cents, t.deadline_on,"
    " t.available_at, t.rescore_at FROM tasks t JOIN accounts a ON a.id = t.account_id"
    " WHERE t.state <> 'closed' ORDER BY 1, 2, 3",
}


def office_after(session: Session, files: Sequence[KitFile]) -> dict[str, list[Any]]:
    """Let the files arrive, look at the office, and take all back."""
    with session.begin_nested() as savepoint:
        for file in files:
            receipt = receive(
                session, io.BytesIO(file.content), name=file.name, source=FileSource.CLI, now=NOON
            )
            read_file(session, receipt.file_id, now=NOON)
            while post_received(session, now=NOON):
                pass
        assert deriving.check(session, now=NOON) == []
        seen = {
            name: [tuple(row) for row in session.execute(text(query))] for name, query in SNAPSHOTS.items()
        }
        savepoint.rollback()
    return seen


@pytest.fixture(scope="module")
def in_order() -> dict[str, list[Any]]:
    """Filled by the first look; every test of this module compares with it."""
    return {}


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(seed=st.integers(0, 10_000))
def test_every_order_cut_and_repetition_leads_to_the_same_queue(
    session: Session, in_order: dict[str, list[Any]], seed: int
) -> None:
    if not in_order:
        in_order.update(office_after(session, [*SUBMISSIONS, *LATER]))
        assert in_order["tasks"]
    mixed = shuffled([*SUBMISSIONS, *LATER], Random(seed), pieces=4, doubled=5)
    seen = office_after(session, mixed)
    for name, rows in in_order.items():
        assert seen[name] == rows, name
