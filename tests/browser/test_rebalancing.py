"""The pages of a rebalance in a browser: looked at, dragged, and by keyboard."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.gallery import served
from tests.browser.office import COOKIE, cookie_of
from tests.browser.test_styleguide import violations
from tests.factories import NOON, ana, ben, make_user, otto, sue
from tests.factories.people import PATIENT_SKILLS, PATIENT_TEAM, make_team
from tests.services.test_covering import promised_call
from tests.services.test_rebalancing import owned, proposed
from workqueue.database import transaction
from workqueue.rules.kinds import Skill
from workqueue.services import covering
from workqueue.web import guards

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A team with too much in one place, and somebody who fell ill with a callback promised."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    with fresh_app.app_context(), transaction() as session:
        lead, rep = sue(session), ana(session)
        rep.name, lead.name, ben(session).name = "Dana Castellano-Whitfield", "Sue Lindqvist", "Ben Ortiz"
        make_user(session, "cleo", name="Cleo Adeyemi", team=make_team(session), skills=[Skill.CLAIMS])
        owned(session, rep, 22)
        draft_id = proposed(session)
        make_user(
            session, "olga", name="Olga Marsh", team=make_team(session, PATIENT_TEAM), skills=PATIENT_SKILLS
        )
        promised_call(session, otto(session), otto(session), NOON + timedelta(hours=2))
        otto(session).team_id, team = make_team(session, PATIENT_TEAM).id, make_team(session)
        cover_id = covering.report_sick(session, otto(session).id, actor_id=lead.id, now=NOON)
        assert team.id == lead.team_id
    cookie = cookie_of(fresh_app, sue)
    with served(fresh_app) as url:
        yield SimpleNamespace(url=url, cookie=cookie, draft_id=draft_id, cover_id=cover_id)


def signed_in(context: BrowserContext, office: SimpleNamespace) -> None:
    context.add_cookies([{"name": COOKIE, "value": office.cookie, "url": office.url}])


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_axe_finds_nothing_wrong_and_nothing_is_wider_than_the_screen(
    office: SimpleNamespace, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    signed_in(page.context, office)
    PICTURES.mkdir(exist_ok=True)
    for name, path in (
        ("list", "/rebalance"),
        ("draft", f"/rebalance/{office.draft_id}"),
        ("cover", f"/rebalance/{office.cover_id}"),
    ):
        page.goto(office.url + path)
        page.screenshot(path=PICTURES / f"rebalance-{name}-{width}.png", full_page=True)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_move_is_dragged_to_somebody_else_and_saved(
    office: SimpleNamespace, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=1440)
    # Both ends of the way are in sight: the page need not scroll while something is carried.
    page.set_viewport_size({"width": 1440, "height": 1900})
    signed_in(page.context, office)
    page.goto(f"{office.url}/rebalance/{office.draft_id}")
    row = page.locator("#moves tbody tr").first
    select = row.locator("select")
    chosen = select.evaluate("list => list.selectedOptions[0].textContent")
    other = "Cleo Adeyemi" if chosen == "Ben Ortiz" else "Ben Ortiz"
    row.locator("td").first.drag_to(page.locator("#loads tr", has_text=other))
    expect(select.locator("option:checked")).to_have_text(other)
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#flash")).to_contain_text("1 move changed")
    expect(page.locator("#moves tbody tr", has_text="Chosen by hand")).to_have_count(1)


def test_it_is_applied_and_undone_by_keyboard(
    office: SimpleNamespace, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=1440)
    signed_in(page.context, office)
    page.goto(f"{office.url}/rebalance/{office.draft_id}")
    page.get_by_role("button", name="Apply").press("Enter")
    expect(page.locator("#flash")).to_contain_text("changed hands")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("#flash")).to_contain_text("went back")
