"""Debian's Chromium, driven by Playwright."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.gallery import Gallery, make_gallery_app, served

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # root, and containers without user namespaces, cannot have it
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # Nothing is fetched from anywhere but the pages under test.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page; what the page complains about fails the test."""
    contexts, complaints = [], []

    def complain(message: ConsoleMessage) -> None:
        # A refused form is answered with 4xx, which the browser notes by itself.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            complaints.append(message.text)

    def open_page(*, width: int = 1440, scheme: str = "light", **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=width < 600,
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    gallery = Gallery()
    with served(make_gallery_app(gallery)) as url:
        gallery.url = url
        yield gallery
