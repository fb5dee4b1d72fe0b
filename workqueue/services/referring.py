"""Referral to pre-collection: refused while the gate is closed, kept with what an open gate found."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from workqueue.models import Account, Hold, Notice, Patient, PostalAddress
from workqueue.rules.calendar import office_day
from workqueue.rules.holds import HOLDS, LONGEST_DAYS, HoldKind
from workqueue.rules.jurisdictions import jurisdictions
from workqueue.rules.notices import NoticeKind
from workqueue.rules.pre_collection import Episode, Gate, gate
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.states import CauseKind
from workqueue.rules.words import day_words
from workqueue.services import deriving, holding
from workqueue.services.notices import given_for
from workqueue.services.people import check_worker
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import answered_for_by, covers


class GateClosed(Refusal):
    """Something that has to come before collection has not been done, or its time has not passed."""

    code = "gate_closed"
    sentence = "These accounts may not be referred yet."

    def __init__(self, found: Gate) -> None:
        when = f" The earliest day is {day_words(found.earliest_on)}." if found.earliest_on else ""
        super().__init__(f"{self.sentence} {' '.join(found.reasons)}{when}")
        self.gate = found

    def details(self) -> dict[str, Any]:
        return {"reasons": list(self.gate.reasons), "earliest_on": self.gate.as_json()["earliest_on"]}


@dataclass(frozen=True)
class Bundle:
    """Accounts looked at together, and whose law may reach them."""

    episodes: tuple[Episode, ...]
    states: frozenset[str]

    def gate(self, today: date) -> Gate:
        return gate(self.episodes, states=self.states, today=today)


def bundled_with(session: Session, account_id: int) -> list[int]:
    """Return the account and what its person owes besides on accounts with a statement: one conversation."""
    account = session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound
    person_id = account.person_id
    if person_id is None:
        return [account_id]
    has_statement = (
        select(Notice.id).where(Notice.account_id == Account.id, Notice.kind == NoticeKind.STATEMENT).exists()
    )
    others = select(Account.id).where(
        answered_for_by(person_id), Account.patient_cents > 0, has_statement, Account.id != account_id
    )
    return [account_id, *session.scalars(others.order_by(Account.id))]


def bundle(session: Session, account_ids: Collection[int], now: datetime) -> Bundle:
    """Gather what the gate looks at, for all accounts at once."""
    notices = given_for(session, account_ids)
    accounts = (
        session.execute(select(Account).where(Account.id.in_(account_ids)).order_by(Account.id))
        .scalars()
        .all()
    )
    held = _held(session, account_ids, now)
    episodes = tuple(
        Episode(
            account_id=account.id,
            number=account.number,
            patient_cents=account.patient_cents,
            insurance_cents=account.insurance_cents,
            service_on=account.service_on,
            notices=notices[account.id],
            holds=tuple(held[account.id]),
        )
        for account in accounts
    )
    persons = {each for account in accounts for each in (account.patient_id, account.guarantor_id) if each}
    return Bundle(episodes, _states_of(session, persons))


def _states_of(session: Session, person_ids: Collection[int]) -> frozenset[str]:
    """Return every state whose law may reach these persons: by any address on file, by its ZIP code too."""
    home = select(Patient.state, Patient.zip).where(Patient.id.in_(person_ids))
    others = select(PostalAddress.state, PostalAddress.zip).where(
        PostalAddress.patient_id.in_(person_ids), PostalAddress.is_valid, PostalAddress.ended_at.is_(None)
    )
    places = session.execute(union(home, others)).all()
    return frozenset().union(*(jurisdictions(state, zip_code) for state, zip_code in places))


def refer(
    session: Session,
    *,
    account_id: int,
    account_ids: Sequence[int],
    until_on: date | None = None,
    owner_id: int,
    actor_id: int,
    now: datetime,
) -> tuple[int, ...]:
    """Place the accounts in pre-collection; return the numbers of the holds. Raises GateClosed.

    `account_ids`: those referred together with `account_id`; all are answered for by one person. Lifting the
    holds undoes it.
    """
    check_worker(session, owner_id, field="refer_owner_id")
    today = office_day(now)
    until_on = until_on or today + timedelta(days=HOLDS[HoldKind.PRE_COLLECTION].usual_days)
    if not today < until_on <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid(
            f"A hold ends within {LONGEST_DAYS} days; choose a day after today.", field="refer_until_on"
        )
    ids = sorted({account_id, *account_ids})
    lock_accounts(session, ids)
    persons = session.execute(select(Account.id, Account.person_id).where(Account.id.in_(ids))).all()
    if account_id not in {row[0] for row in persons}:
        raise NotFound
    if len(persons) < len(ids) or len({row[1] for row in persons}) > 1:
        raise Invalid("Choose accounts of one person.", field="account_ids")
    # Under the locks: what a rep is told on the telephone in this moment is a hold that waits or is seen.
    found = bundle(session, ids, now).gate(today)
    if not found.is_open:
        raise GateClosed(found)
    findings = found.as_json() | {"account_ids": ids}
    holds: dict[int, int | None] = {
        each: holding.put(
            session,
            kind=HoldKind.PRE_COLLECTION,
            account_id=each,
            reason="referred to pre-collection; the gate was open",
            until_on=until_on,
            owner_id=owner_id,
            now=now,
            findings=findings,
        )
        for each in ids
    }
    deriving.derive(session, holds, cause=CauseKind.HOLD, now=now, actor_id=actor_id)
    return tuple(each for each in holds.values() if each is not None)


def _held(session: Session, account_ids: Collection[int], now: datetime) -> dict[int, list[HoldKind]]:
    rows = session.execute(
        select(Account.id, Hold.kind)
        .join(Hold, covers(Account))
        .where(Account.id.in_(account_ids), Hold.lifted_at.is_(None), Hold.until_at > now)
        .order_by(Hold.id)
    )
    found: dict[int, list[HoldKind]] = defaultdict(list)
    for account_id, kind in rows:
        found[account_id].append(kind)
    return found
