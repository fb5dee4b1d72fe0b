import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.factories import TODAY, make_account, make_claim, make_patient, make_payer
from tests.kit.reading import findings_of, records_of
from workqueue.kit.reading import office_bills
from workqueue.models import Payer
from workqueue.rules.states import PayerKind
from workqueue.x12.records import RemittanceClaim

DAY = date(2026, 3, 10)


def open_claim(session: Session, number: str, *, payer: Payer | None = None, cents: int = 40_000) -> None:
    account = make_account(session, number=number, charge_cents=cents, insurance_cents=cents)
    make_claim(session, account=account, payer=payer, charge_cents=cents, submitted_on=TODAY)


def test_open_claims_are_read_with_number_payer_and_charge(session: Session) -> None:
    payer = make_payer(
        session, code="MCR01", name="Sample Medicare", kind=PayerKind.MEDICARE, contract_bp=4_500
    )
    open_claim(session, "K1", payer=payer, cents=12_345)
    (bill,) = office_bills(session, day=DAY, limit=10)
    assert (bill.number, bill.charge_cents, bill.sequence, bill.submitted_on) == (
        "K1",
        12_345,
        1,
        TODAY - timedelta(days=1),
    )
    assert (bill.insurer.code, bill.insurer.kind, bill.insurer.contract_bp) == (
        "MCR01",
        PayerKind.MEDICARE,
        4_500,
    )


def test_an_account_without_a_balance_is_left_alone_while_others_are_open(session: Session) -> None:
    make_claim(session, account=make_account(session, number="PAID"))
    open_claim(session, "OPEN")
    assert [bill.number for bill in office_bills(session, day=DAY, limit=10)] == ["OPEN"]


def test_where_nothing_is_open_the_settled_accounts_are_written_about(session: Session) -> None:
    """An export of another system charges by the visit and may bring nothing but what is settled."""
    make_claim(session, account=make_account(session, number="PAID", charge_cents=700), charge_cents=0)
    (bill,) = office_bills(session, day=DAY, limit=10)
    assert (bill.number, bill.charge_cents) == ("PAID", 700)


def test_a_number_without_an_account_is_no_bill(session: Session) -> None:
    stray = make_account(session, number="STRAY", is_identified=False, insurance_cents=-500)
    make_claim(session, account=stray)
    assert office_bills(session, day=DAY, limit=10) == []


def test_no_more_accounts_are_read_than_asked_for(session: Session) -> None:
    for number in range(5):
        open_claim(session, f"K{number}")
    assert [bill.number for bill in office_bills(session, day=DAY, limit=2)] == ["K0", "K1"]


def test_second_payers_come_after_the_first(session: Session) -> None:
    open_claim(session, "K1")
    account = make_account(session, number="K2", charge_cents=9_000, insurance_cents=9_000)
    for sequence in (2, 1):
        make_claim(session, account=account, sequence=sequence)
    assert [(bill.number, bill.sequence) for bill in office_bills(session, day=DAY, limit=9)] == [
        ("K1", 1),
        ("K2", 1),
        ("K2", 2),
    ]


def test_signs_that_could_separate_are_left_out_of_names(session: Session) -> None:
    patient = make_patient(session, first_name="R*b:n", last_name="Test~well")
    account = make_account(session, number="K1", patient=patient, insurance_cents=100)
    make_claim(session, account=account)
    (bill,) = office_bills(session, day=DAY, limit=9)
    assert (bill.patient.first_name, bill.patient.last_name) == ("Rbn", "Testwell")


def test_the_command_writes_files_about_this_office(
    session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    for number in range(30):
        open_claim(session, f"K{number}")
    session.flush()
    out = tmp_path / "kit"
    said = runner.invoke(args=["kit", "--out", str(out), "--date", "2026-03-10", "--seed", "4"])
    assert said.exit_code == 0, said.output
    manifest = json.loads((out / "manifest.json").read_text())
    assert {each["kind"] for each in manifest["files"]} == {"837P", "277CA", "277", "835"}
    remittance = next(each["file"] for each in manifest["files"] if each["kind"] == "835")
    records = records_of((out / remittance).read_bytes())
    assert findings_of(records) == []
    assert all(
        re.fullmatch(r"K\d+", each.claim_number) for each in records if isinstance(each, RemittanceClaim)
    )


def test_only_the_chosen_kinds_are_written(session: Session, runner: FlaskCliRunner, tmp_path: Path) -> None:
    open_claim(session, "K1")
    runner.invoke(args=["kit", "--out", str(tmp_path), "--kinds", "837"])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [each["kind"] for each in manifest["files"]] == ["837P"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--faults", "typo"], "There is no fault called typo"),
        (["--kinds", "999"], "there are 837, 277CA, 277 and 835"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused(
    session: Session, runner: FlaskCliRunner, tmp_path: Path, options: list[str], sentence: str
) -> None:
    open_claim(session, "K1")
    said = runner.invoke(args=["kit", "--out", str(tmp_path), *options])
    assert said.exit_code == 2
    assert sentence in said.output
    assert list(tmp_path.iterdir()) == []


def test_an_empty_office_is_told_so(runner: FlaskCliRunner, tmp_path: Path) -> None:
    said = runner.invoke(args=["kit", "--out", str(tmp_path)])
    assert said.exit_code == 1
    assert "no open claims" in said.output


def test_files_of_two_runs_are_not_mixed(session: Session, runner: FlaskCliRunner, tmp_path: Path) -> None:
    open_claim(session, "K1")
    (tmp_path / "old.x12").write_text("ISA")
    said = runner.invoke(args=["kit", "--out", str(tmp_path)])
    assert said.exit_code == 1
    assert "not an empty folder" in said.output
