"""Persons the office knows, as a whole: their accounts, and a change of what is known of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workqueue.models import Patient, Phone
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CauseKind
from workqueue.services import deriving
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import accounts_of
from workqueue.services.whereabouts import refresh_windows


@contextmanager
def changing(session: Session, patient_id: int, *, actor_id: int | None, now: datetime) -> Iterator[Patient]:
    """Change what is known of a person: their accounts are locked before, and derived afterwards.

    Raises NotFound when there is no such person.
    """
    account_ids = accounts_of(session, [patient_id])
    lock_accounts(session, account_ids)
    # Two changes of one person at once must each see the other's, or the window would lack one of them.
    # NO KEY: rows that only refer to the person need not wait.
    person = session.scalar(
        select(Patient)
        .where(Patient.id == patient_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if person is None:
        raise NotFound
    yield person
    person.contact_changed_at = now
    session.flush()
    deriving.derive(session, dict.fromkeys(account_ids), cause=CauseKind.CONTACT, now=now, actor_id=actor_id)


def add(session: Session, *, first_name: str, last_name: str, now: datetime) -> int:
    """Write a person whom no file has named; return their number."""
    if not last_name.strip():
        raise Invalid("Enter the last name.", field="last_name")
    person = Patient(
        # No file can ever name them by it.
        key=f"office:{uuid4()}",
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        created_at=now,
    )
    session.add(person)
    session.flush()
    refresh_windows(session, [person.id], now)
    return person.id


def find_or_add(session: Session, *, first_name: str, last_name: str, e164: str | None, now: datetime) -> int:
    """Return the one known person of this name at this number, else a new one.

    Found rather than written twice, because the limits of calling are counted by the person.
    """
    known = []
    if e164 is not None:
        _lock_number(session, e164)
        known = list(
            session.scalars(
                select(Patient.id)
                .join(Phone, Phone.patient_id == Patient.id)
                .where(Phone.e164 == e164, Phone.is_valid, Phone.ended_at.is_(None))
                .where(func.lower(Patient.last_name) == last_name.strip().lower())
                .where(func.lower(Patient.first_name) == first_name.strip().lower())
            )
        )
    if len(known) == 1:
        return known[0]
    return add(session, first_name=first_name, last_name=last_name, now=now)


def _lock_number(session: Session, e164: str) -> None:
    """Let nobody else look for a person at this number until this transaction ends."""
    # Two who write the same person at once would each find nobody. No row could be locked: none is there yet.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:number, 1006))"), {"number": f"number {e164}"}
    )
