"""Our own JavaScript: keys, drafts, the lease, changes, one press, focus."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery import Gallery

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(gallery: Gallery, open_page: Callable[..., Page]) -> Page:
    page = open_page()
    page.goto(f"{gallery.url}/desk")
    return page


def eventually(page: Page, is_so: Callable[[], bool], milliseconds: int = 8000) -> None:
    """Wait until something holds that the page causes on the server."""
    for _ in range(milliseconds // 50):
        if is_so():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not come true in time")


def test_j_and_k_move_over_the_rows_and_enter_opens(desk: Page) -> None:
    desk.locator("h1").focus()
    for key in "jjjk":
        desk.keyboard.press(key)
    expect(desk.locator("[data-row].is-current a")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/opened/Chen")


def test_letters_typed_into_a_field_are_text(desk: Page) -> None:
    desk.locator("#note").click()
    desk.keyboard.type("jkl/?gg")
    assert desk.locator("#note").input_value() == "jkl/?gg"
    assert not desk.locator("dialog[open]").count()


def test_slash_goes_to_the_search_and_question_mark_lists_the_keys(desk: Page) -> None:
    desk.keyboard.press("/")
    expect(desk.locator("#q")).to_be_focused()
    desk.locator("h1").focus()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog[open]")).to_have_count(0)


def test_g_and_a_letter_go_to_a_page(desk: Page) -> None:
    desk.keyboard.press("g")
    desk.keyboard.press("a")
    # Waited for to the end: Chromium may hang when it is closed in the middle of going to a page.
    desk.wait_for_url("**/accounts")


def test_a_letter_presses_its_button_and_a_digit_chooses(desk: Page) -> None:
    desk.keyboard.press("2")
    expect(desk.get_by_label("No answer")).to_be_checked()
    desk.keyboard.press("l")
    expect(desk.locator("dialog[open]")).to_have_count(1)


def test_letters_do_nothing_for_someone_who_switched_them_off(
    gallery: Gallery, open_page: Callable[..., Page]
) -> None:
    gallery.has_shortcuts = False
    page = open_page()
    page.goto(f"{gallery.url}/desk")
    for key in "l2?j":
        page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("input:checked")).to_have_count(0)
    page.locator("#note").fill("still sent by control and enter")
    with page.expect_response("**/outcome"):
        page.keyboard.press("Control+Enter")


def test_what_is_typed_is_saved_while_typing(desk: Page, gallery: Gallery) -> None:
    desk.locator("#note").press_sequentially("asked for an itemised bill")
    expect(desk.locator("[data-draft-state]")).to_have_text(re.compile(r"^Saved \d+:\d\d$"))
    assert gallery.drafts[-1]["note"] == "asked for an itemised bill"


def test_leaving_the_page_saves_the_last_words(desk: Page, gallery: Gallery) -> None:
    desk.locator("#note").fill("last words")
    desk.goto(f"{gallery.url}/opened/else")
    eventually(desk, lambda: bool(gallery.drafts))
    assert gallery.drafts[-1]["note"] == "last words"
    assert gallery.drafts[-1]["csrf_token"]


def test_a_draft_that_is_not_saved_says_so_and_keeps_the_text(desk: Page, gallery: Gallery) -> None:
    gallery.draft_status = 503
    desk.locator("#note").fill("precious")
    expect(desk.locator("[data-draft-state]")).to_have_text("Not saved yet; trying again.")
    assert desk.locator("#note").input_value() == "precious"


def test_a_sent_outcome_leaves_no_draft_behind(desk: Page, gallery: Gallery) -> None:
    desk.locator("#note").fill("done")
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").click()
    desk.wait_for_timeout(2600)
    assert gallery.drafts == []


def test_pressing_twice_sends_once(desk: Page, gallery: Gallery) -> None:
    desk.locator("#note").fill("once")
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").dblclick()
    desk.wait_for_timeout(300)
    assert len(gallery.outcomes) == 1


def test_the_next_task_takes_the_focus_and_is_read_out(desk: Page) -> None:
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").click()
    expect(desk.locator("[data-new-heading]")).to_be_focused()
    expect(desk.locator("#announcer")).to_have_text("Now: Okafor")


def test_a_refused_form_comes_back_with_its_text_and_the_summary_in_focus(
    desk: Page, gallery: Gallery
) -> None:
    gallery.outcome_status = 422
    desk.locator("#note").fill("kept")
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").click()
    expect(desk.locator(".error-summary")).to_be_focused()
    assert desk.locator("#note").input_value() == "kept"


def test_a_fault_of_the_server_leaves_the_form_and_says_so(desk: Page, gallery: Gallery) -> None:
    gallery.outcome_status = 500
    desk.locator("#note").fill("still here")
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").click()
    expect(desk.locator("#flash")).to_contain_text("try again in a moment")
    assert desk.locator("#note").input_value() == "still here"
    gallery.outcome_status = 200
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").click()
    expect(desk.locator("[data-new-heading]")).to_have_text("Now: Okafor")


def test_a_disposition_shows_and_sends_only_the_fields_it_asks_for(desk: Page, gallery: Gallery) -> None:
    expect(desk.locator("#amount")).to_be_hidden()
    desk.get_by_label("Promised to pay").check()
    desk.locator("#amount").fill("25.00")
    desk.get_by_label("No answer").check()
    expect(desk.locator("#amount")).to_be_hidden()
    with desk.expect_response("**/outcome"):
        desk.get_by_role("button", name="Log and next").click()
    assert "amount" not in gallery.outcomes[0]


def test_without_javascript_all_fields_are_there(gallery: Gallery, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{gallery.url}/desk")
    expect(page.locator("#amount")).to_be_visible()
    page.locator("#note").fill("plain")
    page.get_by_role("button", name="Log and next").click()
    assert gallery.outcomes[0]["note"] == "plain"


def test_the_lease_is_kept_until_the_server_says_it_is_lost(desk: Page, gallery: Gallery) -> None:
    eventually(desk, lambda: len(gallery.beats) >= 2)
    assert gallery.beats[0]["lease_token"] == "t1"
    expect(desk.locator("[data-lease-until]")).to_have_text("10:51 AM")
    gallery.beat_status = 409
    expect(desk.locator("[data-lease-lost]")).to_be_visible()
    known = len(gallery.beats)
    desk.wait_for_timeout(800)
    assert len(gallery.beats) == known


def test_leaving_the_page_hints_at_it_to_the_server(desk: Page, gallery: Gallery) -> None:
    desk.goto(f"{gallery.url}/opened/else")
    eventually(desk, lambda: bool(gallery.left))
    assert gallery.left[0]["lease_token"] == "t1"


def test_a_change_shows_without_a_reload_and_no_change_costs_no_body(desk: Page, gallery: Gallery) -> None:
    eventually(desk, lambda: len(gallery.asked) >= 3)
    assert gallery.asked[0] == ""
    assert gallery.asked[-1]
    gallery.change = "<p>A payment of $230.55 arrived.</p>"
    expect(desk.locator("#changes")).to_have_text("A payment of $230.55 arrived.")
    with desk.expect_response(lambda answer: answer.url.endswith("/changes") and answer.status == 304):
        pass
