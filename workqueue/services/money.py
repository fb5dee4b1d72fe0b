"""Money a rep moves: write-offs, refunds and transfers, as facts in the inbox like all other money."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Account, Fact, Outcome
from workqueue.rules.calendar import office_day
from workqueue.rules.disposition_facts import Effect
from workqueue.rules.entries import InvalidEntry
from workqueue.rules.states import EntryKind, FactKind, FactState
from workqueue.services import posting

Buckets = tuple[int, int]
"""Cents added to what payers owe, and to what the patient owes."""


def move(
    session: Session,
    outcome: Outcome,
    effect: Effect,
    *,
    amount_cents: int,
    target: Account | None,
    now: datetime,
) -> None:
    """Write what the outcome does to the money and post it at once. The accounts are locked."""
    account = session.get_one(Account, outcome.account_id, populate_existing=True)
    if effect is Effect.TO_ACCOUNT and target is not None:
        moved = movable(account)
        kind, lines = EntryKind.TRANSFER, [(account, (-moved[0], -moved[1])), (target, moved)]
    elif effect is Effect.TO_PATIENT:
        kind, lines = EntryKind.TRANSFER, [(account, (-amount_cents, amount_cents))]
    elif effect is Effect.WRITE_OFF:
        kind, lines = EntryKind.WRITE_OFF, [(account, (-amount_cents, 0))]
    else:
        kind, lines = EntryKind.REFUND, [(account, refund(account, amount_cents))]
    facts = [
        _fact(outcome, ordinal, each, kind, buckets, now) for ordinal, (each, buckets) in enumerate(lines)
    ]
    session.add_all(facts)
    session.flush()
    posting.post_facts(session, [fact.id for fact in facts], now=now)


def movable(account: Account) -> Buckets:
    """Return what moves to another account: all that lies on a placeholder, else only the credit."""
    if not account.is_identified:
        return account.insurance_cents, account.patient_cents
    return min(account.insurance_cents, 0), min(account.patient_cents, 0)


def refund(account: Account, amount_cents: int) -> Buckets:
    """Return which bucket a refund comes from: the one with the larger credit."""
    if account.insurance_cents <= account.patient_cents:
        return amount_cents, 0
    return 0, amount_cents


def target_of(session: Session, account: Account, number: str) -> Account:
    """Return the account the money belongs to; raises InvalidEntry when it cannot be that one."""
    target = session.scalar(select(Account).where(Account.number == number.strip()))
    if target is None or not target.is_identified:
        raise InvalidEntry({"account_number": "There is no account with this number."})
    if target.id == account.id:
        raise InvalidEntry({"account_number": "The money is on this account already."})
    if movable(account) == (0, 0):
        raise InvalidEntry({"disposition": "There is no money left here to move."})
    return target


def _fact(
    outcome: Outcome, ordinal: int, account: Account, kind: EntryKind, buckets: Buckets, now: datetime
) -> Fact:
    entries: Sequence[object] = [[kind.value, "", "", buckets[0], buckets[1]]]
    return Fact(
        source_key=_digest("outcome", outcome.id, ordinal),
        content_hash=_digest(account.number, *entries),
        kind=FactKind.OFFICE_ENTRY,
        state=FactState.RECEIVED,
        account_number=account.number,
        effective_on=office_day(now),
        code=outcome.disposition,
        payload={"entries": entries, "outcome_id": outcome.id},
        received_at=now,
    )


def _digest(*parts: object) -> UUID:
    return UUID(bytes=sha256("|".join(map(str, parts)).encode()).digest()[:16])
