"""The admin's pages about people and teams, and everybody's settings."""

import re
from collections.abc import Callable
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.people import PASSWORD, ada, ana, make_skill, make_team
from workqueue.models.people import SignInSession, Skill, User
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.shifts import Mastery, SkillLevel
from workqueue.services.reading.staffing import mastered

SignInAs = Callable[[User], FlaskClient]
NEW = "another long phrase"


def test_a_person_is_added_and_signs_in_with_the_password_shown_once(
    app: Flask, session: Session, sign_in_as: SignInAs
) -> None:
    team, skill = make_team(session), make_skill(session, SkillCode.DENIALS)
    client = sign_in_as(ada(session))
    sent = {
        "username": "carla.m",
        "name": "Carla",
        "role": "rep",
        "team_id": team.id,
        "skill_ids": [skill.id],
    }
    answer = client.post("/people/add", data=sent)
    assert answer.status_code == 200
    shown = re.search(r"<code>(.+)</code>", answer.text)
    assert shown is not None
    carla = session.scalars(select(User).where(User.username == "carla.m")).one()
    assert shown[1] not in client.get(f"/people/{carla.id}").text
    theirs = app.test_client()
    assert theirs.post("/sign-in", data={"username": "carla.m", "password": shown[1]}).status_code == 303


def test_a_form_with_gaps_comes_back_with_sentences_and_what_was_typed(
    session: Session, sign_in_as: SignInAs
) -> None:
    client = sign_in_as(ada(session))
    answer = client.post("/people/add", data={"username": "carla", "name": "Carla", "role": "rep"})
    assert answer.status_code == 422
    assert "A rep or lead works for a team" in answer.text
    assert 'value="Carla"' in answer.text
    taken = client.post("/people/add", data={"username": "Ada", "name": "Ada", "role": "auditor"})
    assert "Somebody has this username already" in taken.text


def test_disabling_is_done_from_the_persons_page(session: Session, sign_in_as: SignInAs) -> None:
    person, client = ana(session), sign_in_as(ada(session))
    answer = client.post(f"/people/{person.id}/disable", follow_redirects=True)
    assert "This person cannot sign in" in answer.text
    assert person.is_active is False
    client.post(f"/people/{person.id}/enable")
    assert person.is_active is True


def test_the_only_admin_cannot_lock_everybody_out(session: Session, sign_in_as: SignInAs) -> None:
    person = ada(session)
    answer = sign_in_as(person).post(f"/people/{person.id}/disable")
    assert answer.status_code == 409
    assert "only active admin" in answer.text
    assert person.is_active is True


def test_role_team_and_skills_are_changed(session: Session, sign_in_as: SignInAs) -> None:
    person, team = ana(session), make_team(session, "Appeals")
    sent = {"name": "Ana M", "role": "lead", "team_id": team.id}
    answer = sign_in_as(ada(session)).post(f"/people/{person.id}", data=sent, follow_redirects=True)
    assert "Changed." in answer.text
    assert (person.name, person.role, person.team_id) == ("Ana M", "lead", team.id)


def test_skills_and_languages_are_kept_with_level_and_last_day(
    session: Session, sign_in_as: SignInAs
) -> None:
    person, client = ana(session), sign_in_as(ada(session))
    skill = make_skill(session, SkillCode.PAYMENTS)
    sent = {
        f"skill_{skill.id}_level": "learning",
        f"skill_{skill.id}_expires_on": "2027-01-31",
        "language_es_level": "expert",
        "language_vi_level": "",
    }
    answer = client.post(f"/people/{person.id}/skills", data=sent, follow_redirects=True)
    assert "The next task goes by it" in answer.text
    assert mastered(session, person.id) == (
        {skill.id: Mastery(SkillLevel.LEARNING, date(2027, 1, 31))},
        {"es": Mastery(SkillLevel.EXPERT, None)},
    )
    assert 'value="2027-01-31"' in client.get(f"/people/{person.id}/skills").text
    wrong = client.post(f"/people/{person.id}/skills", data=sent | {"language_es_expires_on": "someday"})
    assert (wrong.status_code, 'id="language_es_expires_on-error"' in wrong.text) == (422, True)
    assert 'value="2027-01-31"' in wrong.text


def test_a_new_password_is_shown_and_the_old_one_stops(
    app: Flask, session: Session, sign_in_as: SignInAs
) -> None:
    person = ana(session)
    hers = sign_in_as(person)
    answer = sign_in_as(ada(session)).post(f"/people/{person.id}/password")
    shown = re.search(r"<code>(.+)</code>", answer.text)
    assert shown is not None
    assert hers.get("/settings").status_code == 303
    client = app.test_client()
    assert client.post("/sign-in", data={"username": "ana", "password": PASSWORD}).status_code == 422
    assert client.post("/sign-in", data={"username": "ana", "password": shown[1]}).status_code == 303


def test_teams_are_added_and_given_skills(session: Session, sign_in_as: SignInAs) -> None:
    client, skill = sign_in_as(ada(session)), make_skill(session, SkillCode.DENIALS)
    assert "Appeals" in client.post("/people/teams", data={"name": "Appeals"}, follow_redirects=True).text
    assert client.post("/people/teams", data={"name": " "}).status_code == 422
    team = make_team(session, "Appeals")
    assert client.post(f"/people/skills/{skill.id}", data={"team_id": team.id}).status_code == 303
    assert session.get_one(Skill, skill.id).team_id == team.id
    assert client.post("/people/skills/40000", data={"team_id": team.id}).status_code == 422


def test_one_changes_ones_own_password(app: Flask, session: Session, sign_in_as: SignInAs) -> None:
    client = sign_in_as(ana(session))
    wrong = client.post(
        "/settings/password", data={"present_password": "not this one", "new_password": NEW, "again": NEW}
    )
    assert (wrong.status_code, "not your present password" in wrong.text) == (422, True)
    other = client.post(
        "/settings/password", data={"present_password": PASSWORD, "new_password": NEW, "again": "else"}
    )
    assert "not the same as the new password" in other.text
    done = client.post(
        "/settings/password",
        data={"present_password": PASSWORD, "new_password": NEW, "again": NEW},
        follow_redirects=True,
    )
    assert "Your password is changed" in done.text
    assert app.test_client().post("/sign-in", data={"username": "ana", "password": NEW}).status_code == 303


def test_changing_the_password_keeps_this_session_and_ends_the_others(
    session: Session, sign_in_as: SignInAs
) -> None:
    here, there = sign_in_as(ana(session)), sign_in_as(ana(session))
    here.post("/settings/password", data={"present_password": PASSWORD, "new_password": NEW, "again": NEW})
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 303
    assert session.scalars(select(SignInSession)).all()


def test_the_colours_are_chosen_on_any_page_and_leave_the_rest_as_it_is(
    session: Session, sign_in_as: SignInAs
) -> None:
    person = ana(session)
    client = sign_in_as(person)
    answer = client.post(
        "/settings/display", data={"theme": "dark"}, headers={"Referer": "http://localhost/work"}
    )
    assert answer.headers["Location"] == "/work"
    assert (person.theme, person.uses_shortcuts) == ("dark", True)
    assert 'data-theme="dark"' in client.get("/settings").text


def test_letter_shortcuts_are_switched_off(session: Session, sign_in_as: SignInAs) -> None:
    person = ana(session)
    client = sign_in_as(person)
    sent = {"has_shortcuts_box": "on", "theme": "light", "density": "compact", "after_logging": "list"}
    client.post("/settings/display", data=sent)
    assert (person.uses_shortcuts, person.density, person.after_logging) == (False, "compact", "list")
    assert 'data-shortcuts="off"' in client.get("/settings").text
