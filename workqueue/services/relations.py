"""Who may be spoken to about a patient's bills, and who answers for them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from workqueue.models import Account, Patient, Relation
from workqueue.rules.ages import ADULT_AT, age_on
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import RelationRole
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CauseKind
from workqueue.services import deriving
from workqueue.services.posting import lock_accounts

EARLIEST_ON = date(1990, 1, 1)
LONGEST = timedelta(days=36_525)
"""A hundred years: an end farther away is a slip of the pen."""
NEEDS_AUTHORITY = frozenset({RelationRole.PERSONAL_REPRESENTATIVE, RelationRole.EXECUTOR})
"""Who is treated as the patient shows by what right (45 CFR 164.514(h))."""


def add(
    session: Session,
    *,
    patient_id: int,
    person_id: int,
    role: RelationRole,
    authority: str,
    starts_on: date,
    ends_on: date | None,
    recorded_by_id: int,
    now: datetime,
) -> int:
    """Write that this person may be spoken to about the patient's bills; return the relation's number."""
    if patient_id == person_id:
        raise Invalid("Nobody is their own representative. Choose somebody else.", field="person_id")
    if session.get(Patient, person_id) is None:
        raise Invalid("There is no such person.", field="person_id")
    if role in NEEDS_AUTHORITY and not authority.strip():
        raise Invalid("Say by which paper or word this person acts.", field="authority")
    if not EARLIEST_ON <= starts_on <= office_day(now) + timedelta(days=365):
        raise Invalid("Choose the day from which this holds, at most a year ahead.", field="starts_on")
    if ends_on is not None and not starts_on <= ends_on <= starts_on + LONGEST:
        raise Invalid("Choose a day after the beginning, or leave it empty.", field="ends_on")
    relation = Relation(
        patient_id=patient_id,
        person_id=person_id,
        role=role,
        authority=authority.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=recorded_by_id,
        recorded_at=now,
    )
    session.add(relation)
    session.flush()
    return relation.id


def end(session: Session, *, patient_id: int, relation_id: int, ended_by_id: int, now: datetime) -> None:
    """End it with yesterday: from now on this person is a stranger to the patient's bills."""
    relation = session.get(Relation, relation_id, populate_existing=True)
    if relation is None or relation.patient_id != patient_id:
        raise NotFound
    last_on = office_day(now) - timedelta(days=1)
    if relation.ends_on is None or relation.ends_on > last_on:
        relation.ends_on, relation.ended_by_id = last_on, ended_by_id
    session.flush()


def set_guarantor(
    session: Session,
    *,
    account_ids: Collection[int],
    guarantor_id: int | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Say who answers for these bills; None for the patient. Calls about them go there from now on.

    The office's word stays, whatever claims say later.
    """
    guarantor = session.get(Patient, guarantor_id) if guarantor_id is not None else None
    if guarantor_id is not None and guarantor is None:
        raise Invalid("There is no such person.", field="guarantor_id")
    if guarantor is not None and guarantor.birth_on is not None:
        years = age_on(guarantor.birth_on, office_day(now))
        if years < ADULT_AT:
            raise Invalid("A minor cannot answer for a bill. Choose an adult.", field="guarantor_id")
    lock_accounts(session, account_ids)
    session.execute(
        update(Account)
        .where(Account.id.in_(account_ids))
        .values(guarantor_id=func.nullif(guarantor_id, Account.patient_id), guarantor_by_id=actor_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Patient)
        .where(
            or_(
                Patient.id == guarantor_id,
                Patient.id.in_(select(Account.patient_id).where(Account.id.in_(account_ids))),
            )
        )
        .values(contact_changed_at=now)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    deriving.derive(session, dict.fromkeys(account_ids), cause=CauseKind.CONTACT, now=now, actor_id=actor_id)
