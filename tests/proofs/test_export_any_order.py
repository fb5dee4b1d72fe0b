"""A public export, then what payers say of its accounts: in any order, doubled, cut in pieces."""

import io
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY
from tests.proofs.test_any_order import office
from tests.services.queues import differences
from workqueue.kit.files import KitFile, shuffled
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import plan
from workqueue.kit.reading import office_bills
from workqueue.rules.states import FileSource
from workqueue.services import posting, verifying
from workqueue.services.intake import read_file, receive

ACCOUNTS, ORDERS = 60, 3
FAULTS = ("status_before_submission", "reversal_before_original", "out_of_order", "unknown_claim_number")


def bring(session: Session, name: str, content: bytes) -> None:
    receipt = receive(session, io.BytesIO(content), name=name, source=FileSource.CLI, now=NOON)
    read_file(session, receipt.file_id, now=NOON)
    while posting.post_received(session, now=NOON):
        pass


def assert_sound(session: Session) -> None:
    assert differences(session) == []
    certificate = verifying.certify(session, now=NOON)
    assert [each.sentence for each in certificate.checks if not each.is_ok] == []


def office_after(session: Session, files: Sequence[KitFile]) -> dict[str, list[tuple[Any, ...]]]:
    """Let the files arrive in the office as it is; look at it, and take them back."""
    with session.begin_nested() as savepoint:
        for file in files:
            bring(session, file.name, file.content)
        assert_sound(session)
        found = office(session)
        savepoint.rollback()
    session.expire_all()
    return found


@pytest.mark.samples
def test_every_order_cut_and_repetition_leads_to_the_same_office(session: Session, samples: Path) -> None:
    for table in sorted((samples / "synthea_csv" / "set_a_jijones12").glob("*.csv")):
        bring(session, table.name, table.read_bytes())
    assert_sound(session)
    bills = office_bills(session, day=TODAY, limit=ACCOUNTS)
    assert len({bill.number for bill in bills}) == ACCOUNTS
    files = plan(
        bills,
        seed=7,
        day=TODAY,
        kinds=[Kind.SUBMISSION, Kind.ACKNOWLEDGEMENT, Kind.STATUS, Kind.REMITTANCE],
        faults=FAULTS,
        claims_per_file=20,
    ).files
    in_order = office_after(session, files)
    assert in_order["queue"]
    for seed in range(ORDERS):
        mixed = office_after(session, shuffled(files, Random(seed), pieces=4, doubled=5))
        for name, rows in in_order.items():
            assert mixed[name] == rows, (seed, name)
