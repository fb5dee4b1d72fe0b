"""flask demo: a synthetic office, and how to sign in to it."""

import os
from datetime import UTC, datetime, time

import click
from flask import current_app
from flask.cli import with_appcontext

from workqueue.config import Config
from workqueue.database import transaction
from workqueue.demonstration.loading import AlreadyLoaded, load
from workqueue.demonstration.people import kept_sign_ins, usable_sign_ins
from workqueue.rules.calendar import office_day
from workqueue.rules.refusals import Refusal

AFTERNOON = time(18, 0, tzinfo=UTC)


@click.group()
def demo() -> None:
    """Fill an empty office with invented people and accounts."""


@demo.command("load")
@click.option("--accounts", default=400, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0, 99))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the office stands; today.")
@click.option("--force", is_flag=True, help="Also into the empty database that DATABASE_URL names.")
@with_appcontext
def load_office(accounts: int, seed: int, today: datetime | None, force: bool) -> None:
    """Load the demonstration office; a second time nothing is changed.

    Into the embedded database, or with --force into the empty one that DATABASE_URL names.
    """
    if os.environ.get("DATABASE_URL") and not force:
        raise click.ClickException(
            "DATABASE_URL is set, so this may be a real office. Say --force if it is yours to fill."
        )
    now = datetime.combine(today.date(), AFTERNOON) if today else datetime.now(UTC)
    config: Config = current_app.extensions["workqueue.config"]
    try:
        with transaction() as session:
            loaded = load(
                session,
                accounts=accounts,
                seed=seed,
                today=office_day(now),
                now=now,
                sign_ins=kept_sign_ins(config.home),
                say=click.echo,
            )
    except AlreadyLoaded as refusal:
        click.echo(refusal.sentence)
        return
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(
        f"{loaded.accounts} accounts, {loaded.facts} facts, {loaded.open_tasks} open tasks, "
        f"{loaded.quarantined} items in quarantine."
    )


@demo.command("sign-ins")
@with_appcontext
def sign_ins() -> None:
    """Print who can sign in to the demonstration, and how; nothing in a real office."""
    config: Config = current_app.extensions["workqueue.config"]
    with transaction() as session:
        known = usable_sign_ins(session, config.home)
    for each in known:
        click.echo(f"{each.name:<16}  {each.role:<8}  {each.username:<6}  {each.password}")


COMMANDS = [demo]
