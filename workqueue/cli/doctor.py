"""flask doctor: what is wrong with this installation, in plain words."""

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import current_app
from flask.cli import with_appcontext
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from workqueue.config import Config
from workqueue.database import transaction
from workqueue.extensions import valkey
from workqueue.schema import newest
from workqueue.services.health import Finding, database_findings

LEAST_FREE_BYTES = 1_000_000_000
# Phoenix keeps winter time in July, New York does not: data that get this wrong get call hours wrong.
ZONES_IN_JULY = {"America/New_York": timedelta(hours=-4), "America/Phoenix": timedelta(hours=-7)}


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Print the findings as JSON.")
@with_appcontext
def doctor(is_json: bool) -> None:
    """Say what is wrong, if anything; exit 1 when something is."""
    config: Config = current_app.extensions["workqueue.config"]
    findings = [*_database(), _valkey(), _disk(config.home), _zones(), _secrets(config.home)]
    if is_json:
        click.echo(json.dumps([asdict(each) for each in findings], indent=1))
    else:
        for each in findings:
            click.echo(f"{'ok   ' if each.is_well else 'WRONG'}  {each.sentence}")
    if not all(each.is_well for each in findings):
        raise SystemExit(1)


def _database() -> Iterator[Finding]:
    try:
        with transaction() as session:
            yield from database_findings(session, newest_migration=newest(), now=datetime.now(UTC))
    except DBAPIError as error:
        # The driver's own first line names host, port and cause, never the password.
        cause = str(error.orig).strip().splitlines()[0]
        yield Finding("PostgreSQL", False, f"PostgreSQL cannot be reached: {cause}. Check DATABASE_URL.")


def _valkey() -> Finding:
    try:
        about = valkey.client.info("server") | valkey.client.info("memory")
    except (RedisError, OSError) as error:
        sentence = (
            f"Valkey cannot be reached ({type(error).__name__}). Check REDIS_URL. Nothing is lost meanwhile: "
            "the sweeper does the workers' duty, somewhat later."
        )
        return Finding("Valkey", False, sentence)
    name = (
        f"Valkey {about['valkey_version']}"
        if "valkey_version" in about
        else f"Redis {about['redis_version']}"
    )
    policy = about.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return Finding(
            "Valkey", False, f"{name} may drop jobs: set maxmemory-policy noeviction, not {policy}."
        )
    return Finding("Valkey", True, f"{name} answers.")


def _disk(home: Path) -> Finding:
    folder = next(each for each in (home, *home.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    sentence = f"{free / 1e9:.1f} GB are free where {home} is."
    if free < LEAST_FREE_BYTES:
        return Finding("disk", False, f"{sentence} PostgreSQL stops when none is left: make room.")
    return Finding("disk", True, sentence)


def _zones() -> Finding:
    try:
        is_right = all(
            datetime(2026, 7, 1, 12, tzinfo=ZoneInfo(zone)).utcoffset() == offset
            for zone, offset in ZONES_IN_JULY.items()
        )
    except ZoneInfoNotFoundError:
        is_right = False
    if not is_right:
        return Finding(
            "time zones", False, "The time zone data are missing or wrong: install the package tzdata."
        )
    return Finding("time zones", True, f"The time zone data are there (tzdata {version('tzdata')}).")


def _secrets(home: Path) -> Finding:
    path = home / "secrets.json"
    if not path.exists():
        return Finding("secrets", True, "The secrets come from the environment.")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        sentence = f"Others can read {path} (mode {mode:o}): run chmod 600 {path}"
        return Finding("secrets", False, sentence)
    return Finding("secrets", True, f"Only its owner can read {path}.")


COMMANDS = [doctor]
