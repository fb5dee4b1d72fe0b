"""Signing in and the pages about people, in a browser, on the real application."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.gallery import served
from tests.browser.test_styleguide import violations
from tests.factories.people import PASSWORD, ada, ana, ben, make_skill, make_user, sue
from workqueue.database import transaction
from workqueue.rules.calendar import office_day
from workqueue.rules.shifts import AbsenceKind, Mastery, Shift, SkillLevel, absence_span
from workqueue.services import staffing

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"
PAGES = [
    "/settings",
    "/people",
    "/people/add",
    "/people/1",
    "/people/1/skills",
    "/people/teams",
    "/staffing",
    "/staffing/1",
    "/no-such-page",
]


@pytest.fixture
def office(fresh_app: Flask) -> Iterator[str]:
    """The application with its cast, and the protection of forms switched on."""
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    fresh_app.config["PROPAGATE_EXCEPTIONS"] = False
    with fresh_app.app_context(), transaction() as session:
        for person in (ana, ben, sue, ada):
            person(session)
        make_user(session, "gone", name="Gil Former", is_active=False)
        keep_times(session)
    with served(fresh_app) as url:
        yield url


def keep_times(session: Session) -> None:
    """Give the team hours, somebody sick, an absence ahead, and something that has to be trained."""
    now = datetime.now(UTC)
    rep, colleague, lead = ana(session), ben(session), sue(session)
    today = office_day(now)
    week = [Shift(day, time(8), time(12)) for day in range(6)]
    week += [Shift(day, time(12, 30), time(16, 30), break_minutes=10) for day in range(5)]
    staffing.set_week(session, rep.id, week, from_on=today - timedelta(days=30))
    staffing.sick_now(session, rep.id, actor_id=lead.id, now=now)
    ahead = absence_span(colleague.zone, today + timedelta(days=1), today + timedelta(days=9))
    staffing.add_absence(
        session,
        colleague.id,
        AbsenceKind.PLANNED,
        starts_at=ahead.begins_at,
        ends_at=ahead.ends_at,
        actor_id=lead.id,
        now=now,
    )
    soon = Mastery(SkillLevel.ABLE, today + timedelta(days=12))
    staffing.set_skills(session, rep.id, {make_skill(session).id: soon})
    staffing.set_languages(session, colleague.id, {"es": Mastery(SkillLevel.LEARNING)})


def sign_in(page: Page, url: str, username: str = "ada", path: str = "/settings") -> None:
    page.goto(url + path)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(url + path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation_on_any_of_these_pages(
    office: str, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    page.goto(f"{office}/sign-in")
    assert violations(page) == []
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    picture(page, f"sign-in-{width}-{scheme}")
    assert violations(page) == []
    sign_in(page, office)
    for path in PAGES:
        page.goto(office + path)
        picture(page, f"{path.strip('/').replace('/', '-')}-{width}-{scheme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_who_signed_out_elsewhere_comes_back_to_the_same_page(
    office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, office, path="/people/teams")
    page.get_by_label("Name of a new team").fill("Appeals")
    other = page.context.new_page()
    other.goto(f"{office}/settings")
    other.locator("#person-menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(f"{office}/sign-in")
    page.get_by_role("button", name="Add this team").click()
    page.wait_for_url(f"{office}/sign-in?next=/people/teams")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office}/people/teams")


def test_without_javascript_a_person_is_added_and_disabled(
    office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, office, path="/people/add")
    page.get_by_label("Username").fill("carla")
    page.get_by_label("Name", exact=True).fill("Carla Mendez")
    page.get_by_label("Team").select_option(label="Patient accounts")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_text("Their password, shown only now")).to_be_visible()
    page.get_by_role("button", name="Disable this person").click()
    expect(page.get_by_text("This person cannot sign in.")).to_be_visible()


def test_the_colours_chosen_in_the_menu_stay(office: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, office)
    page.locator("#person-menu summary").click()
    with page.expect_response("**/settings/display"):
        page.get_by_role("button", name="Dark").click()
    page.goto(f"{office}/people")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def picture(page: Page, name: str) -> None:
    """Leave a picture to look at; the folder is not kept."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"people-{name}.png", full_page=True)


def test_without_javascript_a_lead_says_who_is_sick_with_one_click(
    office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, office, "sue", path="/staffing")
    page.locator("#week").get_by_role("link", name="Sue").click()
    page.get_by_role("button", name="Sick now").click()
    expect(page.get_by_text("Away now: sick")).to_be_visible()
    page.get_by_role("button", name="Here again").click()
    expect(page.get_by_role("button", name="Sick now")).to_be_visible()
