"""flask intake: read files of any known kind and apply them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from workqueue.database import retrying, transaction
from workqueue.rules.states import FileSource
from workqueue.services.intake import answer, in_order_of_dependence, read_file, receive, rejected
from workqueue.services.posting import post_received


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print one object a file, as a list.")
@with_appcontext
def intake(files: tuple[Path, ...], is_json: bool) -> None:
    """Read FILES and apply them; exit 1 when one of them cannot be opened."""
    answers: dict[int, dict[str, Any]] = {}
    is_missing = False
    for at in in_order_of_dependence([_head(path) for path in files]):
        path = files[at]
        try:
            answers[at] = take(path)
        except OSError as error:
            is_missing = True
            reason = error.strerror or type(error).__name__
            answers[at] = rejected(str(path), "file_unreadable", f"The file cannot be opened: {reason}.")
    ordered = [answers[at] for at in range(len(files))]
    if is_json:
        click.echo(json.dumps(ordered, indent=1))
    else:
        for each in ordered:
            _print(each)
    if is_missing:
        raise SystemExit(1)


def take(path: Path) -> dict[str, Any]:
    """Store, read and apply one file: three steps, each its own transaction, each safe to do again."""
    with path.open("rb") as stream, transaction() as session:
        receipt = receive(session, stream, name=path.name, source=FileSource.CLI, now=datetime.now(UTC))
    retrying(lambda: _read(receipt.file_id))
    while retrying(lambda: _post(receipt.file_id)):
        pass
    with transaction() as session:
        return answer(session, receipt) | {"file": str(path)}


def _read(file_id: int) -> None:
    with transaction() as session:
        read_file(session, file_id, now=datetime.now(UTC), waits=True)


def _post(file_id: int) -> int:
    with transaction() as session:
        return post_received(session, now=datetime.now(UTC), file_id=file_id)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError:
        return b""


def _print(said: dict[str, Any]) -> None:
    click.echo(
        f"{said['file']}: {said['status']}"
        + (f", {said['kind']}" if said["kind"] else "")
        + f", {said['claims']} claims, {said['applied']} applied, {said['duplicates']} duplicates"
        + (f", {said['unmatched']} without account" if said["unmatched"] else "")
    )
    for error in said["errors"]:
        place = f" {error['segment']} (segment {error['position']})" if error["segment"] else ""
        click.echo(f"  {error['code']}{place}: {error['message']}")


COMMANDS = [intake]
