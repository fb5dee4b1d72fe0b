"""The pages of the reports: who sees what, what leads where, what is taken out."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_ledger_entry, make_patient
from tests.factories.people import ada, ana, otto, sue, uma
from tests.services.desk import billed_to_payer, call, log, owed_by_patient, take
from workqueue.models import AuditEntry, Team, User
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.report_facts import Quotient, ReportCode
from workqueue.rules.reports import REPORTS

pytestmark = pytest.mark.usefixtures("at_noon")
SignIn = Callable[[User], FlaskClient]


@pytest.mark.parametrize("code", list(ReportCode))
def test_a_lead_sees_every_report_by_everything_it_may_be_divided_by(
    session: Session, sign_in_as: SignIn, code: ReportCode
) -> None:
    owed_by_patient(session)
    client = sign_in_as(sue(session))
    for by in REPORTS[code].by:
        answer = client.get(f"/reports/{code}?by={by}")
        assert answer.status_code == 200
        assert REPORTS[code].items in answer.text.replace("&#39;", "'")


def test_a_number_leads_to_its_accounts(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session, 30_000)
    client = sign_in_as(sue(session))
    page = client.get("/reports/aging").text
    assert "$300.00" in page
    link = next(
        part for part in page.split('"') if part.startswith("/reports/aging/accounts?") and "days_31" in part
    )
    listed = client.get(link.replace("&amp;", "&")).text
    assert account.number in listed
    assert f"/accounts/{account.id}" in listed


def test_an_admin_sees_totals_and_no_account(session: Session, sign_in_as: SignIn) -> None:
    owed_by_patient(session, 30_000)
    client = sign_in_as(ada(session))
    page = client.get("/reports/aging").text
    assert "$300.00" in page
    assert "/accounts" not in page
    assert client.get("/reports/aging/accounts?figure=total").status_code == 403
    assert client.get("/reports/work_done?by=rep").status_code == 403
    assert client.get("/reports/work_done").status_code == 200


def test_a_rep_sees_their_own_work_and_nobody_else_s(session: Session, sign_in_as: SignIn) -> None:
    for rep in (ana(session), otto(session)):
        account = owed_by_patient(session)
        held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
        call(session, account, held, rep.id)
        log(session, held, OutcomeEntry("no_answer"), rep.id)
    page = sign_in_as(ana(session)).get("/reports/contact?by=rep").text
    assert ana(session).name in page
    assert otto(session).name not in page
    assert sign_in_as(ana(session)).get("/reports/contact?by=team").status_code == 403
    assert sign_in_as(ana(session)).get("/reports/aging").status_code == 403
    index = sign_in_as(ana(session)).get("/reports").text
    assert "Handle time" in index
    assert "Collections" not in index


def test_a_lead_sees_the_reps_of_their_own_team_only(session: Session, sign_in_as: SignIn) -> None:
    assert sue(session).team_id != otto(session).team_id
    for rep in (ana(session), otto(session)):
        account = owed_by_patient(session)
        held = take(session, account, TaskKind.PATIENT_BALANCE, rep)
        log(session, held, OutcomeEntry("deferred", next_on=TODAY + timedelta(days=2), reason="x"), rep.id)
    page = sign_in_as(sue(session)).get("/reports/work_done?by=rep").text
    assert ana(session).name in page
    assert otto(session).name not in page
    auditor = sign_in_as(uma(session)).get("/reports/work_done?by=rep").text
    assert otto(session).name in auditor


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2026-03-10&to=2026-03-01", "The period begins after it ends."),
        ("from=2019-01-01", "A period has at most five years."),
        ("from=yesterday", "Enter a date"),
        ("to=2199-01-01", "or earlier"),
    ],
)
def test_days_that_cannot_be_are_said_beside_their_field(
    session: Session, sign_in_as: SignIn, query: str, sentence: str
) -> None:
    answer = sign_in_as(sue(session)).get(f"/reports/collections?{query}")
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    "path",
    ["nothing", "aging?by=hour", "aging/accounts?figure=nothing", "cost_to_collect/accounts?figure=cost",
     "aging/accounts?figure=total&after=7~x", "aging/file?form=doc"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(session: Session, sign_in_as: SignIn, path: str) -> None:
    assert sign_in_as(sue(session)).get(f"/reports/{path}").status_code == 404


def test_the_totals_as_csv_are_numbers_and_no_formula(session: Session, sign_in_as: SignIn) -> None:
    owed_by_patient(session, 30_000)
    billed_to_payer(session, 50_000)
    session.scalars(select(Team).where(Team.id == sue(session).team_id)).one().name = "=HYPERLINK(1)"
    answer = sign_in_as(sue(session)).get("/reports/aging/file?form=csv")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["Aging of A/R"]
    assert rows[-1][0] == "All"
    assert "800.00" in rows[-1]


def test_a_name_that_looks_like_a_formula_is_text_in_csv(session: Session, sign_in_as: SignIn) -> None:
    team_id = ana(session).team_id
    session.scalars(select(Team).where(Team.id == team_id)).one().name = "=HYPERLINK(1)"
    body = sign_in_as(uma(session)).get("/reports/work_done/file?form=csv").get_data().decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in body
    assert "\n=HYPERLINK" not in body


def test_the_totals_as_xlsx_are_numbers_days_and_no_formula(session: Session, sign_in_as: SignIn) -> None:
    owed_by_patient(session, 30_000, patient=make_patient(session, last_name="=1+1"))
    body = sign_in_as(sue(session)).get("/reports/aging/file?form=xlsx").get_data()
    cells = cells_of(body)
    assert ("n", "300") in cells
    listed = sign_in_as(sue(session)).post(
        "/reports/aging/accounts?figure=total", data={"reason": "month end", "form": "xlsx"}
    )
    cells = cells_of(listed.get_data())
    assert any(kind == "s" and text.startswith("=1+1") for kind, text in cells)
    assert ("n", str((TODAY - timedelta(days=40) - EXCEL_BEGINS).days)) in cells
    assert b"<f>" not in b"".join(parts_of(listed.get_data()))


def test_a_list_of_accounts_goes_into_the_audit_chain_with_its_reason(
    session: Session, sign_in_as: SignIn
) -> None:
    owed_by_patient(session)
    client = sign_in_as(sue(session))
    refused = client.post("/reports/aging/accounts?figure=total", data={"reason": "", "form": "csv"})
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    taken = client.post("/reports/aging/accounts?figure=total", data={"reason": "month end", "form": "csv"})
    assert taken.status_code == 200
    kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (kept.action, kept.details["reason"]) == ("report_accounts_exported", "month end")
    assert kept.details["accounts"] == 1


def test_a_period_counts_by_the_day_of_posting_in_the_office(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session)
    entry = make_ledger_entry(session, account=account, patient_cents=-2_500)
    assert entry.posted_at == NOON
    client = sign_in_as(sue(session))
    today = client.get(f"/reports/collections?from={TODAY}&to={TODAY}").text
    before = client.get(f"/reports/collections?from=2026-01-01&to={TODAY - timedelta(days=1)}").text
    assert "$25.00" in today
    assert "$25.00" not in before


def test_every_figure_says_what_it_counts() -> None:
    for report in REPORTS.values():
        codes = [each.code for each in report.figures]
        assert len(codes) == len(set(codes))
        assert all(report.figure(code) for code in (*report.charts, *report.parts))
        for figure in report.figures:
            assert figure.counts.endswith("."), figure
            assert bool(figure.over) == isinstance(figure.formula, Quotient), figure


EXCEL_BEGINS = TODAY.replace(year=1899, month=12, day=30)


def parts_of(body: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]


def cells_of(body: bytes) -> list[tuple[str, str]]:
    """Return the cells of a workbook: kind and what they hold; shared strings are looked up."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314  # our own file
    texts = ["".join(each.itertext()) for each in shared]
    found = []
    for part in parts_of(body):
        for cell in ET.fromstring(part).iter(f"{space}c"):  # noqa: S314
            value = cell.find(f"{space}v")
            if value is not None:
                kind = cell.get("t", "n")
                found.append((kind, texts[int(value.text or 0)] if kind == "s" else str(value.text)))
    return found
