"""A person's page in a real browser: one change by keyboard, without JavaScript, and on every screen."""

from collections.abc import Callable, Iterator
from datetime import time
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.gallery import served
from tests.browser.office import account_id, cookie_of, open_office
from tests.browser.test_rep_day import Served, picture
from tests.browser.test_styleguide import violations
from tests.factories import NOON, TODAY, ana, sue, uma
from workqueue.database import transaction
from workqueue.models import Account
from workqueue.rules.bad_times import inconvenience
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource, RelationRole
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, preferences, relations
from workqueue.web import guards

pytestmark = pytest.mark.browser
NUMBER = "100601"


@pytest.fixture
def office(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Return an office at noon in which one patient has told a good deal."""
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=NOON.astimezone))
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    open_office(fresh_app, NOON)
    cookies = {person.__name__: cookie_of(fresh_app, person) for person in (ana, sue, uma)}
    tell(fresh_app)
    with served(fresh_app) as url:
        yield Served(fresh_app, url, cookies)


def tell(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        rep_id = ana(session).id
        account = session.query(Account).filter_by(number=NUMBER).one()
        patient_id = account.patient_id
        assert patient_id is not None
        account_of_child = session.query(Account).filter_by(number="100602").one().id
        with persons.changing(session, patient_id, actor_id=rep_id, now=NOON):
            work = contact_points.add_phone(
                session, patient_id=patient_id, text="(312) 221-0177 ext. 45", place=PhonePlace.WORK,
                source=PointSource.PATIENT, language="", now=NOON,
            )  # fmt: skip
            contact_points.stop_phone(session, phone_id=work, now=NOON)
            old = contact_points.add_phone(
                session, patient_id=patient_id, text="212-221-0178", place=PhonePlace.HOME,
                source=PointSource.SKIP_TRACE, language="es", now=NOON,
            )  # fmt: skip
            contact_points.invalidate_phone(session, phone_id=old, now=NOON)
            contact_points.add_address(
                session, patient_id=patient_id, place=PhonePlace.OTHER, street="9 Sample Street", city="Gary",
                state="IL", zip_code="46402", source=PointSource.RELATIVE, now=NOON,
            )  # fmt: skip
            contact_points.add_email(
                session, patient_id=patient_id, text="dana.whitfield@example.org", place=PhonePlace.HOME,
                source=PointSource.PATIENT, now=NOON,
            )  # fmt: skip
            preferences.say(
                session, patient_id=patient_id, is_given=False, channel=ContactChannel.TEXT,
                scope=ConsentScope.AUTOMATED_BILLING, phone_id=None, how="STOP by text", said_at=NOON,
                recorded_by_id=rep_id, now=NOON,
            )  # fmt: skip
            preferences.say(
                session, patient_id=patient_id, is_given=False,
                channel=ContactChannel.EMAIL, scope=ConsentScope.BILLING,
                phone_id=None, how="On the telephone", said_at=NOON, recorded_by_id=rep_id, now=NOON,
            )  # fmt: skip
            preferences.add_bad_time(
                session, patient_id=patient_id, said=inconvenience(range(5), time(17), time(19), ""),
                how="On the telephone", recorded_by_id=rep_id, now=NOON,
            )  # fmt: skip
            sister = persons.add(session, first_name="Alma", last_name="Whitfield", now=NOON)
            relations.add(
                session, patient_id=patient_id, person_id=sister, role=RelationRole.PERSONAL_REPRESENTATIVE,
                authority="Power of attorney, seen", starts_on=TODAY, ends_on=None, recorded_by_id=rep_id,
                now=NOON,
            )  # fmt: skip
        relations.set_guarantor(
            session, account_ids=[account_of_child], guarantor_id=patient_id, actor_id=rep_id, now=NOON
        )


def path_of(office: Served) -> str:
    with office.app.app_context(), transaction() as session:
        account = session.query(Account).filter_by(number=NUMBER).one()
        return f"/patients/{account.patient_id}"


def test_a_confidential_instruction_is_written_by_keyboard_and_nothing_else_is_offered(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    office.open(page, ana, f"/accounts/{account_id(office.app, NUMBER)}")
    page.get_by_role("link", name="Their page").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_title("Person · Workqueue")
    page.locator("#confidential summary").focus()
    page.keyboard.press("Enter")
    page.locator("#instruction-way").select_option(label="E-mail to dana.whitfield@example.org")
    page.locator("#instruction-how").focus()
    page.keyboard.type("In writing")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Confidential: only by email")).to_be_visible()
    page.goto(f"{office.url}{office.task(NUMBER, TaskKind.PATIENT_BALANCE)}")
    expect(page.locator("#reach")).to_contain_text("dana.whitfield@example.org")
    expect(page.locator("#main")).not_to_contain_text("221-0161")


def test_a_wrong_number_comes_back_with_all_that_was_typed_without_javascript(
    office: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=320, java_script_enabled=False)
    office.open(page, ana, path_of(office))
    page.get_by_text("Add a number", exact=True).click()
    page.locator("#new-phone-number").fill("555-0100")
    page.locator("#new-phone-place").select_option("work")
    page.get_by_role("button", name="Add this number").click()
    expect(page.locator("#new-phone-number")).to_have_value("555-0100")
    expect(page.locator("#new-phone-place")).to_have_value("work")
    expect(page.locator("#new-phone-number-error")).to_contain_text("The area code is missing")
    page.locator("#new-phone-number").fill("(312) 221-0199 x7")
    page.get_by_role("button", name="Add this number").click()
    expect(page.locator("#numbers")).to_contain_text("(312) 221-0199 ext. 7")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1440])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_screen(
    office: Served, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, bypass_csp=True)
    office.open(page, sue, path_of(office))
    picture(page, f"person-{width}-{scheme}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for summary in page.locator("#main summary").all():
        summary.click()
    picture(page, f"person-open-{width}-{scheme}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    office.open(page, sue, f"/accounts/{account_id(office.app, '100602')}")
    picture(page, f"person-account-{width}-{scheme}")
    assert violations(page) == []
