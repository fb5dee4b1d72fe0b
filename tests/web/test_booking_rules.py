"""The rules by which a team gives out its time, as leads and admins set them."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ada, sue, uma
from tests.services.booking.desk import first_slots, somebody, team_of
from workqueue.models import AuditEntry, User
from workqueue.rules.slots import LIMITS, SlotRules
from workqueue.services.booking import times

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
FORM = {
    "minutes": "20",
    "interpreter_minutes": "10",
    "step_minutes": "30",
    "notice_minutes": "60",
    "ahead_days": "7",
    "share_percent": "40",
    "allows_same_day": "on",
}


def in_force(session: Session) -> SlotRules:
    return times.rules_of(session, times.calling_team(session))


def seen_at(page: str) -> str:
    found = re.search(r'name="seen_at" value="([^"]*)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("person", [sue, ada])
def test_a_lead_or_an_admin_sets_them(
    session: Session, sign_in_as: SignIn, person: Callable[[Session], User]
) -> None:
    team_of(session, 2)
    client = sign_in_as(person(session))
    form = FORM | {"seen_at": seen_at(client.get("/booking-rules").text)}
    assert client.post("/booking-rules", data=form).status_code == 303
    assert in_force(session) == SlotRules(20, 10, 30, 60, 7, 40, allows_same_day=True, has_waiting_list=False)
    assert person(session).name in client.get("/booking-rules").text
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "booking_rules_changed")).one()
    assert entry.details["minutes"] == [15, 20]


def test_what_is_offered_follows_at_once(session: Session, sign_in_as: SignIn) -> None:
    team_of(session, 2)
    client = sign_in_as(sue(session))
    form = FORM | {"seen_at": seen_at(client.get("/booking-rules").text), "allows_same_day": "on"}
    client.post("/booking-rules", data=form)
    found = first_slots(session, somebody(session), 5)
    assert {at.minute for at in found} == {0, 30}
    assert found[0] >= NOON.replace(hour=18)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", "4"),
        ("minutes", "many"),
        ("interpreter_minutes", "-1"),
        ("step_minutes", "7"),
        ("notice_minutes", ""),
        ("ahead_days", "31"),
        ("share_percent", "0"),
        ("share_percent", "101"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(
    session: Session, sign_in_as: SignIn, field: str, value: str
) -> None:
    team_of(session)
    before = in_force(session)
    typed = FORM | {field: value}
    answer = sign_in_as(sue(session)).post("/booking-rules", data=typed)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    for name in LIMITS:
        assert re.search(rf'name="{name}"[^>]*value="{typed[name]}"', answer.text), name
    assert in_force(session) == before


def test_two_leads_at_once_do_not_overwrite_each_other(session: Session, sign_in_as: SignIn) -> None:
    team_of(session)
    client = sign_in_as(sue(session))
    page = client.get("/booking-rules").text
    times.set_rules(
        session,
        times.calling_team(session),
        SlotRules(minutes=25),
        actor_id=ada(session).id,
        now=NOON.replace(hour=18),
    )
    answer = client.post("/booking-rules", data=FORM | {"seen_at": seen_at(page)})
    assert answer.status_code == 409
    assert "Somebody else has changed these rules meanwhile" in answer.text
    assert re.search(r'name="minutes"[^>]*value="20"', answer.text)
    assert in_force(session).minutes == 25
    assert client.post("/booking-rules", data=FORM | {"seen_at": seen_at(answer.text)}).status_code == 303


def test_a_form_that_came_back_still_knows_which_rules_it_was_made_from(
    session: Session, sign_in_as: SignIn
) -> None:
    team_of(session)
    client = sign_in_as(sue(session))
    opened = seen_at(client.get("/booking-rules").text)
    times.set_rules(
        session,
        times.calling_team(session),
        SlotRules(minutes=25),
        actor_id=ada(session).id,
        now=NOON.replace(hour=18),
    )
    came_back = client.post("/booking-rules", data=FORM | {"seen_at": opened, "minutes": "4"})
    assert came_back.status_code == 422
    answer = client.post("/booking-rules", data=FORM | {"seen_at": seen_at(came_back.text)})
    assert answer.status_code == 409
    assert in_force(session).minutes == 25


def test_the_page_says_how_many_calls_each_day_takes(session: Session, sign_in_as: SignIn) -> None:
    team_of(session, 2)
    page = sign_in_as(uma(session)).get("/booking-rules").text
    # Two reps from 8 to 18 by their clock, all of their time, a quarter of an hour each.
    assert page.count(">80<") == 5
    assert "Keep these rules" not in page
