"""Attorneys who speak for a person about what they owe (12 CFR 1006.6(b)(2))."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Patient, Relation
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import PointSource, RelationRole
from workqueue.rules.phones import to_e164
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points


def record(
    session: Session, *, patient_id: int, name: str, telephone: str, recorded_by_id: int, now: datetime
) -> int:
    """Write who the attorney is, once however often it is said; return the relation's id."""
    name = " ".join(name.split())
    person_id = _attorney(session, name, telephone, now)
    relation_id = session.scalar(
        select(Relation.id).where(
            Relation.patient_id == patient_id,
            Relation.person_id == person_id,
            Relation.role == RelationRole.ATTORNEY,
            Relation.ends_on.is_(None),
        )
    )
    if relation_id is not None:
        return relation_id
    relation = Relation(
        patient_id=patient_id,
        person_id=person_id,
        role=RelationRole.ATTORNEY,
        authority="said on the telephone",
        starts_on=office_day(now),
        recorded_by_id=recorded_by_id,
        recorded_at=now,
    )
    session.add(relation)
    session.flush()
    return relation.id


def _attorney(session: Session, name: str, telephone: str, now: datetime) -> int:
    """Return the person the office knows under this name and number; make them known if need be."""
    e164 = to_e164(telephone) if telephone.strip() else ""
    key = f"attorney-{sha256(f'{name.casefold()}|{e164}'.encode()).hexdigest()[:32]}"
    first, _, last = name.rpartition(" ")
    session.execute(
        insert(Patient)
        .values(key=key, first_name=first, last_name=last, created_at=now)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    person_id = session.scalars(select(Patient.id).where(Patient.key == key)).one()
    if e164:
        contact_points.add_phone(
            session,
            patient_id=person_id,
            text=e164,
            place=PhonePlace.WORK,
            source=PointSource.PATIENT,
            language="",
            now=now,
        )
    return person_id
