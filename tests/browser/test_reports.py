"""The reports in a browser: readable by everybody, on a telephone and a wide screen, without a script."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.gallery import served
from tests.browser.office import COOKIE, account_id, cookie_of, open_office
from tests.browser.test_styleguide import violations
from tests.factories import NOON, ada, sue
from workqueue.web import guards

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"
PAGES = (
    "/reports",
    "/reports/aging",
    "/reports/denials?by=reason",
    "/reports/contact",
    "/reports/aging/accounts?figure=total",
    "/report-schedules",
    "/costs",
)


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Flask, str]]:
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    open_office(fresh_app, NOON)
    with served(fresh_app) as url:
        yield fresh_app, url


def sign_in(page: Page, app: Flask, url: str, person: Callable[..., object]) -> None:
    cookie = {"name": COOKIE, "value": cookie_of(app, person), "url": url}  # type: ignore[arg-type]
    page.context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_no_violation_and_nothing_is_too_wide(
    office: tuple[Flask, str], open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    app, url = office
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    sign_in(page, app, url, sue)
    PICTURES.mkdir(exist_ok=True)
    for path in (*PAGES, f"/accounts/{account_id(app, '100482')}/status"):
        page.goto(url + path)
        name = path.strip("/").partition("?")[0].replace("/", "-")
        page.screenshot(path=PICTURES / f"reports-{name}-{width}-{scheme}.png", full_page=True)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_without_a_script_one_goes_from_the_list_to_the_accounts_behind_a_number(
    office: tuple[Flask, str], open_page: Callable[..., Page]
) -> None:
    app, url = office
    page = open_page(java_script_enabled=False)
    sign_in(page, app, url, sue)
    page.goto(f"{url}/reports")
    page.get_by_role("link", name="Aging of A/R").click()
    page.get_by_label("Divided by").select_option(label="Payer")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Total of Contoso Mutual").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Total: Contoso Mutual")
    expect(page.get_by_role("row", name="100533")).to_contain_text("$12,904.00")


def test_an_admin_finds_totals_and_no_way_to_an_account(
    office: tuple[Flask, str], open_page: Callable[..., Page]
) -> None:
    app, url = office
    page = open_page()
    sign_in(page, app, url, ada)
    page.goto(f"{url}/reports/aging")
    expect(page.get_by_role("heading", name="Aging of A/R")).to_be_visible()
    assert page.locator("a[href*='/accounts']").count() == 0
