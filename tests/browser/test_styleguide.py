"""Every component, looked at by a machine: accessibility, reflow, target size, both themes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery import Gallery

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is now."""
    # A click waits until the next page has begun to come, not until it has a head to put a script into.
    page.wait_for_load_state()
    # A field with an error took the focus: what then lies under the top bar is not hidden, only scrolled.
    page.evaluate("window.scrollTo(0, 0)")
    page.add_script_tag(path=AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    assert len(found["passes"]) > 20, "axe looked at next to nothing"
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation_on_the_style_guide(
    gallery: Gallery, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    page.goto(f"{gallery.url}/styleguide")
    for folded in page.locator("details").all():
        folded.evaluate("element => { if (!element.matches('[data-menu]')) element.open = true }")
    assert violations(page) == []


def test_axe_finds_no_violation_in_an_open_dialog_and_menu(
    gallery: Gallery, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True)
    page.goto(f"{gallery.url}/styleguide")
    page.locator("#person-menu summary").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.get_by_role("dialog", name="Pass this task on")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 599, 899, 1199, 1920])
def test_no_page_is_wider_than_the_screen(
    gallery: Gallery, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width)
    page.goto(f"{gallery.url}/styleguide")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("density", ["comfortable", "compact"])
def test_everything_to_press_is_at_least_24_pixels_high_and_wide(
    gallery: Gallery, open_page: Callable[..., Page], density: str
) -> None:
    page = open_page()
    page.goto(f"{gallery.url}/styleguide")
    page.evaluate("density => document.documentElement.dataset.density = density", density)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, select, input:not([type=hidden]), a[href]')]
          .filter(each => each.checkVisibility() && !each.matches('.skip-link'))
          // A link inside a line of text is excepted (WCAG 2.5.8); a radio is pressed by its label too.
          .filter(each => getComputedStyle(each).display !== 'inline')
          .filter(each => !each.matches('[type=radio], [type=checkbox]'))
          .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == []


def test_what_has_the_focus_is_never_under_the_top_bar(
    gallery: Gallery, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{gallery.url}/styleguide")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    bar = page.evaluate("document.querySelector('.top-bar').getBoundingClientRect().bottom")
    page.locator("footer button").focus()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        top = page.evaluate(
            """() => document.activeElement.closest('.top-bar')
                ? 9999 : document.activeElement.getBoundingClientRect().top"""
        )
        assert top >= bar


def test_the_choice_of_colours_holds_at_once_and_on_the_next_page(
    gallery: Gallery, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{gallery.url}/styleguide")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#person-menu summary").click()
    with page.expect_response("**/display"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
