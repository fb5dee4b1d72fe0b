"""Messages in a real browser: the leads' page, a person's, the way out of e-mails, and texts agreed to."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser.gallery import served
from tests.browser.office import account_id, cookie_of, open_office
from tests.browser.test_rep_day import Served, picture
from tests.browser.test_styleguide import violations
from tests.conftest import SECRET
from tests.factories import NOON, ada, ana, sue
from workqueue.database import transaction
from workqueue.models import Account, IncomingText, Message, Phone
from workqueue.rules.booking_messages import BookingEvent
from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel
from workqueue.rules.messages import MessageChannel, MessageState
from workqueue.rules.signatures import leave_token
from workqueue.rules.text_words import TextWord
from workqueue.services import office_profile, outbox, preferences
from workqueue.services.outbox import About
from workqueue.web import guards

pytestmark = pytest.mark.browser
NUMBER = "100601"


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Return an office at noon that has sent some messages, and was written to."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    open_office(fresh_app, NOON)
    cookies = {person.__name__: cookie_of(fresh_app, person) for person in (ana, sue, ada)}
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
        send_some(session)
    with served(fresh_app) as url:
        yield Served(fresh_app, url, cookies)


def send_some(session: Session) -> None:
    patient_id = session.scalars(select(Account.patient_id).where(Account.number == NUMBER)).one() or 0
    phone = session.scalars(select(Phone).where(Phone.patient_id == patient_id)).first()
    assert phone is not None
    preferences.say(
        session,
        patient_id=patient_id,
        is_given=True,
        channel=ContactChannel.TEXT,
        scope=ConsentScope.BILLING,
        phone_id=phone.id,
        how="Ticked on the page for booking a call",
        said_at=NOON,
        recorded_by_id=None,
        now=NOON,
    )
    for number, state in enumerate(MessageState):
        is_text = number % 2 == 0
        outbox.write(
            session,
            natural_key=f"message {number}",
            channel=MessageChannel.TEXT if is_text else MessageChannel.EMAIL,
            to_address=phone.e164 if is_text else "a.very.long.name.indeed.of.somebody@mail.example.org",
            subject="Your call is booked",
            body="",
            attachments=[],
            send_after=NOON,
            now=NOON,
            about=About(patient_id, event=BookingEvent.BOOKED),
            pieces=2,
        )
        message = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert message is not None
        message.state, message.error = state, "text_30003" if state is MessageState.UNDELIVERED else ""
        if state in {MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED}:
            message.sent_at = NOON
    session.add(
        IncomingText(
            provider_id="SM1",
            came_at=NOON,
            word=TextWord.SENTENCE,
            e164=phone.e164,
            body="Could somebody call me after five instead? I am at work until then. " * 4,
        )
    )


def states(office: Served) -> list[MessageState]:
    with office.app.app_context(), transaction() as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


def test_a_lead_reads_sends_again_and_settles_by_keyboard(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    office.open(page, sue, "/messages")
    expect(page.locator("#they-wrote")).to_contain_text("after five instead")
    page.get_by_role("button", name="Read: the text of").press("Enter")
    expect(page.locator("#they-wrote")).to_have_count(0)
    expect(page.locator("#messages tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Send again to").first.press("Enter")
    expect(page.locator("#messages tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Settled: the message to").first.press("Enter")
    expect(page.locator("#messages tbody tr")).to_have_count(1)
    page.get_by_role("navigation", name="Which messages").get_by_role("link", name="All").click()
    page.wait_for_url("**/messages?state=all")
    expect(page.locator("#messages tbody tr")).to_have_count(len(MessageState))
    assert states(office).count(MessageState.WAITING) == 2


def test_a_rep_sends_the_link_from_the_account_without_javascript(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=360, java_script_enabled=False)
    office.open(page, ana, f"/accounts/{account_id(office.app, NUMBER)}")
    page.get_by_role("button", name="Send the link by text").click()
    expect(page.get_by_text("The text with the link is on its way.")).to_be_visible()
    page.get_by_role("button", name="Send the link by e-mail").click()
    expect(page.get_by_text("Not sent. No e-mail address of their own is on the list.")).to_be_visible()
    assert len(states(office)) == len(MessageState) + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_screen(
    office: Served, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    paths = ["/messages", "/messages?state=all", "/messages?state=delivered", person(office)]
    for number, path in enumerate(paths):
        office.open(page, sue, path)
        picture(page, f"messages-{number}-{width}-{scheme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_empty_list_says_what_would_stand_there(office: Served, open_page: Callable[..., Page]) -> None:
    with office.app.app_context(), transaction() as session:
        session.query(Message).delete()
    page = open_page(bypass_csp=True)
    office.open(page, ada, "/messages")
    expect(page.locator("#messages")).to_contain_text("Nothing to look at")
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_way_out_of_e_mails_asks_first_and_is_heard(
    office: Served, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width, bypass_csp=True, locale="es-US")
    page.goto(f"{office.url}/no-mail/{leave_token(2, SECRET)}")
    picture(page, f"leaving-{width}")
    assert violations(page) == []
    page.get_by_role("button", name="No me envíen más correos").click()
    expect(page.locator("h1")).to_have_text("Ya no recibirá correos")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def person(office: Served) -> str:
    with office.app.app_context(), transaction() as session:
        return (
            f"/patients/{session.scalars(select(Account.patient_id).where(Account.number == NUMBER)).one()}"
        )
