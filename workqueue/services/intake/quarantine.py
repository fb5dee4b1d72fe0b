"""What was set aside: shown with its surroundings, and decided by a lead."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, ClassVar, cast

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workqueue.models import File, QuarantinedItem, User
from workqueue.rules.masking import masked
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.states import FileStatus, QuarantineState
from workqueue.services.intake.context import Target
from workqueue.services.intake.reading import read_again
from workqueue.services.intake.stored import StoredFile
from workqueue.services.refused_facts import NOT_POSTED, post_again
from workqueue.x12 import UnreadableFile
from workqueue.x12.segments import Segments

BEFORE, AFTER = 4, 6
"""Segments shown around the one that is wrong."""
LONGEST_SHOWN = 400
SHORTEST_REASON = 5


class AlreadyDecided(Refusal):
    """Somebody else was first."""

    code: ClassVar[str] = "already_decided"
    sentence = "This was decided meanwhile. Load the page again to see by whom."


class NothingToRelease(Refusal):
    """What was set aside still cannot be read, whoever allows it."""

    code: ClassVar[str] = "nothing_to_release"
    sentence = (
        "There is nothing in it that could be taken in. Ask the sender for a corrected file, "
        "then dismiss this."
    )


@dataclass(frozen=True)
class Item:
    """One line of the quarantine."""

    id: int
    file_id: int
    file_name: str
    file_kind: str
    set_ordinal: int
    claim_ordinal: int
    segment: str
    position: int
    code: str
    message: str
    amount_cents: int
    fact_count: int
    state: QuarantineState
    quarantined_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str

    @property
    def is_open(self) -> bool:
        return self.state is QuarantineState.OPEN


@dataclass(frozen=True)
class Place:
    """One segment or line of the file near what is wrong."""

    position: int
    text: str
    is_the_one: bool

    @property
    def parts(self) -> list[str]:
        """The text cut after its separators, where a narrow screen may break it."""
        return re.split(r"(?<=[*|^:>,])", self.text)


def listed(
    session: Session,
    *,
    is_open: bool = True,
    file_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Item]:
    """Return items, the newest first; `before_id` is the last of the page before."""
    query = _items().order_by(QuarantinedItem.id.desc()).limit(limit)
    if file_id is not None:
        query = query.where(QuarantinedItem.file_id == file_id)
    elif is_open:
        query = query.where(QuarantinedItem.state == QuarantineState.OPEN)
    else:
        query = query.where(QuarantinedItem.state != QuarantineState.OPEN)
    if before_id is not None:
        query = query.where(QuarantinedItem.id < before_id)
    return [Item(*row) for row in session.execute(query)]


def count_open(session: Session) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(QuarantinedItem)
            .where(QuarantinedItem.state == QuarantineState.OPEN)
        )
        or 0
    )


def find(session: Session, item_id: int) -> Item:
    row = session.execute(_items().where(QuarantinedItem.id == item_id)).one_or_none()
    if row is None:
        raise NotFound
    return Item(*row)


def surroundings(session: Session, item: Item, *, sees_patients: bool) -> list[Place]:
    """Return the segments around the one that is wrong; patients' data only for who may see them."""
    wanted = range(max(1, item.position - BEFORE), item.position + AFTER + 1)
    is_table = item.file_kind.startswith("csv:")
    return [
        Place(
            position,
            (shown if sees_patients else masked(shown, is_table=is_table))[:LONGEST_SHOWN],
            position == item.position,
        )
        for position, shown in _numbered(session, item)
        if position in wanted
    ]


def release(session: Session, item_id: int, *, reason: str, now: datetime, actor_id: int) -> int:
    """Take in what was set aside although it is not sound; return the number of facts."""
    item = _decide(session, item_id, QuarantineState.RELEASED, reason, now, actor_id)
    if item.code == NOT_POSTED:
        post_again(session, item.claim_ordinal)
        return _release_file(session, item.file_id, item.fact_count)
    target = Target(item.set_ordinal, item.claim_ordinal, item.code)
    report = read_again(session, item.file_id, target, now=now)
    if not report.applied:
        raise NothingToRelease
    return _release_file(session, item.file_id, report.applied)


def _release_file(session: Session, file_id: int, taken: int) -> int:
    """Say of the file whether anything of it still waits; return what was taken."""
    session.execute(
        text(
            "UPDATE files SET status = CASE WHEN EXISTS (SELECT FROM quarantined_items WHERE file_id = :file"
            " AND state = 'open') THEN :partial ELSE :applied END WHERE id = :file"
        ),
        {"file": file_id, "partial": FileStatus.PARTIAL.value, "applied": FileStatus.APPLIED.value},
    )
    return taken


def dismiss(session: Session, item_id: int, *, reason: str, now: datetime, actor_id: int) -> None:
    """Leave out for good what was set aside; the reason stays with it."""
    _decide(session, item_id, QuarantineState.DISMISSED, reason, now, actor_id)


def _decide(
    session: Session, item_id: int, state: QuarantineState, reason: str, now: datetime, actor_id: int
) -> QuarantinedItem:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("Say why, in a few words: it stays with the decision.", field="reason")
    # Two leads at one item: the second sees what the first has decided.
    item = session.get(QuarantinedItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise NotFound
    if item.state is not QuarantineState.OPEN:
        raise AlreadyDecided
    item.state, item.reason = state, reason.strip()
    item.decided_at, item.decided_by_id = now, actor_id
    session.flush()
    return item


def _items() -> Any:
    return (
        select(
            QuarantinedItem.id,
            QuarantinedItem.file_id,
            File.name,
            File.kind,
            QuarantinedItem.set_ordinal,
            QuarantinedItem.claim_ordinal,
            QuarantinedItem.segment,
            QuarantinedItem.position,
            QuarantinedItem.code,
            QuarantinedItem.message,
            QuarantinedItem.amount_cents,
            QuarantinedItem.fact_count,
            QuarantinedItem.state,
            QuarantinedItem.quarantined_at,
            QuarantinedItem.decided_at,
            func.coalesce(User.name, ""),
            QuarantinedItem.reason,
        )
        .join(File, File.id == QuarantinedItem.file_id)
        .outerjoin(User, User.id == QuarantinedItem.decided_by_id)
    )


def _numbered(session: Session, item: Item) -> Iterator[tuple[int, str]]:
    """Yield the segments or lines of the file with their numbers, up to a little after the one asked for."""
    with closing(StoredFile(session, item.file_id)) as stored:
        if item.file_kind.startswith("csv:"):
            lines = enumerate(iter(lambda: _line(stored), ""), 1)
            yield from islice(lines, item.position + AFTER)
            return
        try:
            segments = Segments(cast("BinaryIO", stored))
        except UnreadableFile:
            return
        yield from islice(segments.numbered, item.position + AFTER)


def _line(stored: StoredFile) -> str:
    return stored.readline(1 << 20).decode("utf-8", "replace")
