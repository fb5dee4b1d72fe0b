"""The rules of contact and the office's page, in a browser, on a phone and on a desk."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.gallery import served
from tests.browser.test_people import sign_in
from tests.browser.test_styleguide import violations
from tests.factories.people import ada, sue
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.models import ContactRuleVersion
from workqueue.rules.calendar import office_day

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"
PAGES = [
    "/contact-rules",
    "/contact-rules/add",
    "/contact-rules/add?kind=hours",
    "/contact-rules/add?kind=closed_days",
    "/contact-rules/add?kind=frequency",
    "/contact-rules/add?kind=cooldown",
    "/contact-rules/1/version",
    "/contact-rules/1/end",
    "/office",
]


@pytest.fixture
def office(fresh_app: Flask) -> Iterator[str]:
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    with fresh_app.app_context(), transaction() as session:
        for person in (ada, sue):
            person(session)
    with served(fresh_app) as url:
        yield url


def picture(page: Page, name: str) -> None:
    """Leave a picture to look at; the folder is not kept."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"rules-{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark"), (1440, "light")])
def test_axe_finds_no_violation_on_any_of_these_pages(
    office: str, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    sign_in(page, office)
    for number, path in enumerate(PAGES):
        page.goto(office + path)
        picture(page, f"{number}-{width}-{scheme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_without_javascript_a_limit_is_changed_and_what_is_wrong_stands_beside_the_field(
    fresh_app: Flask, office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, office, path="/contact-rules")
    page.get_by_role("link", name="Change At most 2 calls a day, This office's own limits").click()
    page.get_by_label("At most").fill("0")
    page.get_by_role("button", name="Add this version").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    picture(page, "errors")
    with fresh_app.app_context():
        before = db.session.scalars(select(ContactRuleVersion).filter_by(code="HOUSE_DAILY")).one()
    page.get_by_label("At most").fill("1")
    first_day = office_day(datetime.now(UTC)) + timedelta(days=400)
    page.get_by_label("First day").fill(first_day.isoformat())
    page.get_by_role("button", name="Add this version").click()
    expect(page.locator("#place-HOUSE").get_by_text("1 other version")).to_be_visible()
    with fresh_app.app_context():
        newest = db.session.scalars(select(ContactRuleVersion).filter_by(code="HOUSE_DAILY", version=2)).one()
        assert (newest.parameters["most"], before.parameters["most"]) == (1, 2)
