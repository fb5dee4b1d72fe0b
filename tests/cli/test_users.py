"""flask users and flask tokens."""

import json

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.people import ada, ana
from workqueue.models.people import ApiToken, SignInSession, User
from workqueue.services import passwords


def run(runner: FlaskCliRunner, *arguments: str, typed: str | None = None, ok: bool = True) -> str:
    result = runner.invoke(args=list(arguments), input=typed)
    assert (result.exit_code == 0) == ok, result.output
    return result.output


def test_the_first_people_are_added_to_an_empty_office(runner: FlaskCliRunner, session: Session) -> None:
    said = json.loads(run(runner, "users", "add", "ada", "--role", "admin", "--json"))
    made = session.get_one(User, said["id"])
    assert passwords.is_right(made.password_hash, said["password"])
    run(runner, "users", "add", "Ana", "--name", "Ana M")
    run(runner, "users", "add", "ben", "--team", "Appeals", "--skill", "denials")
    listed = {each["username"]: each for each in json.loads(run(runner, "users", "list", "--json"))}
    assert (listed["ana"]["name"], listed["ana"]["team"]) == ("Ana M", "Patient accounts")
    assert len(listed["ana"]["skills"]) == 4
    assert (listed["ben"]["team"], len(listed["ben"]["skills"])) == ("Appeals", 1)
    assert (listed["ada"]["role"], listed["ada"]["team"], listed["ada"]["skills"]) == ("admin", None, [])


def test_a_password_is_read_from_standard_input(runner: FlaskCliRunner, session: Session) -> None:
    output = run(
        runner, "users", "add", "ada", "--role", "admin", "--password-stdin", typed="a long phrase of mine\n"
    )
    assert "password" not in output
    kept = session.scalars(select(User.password_hash)).one()
    assert passwords.is_right(kept, "a long phrase of mine")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["users", "add", "ada", "--role", "admin"], "Somebody has this username already"),
        (["users", "add", "bad name"], "letters, digits"),
        (["users", "add", "carla", "--team", "Appeals", "--skill", "flying"], "no skill 'flying'"),
        (["users", "disable", "nobody"], "nobody with this username"),
        (["users", "disable", "ada"], "only active admin"),
        (["tokens", "create", "nobody"], "nobody with this username"),
        (["tokens", "revoke", "999999"], "no such token"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    runner: FlaskCliRunner, session: Session, arguments: list[str], sentence: str
) -> None:
    ada(session)
    session.flush()
    assert sentence in run(runner, *arguments, ok=False)


def test_a_person_is_disabled_and_enabled(runner: FlaskCliRunner, session: Session) -> None:
    person = ana(session)
    session.flush()
    run(runner, "users", "disable", "ana")
    session.expire_all()
    assert person.is_active is False
    run(runner, "users", "enable", "ANA")
    session.expire_all()
    assert person.is_active is True


def test_another_password_ends_the_sessions(runner: FlaskCliRunner, session: Session) -> None:
    person = ana(session)
    session.flush()
    made = run(runner, "users", "set-password", "ana").partition("password: ")[2].strip()
    session.expire_all()
    assert passwords.is_right(person.password_hash, made)
    assert all(session.scalars(select(SignInSession.ended_at)))


def test_a_token_is_made_listed_and_revoked(runner: FlaskCliRunner, session: Session) -> None:
    ana(session)
    session.flush()
    made = json.loads(run(runner, "tokens", "create", "ana", "--days", "30", "--json"))
    assert made["token"].startswith("wq_")
    listed = run(runner, "tokens", "list", "--json")
    assert made["token"] not in listed
    assert json.loads(listed)[0]["username"] == "ana"
    run(runner, "tokens", "revoke", str(made["id"]))
    assert session.scalars(select(ApiToken.revoked_at)).one() is not None
    assert "revoked" in run(runner, "tokens", "list")
