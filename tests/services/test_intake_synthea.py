"""Tables of an export: accounts, charges, payments, in any order; bad rows are named, good ones go on."""

from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.services.bringing import balance, bring, codes, facts
from workqueue.models import Account, Patient, Payer, QuarantinedItem
from workqueue.rules.states import FactState
from workqueue.services.deriving import check
from workqueue.services.intake import in_order_of_dependence

PATIENTS = """Id,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,FIRST,LAST,MAIDEN,MARITAL,ADDRESS,CITY,STATE,ZIP
p1,1970-01-01,,999-00-0000,,,Jo,Roe,,M,"1 Main St, Apt 2",Boston,Massachusetts,02108
"""
PAYERS = """Id,NAME,OWNERSHIP,AMOUNT_COVERED,AMOUNT_UNCOVERED,COVERED_ENCOUNTERS,UNIQUE_CUSTOMERS,QOLS_AVG
y1,Medicaid,GOVERNMENT,1,1,1,1,1
e03e23c9-4df1-3eb6-a62d-f70f02301496,NO_INSURANCE,NO_INSURANCE,0,0,0,0,0
"""
CLAIMS = """Id,PATIENTID,PRIMARYPATIENTINSURANCEID,SECONDARYPATIENTINSURANCEID,SERVICEDATE,STATUS1,STATUS2,STATUSP,OUTSTANDING1,LASTBILLEDDATE1,LASTBILLEDDATE2
c1,p1,y1,,2026-02-01T08:00:00Z,BILLED,,BILLED,0,2026-02-03T08:00:00Z,
c2,p1,,,2026-02-02T08:00:00Z,CLOSED,,CLOSED,0,,
"""  # noqa: E501  # the columns of an export
TRANSACTIONS = """ID,CLAIMID,CHARGEID,PATIENTID,TYPE,AMOUNT,METHOD,FROMDATE,UNITAMOUNT,TRANSFEROUTID,TRANSFERTYPE,PAYMENTS,ADJUSTMENTS,TRANSFERS,OUTSTANDING
t1,c1,1,p1,CHARGE,100.00,,2026-02-01T08:00:00Z,100,,1,,,,
t2,c1,2,p1,PAYMENT,,COPAY,2026-02-01T08:00:00Z,,,,10.00,0.00,,
t3,c1,3,p1,PAYMENT,,ECHECK,2026-02-01T08:00:00Z,,,,50.00,5.00,,
t4,c1,4,p1,TRANSFEROUT,,,2026-02-01T08:00:00Z,,,,,,20.00,
t5,c1,5,p1,TRANSFERIN,20.00,,2026-02-01T08:00:00Z,,4,p,,,20.00,
t6,c1,6,p1,PAYMENT,,CASH,2026-02-01T08:00:00Z,,,,8.00,0.00,,
t7,c2,7,p1,CHARGE,30.00,,2026-02-02T08:00:00Z,30,,p,,,,
"""  # noqa: E501  # the columns of an export
TABLES = {"patients": PATIENTS, "payers": PAYERS, "claims": CLAIMS, "transactions": TRANSACTIONS}


@pytest.mark.parametrize("order", list(permutations(TABLES)), ids="-".join)
def test_the_tables_end_the_same_in_every_order(session: Session, order: tuple[str, ...]) -> None:
    for name in order:
        assert bring(session, TABLES[name])["status"] == "applied"
    insured, self_pay = balance(session, "c1"), balance(session, "c2")
    assert (insured.insurance, insured.patient, insured.is_identified) == (1_500, 1_200, True)
    assert (self_pay.insurance, self_pay.patient, self_pay.is_identified) == (0, 3_000, True)
    patient = session.scalars(select(Patient)).one()
    assert (patient.key, patient.last_name, patient.state) == ("synthea:p1", "Roe", "MA")
    payer = session.scalars(select(Payer)).one()
    assert (payer.code, payer.name, payer.kind) == ("Y1", "Medicaid", "medicaid")
    assert check(session, now=NOON) == []


def test_a_row_that_came_before_is_a_duplicate(session: Session) -> None:
    bring(session, TRANSACTIONS)
    again = bring(session, TRANSACTIONS + "\n")
    assert (again["status"], again["applied"], again["duplicates"]) == ("duplicate", 0, 6)
    assert facts(session, FactState.DUPLICATE) == 6


def test_payments_whose_claims_have_not_come_are_said_to_be_unmatched(session: Session) -> None:
    assert bring(session, TRANSACTIONS)["unmatched"] == 6


def test_a_row_that_came_before_with_another_amount_waits(session: Session) -> None:
    bring(session, TRANSACTIONS)
    said = bring(session, TRANSACTIONS.replace("8.00,0.00", "9.00,0.00"))
    assert (said["status"], codes(said)) == ("partial", ["row_conflict"])
    assert said["errors"][0]["position"] == 7
    assert balance(session, "c1").patient == 1_200


def test_bad_rows_are_named_by_line_and_column_and_good_ones_go_on(session: Session) -> None:
    said = bring(
        session,
        TRANSACTIONS.replace("100.00,,2026-02-01T", "1O0.00,,2026-02-01T").replace(
            "CASH,2026-02-01T08:00:00Z", "CASH,2026-02-31"
        )
        + "t8,c1\n",
    )
    assert (said["status"], said["applied"]) == ("partial", 4)
    places = {(each["segment"], each["position"]) for each in said["errors"]}
    assert places == {("AMOUNT", 2), ("FROMDATE", 7), ("", 9)}
    assert session.scalar(select(func.count()).select_from(QuarantinedItem)) == 3
    assert "1O0" not in str(said["errors"])


def test_a_table_without_a_needed_column_is_rejected_and_the_column_named(session: Session) -> None:
    said = bring(session, CLAIMS.replace("SERVICEDATE", "DAY"))
    assert (said["status"], codes(said)) == ("rejected", ["column_missing"])
    assert "SERVICEDATE" in said["errors"][0]["message"]


def test_a_table_of_other_columns_is_rejected_as_that(session: Session) -> None:
    said = bring(session, "name,colour,size\na,b,c\n")
    assert said["status"] == "rejected"
    assert "CSV" in said["errors"][0]["message"]


def test_a_table_the_office_does_not_need_is_said_to_be_that(session: Session) -> None:
    said = bring(session, "Id,NAME,ADDRESS,CITY,LAT,LON,PHONE,REVENUE,UTILIZATION\n1,A,B,C,1,1,1,1,1\n")
    assert (said["status"], said["kind"], codes(said)) == (
        "applied",
        "csv:organizations",
        ["table_not_needed"],
    )


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (("\ufeff" + PATIENTS).encode(), 1),
        (PATIENTS.replace("\n", "\r\n").encode(), 1),
        (PATIENTS.replace("Roe", "Ro\x00e").encode(), 1),
        (PATIENTS.replace("Roe", "Rößler").encode("latin-1"), 1),
        (PATIENTS.encode() + b'p2,1970-01-01,"' + b"x" * 200_000 + b"\n", 1),
        (PATIENTS.encode() + b"p2," + b"x" * 2_000_000 + b"\np3,1970-01-01,,,,,A,B,,,,,,\n", 2),
    ],
    ids=["bom", "crlf", "nul", "latin-1", "quote never closed", "line too long"],
)
def test_odd_files_are_read_as_far_as_they_go(session: Session, content: bytes, rows: int) -> None:
    said = bring(session, content)
    assert said["transactions"] == rows
    assert said["status"] in {"applied", "partial"}


def test_utf_16_is_rejected(session: Session) -> None:
    assert bring(session, PATIENTS.encode("utf-16"))["status"] == "rejected"


def test_tables_brought_together_are_read_in_the_order_of_their_references() -> None:
    heads = [TRANSACTIONS.encode(), b"ISA*", CLAIMS.encode(), PATIENTS.encode(), PAYERS.encode()]
    assert in_order_of_dependence(heads) == [1, 3, 4, 2, 0]


@pytest.mark.samples
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_public_export_ends_with_every_claim_settled(
    session: Session, samples: Path, is_reversed: bool
) -> None:
    """Charges less payments are 0 on all 561 claims of this export; three of them had no insurance."""
    folder = samples / "synthea_csv" / "set_a_jijones12"
    for path in sorted(folder.glob("*.csv"), reverse=is_reversed):
        assert bring(session, path.read_bytes(), name=path.name)["status"] == "applied"
    session.expire_all()
    accounts = session.scalars(select(Account)).all()
    assert len(accounts) == 561
    assert all(each.is_identified for each in accounts)
    assert {(each.insurance_cents, each.patient_cents) for each in accounts} == {(0, 0)}
    assert session.scalar(select(func.count()).select_from(Patient)) == 11
    assert check(session, now=NOON) == []
