"""flask notices: what a mail house reports in a list."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account
from workqueue.models import Notice

HEAD = "account,kind,given_on,deadline_on,evidence,batch\n"


@pytest.fixture
def listed(session: Session, tmp_path: Path) -> Path:
    make_account(session, number="A1")
    session.commit()
    return tmp_path / "mailed.csv"


def test_a_list_is_recorded_once_and_unknown_accounts_are_named_by_line(
    session: Session, runner: FlaskCliRunner, listed: Path
) -> None:
    notice = "A1,collection_notice,2026-03-10,2026-04-09,run 7,x\n"
    listed.write_text(f"\ufeff{HEAD}A1,statement,2026-03-10,,run 7,x\nGONE,statement,2026-03-10\n{notice}")
    said = runner.invoke(args=["notices", str(listed), "--json"])
    assert json.loads(said.output) == {"recorded": 2, "known": 0, "unknown_lines": [3]}
    again = runner.invoke(args=["notices", str(listed)])
    assert again.output == "0 recorded, 2 known before.\nNo such account: line 3.\n"
    assert session.scalar(select(func.count()).select_from(Notice)) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEAD}A1,statement,2026-03-10\nA1,shout,2026-03-10\n", "Line 3, kind: Choose one of those"),
        (f"{HEAD}A1,statement,10.3.2026\n", "Line 2, given_on: Enter a date"),
        (f"{HEAD}A1,statement,2999-01-01\n", "Line 2, given_on: Enter the day on which it was sent"),
        ("account,kind\nA1,statement\n", "Line 1 has no column given_on"),
        ("", "Line 1 has no column account"),
    ],
)
def test_a_list_with_something_wrong_in_it_keeps_nothing_and_says_where(
    session: Session, runner: FlaskCliRunner, listed: Path, text: str, sentence: str
) -> None:
    listed.write_text(text)
    said = runner.invoke(args=["notices", str(listed)])
    assert said.exit_code == 1
    assert sentence in said.output
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_bytes_that_are_no_text_are_refused(runner: FlaskCliRunner, listed: Path) -> None:
    listed.write_bytes(HEAD.encode() + b"A1,statement,\xff\xfe\n")
    assert "no CSV in UTF-8" in runner.invoke(args=["notices", str(listed)]).output
