"""Callbacks for programs: book, list, move, hand on, call off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.api.answered import of, refusal
from tests.api.test_accounts import differences
from tests.factories import NOON, make_callback, otto, sue, uma
from tests.services.booking.desk import Asking, somebody, team_of
from workqueue.database import transaction
from workqueue.models import Callback, CallbackChange, User
from workqueue.rules.states import CallbackState
from workqueue.services import tokens

pytestmark = pytest.mark.usefixtures("at_noon")

Asks = Callable[..., TestResponse]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOMORROW = (NOON + DAY).isoformat()
LATER = (NOON + DAY + HOUR).isoformat()


def items(answer: TestResponse) -> list[int]:
    return [each["callback_id"] for each in of(answer)["items"]]


def test_a_program_books_a_call_with_the_rep_it_names(
    session: Session, asks: Asks, book: Asks, asking: Asking, team: list[User]
) -> None:
    booked = of(book(team[0], asking, rep_id=team[1].id), 201)
    callback = session.scalars(select(Callback)).one()
    assert booked == {
        "callback_id": callback.id,
        "at": TOMORROW,
        "rep_id": team[1].id,
        "phrase": callback.phrase,
    }
    assert (callback.booked_by_id, callback.asked_at) == (team[0].id, None)
    (listed,) = of(asks(uma(session), "GET", "/callbacks"))["items"]
    assert listed == {
        "callback_id": callback.id,
        "account_id": asking.account.id,
        "account_number": asking.account.number,
        "patient_id": asking.patient.id,
        "at": TOMORROW,
        "ends_at": (NOON + DAY + timedelta(minutes=15)).isoformat(),
        "rep_id": team[1].id,
        "state": "booked",
        "is_missed": False,
        "topic": None,
        "language": "en",
        "needs_interpreter": False,
        "asked_at": None,
        "booked_at": NOON.isoformat(),
        "phone_id": asking.phone.id,
        "sequence": 0,
        "zone": "America/Chicago",
    }


def test_sent_twice_with_one_key_a_call_is_booked_once(
    session: Session, book: Asks, asking: Asking, team: list[User]
) -> None:
    first, again = (book(team[0], asking, key="letter-17") for _ in range(2))
    assert of(first, 201) == of(again, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert session.scalar(select(func.count()).select_from(Callback)) == 1
    assert refusal(book(team[0], asking)) == (409, "booked_already")


def test_what_the_person_asked_for_is_noted_as_their_consent(
    session: Session, book: Asks, asking: Asking, team: list[User]
) -> None:
    of(book(team[0], asking, is_asked=True), 201)
    assert session.scalars(select(Callback)).one().asked_at == NOON


def test_a_time_that_is_taken_is_refused_with_the_nearest(
    session: Session, book: Asks, asks: Asks, team: list[User]
) -> None:
    for number in ("+13122210181", "+13122210182"):
        of(book(team[0], somebody(session, e164=number)), 201)
    answer = book(team[0], somebody(session, e164="+13122210183"))
    assert refusal(answer) == (409, "slot_gone")
    nearest = of(answer, 409)["nearest"]
    quarter = timedelta(minutes=15)
    assert {(NOON + DAY + each).isoformat() for each in (-quarter, quarter)} <= set(nearest)
    assert TOMORROW not in nearest


def test_a_call_is_moved_and_stays_where_the_new_time_is_taken(
    session: Session, book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    booked = of(book(team[0], asking), 201)
    path = f"/callbacks/{booked['callback_id']}/move"
    moved = of(asks(team[0], "POST", path, {"at": LATER, "reason": "Works until one"}))
    assert moved == booked | {"at": LATER}
    for number in ("+13122210181", "+13122210182"):
        of(book(team[0], somebody(session, e164=number)), 201)
    answer = asks(team[0], "POST", path, {"at": TOMORROW})
    assert refusal(answer) == (409, "slot_gone")
    assert of(answer, 409)["nearest"]
    callback = session.get_one(Callback, booked["callback_id"])
    assert (callback.at.isoformat(), callback.sequence) == (LATER, 1)


def test_a_call_is_handed_on_by_a_lead_or_by_whose_it_is(
    session: Session, book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    booked = of(book(team[0], asking, rep_id=team[0].id), 201)
    path = f"/callbacks/{booked['callback_id']}/hand-on"
    assert refusal(asks(team[1], "POST", path, {"rep_id": team[1].id})) == (403, "not_allowed")
    given = of(asks(team[0], "POST", path, {"rep_id": team[1].id, "reason": "At the dentist"}))
    assert given == booked | {"rep_id": team[1].id}
    assert of(asks(sue(session), "POST", path, {"rep_id": team[0].id}))["rep_id"] == team[0].id
    for nobody in (sue(session).id, 999_999_999):
        assert refusal(asks(team[0], "POST", path, {"rep_id": nobody})) == (409, "rep_not_free")
    reasons = session.scalars(select(CallbackChange.reason).order_by(CallbackChange.id)).all()
    assert reasons == ["", "At the dentist", ""]


def test_a_call_that_is_due_is_handed_to_nobody(
    session: Session, asks: Asks, asking: Asking, team: list[User]
) -> None:
    due = make_callback(session, account=asking.account, at=NOON)
    answer = asks(sue(session), "POST", f"/callbacks/{due.id}/hand-on", {"rep_id": team[0].id})
    assert refusal(answer) == (409, "callback_due")


def test_a_call_is_called_off_once_and_its_time_is_free_again(
    session: Session, book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    callback_id = of(book(team[0], asking), 201)["callback_id"]
    answer = asks(team[0], "POST", f"/callbacks/{callback_id}/cancel", {"reason": "Has paid"})
    assert (answer.status_code, answer.data) == (204, b"")
    for path, body in (("cancel", {}), ("move", {"at": LATER}), ("hand-on", {"rep_id": team[1].id})):
        again = asks(team[0], "POST", f"/callbacks/{callback_id}/{path}", body)
        assert refusal(again) == (409, "callback_over")
    assert items(asks(team[0], "GET", "/callbacks", state="cancelled")) == [callback_id]
    assert items(asks(team[0], "GET", "/callbacks", state="booked")) == []
    of(book(team[0], asking), 201)


def test_free_times_are_those_that_can_be_booked(
    book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    path = f"/accounts/{asking.account.id}/free-times"
    found = of(asks(team[0], "GET", path, days=1, phone_id=asking.phone.id, is_asked="true"))
    assert found["zones"] == ["America/Chicago"]
    at = [datetime.fromisoformat(each["at"]) for each in found["times"]]
    assert at == sorted(at)
    assert NOON < at[0] <= at[-1] < NOON + DAY
    first = found["times"][0]
    assert set(first["rep_ids"]) == {rep.id for rep in team}
    assert of(book(team[0], asking, at=first["at"]), 201)["at"] == first["at"]
    again = of(asks(team[0], "GET", path, days=1))["times"]
    # It could be moved there: its own time is no obstacle.
    assert again[0]["at"] == first["at"]
    assert set(again[0]["rep_ids"]) == {rep.id for rep in team}


def test_no_more_than_200_free_times_are_told(asks: Asks, asking: Asking, team: list[User]) -> None:
    path = f"/accounts/{asking.account.id}/free-times"
    assert len(of(asks(team[0], "GET", path))["times"]) == 200


def test_the_list_begins_this_morning_and_ends_in_a_week(
    session: Session, asks: Asks, asking: Asking
) -> None:
    midnight = NOON.replace(hour=4)
    at = [midnight - HOUR, midnight, midnight + 7 * DAY - HOUR, midnight + 7 * DAY]
    ids = [make_callback(session, account=asking.account, at=each).id for each in at]
    assert items(asks(otto(session), "GET", "/callbacks")) == ids[1:3]
    wide = {"from": (NOON - DAY).isoformat(), "until": (NOON + 30 * DAY).isoformat()}
    assert items(asks(otto(session), "GET", "/callbacks", **wide)) == ids


def test_the_list_can_be_of_one_rep_and_one_state(session: Session, asks: Asks, asking: Asking) -> None:
    made = [
        make_callback(session, account=asking.account, at=NOON + HOUR, state=state) for state in CallbackState
    ]
    for each in made:
        found = items(asks(otto(session), "GET", "/callbacks", state=each.state.value))
        assert found == [each.id]
    made[0].rep_id = otto(session).id
    assert items(asks(otto(session), "GET", "/callbacks", rep_id=otto(session).id)) == [made[0].id]


def test_the_list_comes_in_pages(session: Session, asks: Asks, asking: Asking) -> None:
    made = [make_callback(session, account=asking.account, at=NOON + HOUR).id for _ in range(3)]
    first = of(asks(otto(session), "GET", "/callbacks", limit=2))
    rest = of(asks(otto(session), "GET", "/callbacks", limit=2, cursor=first["next_cursor"]))
    assert [each["callback_id"] for each in first["items"] + rest["items"]] == made
    assert rest["next_cursor"] is None


def test_no_answer_has_a_name_or_a_number_to_call(
    session: Session, book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    callback_id = of(book(team[0], asking), 201)["callback_id"]
    second = somebody(session, e164="+13122210181")
    answers = [
        book(team[0], second),
        asks(team[0], "GET", "/callbacks"),
        asks(team[0], "GET", f"/accounts/{asking.account.id}/free-times", days=1),
        asks(team[0], "POST", f"/callbacks/{callback_id}/move", {"at": LATER}),
        asks(sue(session), "POST", f"/callbacks/{callback_id}/hand-on", {"rep_id": team[1].id}),
        asks(team[0], "POST", f"/accounts/{asking.account.id}/callbacks", {"at": LATER}),
    ]
    told = "".join(answer.text for answer in answers)
    persons = [text for each in (asking, second) for text in (each.patient.last_name, each.phone.e164[2:])]
    assert [text for text in (*persons, team[0].name, team[1].name) if text in told] == []


def test_who_only_reads_books_and_changes_nothing(
    session: Session, book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    callback_id = of(book(team[0], asking), 201)["callback_id"]
    reader = uma(session)
    assert refusal(book(reader, somebody(session, e164="+13122210181"))) == (403, "not_allowed")
    for path, body in (("move", {"at": LATER}), ("hand-on", {"rep_id": team[1].id}), ("cancel", {})):
        answer = asks(reader, "POST", f"/callbacks/{callback_id}/{path}", body)
        assert refusal(answer) == (403, "not_allowed")
    assert session.scalars(select(CallbackChange.kind)).all() == ["booked"]


def test_answers_are_as_described(
    client: FlaskClient, book: Asks, asks: Asks, asking: Asking, team: list[User]
) -> None:
    booked = book(team[0], asking)
    callback_id = of(booked, 201)["callback_id"]
    shown = {
        ("post", "/accounts/{account_id}/callbacks", "201"): booked,
        ("get", "/callbacks", "200"): asks(team[0], "GET", "/callbacks"),
        ("get", "/accounts/{account_id}/free-times", "200"): asks(
            team[0], "GET", f"/accounts/{asking.account.id}/free-times", days=1
        ),
        ("post", "/callbacks/{callback_id}/move", "200"): asks(
            team[0], "POST", f"/callbacks/{callback_id}/move", {"at": LATER}
        ),
    }
    described = of(client.get("/api/v1/openapi.json"))
    for (method, path, status), answer in shown.items():
        told = described["paths"][path][method]["responses"][status]["content"]["application/json"]
        assert differences(told["schema"], answer.json, described["components"]["schemas"], path) == []


def test_of_two_programs_that_want_the_last_time_one_gets_it(fresh_app: Flask) -> None:
    with fresh_app.app_context(), transaction() as session:
        rep = team_of(session, 1)[0]
        wanting = [somebody(session, e164=number).account.id for number in ("+13122210181", "+13122210182")]
        token = tokens.create(session, rep.id, "letters", NOON)[1]

    def book(account_id: int) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"letter-{account_id}"}
        path = f"/api/v1/accounts/{account_id}/callbacks"
        return fresh_app.test_client().post(path, json={"at": TOMORROW}, headers=headers)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(book, wanting), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [201, 409]
    assert of(answers[1], 409)["nearest"]
