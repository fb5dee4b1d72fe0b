"""flask export: the books as rows, of a period or whole, safe to open in a spreadsheet."""

import csv
import io

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.factories import TODAY, make_account, make_ledger_entry, make_patient, make_payer
from workqueue.services.books import BOOKS


def rows(runner: FlaskCliRunner, *args: str) -> list[dict[str, str]]:
    result = runner.invoke(args=["export", *args])
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize("book", sorted(BOOKS))
def test_every_book_has_a_head_and_begins_with_its_number(runner: FlaskCliRunner, book: str) -> None:
    result = runner.invoke(args=["export", book])
    assert (result.exit_code, result.stdout.split(",")[0]) == (0, "id")


def test_the_ledger_comes_whole_or_by_the_office_days_of_posting(
    runner: FlaskCliRunner, session: Session
) -> None:
    entry = make_ledger_entry(session, patient_cents=-2_500)
    session.flush()
    (row,) = rows(runner, "ledger")
    assert (row["id"], row["patient_cents"], row["posted_at"]) == (
        str(entry.id),
        "-2500",
        "2026-03-10 17:00:00+00",
    )
    assert len(rows(runner, "ledger", "--from", str(TODAY), "--to", str(TODAY))) == 1
    assert rows(runner, "ledger", "--to", "2026-03-09") == []


def test_what_looks_like_a_formula_is_text(runner: FlaskCliRunner, session: Session) -> None:
    make_account(session, number="=1+1")
    make_payer(session, name="+Plus Health")
    session.flush()
    assert rows(runner, "accounts")[0]["number"] == "'=1+1"
    assert rows(runner, "payers")[0]["name"] == "'+Plus Health"


def test_no_name_of_a_person_is_in_any_book(runner: FlaskCliRunner, session: Session) -> None:
    make_account(session, patient=make_patient(session, last_name="Zzyzx"))
    session.flush()
    assert all("Zzyzx" not in runner.invoke(args=["export", book]).stdout for book in BOOKS)
