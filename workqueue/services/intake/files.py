"""The files that came, for the pages that show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import File, FileReceipt, QuarantinedItem, User
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import FileSource, FileStatus, QuarantineState


@dataclass(frozen=True)
class FileLine:
    """One file of the list."""

    id: int
    name: str
    kind: str
    status: FileStatus
    size_bytes: int
    received_at: datetime
    read_at: datetime | None
    report: dict[str, Any]
    open_items: int

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


@dataclass(frozen=True)
class Arrived:
    """One arrival of a file."""

    received_at: datetime
    source: FileSource
    name: str
    received_by: str
    is_duplicate: bool


def listed(session: Session, *, before_id: int | None = None, limit: int = 50) -> list[FileLine]:
    """Return files, the newest first; `before_id` is the last of the page before."""
    query = _lines().order_by(File.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(File.id < before_id)
    return [FileLine(*row) for row in session.execute(query)]


def find(session: Session, file_id: int) -> FileLine:
    row = session.execute(_lines().where(File.id == file_id)).one_or_none()
    if row is None:
        raise NotFound
    return FileLine(*row)


def arrivals_of(session: Session, file_id: int, *, limit: int = 20) -> list[Arrived]:
    rows = session.execute(
        select(
            FileReceipt.received_at,
            FileReceipt.source,
            FileReceipt.name,
            func.coalesce(User.name, ""),
            FileReceipt.is_duplicate,
        )
        .outerjoin(User, User.id == FileReceipt.received_by_id)
        .where(FileReceipt.file_id == file_id)
        .order_by(FileReceipt.id.desc())
        .limit(limit)
    )
    return [Arrived(*row) for row in rows]


def _lines() -> Any:
    open_items = (
        select(func.count())
        .where(QuarantinedItem.file_id == File.id, QuarantinedItem.state == QuarantineState.OPEN)
        .scalar_subquery()
    )
    return select(
        File.id,
        File.name,
        File.kind,
        File.status,
        File.size_bytes,
        File.received_at,
        File.read_at,
        File.report,
        open_items,
    )
