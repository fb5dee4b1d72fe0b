"""The pages of what is sent by e-mail, and of what collecting costs."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.people import ada, sue, uma
from workqueue.models import CollectionCost, ReportSchedule, User

pytestmark = pytest.mark.usefixtures("at_noon")
SignIn = Callable[[User], FlaskClient]
FORM = {
    "report": "aging.payer_class",
    "period": "last_week",
    "every": "week",
    "weekday": "0",
    "month_day": "1",
    "at_clock": "07:00",
    "recipients": "lead@hospital.example\numa@hospital.example",
}
OFFICE = {
    "name": "Sample Hospital",
    "neutral_name": "Sample Services",
    "callback_number": "(217) 221-0142",
    "hours": "weekdays from 8 to 5",
    "collects_as": "first_party",
    "mail_domains": "hospital.example, @clinic.example",
}


@pytest.fixture
def lead(session: Session, sign_in_as: SignIn) -> FlaskClient:
    """Return a lead's browser, in an office that has named its mail domains."""
    answer = sign_in_as(ada(session)).post("/office", data=OFFICE)
    assert answer.status_code == 303
    return sign_in_as(sue(session))


def test_a_lead_has_a_report_sent_and_ends_it(
    session: Session, lead: FlaskClient, sign_in_as: SignIn
) -> None:
    assert lead.post("/report-schedules", data=FORM).status_code == 303
    page = lead.get("/report-schedules").text
    assert "every Monday at 7:00 AM" in page
    assert "lead@hospital.example, uma@hospital.example" in page
    made = session.scalars(select(ReportSchedule)).one()
    assert "Have a report sent" not in sign_in_as(uma(session)).get("/report-schedules").text
    assert lead.post(f"/report-schedules/{made.id}/end").status_code == 303
    assert "No report is sent" in lead.get("/report-schedules").text
    assert lead.post(f"/report-schedules/{made.id}/end").status_code == 404


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"recipients": "lead@hospital.example, x@gmail.example"}, "recipients", "x@gmail.example is none"),
        ({"recipients": "nobody"}, "recipients", "not an e-mail address"),
        ({"recipients": ""}, "recipients", "The recipients is needed."),
        ({"report": "aging.hour"}, "by", "not divided so"),
        ({"report": "nothing.at_all"}, "report", "Choose a report."),
        ({"at_clock": "soon"}, "at_clock", "Enter a time"),
        ({"month_day": "31"}, "month_day", "from 1 to 28"),
    ],
)
def test_what_cannot_be_sent_is_said_and_what_was_typed_stays(
    lead: FlaskClient, sent: dict[str, str], field: str, sentence: str
) -> None:
    answer = lead.post("/report-schedules", data=FORM | sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'href="#{field}"' in answer.text
    assert (FORM | sent)["recipients"].split("\n")[0] in answer.text


def test_without_mail_domains_nothing_is_sent(session: Session, sign_in_as: SignIn) -> None:
    answer = sign_in_as(sue(session)).post("/report-schedules", data=FORM)
    assert answer.status_code == 422
    assert "mail domains first" in answer.text


def test_a_mail_domain_that_is_none_is_refused(session: Session, sign_in_as: SignIn) -> None:
    answer = sign_in_as(ada(session)).post("/office", data=OFFICE | {"mail_domains": "not a domain"})
    assert answer.status_code == 422
    assert "Enter domains as hospital.example" in answer.text


def test_costs_are_entered_and_the_newest_counts(session: Session, sign_in_as: SignIn) -> None:
    admin = sign_in_as(ada(session))
    form = {"month": "2026-02", "category": "billing", "amount_cents": "1,200.00", "note": "payroll"}
    assert admin.post("/costs", data=form).status_code == 303
    assert admin.post("/costs", data=form | {"amount_cents": "1,300"}).status_code == 303
    page = admin.get("/costs").text
    assert page.index("$1,300.00") < page.index("Counts</span>") < page.index("$1,200.00")
    report = sign_in_as(sue(session)).get("/reports/cost_to_collect?from=2026-02-10&to=2026-02-20").text
    assert "$1,300.00" in report
    assert "$1,200.00" not in report
    assert session.query(CollectionCost).count() == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"category": "tea"}, "category"),
        ({"amount_cents": "-1"}, "amount_cents"),
    ],
)
def test_a_cost_that_is_none_is_refused_beside_its_field(
    session: Session, sign_in_as: SignIn, sent: dict[str, str], field: str
) -> None:
    form = {"month": "2026-02", "category": "billing", "amount_cents": "1200"} | sent
    answer = sign_in_as(ada(session)).post("/costs", data=form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
