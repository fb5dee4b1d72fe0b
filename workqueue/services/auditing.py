"""The audit chain: who looked at or took out what, each entry sealed with the digest of the one before it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workqueue.models import AuditEntry

AUDIT_LOCK = 7_202
"""Advisory lock: entries are written one after the other, because each seals the one before."""

BEGINNING = "0" * 64
"""What the first entry follows."""


def record(
    session: Session,
    *,
    actor_id: int,
    action: str,
    account_id: int | None,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> int:
    """Write an entry and return its number.

    `details` hold internal numbers, words of ours and the reason a person typed. The form asks for no names
    there, but nobody can promise it: entries are read as confidentially as the accounts they are about.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": AUDIT_LOCK})
    before = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or BEGINNING
    entry = AuditEntry(
        at=now,
        actor_id=actor_id,
        action=action,
        account_id=account_id,
        details=details or {},
        digest="",
    )
    entry.digest = seal(before, entry)
    session.add(entry)
    session.flush()
    return entry.id


def seal(before: str, entry: AuditEntry) -> str:
    """Return the digest of an entry that follows the one with the digest `before`."""
    said = [
        before,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.action,
        entry.account_id,
        entry.details,
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def breaks(session: Session) -> Iterator[int]:
    """Yield the number of each entry that does not follow from the one before it."""
    before = BEGINNING
    for entry in session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    ):
        if entry.digest != seal(before, entry):
            yield entry.id
        before = entry.digest


def was_recorded(session: Session, *, actor_id: int, action: str, account_id: int, since: datetime) -> bool:
    """Return whether this person did this to this account since then."""
    return bool(
        session.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.account_id == account_id, AuditEntry.actor_id == actor_id)
            .where(AuditEntry.action == action, AuditEntry.at >= since)
        )
    )
