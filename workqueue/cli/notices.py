"""flask notices: read a list of what was mailed."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from workqueue.database import transaction
from workqueue.rules.refusals import Invalid
from workqueue.services.notices import record
from workqueue.web.notice_entry import FIELDS, read_notice

FIRST_LINE = 2
"""The names of the columns stand on line 1."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print one object.")
@with_appcontext
def notices(file: Path, is_json: bool) -> None:
    """Record the statements and notices of a CSV FILE: account, kind, given_on, deadline_on, evidence.

    All of it or nothing; the same file again changes nothing.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, restval="")
            missing = [name for name in FIELDS[:3] if name not in (rows.fieldnames or ())]
            if missing:
                raise click.ClickException(
                    f"Line 1 has no column {missing[0]}; name them: {', '.join(FIELDS)}."
                )
            # Columns of the mail house's own are left alone.
            entries = [
                read_notice({name: row.get(name) or "" for name in FIELDS}, str(place))
                for place, row in enumerate(rows)
            ]
        with transaction() as session:
            done = record(session, entries, recorded_by_id=None, now=datetime.now(UTC))
    except Invalid as refusal:
        place, _, name = (refusal.field or "0").partition(".")
        raise click.ClickException(f"Line {int(place) + FIRST_LINE}, {name}: {refusal.sentence}") from refusal
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"This is no CSV in UTF-8: {error}") from error
    lines = [each + FIRST_LINE for each in done.unknown]
    if is_json:
        said = {"recorded": done.recorded, "known": done.known, "unknown_lines": lines}
        click.echo(json.dumps(said))
        return
    click.echo(f"{done.recorded} recorded, {done.known} known before.")
    if lines:
        click.echo(f"No such account: line {', '.join(map(str, lines))}.")


COMMANDS = [notices]
