"""flask users: let people in from the command line, the first admin above all."""

import json
import secrets
import sys
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from workqueue.database import transaction
from workqueue.rules.refusals import Refusal
from workqueue.rules.roles import WORKERS, Role
from workqueue.services import people, teams

users = AppGroup("users", help="People who sign in.")


@users.command("add")
@click.argument("username")
@click.option("--name", default=None, help="As colleagues see it; the username when left out.")
@click.option(
    "--role", type=click.Choice([each.value for each in Role]), default=Role.REP.value, show_default=True
)
@click.option("--team", default=None, help="Made when there is none of this name.")
@click.option(
    "--skill", "skill_codes", multiple=True, help="claims, denials, payments or patients; may be repeated."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True)
def add(
    username: str,
    name: str | None,
    role: str,
    team: str | None,
    skill_codes: tuple[str, ...],
    *,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add a person. Without a password one is made and printed, once."""
    made = not password_stdin
    password = _password() if password_stdin else secrets.token_urlsafe(12)
    try:
        with transaction() as session:
            team_id, skill_ids = _place(session, Role(role), team, skill_codes)
            user_id = people.add_user(
                session,
                username=_username(username),
                name=name or username,
                role=Role(role),
                team_id=team_id,
                skill_ids=skill_ids,
                password=password,
                now=datetime.now(UTC),
            )
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    said: dict[str, object] = {"id": user_id, "username": username.lower(), "role": role}
    if made:
        said["password"] = password
    click.echo(json.dumps(said) if as_json else "\n".join(f"{key}: {value}" for key, value in said.items()))


@users.command("list")
@click.option("--json", "as_json", is_flag=True)
def show(*, as_json: bool) -> None:
    """List everybody."""
    with transaction() as session:
        rows = people.listed(session)
    if as_json:
        said = [
            {
                "id": row.id,
                "username": row.username,
                "name": row.name,
                "role": row.role.value,
                "team": row.team or None,
                "skills": row.skills.split(", ") if row.skills else [],
                "is_active": row.is_active,
            }
            for row in rows
        ]
        click.echo(json.dumps(said, indent=1))
        return
    for row in rows:
        state = "active" if row.is_active else "disabled"
        click.echo(f"{row.username:<20} {row.role:<8} {state:<9} {row.team or '-':<24} {row.skills or '-'}")


@users.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Sign a person out everywhere and let them in no more."""
    try:
        with transaction() as session:
            people.disable(session, people.find_by_username(session, username), datetime.now(UTC))
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(f"{username} is disabled.")


@users.command("enable")
@click.argument("username")
def enable(username: str) -> None:
    """Let a person in again."""
    try:
        with transaction() as session:
            people.enable(session, people.find_by_username(session, username))
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(f"{username} is enabled.")


@users.command("set-password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(username: str, *, password_stdin: bool) -> None:
    """Give a person another password and end their sessions. Without one it is made and printed, once."""
    password = _password() if password_stdin else secrets.token_urlsafe(12)
    try:
        with transaction() as session:
            user_id = people.find_by_username(session, username)
            people.set_password(session, user_id, password, datetime.now(UTC))
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo("The password is changed." if password_stdin else f"password: {password}")


def _username(text: str) -> str:
    if not text.replace(".", "").replace("-", "").replace("_", "").isalnum() or len(text) > 64:
        raise click.ClickException("Use letters, digits, dots, hyphens and underscores only in a username.")
    return text


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _place(
    session: Session, role: Role, team: str | None, codes: tuple[str, ...]
) -> tuple[int | None, list[int]]:
    """Return the team and skills. A rep who names none joins the first team, with all that it works."""
    skills = teams.skills(session)
    unknown = sorted(set(codes) - {skill.code for skill in skills})
    if unknown:
        known = ", ".join(skill.code for skill in skills)
        raise click.ClickException(f"There is no skill {unknown[0]!r}; there are: {known}.")
    named = [skill for skill in skills if skill.code in codes]
    if role not in WORKERS:
        team_id = teams.add(session, team) if team else None
        return team_id, [skill.id for skill in named]
    team_id = teams.add(session, team) if team else (named or skills)[0].team_id
    return team_id, [skill.id for skill in named or skills if named or skill.team_id == team_id]


COMMANDS = [users]
