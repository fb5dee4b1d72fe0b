"""The drop folder: what is put into it is read and moved away, with a word beside it when it was refused.

drop/            put files here
drop/done/       taken in; a second copy of a file too
drop/refused/    could not be read, or waits for a lead in whole; NAME.txt beside it says why
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app

from workqueue.config import Config
from workqueue.database import retrying, transaction
from workqueue.logging import log
from workqueue.rules.states import FileSource, FileStatus
from workqueue.services.intake import (
    answer,
    in_order_of_dependence,
    read_file,
    receive,
    rejected,
)

QUIET_SECONDS = 3.0
"""A file that changed less long ago may still be being written."""
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
REFUSED = frozenset({FileStatus.REJECTED.value, FileStatus.QUARANTINED.value})
FILES_A_TICK = 20


class StillGrowing(Exception):  # noqa: N818  # named after what is the case
    """Somebody wrote into the file while it was read."""


def look_into_the_folder(now: datetime) -> None:
    """Look once; the sweeper's chore."""
    config: Config = current_app.extensions["workqueue.config"]
    take_what_was_dropped(config.home, now)


def take_what_was_dropped(home: Path, now: datetime) -> int:
    """Take in the files that are complete; return how many were looked at."""
    folder = home / "drop"
    for each in (folder, folder / "done", folder / "refused"):
        each.mkdir(parents=True, exist_ok=True)
    ready = list(_ready(folder, now))[:FILES_A_TICK]
    for at in in_order_of_dependence([_head(path) for path in ready]):
        _take(ready[at])
    return len(ready)


def _ready(folder: Path, now: datetime) -> Iterator[Path]:
    """Yield what has lain still for a while, the oldest first. Links are not followed out of the folder."""
    found = []
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
            continue
        try:
            if not entry.is_file(follow_symlinks=False):
                continue
            changed_at = entry.stat(follow_symlinks=False).st_mtime
        except OSError:
            continue  # gone meanwhile
        # A clock that runs ahead on another machine must not keep a file waiting for ever.
        if abs(now.timestamp() - changed_at) >= QUIET_SECONDS:
            found.append((changed_at, entry.name))
    for _, name in sorted(found):
        yield folder / name


def _take(path: Path) -> None:
    said: dict[str, Any] | None
    try:
        said = _taken(path)
    except StillGrowing:
        return
    except OSError as error:
        reason = error.strerror or type(error).__name__
        said = rejected(path.name, "file_unreadable", f"The file cannot be opened: {reason}.")
    if said is None:
        return  # another file is being read; this one is next
    _put_away(path, said)


def _taken(path: Path) -> dict[str, Any] | None:
    before = path.stat()
    with path.open("rb") as stream, transaction() as session:
        receipt = receive(session, stream, name=path.name, source=FileSource.DROP, now=datetime.now(UTC))
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise StillGrowing  # nothing of it is kept; the whole comes when it lies still
    if retrying(lambda: _read(receipt.file_id)) is None:
        return None
    with transaction() as session:
        return answer(session, receipt)


def _read(file_id: int) -> dict[str, Any] | None:
    with transaction() as session:
        return read_file(session, file_id, now=datetime.now(UTC))


def _put_away(path: Path, said: dict[str, Any]) -> None:
    is_refused = said["status"] in REFUSED
    target = _free(path.parent / ("refused" if is_refused else "done"), path.name)
    try:
        path.rename(target)
        if is_refused:
            target.with_name(target.name + ".txt").write_text(_why(said))
    except OSError:
        # Read again at the next tick, which changes nothing: the content is known.
        log.warning("drop folder not writable", process="sweeper", exc_info=True)


def _free(folder: Path, name: str) -> Path:
    """Return a name nothing has in that folder."""
    target, number = folder / name, 2
    while target.exists():
        target, number = folder / f"{Path(name).stem}-{number}{Path(name).suffix}", number + 1
    return target


def _why(said: dict[str, Any]) -> str:
    lines = [f"{said['status']}: {said['kind'] or 'of no known kind'}"]
    for error in said["errors"]:
        place = f"{error['segment']} {error['position']}: " if error["segment"] else ""
        lines.append(f"{place}{error['message']} ({error['code']})")
    return "\n".join([*lines, "", json.dumps(said, indent=1), ""])


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError:
        return b""
