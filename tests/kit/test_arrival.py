"""What the office makes of the kit's files, compared with what the manifest says of them."""

import io
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.kit.bills import DAY, some_bills
from workqueue.kit.faults import FAULTS
from workqueue.kit.files import KitFile
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import plan
from workqueue.models import Claim, QuarantinedItem
from workqueue.rules.states import FileSource
from workqueue.services.intake import answer, read_file, receive
from workqueue.services.posting import post_received

BILLS = some_bills(40)


@pytest.fixture
def office(session: Session) -> Session:
    """An office that has sent these bills."""
    for file in plan(BILLS, seed=1, day=DAY, kinds=[Kind.SUBMISSION]).files:
        take(session, file)
    return session


def take(session: Session, file: KitFile) -> dict[str, Any]:
    receipt = receive(session, io.BytesIO(file.content), name=file.name, source=FileSource.CLI, now=NOON)
    read_file(session, receipt.file_id, now=NOON)
    while post_received(session, now=NOON):
        pass
    return answer(session, receipt)


def differences(said: dict[str, Any], file: KitFile) -> dict[str, tuple[Any, Any]]:
    """Return what the office and the manifest do not agree on."""
    expected = file.as_json()["expected"]
    names = [*expected.keys() & said.keys()]
    found = {name: (said[name], expected[name]) for name in names if said[name] != expected[name]}
    if bool(said["errors"]) is not expected["has_errors"]:
        found["errors"] = (said["errors"], expected["has_errors"])
    return found


@pytest.mark.parametrize("fault", list(FAULTS))
def test_the_office_makes_of_a_fault_what_the_manifest_says(office: Session, fault: str) -> None:
    for file in plan(BILLS, seed=5, day=DAY, kinds=[], faults=[fault]).files:
        assert differences(take(office, file), file) == {}


def test_the_office_adds_ordinary_files_up_as_the_manifest_does(office: Session) -> None:
    for file in plan(BILLS, seed=5, day=DAY, claims_per_file=20).files:
        assert differences(take(office, file), file) == {}


def test_what_is_quarantined_is_kept_for_a_person(office: Session) -> None:
    for file in plan(BILLS, seed=5, day=DAY, kinds=[], faults=["unbalanced_set"]).files:
        take(office, file)
    (item,) = office.scalars(select(QuarantinedItem)).all()
    assert item.segment == "BPR"


def status_of(session: Session, fault: str) -> set[str]:
    files = plan(BILLS, seed=5, day=DAY, kinds=[], faults=[fault]).files
    for file in files:
        take(session, file)
    return set(session.scalars(select(Claim.status_category).where(Claim.status_category != "")))


def test_of_statuses_out_of_order_the_newer_stays(office: Session) -> None:
    assert status_of(office, "out_of_order") == {"P3"}


def test_a_reversal_that_came_early_leaves_the_claim_denied(office: Session) -> None:
    for file in plan(BILLS, seed=5, day=DAY, kinds=[], faults=["reversal_before_original"]).files:
        take(office, file)
    (claim,) = office.scalars(select(Claim).where(Claim.adjudicated_on.is_not(None))).all()
    assert claim.paid_cents == 0
    assert claim.denied_cents == claim.charge_cents
    assert claim.denial_code == "CO-50"
