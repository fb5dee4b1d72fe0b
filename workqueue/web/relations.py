"""Who may be spoken to about a patient's bills, and who answers for them."""

from datetime import date, timedelta
from typing import cast

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules import phones
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import PointSource, RelationRole
from workqueue.rules.languages import OWN
from workqueue.rules.phones import NotAPhone
from workqueue.rules.refusals import Invalid
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, persons, relations
from workqueue.services.reading.person import person_view
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, rep_work, utc_now
from workqueue.web.patient_page import LONGEST_HOW, change, page
from workqueue.web.render import done

bp = Blueprint("relations", __name__, url_prefix="/patients")

LONGEST_NAME = 60
THE_PATIENT = "patient"


@bp.post("/<int:patient_id>/relations")
@rep_work
def add(patient_id: int) -> ResponseReturnValue:
    """Write who else may be spoken to; a person of that name at that number is not written twice."""
    fields, today = Fields(request.form), office_day(utc_now())
    first_name = fields.text("first_name", longest=LONGEST_NAME)
    last_name = fields.text("last_name", longest=LONGEST_NAME)
    number = fields.text("number", longest=60, is_required=False)
    role = fields.choice("role", RelationRole)
    authority = fields.text("authority", longest=LONGEST_HOW, is_required=False)
    starts_on = fields.day("starts_on", first=relations.EARLIEST_ON, last=today + timedelta(days=365))
    ends_on = fields.day("ends_on", first=starts_on, is_required=False)
    e164 = None
    try:
        e164 = phones.to_e164(number) if number else None
    except NotAPhone as refusal:
        fields.refuse("number", refusal.sentence)

    def write(session: Session) -> str:
        now = utc_now()
        person_id = persons.find_or_add(
            session, first_name=first_name, last_name=last_name, e164=e164, now=now
        )
        if number:
            contact_points.add_phone(
                session,
                patient_id=person_id,
                text=number,
                place=PhonePlace.OTHER,
                source=PointSource.PATIENT,
                language=OWN,
                now=now,
            )
        relations.add(
            session,
            patient_id=patient_id,
            person_id=person_id,
            role=cast("RelationRole", role),
            authority=authority,
            starts_on=cast("date", starts_on),
            ends_on=ends_on,
            recorded_by_id=current_person().id,
            now=now,
        )
        return "Noted."

    return change(patient_id, "relation", fields, write, card="relations")


@bp.post("/<int:patient_id>/relations/<int:relation_id>/end")
@lead_only
def end(patient_id: int, relation_id: int) -> ResponseReturnValue:
    def write(session: Session) -> str:
        relations.end(
            session,
            patient_id=patient_id,
            relation_id=relation_id,
            ended_by_id=current_person().id,
            now=utc_now(),
        )
        return "Ended. This person is a stranger to the bills from now on."

    return change(patient_id, "", Fields(request.form), write, card="relations")


@bp.post("/<int:patient_id>/guarantor")
@rep_work
def set_guarantor(patient_id: int) -> ResponseReturnValue:
    """Say who answers for some of the bills on this page."""
    fields = Fields(request.form)
    with reading() as session:
        person = person_view(session, person_id=patient_id, now=utc_now())
    account_ids = set(fields.row_ids("account_ids")) & {each.account_id for each in person.bundle}
    if not account_ids:
        fields.refuse("account_ids", "Choose at least one bill.")
    offered = {each.other_id for each in person.relations if each.is_in_force} | {patient_id}
    is_patient = request.form.get("guarantor_id") == THE_PATIENT
    guarantor_id = None if is_patient else fields.row_id("guarantor_id")
    if not is_patient and guarantor_id not in offered:
        fields.refuse("guarantor_id", "Choose one of those offered; others are first added above.")
    if fields.errors:
        return page(patient_id, form="guarantor", errors=fields.errors, status=422)
    try:
        with transaction() as session:
            relations.set_guarantor(
                session,
                account_ids=account_ids,
                guarantor_id=guarantor_id,
                actor_id=current_person().id,
                now=utc_now(),
            )
    except Invalid as refusal:
        errors = {refusal.field or "guarantor_id": refusal.sentence}
        return page(patient_id, form="guarantor", errors=errors, status=422)
    log.info("guarantor_set", patient_id=patient_id, actor_id=current_person().id)
    flash("Kept. Calls about these bills go there from now on.", "success")
    return done(url_for("patients.show", patient_id=patient_id, _anchor="bundle"))
