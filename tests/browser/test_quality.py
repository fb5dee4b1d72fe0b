"""Quality in a browser: a review beside the work, read and disputed, on a phone and on a wide screen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.gallery import served
from tests.browser.office import COOKIE, NAMES, cookie_of, open_office
from tests.browser.test_styleguide import violations
from tests.factories import ana, make_call, make_outcome, sue
from tests.factories.quality import (
    all_points,
    make_coaching_note,
    make_dispute,
    make_item,
    make_policy,
    make_review,
)
from workqueue.database import transaction
from workqueue.models import Account, CallEvent, Task, Team
from workqueue.rules.call_states import CallEventKind, EventSource
from workqueue.rules.kinds import TaskKind
from workqueue.rules.quality import SampleKind

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[1] / "screens"
RULES = [
    {"label": label, "sentence": sentence, "citation": citation, "is_ok": True, "inputs": {}}
    for label, sentence, citation in (
        ("Hours", "It is 1:05 PM there, between 8 AM and 9 PM.", "12 CFR 1006.6(b)(1)(i)"),
        ("7 in 7", "6 calls in 7 days, of 7 at most.", "12 CFR 1006.14(b)(2)(i)(A)"),
    )
]
REASONS = [
    {"code": "dispute", "weight": 3, "words": "The patient was not content: disputes the bill."},
    {
        "code": "near_limit",
        "weight": 2,
        "words": "Called near a limit: 6 of 7 were used, at most 7 calls in 7 days.",
    },
]


@pytest.fixture
def office(fresh_app: Flask) -> Iterator[str]:
    """An office in which work was drawn, one piece reviewed and disputed, and one waits."""
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    now = datetime.now(UTC)
    open_office(fresh_app, now)
    with fresh_app.app_context(), transaction() as session:
        for person, name in NAMES.items():
            person(session).name = name
        make_policy(session, session.get_one(Team, sue(session).team_id))
        account = session.query(Account).filter_by(number="100601").one()
        task = session.query(Task).filter_by(account_id=account.id, kind=TaskKind.PATIENT_BALANCE).one()
        waits_for = {"task": task, "rep": ana(session), "note": "Says the visit was cancelled in July."}
        placed_at = now - timedelta(days=2)
        call = make_call(
            session,
            task=task,
            rep=ana(session),
            placed_at=placed_at,
            verdict={"is_allowed": True, "rules": RULES},
        )
        for seconds, kind in (
            (4, CallEventKind.RANG),
            (15, CallEventKind.ANSWERED),
            (300, CallEventKind.ENDED),
        ):
            at = placed_at + timedelta(seconds=seconds)
            session.add(
                CallEvent(
                    call_id=call.id,
                    kind=kind,
                    source=EventSource.TELEPHONE,
                    key=kind.value,
                    at=at,
                    recorded_at=at,
                )
            )
        waits = make_outcome(
            session, call=call, disposition="disputes", at=now - timedelta(days=2), **waits_for
        )
        make_item(session, outcome=waits, kind=SampleKind.RISK, reasons=REASONS)
        for less in ({"note": 0}, {}, {"identity": 0}):
            done = make_outcome(session, disposition="message_left", at=now - timedelta(days=3), **waits_for)
            make_item(session, outcome=done)
            review = make_review(
                session,
                outcome=done,
                answers=all_points(session, **less),
                comment="Calm and clear.\nMind the note.",
                submitted_at=now,
                dispute_until_on=now.date() + timedelta(days=10),
            )
            if "note" in less:
                make_dispute(session, review=review)
        make_coaching_note(session, rep=ana(session), text="Name assistance first.\nThen the amount.", at=now)
    with served(fresh_app) as url:
        yield url


def page_of(app: Flask, url: str, page: Page, person: Callable[..., object]) -> Page:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": cookie_of(app, person), "url": url}])  # type: ignore[arg-type]
    return page


def look(page: Page, address: str, name: str, width: int) -> None:
    page.goto(address)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"quality-{name}-{width}.png", full_page=True)
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name


LEADS = (
    ("", "to-review"),
    ("/samples", "samples"),
    ("/samples/2", "sample"),
    ("/draw", "draw"),
    ("/figures", "figures"),
    ("/outcomes/1/review", "form"),
    ("/reviews/3", "review"),
    ("/people/1", "person"),
    ("/cards", "cards"),
    ("/cards/add", "card-form"),
)
WIDE = {"to-review", "figures", "form", "review"}
"""Of those the ones that look otherwise on a wide screen."""


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_axe_finds_no_violation_on_the_pages_of_leads_and_reps(
    fresh_app: Flask, office: str, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = page_of(fresh_app, office, open_page(width=width, scheme=scheme, bypass_csp=True), sue)
    for path, name in LEADS:
        if width < 600 or name in WIDE:
            look(page, f"{office}/quality{path}", f"{name}-{scheme}", width)
    page.goto(f"{office}/quality/outcomes/1/review")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert violations(page) == []
    page_of(fresh_app, office, page, ana)
    for path, name in (("/quality/mine", "mine"), ("/quality/reviews/2/dispute", "dispute")):
        look(page, office + path, f"{name}-{scheme}", width)
