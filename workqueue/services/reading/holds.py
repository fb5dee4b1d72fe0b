"""Holds as pages show them: on one account, and all of the office for its leads."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Hold, Patient, Task, User
from workqueue.rules.holds import HOLDS, HoldKind, hold_words
from workqueue.rules.kinds import PATIENT_KINDS, Party
from workqueue.rules.refusals import NotFound
from workqueue.services.responsible import accounts_under, covers, makes_wait, reached

SOON = timedelta(days=7)
MOST_ACCOUNTS = 20


class HoldsAsked(StrEnum):
    """Which holds a lead looks at."""

    IN_FORCE = "in_force"
    ENDING = "ending"
    """Within a week."""
    ENDED = "ended"
    """Ran out without anybody having lifted them: somebody is to look again."""


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold, on an account or on the person who answers for it."""

    hold_id: int
    kind: HoldKind
    label: str
    words: str
    """Kind and reason in a line."""
    sentence: str
    """What it means, and what may still be done."""
    citation: str
    tag: str
    reason: str
    is_of_person: bool
    """It covers all accounts this person answers for."""
    stops: tuple[Party, ...]
    owner_name: str
    placed_at: datetime
    until_at: datetime
    lifted_at: datetime | None
    lift_reason: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class ListedHold:
    """One hold in the lead's list."""

    hold: HoldLine
    who: str
    account_id: int | None
    """The account, or one of the person's."""
    account_number: str
    patient_cents: int


@dataclass(frozen=True, slots=True)
class HoldView:
    """One hold with what it covers."""

    hold: HoldLine
    who: str
    accounts: tuple[tuple[int, str, int, date | None], ...]
    """Id, number, what the patient owes, and the visit."""
    account_count: int
    findings: dict[str, Any]


_COLUMNS = (Hold, User.name)


def _line(hold: Hold, owner_name: str, now: datetime) -> HoldLine:
    facts = HOLDS[hold.kind]
    return HoldLine(
        hold_id=hold.id,
        kind=hold.kind,
        label=facts.label,
        words=hold_words(hold.kind, hold.reason),
        sentence=facts.sentence,
        citation=facts.citation,
        tag=facts.tag,
        reason=hold.reason,
        is_of_person=hold.patient_id is not None,
        stops=tuple(party for party in Party if party in facts.stops),
        owner_name=owner_name,
        placed_at=hold.placed_at,
        until_at=hold.until_at,
        lifted_at=hold.lifted_at,
        lift_reason=hold.lift_reason,
        is_in_force=hold.lifted_at is None and hold.until_at > now,
    )


def holds_of(session: Session, account: Account, now: datetime) -> tuple[HoldLine, ...]:
    """Return the holds of an account and of its person, the newest first."""
    rows = session.execute(
        select(*_COLUMNS).join(User, User.id == Hold.owner_id).where(covers(account)).order_by(Hold.id.desc())
    )
    return tuple(_line(hold, owner_name, now) for hold, owner_name in rows)


def _standing(asked: HoldsAsked, now: datetime) -> ColumnElement[bool]:
    conditions = {
        HoldsAsked.IN_FORCE: Hold.until_at > now,
        HoldsAsked.ENDING: Hold.until_at.between(now, now + SOON),
        HoldsAsked.ENDED: Hold.until_at <= now,
    }
    return Hold.lifted_at.is_(None) & conditions[asked]


def counts(session: Session, *, now: datetime) -> dict[HoldsAsked, int]:
    """Count the holds nobody has lifted, by how they stand."""
    row = session.execute(
        select(*(func.count().filter(_standing(each, now)) for each in HoldsAsked)).where(
            Hold.lifted_at.is_(None)
        )
    ).one()
    return dict(zip(HoldsAsked, row, strict=True))


def hold_list(
    session: Session,
    *,
    asked: HoldsAsked,
    kind: HoldKind | None = None,
    owner_id: int | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int,
    now: datetime,
) -> tuple[ListedHold, ...]:
    """Return holds that nobody has lifted, what ends first first; those that ended, the latest first."""
    is_ended = asked is HoldsAsked.ENDED
    order = (Hold.until_at.desc(), Hold.id.desc()) if is_ended else (Hold.until_at, Hold.id)
    statement = _listed().where(_standing(asked, now)).order_by(*order).limit(limit)
    if kind is not None:
        statement = statement.where(Hold.kind == kind)
    if owner_id is not None:
        statement = statement.where(Hold.owner_id == owner_id)
    if after is not None:
        at, hold_id = after
        beyond = Hold.until_at < at if is_ended else Hold.until_at > at
        same = Hold.id < hold_id if is_ended else Hold.id > hold_id
        statement = statement.where(or_(beyond, (Hold.until_at == at) & same))
    return tuple(_listed_line(row, now) for row in session.execute(statement))


def owners(session: Session) -> list[tuple[int, str]]:
    """Return who looks after holds that nobody has lifted."""
    rows = session.execute(
        select(User.id, User.name)
        .where(User.id.in_(select(Hold.owner_id).where(Hold.lifted_at.is_(None)).distinct()))
        .order_by(User.name)
    )
    return [(row.id, row.name) for row in rows]


def hold_view(session: Session, *, hold_id: int, now: datetime) -> HoldView:
    row = session.execute(_listed().where(Hold.id == hold_id)).one_or_none()
    if row is None:
        raise NotFound
    hold = row[0]
    ids = accounts_under(session, hold)
    accounts = session.execute(
        select(Account.id, Account.number, Account.patient_cents, Account.service_on)
        .where(Account.id.in_(ids[:MOST_ACCOUNTS]))
        .order_by(Account.id)
    )
    return HoldView(
        hold=_line(hold, row[1], now),
        who=_listed_line(row, now).who,
        accounts=tuple((each.id, each.number, each.patient_cents, each.service_on) for each in accounts),
        account_count=len(ids),
        findings=hold.findings,
    )


def _listed() -> Select[*tuple[Any, ...]]:
    """Select holds with the account they are on, or the newest their person answers for."""
    newest = select(func.max(Account.id)).where(reached()).correlate(Hold).scalar_subquery()
    # CASE, because only a hold on a person needs to look for an account.
    account_id = case((Hold.account_id.is_not(None), Hold.account_id), else_=newest)
    return (
        select(Hold, User.name, Account, Patient)
        .join(User, User.id == Hold.owner_id)
        .outerjoin(Account, Account.id == account_id)
        .outerjoin(Patient, Patient.id == func.coalesce(Hold.patient_id, Account.person_id))
    )


def _listed_line(row: Row[*tuple[Any, ...]], now: datetime) -> ListedHold:
    values: tuple[Any, ...] = tuple(row)
    hold, owner_name, account, person = values
    name = ", ".join(filter(None, (person.last_name, person.first_name))) if person else ""
    return ListedHold(
        hold=_line(hold, owner_name, now),
        who=name or (f"Account {account.number}" if account else "Nobody known"),
        account_id=account.id if account else None,
        account_number=account.number if account else "",
        patient_cents=account.patient_cents if account else 0,
    )


# Looked up only for what is on hold: a list of tasks mostly has none.
hold_kind_of_task = case(
    (
        Task.held_until.is_not(None),
        select(Hold.kind)
        .where(
            covers(Account),
            Hold.lifted_at.is_(None),
            Hold.until_at == Task.held_until,
            case(
                (Task.kind.in_(PATIENT_KINDS), makes_wait(Account, Party.PATIENT)),
                else_=makes_wait(Account, Party.PAYER),
            ),
        )
        .order_by(Hold.id)
        .limit(1)
        .correlate(Task, Account)
        .scalar_subquery(),
    )
)
"""The kind of the hold a task waits for; the statement has to join the account."""
