"""Statements and notices: what was sent or said about a bill; the clocks of collection begin with it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Account, Notice
from workqueue.rules.calendar import office_day
from workqueue.rules.collection_clock import NOTICE_DAYS, NoticeGiven
from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import Invalid
from workqueue.rules.words import day_words

EARLIEST_ON = date(2000, 1, 1)
LATEST_DEADLINE = timedelta(days=730)


@dataclass(frozen=True)
class NoticeEntry:
    """One thing that was sent or said."""

    account_number: str
    kind: NoticeKind
    given_on: date
    deadline_on: date | None = None
    evidence: str = ""
    """Where the copy is: a batch, a mail house's number."""


@dataclass(frozen=True)
class Recorded:
    """What became of a run."""

    recorded: int
    known: int
    """Reported before: of one kind there is one a day and account."""
    unknown: tuple[int, ...]
    """Places in the run, from 0, whose account number nobody knows; nothing was kept of them."""


def record(
    session: Session, entries: Sequence[NoticeEntry], *, recorded_by_id: int | None, now: datetime
) -> Recorded:
    """Keep what was sent or said; the same run again changes nothing.

    Raises Invalid, naming `entries.N.field`, when a day cannot be right; then nothing is kept.
    """
    for place, entry in enumerate(entries):
        _check(entry, f"{place}", office_day(now))
    numbers = {each.account_number for each in entries}
    rows = session.execute(select(Account.number, Account.id).where(Account.number.in_(numbers)))
    ids: dict[str, int] = {row.number: row.id for row in rows}
    values = [
        {
            "account_id": ids[each.account_number],
            "kind": each.kind,
            "given_on": each.given_on,
            "deadline_on": each.deadline_on,
            "evidence": each.evidence,
            "recorded_by_id": recorded_by_id,
            "recorded_at": now,
        }
        # In one order: two runs that name the same accounts do not wait for each other in a ring.
        for each in sorted(entries, key=lambda entry: (entry.account_number, entry.kind, entry.given_on))
        if each.account_number in ids
    ]
    written = 0
    if values:
        kept = session.scalars(insert(Notice).on_conflict_do_nothing().returning(Notice.id), values)
        written = len(kept.all())
    unknown = tuple(place for place, each in enumerate(entries) if each.account_number not in ids)
    return Recorded(written, len(values) - written, unknown)


def given_for(session: Session, account_ids: Collection[int]) -> dict[int, tuple[NoticeGiven, ...]]:
    """Return what was sent or said about each of these accounts, the first first."""
    found: dict[int, list[NoticeGiven]] = defaultdict(list)
    rows = session.execute(
        select(Notice.account_id, Notice.kind, Notice.given_on, Notice.deadline_on)
        .where(Notice.account_id.in_(account_ids))
        .order_by(Notice.given_on, Notice.id)
    )
    for account_id, kind, given_on, deadline_on in rows:
        found[account_id].append(NoticeGiven(kind, given_on, deadline_on))
    return {account_id: tuple(found[account_id]) for account_id in account_ids}


def _check(entry: NoticeEntry, place: str, today: date) -> None:
    if not EARLIEST_ON <= entry.given_on <= today:
        raise Invalid(
            "Enter the day on which it was sent or said: not after today.", field=f"{place}.given_on"
        )
    if entry.kind is NoticeKind.COLLECTION_NOTICE:
        earliest = entry.given_on + timedelta(days=NOTICE_DAYS)
        if entry.deadline_on is None or not earliest <= entry.deadline_on <= today + LATEST_DEADLINE:
            raise Invalid(
                f"A written notice of collection names a deadline at least {NOTICE_DAYS} days away:"
                f" {day_words(earliest)} or later (26 CFR 1.501(r)-6(c)(4)).",
                field=f"{place}.deadline_on",
            )
    elif entry.deadline_on is not None:
        raise Invalid("Only a written notice of collection names a deadline.", field=f"{place}.deadline_on")
