"""Attorneys who speak for a person about what they owe (12 CFR 1006.6(b)(2))."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workqueue.models import Patient, Relation
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import PointSource, RelationRole
from workqueue.rules.phones import to_e164
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, relations


def record(
    session: Session, *, patient_id: int, name: str, telephone: str, recorded_by_id: int, now: datetime
) -> int:
    """Write who the attorney is, once however often it is said; return the relation's id.

    The accounts of the patient are locked, so that no two write the same one at once.
    """
    first_name, _, last_name = " ".join(name.split()).rpartition(" ")
    if not telephone.strip():
        relation_id = _open_relation(
            session,
            patient_id,
            func.lower(Patient.first_name) == first_name.lower(),
            func.lower(Patient.last_name) == last_name.lower(),
        )
        if relation_id is not None:
            return relation_id
    e164 = to_e164(telephone) if telephone.strip() else None
    person_id = persons.find_or_add(session, first_name=first_name, last_name=last_name, e164=e164, now=now)
    if e164 is not None:
        contact_points.add_phone(
            session,
            patient_id=person_id,
            text=e164,
            place=PhonePlace.WORK,
            source=PointSource.PATIENT,
            language="",
            now=now,
        )
    return _open_relation(session, patient_id, Patient.id == person_id) or relations.add(
        session,
        patient_id=patient_id,
        person_id=person_id,
        role=RelationRole.ATTORNEY,
        authority="said on the telephone",
        starts_on=office_day(now),
        ends_on=None,
        recorded_by_id=recorded_by_id,
        now=now,
    )


def _open_relation(session: Session, patient_id: int, *who: ColumnElement[bool]) -> int | None:
    """Return by which relation somebody is the patient's attorney already."""
    return session.scalar(
        select(Relation.id)
        .join(Patient, Patient.id == Relation.person_id)
        .where(Relation.patient_id == patient_id, Relation.role == RelationRole.ATTORNEY)
        .where(Relation.ends_on.is_(None), *who)
        .order_by(Relation.id)
        .limit(1)
    )
