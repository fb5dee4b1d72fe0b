"""A person's numbers: added, taken out of use, stopped; and where they show the person to be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Patient, Phone, Window
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.phones import to_e164
from workqueue.rules.states import PhonePlace
from workqueue.rules.windows import candidate_zones
from workqueue.services import preferences


def add_phone(
    session: Session,
    *,
    patient_id: int,
    text: str,
    place: PhonePlace,
    source: PointSource,
    language: str,
    now: datetime,
) -> int:
    """Add a number, or take up again one that was there; return its id. Raises NotAPhone."""
    e164 = to_e164(text)
    phone_id: int = session.execute(
        insert(Phone)
        .values(
            patient_id=patient_id, e164=e164, place=place, source=source, language=language, created_at=now
        )
        .on_conflict_do_update(
            index_elements=["patient_id", "e164"],
            set_={"is_valid": True, "ended_at": None, "place": place, "source": source},
        )
        .returning(Phone.id)
    ).scalar_one()
    refresh_window(session, patient_id, now)
    return phone_id


def invalidate_phone(session: Session, *, phone_id: int, now: datetime) -> None:
    """Take a number out of use; where the person may be is then judged by what is left.

    A consent to be called there by machine was this person's, and whoever has the number now gave none.
    """
    phone = session.get_one(Phone, phone_id)
    phone.is_valid = False
    session.flush()
    preferences.revoke(
        session,
        patient_id=phone.patient_id,
        channel=ContactChannel.CALL,
        scope=ConsentScope.AUTOMATED_BILLING,
        phone_id=phone_id,
        how="the number is not in service or not this person's",
        said_at=now,
        recorded_by_id=None,
        now=now,
    )
    refresh_window(session, phone.patient_id, now)


def stop_phone(session: Session, *, phone_id: int, now: datetime) -> None:  # noqa: ARG001  # as its siblings
    """Keep the number, but call it no more: the person asked, or the employer forbids it."""
    session.get_one(Phone, phone_id).is_stopped = True
    session.flush()


def set_language(
    session: Session,
    *,
    patient_id: int,
    language: str,
    now: datetime,  # noqa: ARG001  # as its siblings
) -> None:
    """Keep which language the person speaks."""
    session.get_one(Patient, patient_id).language = language
    session.flush()


def refresh_window(session: Session, patient_id: int, now: datetime) -> None:
    """Judge anew in which zones the person may be; the caller derives their accounts."""
    patient = session.get_one(Patient, patient_id, with_for_update=True)
    left = session.scalars(
        select(Phone.e164).where(Phone.patient_id == patient.id, Phone.is_valid, Phone.ended_at.is_(None))
    ).all()
    zones = "|".join(candidate_zones(left, patient.state, patient.zip))
    if patient.stated_zone and patient.stated_until is not None and patient.stated_until > now:
        zones = patient.stated_zone
    session.execute(insert(Window).values(zones=zones).on_conflict_do_nothing(index_elements=["zones"]))
    patient.window_id = session.scalar(select(Window.id).where(Window.zones == zones))
    session.flush()
