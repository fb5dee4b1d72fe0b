"""Persons for programs: how to reach them, a number they gave, a consent given or taken back."""

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import cast

from flask import Response
from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.extensions import db
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.languages import OWN
from workqueue.rules.preferences import EARLIEST_ON
from workqueue.rules.roles import READERS, WORKERS
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, preferences
from workqueue.services.reading.person import person_view
from workqueue.web.guards import current_person, utc_now

EARLIEST_AT = datetime.combine(EARLIEST_ON, time(12), UTC)


@bp.get("/patients/<int:patient_id>")
@api_roles(*READERS)
def show_patient(patient_id: int) -> Response:
    """Show a person: numbers, wishes, relations and the bills they answer for."""
    return answer(asdict(person_view(db.session(), person_id=patient_id, now=utc_now())))


@bp.post("/patients/<int:patient_id>/phones")
@api_roles(*WORKERS)
@idempotent
def add_patient_phone(session: Session, patient_id: int) -> Reply:
    """Write a number; one that is known takes the place, source and language sent now."""
    fields = json_fields()
    number = fields.text("number", longest=60)
    place = fields.choice("place", PhonePlace)
    source = fields.choice("source", PointSource, is_required=False, otherwise=PointSource.PATIENT)
    language = fields.text("language", longest=3, is_required=False, otherwise=OWN)
    fields.check()
    with persons.changing(session, patient_id, actor_id=current_person().id, now=utc_now()):
        phone_id = contact_points.add_phone(
            session,
            patient_id=patient_id,
            text=number,
            place=cast("PhonePlace", place),
            source=cast("PointSource", source),
            language=language,
            now=utc_now(),
        )
    return {"phone_id": phone_id}, 201


@bp.post("/patients/<int:patient_id>/consents")
@api_roles(*WORKERS)
@idempotent
def add_patient_consent(session: Session, patient_id: int) -> Reply:
    """Write what the person said about a medium; a revocation is heeded from this moment on."""
    fields = json_fields()
    channel, scope = fields.choice("channel", ContactChannel), fields.choice("scope", ConsentScope)
    if not isinstance(fields.source.get("is_given"), bool):
        fields.refuse("is_given", "Send true or false.")
    phone_id = fields.row_id("phone_id", is_required=False)
    how, said_at = fields.text("how", longest=200), fields.moment("said_at")
    if said_at is not None and not EARLIEST_AT <= said_at <= utc_now():
        fields.refuse("said_at", "Give the time at which it was said; it cannot lie ahead.")
    fields.check()
    with persons.changing(session, patient_id, actor_id=current_person().id, now=utc_now()):
        consent_id = preferences.say(
            session,
            patient_id=patient_id,
            is_given=fields.is_on("is_given"),
            channel=cast("ContactChannel", channel),
            scope=cast("ConsentScope", scope),
            phone_id=phone_id,
            how=how,
            said_at=cast("datetime", said_at),
            recorded_by_id=current_person().id,
            now=utc_now(),
        )
    return {"consent_id": consent_id}, 201
