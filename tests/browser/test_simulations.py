"""The simulator's pages in a browser: asked for, watched without a press, and fit for every width."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.gallery import served
from tests.browser.test_people import sign_in
from tests.browser.test_styleguide import violations
from tests.factories.people import ada, sue
from tests.web.test_simulations import figures
from workqueue.database import transaction
from workqueue.services import simulations
from workqueue.services.simulations import Asked

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"


@pytest.fixture
def office(fresh_app: Flask) -> Iterator[str]:
    """An office with a simulation that is done, and one with half of its seeds."""
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    with fresh_app.app_context(), transaction() as session:
        ada(session)
        now = datetime.now(UTC)
        for seeds in (1, 2):
            asked = Asked(1, reps=2, days=2, seed=7, seeds=seeds, load_percent=100)
            made = simulations.ask(session, asked, actor_id=sue(session).id, now=now)
            simulations.finish_seed(session, made, 7, figures(), now=now)
    with served(fresh_app) as url:
        yield url


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_page(
    office: str, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    sign_in(page, office)
    for path in ("/simulations", "/simulations/1", "/simulations/2"):
        page.goto(office + path)
        for summary in page.locator("summary", has_text="Show as a table").all():
            summary.click()
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(
            path=PICTURES / f"{path.strip('/').replace('/', '-')}-{width}-{scheme}.png", full_page=True
        )
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_page_comes_anew_by_itself_once_the_last_seed_is_done(
    office: str, fresh_app: Flask, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, office, path="/simulations/2")
    expect(page.get_by_text("1 of 2").first).to_be_visible()
    with fresh_app.app_context(), transaction() as session:
        simulations.finish_seed(session, 2, 8, figures() | {"seed": 8}, now=datetime.now(UTC))
    expect(page.get_by_text("Seeds worked")).to_have_count(0)
    expect(page.get_by_role("heading", name="All figures")).to_be_visible()


def test_a_wrong_number_is_said_beside_its_field_without_javascript(
    office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, office, path="/simulations")
    page.get_by_label("Working days").fill("60")
    page.get_by_label("Reps").fill("20")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("For so many reps and such a load choose 20 days at most.").first).to_be_visible()
    expect(page.get_by_label("Working days")).to_have_value("60")
