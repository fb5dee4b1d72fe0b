"""Callbacks the office makes: free times in the forms, the calendar, and what can be done about one."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, otto, sue, uma
from tests.services.booking.desk import Asking, first_slots, somebody, team_of
from tests.services.desk import take
from workqueue.models import Callback, CallbackChange, Outcome, User
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState
from workqueue.services import callbacks
from workqueue.services.booking import promising, waiting, wishing
from workqueue.services.booking.promising import Promise

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
TOMORROW = {"callback_on": "2026-03-11", "callback_time": "12:00"}
"""By the clock of Chicago: NOON and a day."""


@pytest.fixture
def team(session: Session) -> list[User]:
    return team_of(session, 2)


@pytest.fixture
def asking(session: Session, team: list[User]) -> Asking:
    return somebody(session)


@pytest.fixture
def promise(session: Session, asking: Asking, team: list[User]) -> Promise:
    return callbacks.book(
        session,
        account_id=asking.account.id,
        at=NOON + timedelta(days=1),
        phone_id=asking.phone.id,
        booked_by_id=team[0].id,
        rep_id=team[0].id,
        now=NOON,
    )


def test_a_rep_books_a_call_into_their_own_time(
    session: Session, sign_in_as: SignIn, asking: Asking, team: list[User]
) -> None:
    for rep in reversed(team):
        client = sign_in_as(rep)
        answer = client.post(f"/accounts/{asking.account.id}/callbacks", data=TOMORROW)
        assert answer.status_code == (303 if rep is team[1] else 409)
    booked = session.scalars(select(Callback)).one()
    assert (booked.rep_id, booked.at) == (team[1].id, NOON + timedelta(days=1))
    assert "Move it or cancel it" in answer.text


def test_a_free_time_is_chosen_instead_of_typed(session: Session, sign_in_as: SignIn, asking: Asking) -> None:
    client = sign_in_as(otto(session))
    choice = client.get(f"/accounts/{asking.account.id}/free-times?name=callback_free").text
    offered = re.findall(r'name="callback_free" value="([^"]+)"', choice)
    assert len(offered) >= 6
    assert "with you" in choice
    client.post(f"/accounts/{asking.account.id}/callbacks", data={"callback_free": offered[3]})
    assert session.scalars(select(Callback)).one().at.isoformat() == offered[3]


def test_a_taken_time_is_answered_with_the_nearest_and_what_was_typed(
    session: Session, sign_in_as: SignIn, asking: Asking, team: list[User]
) -> None:
    for number in ("+13122210181", "+13122210182"):
        other = somebody(session, e164=number)
        at = NOON + timedelta(days=1)
        promising.book(session, other.link, other.wish, at=at, topic=CallbackTopic.BILL, now=NOON)
    form = {**TOMORROW, "is_asked": "on"}
    answer = sign_in_as(team[0]).post(f"/accounts/{asking.account.id}/callbacks", data=form)
    assert answer.status_code == 409
    assert "This time is not free any more" in answer.text
    assert answer.text.count('name="callback_free"') == 7  # six times, and the one that was typed
    assert 'value="12:00"' in answer.text


def test_a_call_that_is_wanted_in_a_call_takes_a_seat_too(
    session: Session, sign_in_as: SignIn, asking: Asking, team: list[User]
) -> None:
    rep = team[1]
    held = take(session, asking.account, TaskKind.PATIENT_BALANCE, rep)
    task_id, token = held
    form = {"lease_token": token, "disposition": "callback", "is_inbound": "on", "note": "Was driving."}
    client = sign_in_as(rep)
    night = client.post(
        f"/tasks/{task_id}/outcome", data={**form, "callback_on": "2026-03-11", "callback_time": "22:00"}
    )
    assert night.status_code == 422
    assert client.post(f"/tasks/{task_id}/outcome", data={**form, **TOMORROW}).status_code == 303
    booked = session.scalars(select(Callback)).one()
    assert (booked.rep_id, booked.asked_at, booked.at) == (rep.id, NOON, NOON + timedelta(days=1))
    assert booked.phrase


def test_a_time_that_went_while_they_spoke_loses_nothing_that_was_typed(
    session: Session, sign_in_as: SignIn, asking: Asking, team: list[User]
) -> None:
    for number in ("+13122210181", "+13122210182"):
        other = somebody(session, e164=number)
        at = NOON + timedelta(days=1)
        promising.book(session, other.link, other.wish, at=at, topic=CallbackTopic.BILL, now=NOON)
    task_id, token = take(session, asking.account, TaskKind.PATIENT_BALANCE, team[0])
    form = {"lease_token": token, "disposition": "callback", "is_inbound": "on", "note": "Was driving."}
    answer = sign_in_as(team[0]).post(f"/tasks/{task_id}/outcome", data={**form, **TOMORROW})
    assert answer.status_code == 409
    assert "Was driving." in answer.text
    assert answer.text.count('name="callback_free"') == 7
    assert session.scalars(select(Outcome)).all() == []


def test_the_calendar_shows_a_day_and_a_week(
    session: Session, sign_in_as: SignIn, asking: Asking, promise: Promise, team: list[User]
) -> None:
    client = sign_in_as(sue(session))
    for part in ("day=2026-03-11", "view=week", "view=week&day=2026-03-12"):
        assert f"/callbacks/{promise.callback_id}" in client.get(f"/callbacks?{part}").text
    for part in ("day=2026-03-10", "view=week&day=2026-03-18", f"day=2026-03-11&who={team[1].id}"):
        assert f"/callbacks/{promise.callback_id}" not in client.get(f"/callbacks?{part}").text
    assert "12:00 PM Central there" in client.get("/callbacks?day=2026-03-11").text


@pytest.mark.parametrize(
    "query", ["day=0001-01-01", "day=9999-12-31&view=week", "day=x", "view=month", "who=x"]
)
def test_no_address_of_the_calendar_breaks_it(session: Session, sign_in_as: SignIn, query: str) -> None:
    assert sign_in_as(sue(session)).get(f"/callbacks?{query}").status_code in {200, 422}


def test_a_rep_sees_their_own_calls_first(
    session: Session, sign_in_as: SignIn, promise: Promise, team: list[User]
) -> None:
    address = f"/callbacks/{promise.callback_id}"
    assert address in sign_in_as(team[0]).get("/callbacks?day=2026-03-11").text
    assert address not in sign_in_as(team[1]).get("/callbacks?day=2026-03-11").text
    assert address in sign_in_as(team[1]).get("/callbacks?day=2026-03-11&who=all").text


def test_what_is_owed_from_earlier_days_stands_on_todays_page(
    session: Session, sign_in_as: SignIn, asking: Asking, promise: Promise
) -> None:
    session.get_one(Callback, promise.callback_id).at = NOON - timedelta(days=1)
    session.flush()
    page = sign_in_as(sue(session)).get("/callbacks").text
    assert "Owed from earlier days" in page
    assert f"/callbacks/{promise.callback_id}" in page


def test_who_waits_for_a_time_stands_on_the_calendar(
    session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    soonest = first_slots(session, asking, 1)[0]
    wishing.say(
        session,
        asking.link,
        e164=asking.wish.e164,
        topic=CallbackTopic.PLAN,
        language="es",
        needs_interpreter=False,
        now=NOON,
    )
    said = wishing.said(session, asking.link)
    assert said is not None
    waiting.join(session, asking.link, said, until_at=soonest, now=NOON)
    page = sign_in_as(sue(session)).get("/callbacks").text
    assert "Paying in parts, Spanish, with an interpreter" in page


def test_a_call_is_found_by_the_number_of_its_account(
    session: Session, sign_in_as: SignIn, asking: Asking
) -> None:
    client = sign_in_as(otto(session))
    found = client.post("/callbacks/book", data={"account_number": asking.account.number})
    assert found.headers["Location"].startswith(f"/accounts/{asking.account.id}?book=on")
    missing = client.post("/callbacks/book", data={"account_number": "NOBODY"})
    assert (missing.status_code, "no account with this number" in missing.text) == (422, True)
    assert 'value="NOBODY"' in missing.text


def test_a_call_is_moved_and_what_was_agreed_stands_there(
    session: Session, sign_in_as: SignIn, promise: Promise
) -> None:
    client = sign_in_as(otto(session))
    address = f"/callbacks/{promise.callback_id}"
    choice = client.get(f"{address}/free-times?name=callback_free").text
    offered = re.findall(r'name="callback_free" value="([^"]+)"', choice)
    form = {"callback_free": offered[-1], "move_reason": "asked for an afternoon", "is_asked": "on"}
    assert client.post(f"{address}/move", data=form).status_code == 303
    page = client.get(address).text
    assert promise.phrase in page
    assert "asked for an afternoon" in page
    assert "They asked for this time" in page


def test_a_move_that_cannot_be_keeps_its_words(
    session: Session, sign_in_as: SignIn, promise: Promise
) -> None:
    client = sign_in_as(otto(session))
    address = f"/callbacks/{promise.callback_id}/move"
    form = {"callback_on": "2026-03-11", "callback_time": "12:07", "move_reason": "asked for it"}
    answer = client.post(address, data=form)
    assert answer.status_code == 422
    assert "every 15 minutes" in answer.text
    assert 'value="asked for it"' in answer.text
    assert client.post(address, data={}).status_code == 422


def test_a_lead_hands_a_call_to_who_is_free(
    session: Session, sign_in_as: SignIn, promise: Promise, team: list[User]
) -> None:
    address = f"/callbacks/{promise.callback_id}"
    client = sign_in_as(sue(session))
    assert f'value="{team[1].id}"' in client.get(address).text
    form = {"rep_id": team[1].id, "hand_reason": "is in training"}
    assert client.post(f"{address}/hand-on", data=form).status_code == 303
    change = session.scalars(select(CallbackChange).order_by(CallbackChange.id.desc())).first()
    assert change is not None
    assert (change.kind, change.rep_id, change.reason) == (
        CallbackChangeKind.REHOMED,
        team[1].id,
        "is in training",
    )


def test_a_rep_hands_on_no_call_of_a_colleague(
    session: Session, sign_in_as: SignIn, promise: Promise, team: list[User]
) -> None:
    address = f"/callbacks/{promise.callback_id}"
    client = sign_in_as(team[1])
    assert "Hand it to another rep" not in client.get(address).text
    assert client.post(f"{address}/hand-on", data={"rep_id": team[1].id}).status_code == 403


def test_nobody_is_given_a_call_they_cannot_make(
    session: Session, sign_in_as: SignIn, promise: Promise
) -> None:
    client = sign_in_as(sue(session))
    address = f"/callbacks/{promise.callback_id}/hand-on"
    answer = client.post(address, data={"rep_id": ana(session).id, "hand_reason": "why not"})
    assert answer.status_code == 409
    assert 'value="why not"' in answer.text
    assert client.post(address, data={}).status_code == 422


def test_a_call_is_called_off_with_a_reason_once(
    session: Session, sign_in_as: SignIn, promise: Promise
) -> None:
    client = sign_in_as(otto(session))
    address = f"/callbacks/{promise.callback_id}/cancel"
    assert client.post(address, data={}).status_code == 422
    assert client.post(address, data={"cancel_reason": "paid"}).status_code == 303
    again = client.post(address, data={"cancel_reason": "paid"})
    assert (again.status_code, "is over already" in again.text) == (409, True)
    assert session.get_one(Callback, promise.callback_id).state is CallbackState.CANCELLED


def test_an_auditor_looks_and_changes_nothing(session: Session, sign_in_as: SignIn, promise: Promise) -> None:
    client = sign_in_as(uma(session))
    address = f"/callbacks/{promise.callback_id}"
    assert "Move it" not in client.get(address).text
    assert client.post(f"{address}/cancel", data={"cancel_reason": "x"}).status_code == 403


def test_nothing_is_offered_to_whom_nobody_can_reach(session: Session, sign_in_as: SignIn) -> None:
    asking = somebody(session)
    asking.phone.is_valid = False
    session.flush()
    address = f"/accounts/{asking.account.id}/free-times?name=callback_free"
    assert "Add one first" in sign_in_as(otto(session)).get(address).text
