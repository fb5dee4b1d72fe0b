"""What arrived on an account while somebody works on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Fact, Hold, LedgerEntry, Note, Task, TaskChange, User
from workqueue.rules.holds import hold_words
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import NotFound
from workqueue.rules.words import ENTRIES, FACTS, dollars
from workqueue.services.reading.account import COUNTED
from workqueue.services.reading.history import history
from workqueue.services.responsible import covers

MOST_NEWS = 6

# Where account_version keeps what is asked for here.
_FACT = 0
_CHANGE, _NOTE, _HOLD = (2 + COUNTED.index(each) for each in (TaskChange, Note, Hold))


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One thing that arrived, in words."""

    at: datetime
    words: str
    is_money: bool = False


def account_of(session: Session, *, task_id: int) -> int:
    account_id = session.scalar(select(Task.account_id).where(Task.id == task_id))
    if account_id is None:
        raise NotFound
    return account_id


def kind_and_person(session: Session, *, task_id: int) -> tuple[TaskKind, int | None]:
    """Return what decides how the form of this task is read: its kind, and who answers for the account."""
    row = session.execute(
        select(Task.kind, Account.person_id.label("person_id"))
        .join(Account, Account.id == Task.account_id)
        .where(Task.id == task_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.kind, row.person_id


def since(session: Session, *, account_id: int, version: str, reader_id: int) -> tuple[NewsLine, ...]:
    """Return what came after this version of the account's page, without what the reader did."""
    marks = _marks(version)
    if marks is None:
        return ()
    lines = [
        *_facts(session, account_id, marks[_FACT]),
        *_changes(session, account_id, marks[_CHANGE], reader_id),
        *_notes(session, account_id, marks[_NOTE], reader_id),
        *_holds(session, account_id, marks[_HOLD], reader_id),
    ]
    return tuple(sorted(lines, key=lambda each: each.at, reverse=True)[:MOST_NEWS])


def _marks(version: str) -> list[int] | None:
    parts = version.split("-")
    try:
        return [int(part) for part in parts] if len(parts) > _HOLD else None
    except ValueError:
        return None


def _facts(session: Session, account_id: int, after_id: int) -> list[NewsLine]:
    """Every fact that came, with the money it moved."""
    rows = session.execute(
        select(Fact.id, Fact.kind, Fact.processed_at, Fact.received_at)
        .where(Fact.account_id == account_id, Fact.id > after_id)
        .order_by(Fact.id.desc())
        .limit(MOST_NEWS)
    ).all()
    moved: dict[int, list[str]] = {}
    entries = session.execute(
        select(
            LedgerEntry.fact_id, LedgerEntry.kind, LedgerEntry.insurance_cents, LedgerEntry.patient_cents
        ).where(LedgerEntry.account_id == account_id, LedgerEntry.fact_id.in_([row.id for row in rows]))
    )
    for fact_id, kind, insurance, patient in entries:
        amount = abs(insurance or patient)
        moved.setdefault(fact_id, []).append(f"{ENTRIES[kind].lower()} {dollars(amount)}")
    return [
        NewsLine(
            at=row.processed_at or row.received_at,
            words=f"{FACTS[row.kind].capitalize()} arrived" + _listed(moved.get(row.id)),
            is_money=row.id in moved,
        )
        for row in rows
    ]


def _listed(parts: list[str] | None) -> str:
    return f": {', '.join(parts)}." if parts else "."


def _changes(session: Session, account_id: int, after_id: int, reader_id: int) -> list[NewsLine]:
    own = set(
        session.scalars(
            select(TaskChange.id).where(
                TaskChange.account_id == account_id,
                TaskChange.id > after_id,
                TaskChange.actor_id == reader_id,
            )
        )
    )
    return [
        NewsLine(each.at, f"{each.kind_label}: {each.words}. {each.cause_words}.")
        for each in history(session, account_id=account_id, limit=MOST_NEWS)
        if each.change_id > after_id and each.change_id not in own
    ]


def _notes(session: Session, account_id: int, after_id: int, reader_id: int) -> list[NewsLine]:
    rows = session.execute(
        select(Note.at, User.name)
        .join(User, User.id == Note.author_id)
        .where(Note.account_id == account_id, Note.id > after_id, Note.author_id != reader_id)
        .order_by(Note.id.desc())
        .limit(MOST_NEWS)
    )
    return [NewsLine(at, f"{name} wrote a note.") for at, name in rows]


def _holds(session: Session, account_id: int, after_id: int, reader_id: int) -> list[NewsLine]:
    rows = session.execute(
        select(Hold.placed_at, User.name, Hold.kind, Hold.reason)
        .join(User, User.id == Hold.owner_id)
        .where(covers(session.get_one(Account, account_id)), Hold.id > after_id, Hold.owner_id != reader_id)
        .order_by(Hold.id.desc())
        .limit(MOST_NEWS)
    )
    return [
        NewsLine(at, f"{name} placed a hold: {hold_words(kind, reason)}.") for at, name, kind, reason in rows
    ]
