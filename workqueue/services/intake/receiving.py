"""A file comes in: stored whole with its hash before anybody looks into it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.models import File, FileReceipt
from workqueue.rules.states import FileSource, FileStatus
from workqueue.services.intake.stored import store

LONGEST_NAME = 200


@dataclass(frozen=True)
class Receipt:
    """What is told to whoever brought a file."""

    file_id: int
    sha256: str
    name: str
    is_duplicate: bool
    first_received_at: datetime
    was_read: bool
    """Whether the content had been read when it came: a file stored just before a crash had not."""


def receive(
    session: Session,
    stream: IO[bytes],
    *,
    name: str,
    source: FileSource,
    now: datetime,
    actor_id: int | None = None,
) -> Receipt:
    """Store a file whole and note its arrival; the same content again is noted and not stored.

    It is not read here: ring or call `read_file` after the commit.
    """
    name = _plain(name)
    digest = sha256()
    # One reading: what is stored is what was hashed, even if the file still grows.
    with session.begin_nested() as savepoint:
        file = File(
            sha256=f"receiving {uuid4()}",
            name=name,
            size_bytes=0,
            received_at=now,
            status=FileStatus.RECEIVED,
        )
        session.add(file)
        session.flush()
        file_id = file.id
        size = store(session, file_id, stream, digest.update)
        # Two copies of one content at the same time: the second waits here until the first is stored.
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:sha256, 835))"),
            {"sha256": digest.hexdigest()},
        )
        earlier = session.execute(
            select(File.id, File.received_at, File.read_at).where(File.sha256 == digest.hexdigest())
        ).one_or_none()
        if earlier is None:
            file.sha256, file.size_bytes = digest.hexdigest(), size
            session.flush()
        else:
            savepoint.rollback()
    if earlier is not None:
        file_id = earlier.id
    session.add(
        FileReceipt(
            file_id=file_id,
            name=name,
            source=source,
            received_at=now,
            received_by_id=actor_id,
            is_duplicate=earlier is not None,
        )
    )
    session.flush()
    if earlier is None:
        jobs.after_commit(session, jobs.Job.READ_FILE, file_id)
    return Receipt(
        file_id,
        digest.hexdigest(),
        name,
        is_duplicate=earlier is not None,
        first_received_at=earlier.received_at if earlier is not None else now,
        was_read=earlier is not None and earlier.read_at is not None,
    )


def _plain(name: str) -> str:
    """Return the name alone, printable and of sane length: it comes from other people's computers."""
    name = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each if each.isprintable() else "_" for each in name)[:LONGEST_NAME] or "unnamed"
