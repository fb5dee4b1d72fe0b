"""flask queue rebuild|check|estimate, flask verify: queue and books against what they follow from."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from time import perf_counter

import click
from flask.cli import with_appcontext

from workqueue.database import transaction
from workqueue.services import deriving, estimating, verifying


@click.group()
def queue() -> None:
    """Derive the whole queue anew, see whether that would change anything, or learn from what was done."""


@queue.command()
@click.option("--json", "is_json", is_flag=True, help="Print one object.")
@with_appcontext
def rebuild(*, is_json: bool) -> None:
    """Derive every task from the facts and put right what differs."""
    began = perf_counter()
    with transaction() as session:
        report = deriving.rebuild(session, now=datetime.now(UTC))
    said = asdict(report) | {"seconds": round(perf_counter() - began, 3)}
    if is_json:
        click.echo(json.dumps(said))
    else:
        click.echo(
            f"{report.tasks} tasks: {report.opened} opened, {report.changed} changed, {report.closed} closed"
            f" in {said['seconds']} s."
        )


@queue.command()
@click.option("--json", "is_json", is_flag=True, help="Print one object.")
@with_appcontext
def check(*, is_json: bool) -> None:
    """Compare the live queue with what a rebuild would give; exit 1 unless they are the same."""
    with transaction() as session:
        found = deriving.check(session, now=datetime.now(UTC))
    if is_json:
        said = {"ok": not found, "count": len(found), "differences": [asdict(each) for each in found]}
        click.echo(json.dumps(said))
    elif not found:
        click.echo("The queue is what a rebuild would give.")
    else:
        for each in found:
            click.echo(
                f"account {each.account_id}, {each.kind} {each.subject}: is {each.live_state or 'missing'},"
                f" should be {each.desired_state}"
            )
    if found:
        raise SystemExit(1)


@queue.command()
@click.option("--json", "is_json", is_flag=True, help="Print one object.")
@with_appcontext
def estimate(*, is_json: bool) -> None:
    """Estimate chances and minutes from the office's own outcomes, and rebuild the queue by them."""
    began = perf_counter()
    with transaction() as session:
        report = estimating.estimate_and_rebuild(session, now=datetime.now(UTC))
    said = asdict(report) | {"seconds": round(perf_counter() - began, 3)}
    if is_json:
        click.echo(json.dumps(said))
    else:
        click.echo(
            f"Version {report.version}: {report.own_chances} chances and {report.own_minutes} minutes of"
            f" {report.cells} are this office's own; for the others the reviewed defaults hold."
            f" {report.rebuilt.changed} of {report.rebuilt.tasks} tasks changed, in {said['seconds']} s."
        )


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Print one object.")
@with_appcontext
def verify(*, is_json: bool) -> None:
    """Compare the books with themselves; exit 1 if anything is off."""
    with transaction() as session:
        found = verifying.certify(session, now=datetime.now(UTC))
    if is_json:
        said = {
            "ok": found.is_ok,
            "at": found.at.isoformat(),
            "facts": found.facts,
            "open_balances": found.open_balances,
            "checks": [
                {"name": each.name, "ok": each.is_ok, "count": each.count, "sentence": each.sentence}
                for each in found.checks
            ],
        }
        click.echo(json.dumps(said))
    else:
        for each in found.checks:
            click.echo(f"{'ok ' if each.is_ok else 'OFF'}  {each.name}: {each.sentence}")
    if not found.is_ok:
        raise SystemExit(1)


COMMANDS = [queue, verify]
