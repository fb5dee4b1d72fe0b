"""The form with the whole table: nine with a digit, the rest behind More, and the fields each asks for."""

import re
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import otto
from tests.services.desk import draft_of, owed_by_patient, take
from workqueue.models import Account, InconvenientTime, Outcome, PaymentPlan, User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.words import WEEKDAYS

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def test_the_nine_most_used_have_a_digit_and_the_rest_stands_folded_under_its_headings(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    task_id, _ = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    page = sign_in_as(rep).get(f"/tasks/{task_id}").text
    # A letter and a colleague beside what a patient may say, and the other day to put it off to.
    assert page.count('data-shows="') == 28 + 2 + 1
    assert 'data-shows="wrong_number" data-key="9"' in page
    first, _, more = page.partition("data-more")
    assert "data-more open" not in page
    assert 'value="plan"' not in first
    for heading in ("Nobody reached", "Somebody else", "The person", "Wishes and holds"):
        assert f"<legend>{heading}</legend>" in more
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


def test_a_rare_choice_is_not_lost_when_something_is_missing(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    client = sign_in_as(rep)
    form = {
        "lease_token": token,
        "disposition": "inconvenient",
        "is_inbound": "on",
        "weekday_0": "on",
        "weekday_6": "on",
        "from_time": "18:00",
        "until_time": "9:00",
    }
    answer = client.post(f"/tasks/{task_id}/outcome", data=form)
    assert answer.status_code == 422
    assert "data-more open" in answer.text
    assert re.search(r'value="inconvenient"[^>]* checked', answer.text)
    assert re.search(r'name="weekday_6" value="on" checked', answer.text)
    assert 'id="until_time-error"' in answer.text
    assert draft_of(session, rep, task_id)["weekday_6"] == "on"
    answer = client.post(f"/tasks/{task_id}/outcome", data=form | {"until_time": "21:00", "then": "list"})
    assert answer.status_code == 303
    bad = session.scalars(select(InconvenientTime)).one()
    assert (bad.weekdays, bad.from_time, bad.until_time) == (0b1000001, time(18), time(21))


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"disposition": "plan"}, "instalments", "Fill this in: number of payments."),
        ({"disposition": "plan", "instalments": "lots"}, "instalments", "Enter a whole number."),
        (
            {"disposition": "plan", "instalments": "40", "due_on_2": "2026-03-20"},
            "instalments",
            "This balance can be spread over 2 to 6 payments.",
        ),
        ({"disposition": "inconvenient", "from_time": "noon"}, "from_time", "Enter a time"),
        ({"disposition": "inconvenient"}, "from_time", "Say at which time"),
        ({"disposition": "opt_out"}, "medium", "Fill this in: not by."),
        (
            {"disposition": "opt_out", "medium": "pigeon"},
            "medium",
            "Choose one of: call, text, email, letter.",
        ),
        (
            {"disposition": "has_attorney", "attorney_name": "A", "attorney_phone": "1"},
            "attorney_phone",
            "Digits are missing",
        ),
        ({"disposition": "wrong_number"}, "phone_id_2", "Say which number."),
        ({"disposition": "busy"}, "disposition", "Nobody was called"),
        (
            {"disposition": "language", "language": "es", "callback_on_2": "2026-03-12"},
            "callback_at_2",
            "a time too",
        ),
    ],
)
def test_each_new_field_says_what_is_wrong_beside_itself(
    session: Session, sign_in_as: SignIn, owing: Account, sent: dict[str, str], field: str, sentence: str
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    form = {"lease_token": token, "is_inbound": "on", **sent}
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/outcome", data=form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert re.search(rf'aria-describedby="[^"]*\b{field}-error"', answer.text)
    assert sentence in answer.text
    assert session.scalars(select(Outcome)).all() == []


def test_what_is_wrong_with_the_days_is_tied_to_their_group(app: Flask) -> None:
    with app.test_request_context():
        macro: Any = app.jinja_env.get_template("macros/forms.html").module
        fieldset = macro.field_weekdays("On these days", WEEKDAYS, {"weekday_6": "on"}, error="Choose days.")
    assert 'id="weekdays" tabindex="-1" aria-describedby="weekdays-error">' in fieldset
    assert 'id="weekdays-error"' in fieldset
    assert re.findall(r'id="(weekday_\d)"[^>]* checked', fieldset) == ["weekday_6"]


def test_a_rare_choice_that_came_too_late_is_given_back_in_words(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    form = {
        "lease_token": token + 1,
        "disposition": "inconvenient",
        "is_inbound": "on",
        "weekday_1": "on",
        "place": "work",
        "until_time": "10:00",
    }
    answer = sign_in_as(rep).post(f"/tasks/{task_id}/outcome", data=form)
    assert answer.status_code == 409
    for words in ("Not at that time or place", "Not on Tuesday", "At work", "10:00"):
        assert words in answer.text


def test_a_plan_is_logged_seen_on_the_account_and_called_off(
    session: Session, sign_in_as: SignIn, owing: Account
) -> None:
    rep = otto(session)
    task_id, token = take(session, owing, TaskKind.PATIENT_BALANCE, rep)
    client = sign_in_as(rep)
    form = {
        "lease_token": token,
        "disposition": "plan",
        "is_inbound": "on",
        "instalments": "5",
        "due_on_2": "2026-03-20",
        "then": "list",
    }
    assert client.post(f"/tasks/{task_id}/outcome", data=form).status_code == 303
    page = client.get(f"/accounts/{owing.id}").text
    assert "$0.00 of $300.00 came, 5 payments" in page
    assert "Next: $60.00 by Mar 20, 2026." in page
    assert "Regulation Z" in page
    plan = session.scalars(select(PaymentPlan)).one()
    other = owed_by_patient(session)
    assert client.post(f"/accounts/{other.id}/plans/{plan.id}/cancel").status_code == 404
    assert client.post(f"/accounts/{owing.id}/plans/{plan.id}/cancel").status_code == 303
    assert "Call the plan off" not in client.get(f"/accounts/{owing.id}").text
    again = client.post(f"/accounts/{owing.id}/plans/{plan.id}/cancel")
    assert again.status_code == 409
    assert "This plan is over already." in again.text
