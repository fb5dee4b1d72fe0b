"""The room in a browser: it follows what happens, and leaves alone what a lead has in hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.gallery import served
from tests.browser.office import COOKIE, cookie_of, open_office
from tests.browser.test_styleguide import violations
from tests.factories import (
    NOON,
    ada,
    ana,
    ben,
    make_callback,
    make_outcome,
    make_quarantined_item,
    make_task,
    otto,
    sue,
)
from workqueue.database import transaction
from workqueue.models import User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState
from workqueue.services import leasing, staffing
from workqueue.web import guards, room

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of an office at noon in which somebody works and somebody is sick."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    monkeypatch.setattr(room, "SECONDS", 0.3)
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    open_office(fresh_app, NOON)
    with fresh_app.app_context(), transaction() as session:
        for person in (ana, ben, otto):
            make_outcome(session, rep=person(session), at=NOON - timedelta(minutes=30))
        leasing.lease_next(session, rep_id=ana(session).id, now=NOON, lease_seconds=3_600)
        staffing.sick_now(session, ben(session).id, actor_id=sue(session).id, now=NOON)
        make_task(session, TaskKind.CLAIM_NO_RESPONSE, owner=ben(session))
        make_quarantined_item(session)
        for hours in (-1, 0.5, 3):
            make_callback(session, at=NOON + timedelta(hours=hours), state=CallbackState.BOOKED)
    with served(fresh_app) as url:
        yield url


def open_as(page: Page, app: Flask, url: str, person: Callable[[Session], User], path: str) -> None:
    cookie = {"name": COOKIE, "value": cookie_of(app, person), "url": url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(url + path)


def log_one(app: Flask, person: Callable[[Session], User]) -> None:
    with app.app_context(), transaction() as session:
        make_outcome(session, rep=person(session), at=NOON)


def test_it_follows_what_happens_and_leaves_focus_and_what_is_open_alone(
    office: str, fresh_app: Flask, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    open_as(page, fresh_app, office, sue, "/room")
    lanes = page.locator("#room-lanes")
    lanes.locator("summary").click()
    sick = page.get_by_role("button", name="Ana Flores is sick now")
    sick.focus()
    done = page.get_by_role("link", name="1 done today by Ana")
    expect(done).to_be_visible()
    log_one(fresh_app, ana)
    expect(page.get_by_role("link", name="2 done today by Ana")).to_be_visible()
    expect(sick).to_be_focused()
    assert lanes.evaluate("each => each.open")
    # What it says of its own is only what needs somebody, and only when that changes.
    expect(page.locator("#announcer")).to_be_empty()
    with fresh_app.app_context(), transaction() as session:
        make_quarantined_item(session)
    expect(page.locator("#announcer")).to_contain_text("2 items in quarantine")
    with page.expect_response(lambda answer: "/room/now" in answer.url and answer.status == 304):
        pass


def test_it_says_that_it_is_no_longer_of_this_moment(
    office: str, fresh_app: Flask, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    open_as(page, fresh_app, office, sue, "/room")
    note = page.get_by_text("The office does not answer")
    expect(note).to_be_hidden()
    page.route("**/room/now*", lambda route: route.fulfill(status=503, body=""))
    expect(note).to_be_visible()
    page.unroute("**/room/now*")
    expect(note).to_be_hidden()
    # Nobody is signed in for ever: what nobody asks for any more must not pass for news either.
    page.context.clear_cookies()
    expect(note).to_be_visible()


def test_without_javascript_it_is_refreshed_and_somebody_is_sick_with_one_click(
    office: str, fresh_app: Flask, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    open_as(page, fresh_app, office, sue, "/room")
    log_one(fresh_app, ana)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("link", name="2 done today by Ana")).to_be_visible()
    page.get_by_role("button", name="Ana Flores is sick now").click()
    expect(page.get_by_role("button", name="Ana Flores is here again")).to_be_visible()
    assert "/room" in page.url


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1440, "light")])
def test_axe_finds_no_violation_on_any_screen(
    office: str, fresh_app: Flask, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    PICTURES.mkdir(exist_ok=True)
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    open_as(page, fresh_app, office, sue, "/room")
    with fresh_app.app_context(), transaction() as session:
        user_id, team_id = ana(session).id, otto(session).team_id
    pages = {
        "room": "/room",
        "room-patients": f"/room?team_id={team_id}",
        "callbacks": "/room/callbacks?asked=owed",
        "day": f"/room/people/{user_id}",
        "team": "/team?skill=claims&tier=2",
    }
    for name, path in pages.items():
        page.goto(office + path)
        page.screenshot(path=PICTURES / f"room-{name}-{width}-{scheme}.png", full_page=True)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    if width == 1440:
        open_as(page, fresh_app, office, ada, "/room")
        page.screenshot(path=PICTURES / f"room-admin-{width}-{scheme}.png", full_page=True)
        assert violations(page) == []
