"""A rep's day in a real browser: by keyboard alone, while others change things, on every screen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.browser.gallery import served
from tests.browser.office import COOKIE, account_id, cookie_of, open_office, task_id
from tests.browser.test_styleguide import violations
from tests.factories import NOON, PASSWORD, ana, ben, make_fact, sue
from workqueue.database import transaction
from workqueue.models import Lease, Outcome, Promise, Skill, Task, User, UserSkill
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import FactKind, TaskState
from workqueue.services import posting
from workqueue.web import guards

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"


@dataclass
class Served:
    """An office at noon, and its address."""

    app: Flask
    url: str
    cookies: dict[str, str]

    def open(self, page: Page, person: Callable[[Session], User], path: str) -> None:
        cookie = {"name": COOKIE, "value": self.cookies[person.__name__], "url": self.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        page.goto(f"{self.url}{path}")

    def task(self, number: str, kind: TaskKind) -> str:
        return f"/tasks/{task_id(self.app, number, kind)}"


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Return an office at noon in Chicago: whether somebody may be called depends on the hour."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    open_office(fresh_app, NOON)
    cookies = {person.__name__: cookie_of(fresh_app, person) for person in (ana, ben, sue)}
    with served(fresh_app) as url:
        yield Served(fresh_app, url, cookies)


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def take(page: Page) -> None:
    press(page, "t")
    expect(page.locator("#outcome")).to_be_visible()


def picture(page: Page, name: str) -> None:
    """Leave a picture to look at; the folder is not kept."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"office-{name}.png", full_page=True)


def test_a_whole_round_by_keyboard_alone(office: Served, open_page: Callable[..., Page]) -> None:
    """Sign in, take the next task, call, log a promise, and stand before the next task."""
    with office.app.app_context(), transaction() as session:
        others = select(Skill.id).where(Skill.code != "patients")
        session.execute(
            delete(UserSkill).where(UserSkill.user_id == ana(session).id, UserSkill.skill_id.in_(others))
        )
    page = open_page()
    page.goto(f"{office.url}/sign-in")
    page.locator("#username").focus()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
    press(page, "l")
    first = page.locator(".task-title").inner_text()
    page.keyboard.press("c")
    dial = page.locator(".dial")
    expect(dial).to_be_visible()
    assert (dial.get_attribute("href") or "").startswith("tel:+1")
    page.wait_for_timeout(500)  # keys count only once the person can have seen what came
    page.keyboard.press("3")
    expect(page.get_by_label("Promised to pay")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("#amount_cents")).to_be_focused()
    page.keyboard.type("25.00")
    page.keyboard.press("Tab")
    page.keyboard.type("03202026")
    page.locator("#disposition-3").focus()
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("Pays on payday.")
    press(page, "Control+Enter")
    expect(page.locator("#flash")).to_contain_text("Promised to pay. It comes up again on March 20, 2026.")
    assert page.locator(".task-title").inner_text() != first
    with office.app.app_context(), transaction() as session:
        promise = session.scalars(select(Promise)).one()
        assert (promise.amount_cents, promise.due_on.isoformat()) == (2_500, "2026-03-20")
        outcome = session.scalars(select(Outcome)).one()
        assert (outcome.note, outcome.call_id is not None) == ("Pays on payday.", True)


def test_the_round_works_without_javascript(office: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    office.open(page, ana, office.task("100601", TaskKind.PATIENT_BALANCE))
    page.get_by_role("button", name="Take it").click()
    page.locator("#note").fill("Typed before the call")
    page.get_by_role("button", name="Call (312)").click()
    expect(page.locator(".dial")).to_be_visible()
    expect(page.locator("#note")).to_have_value("Typed before the call")
    expect(page.locator("#due_on")).to_be_visible()
    page.get_by_label("Has paid").check()
    page.get_by_role("button", name="Log and next").click()
    expect(page.locator("#flash")).to_contain_text("Has paid. It comes up again")


def test_what_is_typed_survives_the_closed_tab(office: Served, open_page: Callable[..., Page]) -> None:
    path = office.task("100482", TaskKind.DENIAL)
    page = open_page()
    office.open(page, ana, path)
    take(page)
    page.locator("#note").fill("Half of a long story")
    page.keyboard.press("Tab")
    expect(page.locator("#outcome [data-draft-state]")).to_contain_text("Saved")
    page.close()
    again = open_page()
    office.open(again, ana, path)
    expect(again.locator("#note")).to_have_value("Half of a long story")


def test_a_payment_during_the_work_shows_at_once_and_takes_no_text_away(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    office.open(page, ana, office.task("100601", TaskKind.PATIENT_BALANCE))
    take(page)
    page.locator("#note").fill("In the middle of a sentence")
    with office.app.app_context(), transaction() as session:
        make_fact(
            session,
            FactKind.PAYMENT,
            account_number="100601",
            paid_cents=4_200,
            payload={"entries": [["patient_payment", "", "", 0, -4_200]]},
        )
        posting.post_received(session, now=NOON + timedelta(minutes=5))
    news = page.locator("#changes")
    expect(news).to_contain_text("patient payment $42.00", timeout=4_000)
    expect(page.locator("#note")).to_have_value("In the middle of a sentence")
    with page.expect_navigation():
        news.get_by_role("button").click()
    expect(page.locator(".task-amount")).to_have_text("$440.00")
    expect(page.locator("#note")).to_have_value("In the middle of a sentence")


def test_a_lost_lease_is_told_and_the_text_comes_back(office: Served, open_page: Callable[..., Page]) -> None:
    page = open_page()
    office.open(page, ana, office.task("100482", TaskKind.DENIAL))
    take(page)
    page.locator("#note").fill("Written too slowly")
    page.get_by_label("Payer not reached").check()
    with office.app.app_context(), transaction() as session:
        session.execute(update(Lease).values(ended_at=NOON))
        session.execute(
            update(Task)
            .where(Task.lease_token.is_not(None))
            .values(lease_token=None, holder_id=None, lease_until=None, state=TaskState.QUEUED)
        )
    with page.expect_navigation():
        page.get_by_role("button", name="Log and next").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("no longer yours")
    expect(page.locator("#typed")).to_contain_text("Written too slowly")
    with page.expect_navigation():
        page.get_by_role("button", name="Take it again").click()
    expect(page.locator("#note")).to_have_value("Written too slowly")
    expect(page.get_by_label("Payer not reached")).to_be_checked()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark"), (320, "light")])
def test_no_page_has_a_barrier_or_is_wider_than_the_screen(
    office: Served, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    denial, balance = office.task("100482", TaskKind.DENIAL), office.task("100603", TaskKind.PATIENT_BALANCE)
    account = f"/accounts/{account_id(office.app, '100482')}"
    for person, path in (
        (ana, "/work"),
        (ana, denial),
        (ana, balance),
        (ana, "/accounts"),
        (sue, account),
        (sue, "/team"),
        (sue, f"/team{denial}"),
        (sue, "/health-of-queue"),
        (sue, "/chances"),
    ):
        office.open(page, person, path)
        picture(page, f"{path.strip('/').replace('/', '-')}-{width}-{scheme}")
        assert violations(page) == [], path
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wider), path


@pytest.mark.parametrize("width", [1440, 360])
def test_a_form_that_came_back_has_no_barrier_and_says_so_first(
    office: Served, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width, bypass_csp=True)
    office.open(page, ana, office.task("100601", TaskKind.PATIENT_BALANCE))
    page.get_by_role("button", name="Take it").click()
    page.get_by_label("Promised to pay").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Log and next").click()
    summary = page.locator("#outcome .error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Place the call first")
    assert page.title().startswith("Error: ")
    assert violations(page) == []


def test_a_rare_answer_is_found_by_keyboard_and_its_fields_follow_it(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    office.open(page, ana, office.task("100601", TaskKind.PATIENT_BALANCE))
    take(page)
    page.locator("#is_inbound").check()
    page.keyboard.press("0")
    more = page.locator("[data-more]")
    expect(more.get_by_role("radio").first).to_be_focused()
    for letter, label in (("h", "Hung up"), ("h", "Has an attorney"), ("h", "Has died"), ("p", "Pays in")):
        page.keyboard.press(letter)
        expect(more.get_by_label(label)).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("#instalments")).to_be_focused()
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    page.keyboard.type("03202026")
    press(page, "Control+Enter")
    expect(page.locator("#flash")).to_contain_text(
        "Pays in instalments. It comes up again on March 20, 2026."
    )
    expect(page.locator("#flash")).to_contain_text("Regulation Z")
    office.open(page, ana, f"/accounts/{account_id(office.app, '100601')}")
    plan = page.locator(".plan")
    expect(plan).to_contain_text("$0.00 of $482.00 came, 6 payments")
    expect(plan).to_contain_text("Next: $80.34 by Mar 20, 2026")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_what_was_picked_behind_more_is_still_picked_when_the_form_comes_back(
    office: Served, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    office.open(page, ana, office.task("100601", TaskKind.PATIENT_BALANCE))
    page.get_by_role("button", name="Take it").click()
    page.locator("#is_inbound").check()
    page.locator("[data-more] > summary").click()
    page.get_by_label("Not at that time or place").check()
    page.get_by_label("Monday").check()
    page.get_by_label("Not from").fill("18:00")
    page.get_by_label("Until", exact=False).first.fill("09:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Log and next").click()
    expect(page.get_by_label("Not at that time or place")).to_be_visible()
    expect(page.get_by_label("Not at that time or place")).to_be_checked()
    expect(page.get_by_label("Monday")).to_be_checked()
    expect(page.locator("#until_time-error")).to_contain_text("The end has to come after the beginning")
    picture(page, f"more-{width}-{scheme}")
    assert violations(page) == []
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wider)


def test_a_rare_answer_can_be_logged_without_javascript(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    office.open(page, ana, office.task("100601", TaskKind.PATIENT_BALANCE))
    page.get_by_role("button", name="Take it").click()
    page.locator("#is_inbound").check()
    page.locator("[data-more] > summary").click()
    page.get_by_label("Wants no calls, texts, e-mail or letters").check()
    page.get_by_label("Not by").select_option("Texts")
    page.get_by_role("button", name="Log and next").click()
    expect(page.locator("#flash")).to_contain_text("Wants no calls, texts, e-mail or letters.")


def test_an_account_is_found_without_leaving_the_page(office: Served, open_page: Callable[..., Page]) -> None:
    page = open_page()
    office.open(page, ben, "/accounts")
    page.keyboard.type("rivera")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("100482")
    assert page.url == f"{office.url}/accounts"
    page.locator("h1").focus()
    page.wait_for_timeout(500)
    page.keyboard.press("j")
    press(page, "Enter")
    assert page.url.endswith(f"/accounts/{account_id(office.app, '100482')}")
    assert "ivera" not in page.title()
