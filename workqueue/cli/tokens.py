"""flask tokens: keys for programs, each acting as one person."""

import json
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from workqueue.database import transaction
from workqueue.rules.refusals import Refusal
from workqueue.services import people
from workqueue.services import tokens as keys

tokens = AppGroup("tokens", help="Keys for programs that use the API.")


@tokens.command("create")
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="Ends by itself after so many days.")
@click.option("--json", "as_json", is_flag=True)
def create(username: str, name: str, days: int | None, *, as_json: bool) -> None:
    """Make a token that acts as this person. It is shown once and kept nowhere."""
    now = datetime.now(UTC)
    expires_at = keys.in_days(days, now)
    try:
        with transaction() as session:
            user_id = people.find_by_username(session, username)
            token_id, token = keys.create(session, user_id, name, now, expires_at=expires_at)
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    if as_json:
        ends = expires_at.isoformat() if expires_at else None
        said = {"id": token_id, "username": username.lower(), "token": token, "expires_at": ends}
        click.echo(json.dumps(said))
    else:
        click.echo(token)


@tokens.command("revoke")
@click.argument("token_id", type=click.IntRange(1, 2**63 - 1))
def revoke(token_id: int) -> None:
    """Stop a token at once."""
    try:
        with transaction() as session:
            keys.revoke(session, token_id, datetime.now(UTC))
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(f"Token {token_id} is revoked.")


@tokens.command("list")
@click.option("--json", "as_json", is_flag=True)
def show(*, as_json: bool) -> None:
    """List all tokens; none of them is shown itself."""
    with transaction() as session:
        rows = keys.listed(session)
    if as_json:
        said = [
            {
                "id": row.id,
                "username": row.username,
                "name": row.name,
                "created_at": row.created_at.isoformat(),
                "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
                "expires_at": row.expires_at.isoformat() if row.expires_at else None,
                "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
            }
            for row in rows
        ]
        click.echo(json.dumps(said, indent=1))
        return
    for row in rows:
        state = "revoked" if row.revoked_at else "active"
        click.echo(f"{row.id:>6} {row.username:<20} {state:<8} {row.name}")


COMMANDS = [tokens]
