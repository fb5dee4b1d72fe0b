"""The page of deadlines in a browser: pictures, accessibility, and the line on the team's page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.gallery import served
from tests.browser.office import COOKIE, cookie_of
from tests.browser.test_styleguide import violations
from tests.factories import ana, ben, make_account, make_patient, make_skill, make_task, otto, sue
from workqueue.database import transaction
from workqueue.rules.business_days import add_business_days
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.shifts import AbsenceKind, Shift, absence_span
from workqueue.services import staffing

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"
NAMES = [("Marisol", "Rivera"), ("James", "Okafor"), ("Mei", "Chen"), ("Samir", "Haddad")]


@pytest.fixture
def office(fresh_app: Flask) -> Iterator[str]:
    """A team that is short, with somebody away; its lead is signed in."""
    with fresh_app.app_context(), transaction() as session:
        for code in Skill:
            make_skill(session, code)
        be_short(session)
    with served(fresh_app) as url:
        yield url


def be_short(session: Session) -> None:
    now = datetime.now(UTC)
    today = office_day(now)
    for person, name in (
        (ana, "Ana Flores"),
        (ben, "Ben Ortiz"),
        (otto, "Otto Reyes"),
        (sue, "Sue Lindqvist"),
    ):
        person(session).name = name
        week = [Shift(day, time(9), time(11)) for day in range(5)]
        staffing.set_week(session, person(session).id, week, from_on=today)
    away = absence_span("America/New_York", add_business_days(today, 1), add_business_days(today, 3))
    staffing.add_absence(
        session,
        ben(session).id,
        AbsenceKind.PLANNED,
        starts_at=away.begins_at,
        ends_at=away.ends_at,
        actor_id=sue(session).id,
        now=now,
    )
    for number in range(64):
        first, last = NAMES[number % len(NAMES)]
        kind = TaskKind.APPEAL_DEADLINE if number % 3 else TaskKind.FILING_DEADLINE
        patient = make_patient(session, first_name=first, last_name=last)
        task = make_task(
            session,
            kind,
            account=make_account(session, patient=patient),
            deadline_on=add_business_days(today, 1 + number % 5),
            value_cents=40_000 + number * 7_000,
            deferred_until=now + timedelta(days=20) if number == 63 else None,
        )
        task.minutes = 25 + number % 3 * 10
    make_task(session, TaskKind.DENIAL, deadline_on=today - timedelta(days=2), value_cents=91_000)


def sign_in(page: Page, app: Flask, url: str, person: Callable[[Session], object] = sue) -> None:
    page.context.add_cookies([{"name": COOKIE, "value": cookie_of(app, person), "url": url}])  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_screen(
    office: str, fresh_app: Flask, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    sign_in(page, fresh_app, office)
    for path in ("/deadlines", "/deadlines?days=1", "/deadlines/tasks"):
        page.goto(office + path)
        name = path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-")
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_line_of_the_team_leads_to_the_proof_and_the_tasks(
    office: str, fresh_app: Flask, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, fresh_app, office)
    page.goto(f"{office}/team")
    expect(page.locator("#deadline-line")).to_contain_text("will be missed")
    page.get_by_role("link", name="Which, and what would help").click()
    expect(page.get_by_role("heading", name="What is short, and the proof")).to_be_visible()
    page.get_by_role("link", name="Will be missed:").click()
    expect(page.get_by_role("heading", name="Will be missed")).to_be_visible()
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("deadline")
