"""The calendar of callbacks in a real browser: booked, moved, handed on, called off; wide and narrow."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.gallery import served
from tests.browser.office import account_id, cookie_of, open_office
from tests.browser.test_rep_day import Served, picture
from tests.browser.test_styleguide import violations
from tests.factories import NOON, otto, sue
from tests.services.booking import desk
from workqueue.database import transaction
from workqueue.models import Callback
from workqueue.rules.kinds import TaskKind
from workqueue.rules.slots import CallbackTopic
from workqueue.services import callbacks
from workqueue.services.booking import promising, waiting, wishing
from workqueue.web import guards

pytestmark = pytest.mark.browser
NUMBER = "100601"
A_DAY = timedelta(days=1)
SEEN = 500
"""Keys count only once the person can have seen what came."""


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Return an office at noon with three who call patients back, and calls of every kind."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    open_office(fresh_app, NOON)
    with fresh_app.app_context(), transaction() as session:
        team = desk.team_of(session, 3)
        for rep, name in zip(team[1:], ("Noor Haddad", "Pia Sandoval"), strict=True):
            rep.name = name
        for number, days in enumerate((0, 0, 1, 1, 1, 2)):
            asking = desk.somebody(session, e164=f"+1312221018{number}")
            asking.patient.last_name = f"Featherstonehaugh-{number}"
            at = desk.first_slots(session, asking, 400)[number * 3 + days * 39]
            promising.book(session, asking.link, asking.wish, at=at, topic=CallbackTopic.PLAN, now=NOON)
        late = session.query(Callback).order_by(Callback.at).first()
        assert late is not None
        late.at, late.ends_at, late.missed_at = NOON - A_DAY, NOON - A_DAY + desk.QUARTER, NOON - A_DAY
        wait(session)
    cookies = {person.__name__: cookie_of(fresh_app, person) for person in (otto, sue)}
    with served(fresh_app) as url:
        yield Served(fresh_app, url, cookies)


def wait(session: Session) -> None:
    """Have somebody on the waiting list: nobody of the office speaks their language."""
    asking = desk.somebody(session, e164="+13122210189")
    wishing.say(
        session,
        asking.link,
        e164=asking.wish.e164,
        topic=CallbackTopic.BILL,
        language="es",
        needs_interpreter=True,
        now=NOON,
    )
    said = wishing.said(session, asking.link)
    assert said is not None
    waiting.join(session, asking.link, said, until_at=NOON + timedelta(minutes=20), now=NOON)


def only(office: Served) -> str:
    """Return the address of the last call."""
    with office.app.app_context(), transaction() as session:
        callback = session.query(Callback).order_by(Callback.id.desc()).first()
        assert callback is not None
        return f"/callbacks/{callback.id}"


def book(page: Page, office: Served) -> None:
    """Book the second free time for somebody, from the calendar."""
    office.open(page, sue, "/callbacks")
    page.get_by_label("Account number").fill(NUMBER)
    page.get_by_role("button", name="Find times").press("Enter")
    page.wait_for_url("**/accounts/*book=on*")
    page.locator("#callback_free input").nth(2).check()
    page.wait_for_timeout(SEEN)
    page.locator("#book").get_by_role("button", name="Book").press("Enter")
    expect(page.get_by_text("Whoever calls first says")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_a_lead_books_moves_hands_on_and_calls_off(
    office: Served, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width, bypass_csp=True)
    book(page, office)
    office.open(page, sue, only(office))
    page.locator("summary", has_text="Move it").press("Enter")
    page.locator("#callback_free").scroll_into_view_if_needed()
    free = page.locator("#callback_free input")
    free.nth(4).check()
    page.wait_for_timeout(SEEN)
    picture(page, f"callback-move-{width}")
    assert violations(page) == []
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.get_by_text("Moved to")).to_be_visible()
    page.locator("summary", has_text="Hand it to another rep").press("Enter")
    page.get_by_label("Who calls").select_option(index=1)
    page.get_by_role("button", name="Hand on").press("Enter")
    expect(page.get_by_text("Handed on.")).to_be_visible()
    page.locator("summary", has_text="Cancel it").press("Enter")
    page.get_by_role("button", name="Cancel the call").press("Enter")
    expect(page.locator("#cancel_reason")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    page.locator("#cancel_reason").fill("paid meanwhile")
    page.get_by_role("button", name="Cancel the call").press("Enter")
    expect(page.get_by_text("Cancelled. The person is told")).to_be_visible()
    expect(page.locator("#change")).to_have_count(0)
    picture(page, f"callback-cancelled-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_screen(
    office: Served, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    paths = [
        "/callbacks",
        "/callbacks?view=week",
        "/callbacks?day=2026-03-14",
        only(office),
        "/booking-rules",
    ]
    for number, path in enumerate(paths):
        office.open(page, sue, path)
        picture(page, f"calendar-{number}-{width}-{scheme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_lead_sets_how_time_is_given_out(office: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(width=360, bypass_csp=True)
    office.open(page, sue, "/booking-rules")
    page.get_by_label("Minutes for one call").fill("500")
    page.get_by_role("button", name="Keep these rules").press("Enter")
    expect(page.locator("#minutes")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    page.get_by_label("Minutes for one call").fill("30")
    page.get_by_role("button", name="Keep these rules").press("Enter")
    expect(page.get_by_text("Changed. It holds")).to_be_visible()
    # Three reps, ten hours, half an hour each.
    expect(page.locator("#capacity tbody tr").first).to_contain_text("60")


def test_without_javascript_a_taken_time_is_answered_with_free_ones(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=360, java_script_enabled=False)
    office.open(page, sue, f"/accounts/{account_id(office.app, NUMBER)}?book=on")
    form = page.locator("#book")
    form.get_by_label("Day", exact=True).fill("2026-03-11")
    form.get_by_label("Time", exact=True).fill("19:45")
    form.get_by_role("button", name="Book").click()
    expect(form).to_contain_text("This time is not free any more")
    expect(form.get_by_label("Time", exact=True)).to_have_value("19:45")
    form.get_by_role("radio").nth(1).check()
    form.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Whoever calls first says")).to_be_visible()


def test_a_rep_offers_free_times_while_they_log_the_call(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True)
    office.open(page, otto, office.task(NUMBER, TaskKind.PATIENT_BALANCE))
    page.get_by_role("button", name="Take").first.click()
    page.get_by_label("The patient called us").check()
    page.get_by_label("Wants a call at another time").first.check()
    page.locator("#callback_free").scroll_into_view_if_needed()
    page.locator("#callback_free input").nth(1).check()
    page.wait_for_timeout(SEEN)
    picture(page, "callback-in-outcome")
    assert violations(page) == []
    page.get_by_role("button", name="Log and stay here").or_(
        page.get_by_role("button", name="Log and next")
    ).first.click()
    expect(page.get_by_text("It comes up again on")).to_be_visible()
    with office.app.app_context(), transaction() as session:
        callback = session.query(Callback).order_by(Callback.id.desc()).first()
        assert callback is not None
        assert (callback.rep_id, callback.asked_at) == (otto(session).id, NOON)
        assert callbacks.known(session, callback.id).phrase
