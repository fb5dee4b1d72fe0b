"""The rules of the queue in a browser: a trial whose bar moves by itself, and all pages by axe and by eye."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.browser.gallery import served
from tests.browser.test_people import sign_in
from tests.browser.test_styleguide import violations
from tests.factories import make_outcome
from tests.factories.people import otto, sue
from tests.rules.test_queue_rules import with_kind
from tests.services.queues import task_of
from tests.services.worked import billed, owes
from workers import trying
from workqueue.database import transaction
from workqueue.models import Trial
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.services import queue_rules, trials

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"


@pytest.fixture
def office(fresh_app: Flask) -> Iterator[str]:
    """An office: version 2 was tried, replayed and runs in shadow, version 3 waits for a worker."""
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    now = datetime.now(UTC)
    with fresh_app.app_context():
        with transaction() as session:
            otto(session)
            for cents in (1_500, 4_500, 90_000, 250_000):
                account = owes(session, cents, at=now)
                billed(session, cents, at=now, status="A7")
            task = task_of(session, account, TaskKind.PATIENT_BALANCE)
            task.opened_at = now - timedelta(days=3)
            make_outcome(session, task=task, at=now - timedelta(days=1, hours=6))
            wanted = with_kind(TaskKind.PATIENT_BALANCE, floor_cents=5_000, weight_percent=150)
            wanted = type(wanted)(wanted.kinds, revisit_days=10)
            moved = with_kind(TaskKind.CLAIM_REJECTED, skill=Skill.DENIALS)
            made = [
                queue_rules.add_version(
                    session, each, label=label, note="", made_from_id=1, actor_id=sue(session).id, now=now
                )
                for label, each in (("Small balances wait", wanted), ("Rejected to denials", moved))
            ]
            trials.set_shadow(session, made[0], is_shadow=True)
            asked = [
                trials.ask(session, made[0], actor_id=None, now=now, is_nightly=True),
                trials.ask(session, made[0], actor_id=None, now=now, days=5),
            ]
            trials.ask(session, made[1], actor_id=None, now=now)
        for trial_id in asked:
            trying.try_rules(trial_id)
    with served(fresh_app) as url:
        yield url


def picture(page: Page, name: str) -> None:
    """Leave a picture to look at; the folder is not kept."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"queue-rules-{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
def test_axe_finds_no_violation_on_any_of_these_pages(
    office: str, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    sign_in(page, office, username="sue")
    for number, path in enumerate(["", "/new", "/2", "/3"]):
        page.goto(f"{office}/queue-rules{path}")
        for each in page.locator("main details").all():
            each.evaluate("each => { each.open = true }")
        picture(page, f"{number}-{width}-{scheme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_bar_of_a_trial_moves_and_makes_way_for_what_it_found(
    fresh_app: Flask, office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, office, username="sue", path="/queue-rules/3")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    with fresh_app.app_context(), transaction() as session:
        trial_id = session.scalar(select(func.max(Trial.id))) or 0
        trials.tell(session, trial_id, done=40, of=100, step="8 of 20 tasks derived", now=datetime.now(UTC))
    expect(bar).to_have_attribute("value", "40")
    expect(page.get_by_text("40 %")).to_be_visible()
    picture(page, "moving")
    with fresh_app.app_context():
        with transaction() as session:
            trials.let_go(session, trial_id)
        trying.try_rules(trial_id)
    expect(page.get_by_role("heading", name="Go to another team: 4 tasks")).to_be_visible()
    page.get_by_role("link", name="Go on with version 3").click()
    expect(page.get_by_role("button", name="Publish it")).to_be_visible()


def test_without_javascript_rules_are_tried_and_what_is_wrong_stands_beside_its_field(
    office: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, office, username="sue", path="/queue-rules/new")
    page.get_by_label("What changes").fill("Denials first")
    page.get_by_label("Denial: weight in per cent").fill("5")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    picture(page, "errors")
    page.get_by_label("Denial: weight in per cent").fill("200")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Denials first")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
