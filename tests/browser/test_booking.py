"""The patients' page in a real browser: both languages, phone and desk, keys alone, no script."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, Response, expect

from tests.browser.gallery import served
from tests.browser.office import COOKIE, cookie_of
from tests.browser.test_rep_day import picture
from tests.browser.test_styleguide import violations
from tests.conftest import SECRET
from tests.factories import NOON, otto
from tests.services.booking import desk
from workqueue.database import transaction
from workqueue.models import Callback
from workqueue.rules.channels import CollectsAs
from workqueue.services import office_profile
from workqueue.web import guards

pytestmark = pytest.mark.browser

MOST_BYTES = 60_000
WORDS = {
    "en": {
        "title": "When may we call you?", "see": "See the times", "next": "Continue", "book": "Book the call",
        "booked": "Your call is booked", "move": "Move the call", "cancel": "Cancel the call",
        "cancelled": "Your call is cancelled", "plan": "Paying in parts",
    },
    "es": {
        "title": "¿Cuándo podemos llamarle?", "see": "Ver las horas", "next": "Continuar",
        "book": "Reservar la llamada", "booked": "Su llamada está reservada", "move": "Cambiar la hora",
        "cancel": "Cancelar la llamada", "cancelled": "Su llamada está cancelada", "plan": "Pagar a plazos",
    },
}  # fmt: skip


@dataclass
class Office:
    app: Flask
    url: str
    token: str
    letter_code: str
    account_id: int


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Return an office at noon with two reps, and somebody it has written to."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    monkeypatch.setattr(desk, "SECRET", SECRET)
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    with fresh_app.app_context(), transaction() as session:
        office_profile.change(
            session,
            name="Lakeside Patient Billing",
            neutral_name="Lakeside Services",
            callback_number="(312) 221-0100",
            hours="Monday to Friday, 8 AM to 6 PM",
            collects_as=CollectsAs.FIRST_PARTY,
            records_calls=False,
            mail_domains=[],
        )
        desk.team_of(session, 2)
        asking = desk.somebody(session, zone="America/Chicago|America/New_York")
        asking.patient.birth_on = date(1980, 2, 29)
        found = asking.token, asking.letter_code, asking.account.id
    with served(fresh_app) as url:
        yield Office(fresh_app, url, *found)


def states(office: Office) -> list[str]:
    with office.app.app_context(), transaction() as session:
        return [each.state.value for each in session.query(Callback).order_by(Callback.id)]


def come_in(page: Page, office: Office, language: str) -> None:
    page.goto(f"{office.url}/b/{office.token}")
    assert page.url == f"{office.url}/callback"
    if language == "es":
        page.get_by_role("button", name="Español").click()
    expect(page.locator("h1")).to_have_text(WORDS[language]["title"])


def is_without_sideways_scrolling(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(("language", "width"), [("en", 360), ("es", 360), ("en", 1440), ("es", 1440)])
def test_a_call_is_booked_moved_and_called_off(
    office: Office, open_page: Callable[..., Page], language: str, width: int
) -> None:
    said, name = WORDS[language], f"callback-{language}-{width}"
    page = open_page(width=width, locale="en-US", bypass_csp=True)

    def look(step: str) -> None:
        assert violations(page) == []
        assert is_without_sideways_scrolling(page)
        picture(page, f"{name}-{step}")

    come_in(page, office, language)
    page.get_by_label(said["plan"]).check()
    look("1-wish")
    page.get_by_role("button", name=said["see"]).click()
    page.wait_for_url("**/callback/times")
    look("2-times")
    page.locator("input[name=at]").nth(5).check()
    page.get_by_role("button", name=said["next"]).click()
    page.wait_for_url("**/callback/confirm?*")
    look("3-confirm")
    page.get_by_role("button", name=said["book"]).click()
    expect(page.locator("h1")).to_have_text(said["booked"])
    look("4-booked")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert download.value.suggested_filename == "call.ics"
    page.get_by_role("link", name=said["move"]).click()
    page.locator(".days a").nth(1).click()
    page.locator("input[name=at]").nth(2).check()
    page.get_by_role("button", name=said["next"]).click()
    page.get_by_role("button", name=said["move"]).click()
    expect(page.locator("h1")).to_have_text(said["booked"])
    page.get_by_role("link", name=said["cancel"]).click()
    page.wait_for_url("**/callback/cancel")
    look("5-cancel")
    page.get_by_role("button", name=said["cancel"]).click()
    expect(page.get_by_role("status").first).to_contain_text(said["cancelled"])
    assert states(office) == ["cancelled"]


def test_keys_alone_book_move_and_cancel(office: Office, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1440)
    come_in(page, office, "en")

    def reach(selector: str) -> None:
        """Press Tab until what is meant has the focus, as somebody would who cannot point."""
        for _ in range(90):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reached {selector}")

    reach("input[name=topic]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback/times")
    reach("input[name=at]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback/confirm?*")
    reach("main button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Your call is booked")
    reach("a[href='/callback/times']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback/times")
    reach("a[href^='/callback/confirm']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback/confirm?*")
    reach("main button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback")
    expect(page.locator("h1")).to_have_text("Your call is booked")
    reach("a[href='/callback/cancel']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback/cancel")
    reach("main button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Your call is cancelled")
    assert states(office) == ["cancelled"]


def test_it_works_without_script_and_keeps_what_was_typed(
    office: Office, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=360, java_script_enabled=False)
    page.goto(f"{office.url}/callback")
    page.get_by_label("Code from your letter").fill(office.letter_code)
    page.get_by_label("Your birth date").fill("1980-02-29")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Another number").check()
    page.get_by_label("Telephone number").fill("221 0177")
    page.get_by_role("button", name="See the times").click()
    expect(page.locator(".error-summary")).to_contain_text("The area code is missing")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_label("Número de teléfono")).to_have_value("221 0177")
    page.get_by_label("Número de teléfono").fill("(312) 221-0177")
    page.get_by_label("Otro asunto").check()
    page.get_by_role("button", name="Ver las horas").click()
    page.locator("a.button-primary").click()
    page.get_by_role("button", name="Reservar la llamada").click()
    expect(page.locator("h1")).to_have_text("Su llamada está reservada")
    assert states(office) == ["booked"]


def test_a_number_is_looked_at_while_it_is_typed(office: Office, open_page: Callable[..., Page]) -> None:
    page = open_page(width=360, bypass_csp=True)
    come_in(page, office, "en")
    page.get_by_label("Telephone number").press_sequentially("900 555 0142 1")
    expect(page.get_by_label("Another number")).to_be_checked()
    expect(page.locator("#number-look")).not_to_be_empty()
    assert violations(page) == []
    picture(page, "callback-en-360-6-typing")
    page.get_by_label("Telephone number").fill("(312) 221-0177")
    expect(page.locator("#number-look")).to_be_empty()


def test_what_is_refused_is_said_on_a_page_of_its_own(office: Office, open_page: Callable[..., Page]) -> None:
    page = open_page(width=360, bypass_csp=True, locale="es-MX")
    page.goto(f"{office.url}/b/not-a-link")
    expect(page.get_by_role("alert")).to_contain_text("Este enlace o código ya no es válido.")
    assert violations(page) == []
    picture(page, "callback-es-360-7-not-valid")


PAINTED = """() => new Promise((done) => new PerformanceObserver((seen) => {
  if (seen.getEntriesByName("first-contentful-paint").length) done();
}).observe({type: "paint", buffered: true}))"""
"""Waits for the first paint. Not Playwright's own way of waiting: it needs `eval`, which our pages forbid."""


@pytest.mark.parametrize("path", ["/callback", "/callback/times"])
def test_a_first_view_costs_little_and_no_script_holds_it_up(
    office: Office, open_page: Callable[..., Page], path: str
) -> None:
    page = open_page(width=360)
    come_in(page, office, "en")
    page.get_by_label("Paying in parts").check()
    page.get_by_role("button", name="See the times").click()
    page.wait_for_url("**/callback/times")
    answers: list[Response] = []
    fresh = page.context.browser.new_context()  # type: ignore[union-attr]  # an empty cache
    try:
        fresh.add_cookies(page.context.cookies())  # type: ignore[arg-type]
        first = fresh.new_page()
        first.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # Playwright marks what it calls
        scripts_wait = re.compile(r"\.js$")
        # A script that never comes: the page is painted all the same.
        first.route(scripts_wait, lambda _route: None)
        first.goto(f"{office.url}{path}", wait_until="commit")
        expect(first.locator("h1")).to_be_visible()
        first.evaluate(PAINTED)
        first.unroute(scripts_wait)
        answers.clear()
        first.goto(f"{office.url}{path}", wait_until="networkidle")
        sizes = {
            each.url: sum(each.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
            for each in answers
        }
    finally:
        fresh.close()
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert len(sizes) <= 8


@pytest.mark.parametrize("width", [360, 1440])
def test_a_rep_prints_a_letter_from_the_account(
    office: Office, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width, bypass_csp=True)
    page.context.add_cookies([{"name": COOKIE, "value": cookie_of(office.app, otto), "url": office.url}])
    page.goto(f"{office.url}/accounts/{office.account_id}")
    picture(page, f"callback-account-{width}")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Letter to book a call").click()
    letter = opened.value
    letter.wait_for_load_state()
    letter.set_viewport_size({"width": width, "height": 900})
    expect(letter.locator(".letter")).to_contain_text("You can choose when we call you.")
    assert violations(letter) == []
    assert is_without_sideways_scrolling(letter)
    picture(letter, f"callback-letter-{width}")
    letter.emulate_media(media="print")
    picture(letter, f"callback-letter-{width}-printed")
