"""A person: numbers, addresses, e-mail, language, and where they say they are."""

from enum import StrEnum

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.rules.channels import PointSource
from workqueue.rules.languages import OWN
from workqueue.rules.places import contradiction
from workqueue.rules.states import PhonePlace
from workqueue.services import contact_points, whereabouts
from workqueue.web.forms import Fields
from workqueue.web.guards import reads_accounts, rep_work, utc_now
from workqueue.web.patient_page import change, page

bp = Blueprint("patients", __name__, url_prefix="/patients")

LONGEST_LINE = 100


class PhoneChange(StrEnum):
    """What may be said of a number."""

    CORRECT = "correct"
    WRONG = "wrong"
    STOP = "stop"
    ALLOW = "allow"
    VERIFY = "verify"
    END = "end"


class PointChange(StrEnum):
    """What may be said of an address."""

    WRONG = "wrong"
    END = "end"


@bp.get("/<int:patient_id>")
@reads_accounts
def show(patient_id: int) -> ResponseReturnValue:
    return page(patient_id)


@bp.post("/<int:patient_id>/phones")
@rep_work
def add_phone(patient_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    number = fields.text("number", longest=60)
    place = fields.choice("place", PhonePlace, is_required=False, otherwise=PhonePlace.OTHER)
    source = fields.choice("source", PointSource, is_required=False, otherwise=PointSource.PATIENT)
    language = fields.text("language", longest=3, is_required=False, otherwise=OWN)

    def write(session: Session) -> str:
        contact_points.add_phone(
            session,
            patient_id=patient_id,
            text=number,
            place=place or PhonePlace.OTHER,
            source=source or PointSource.PATIENT,
            language=language,
            now=utc_now(),
        )
        return "The number is on the list."

    return change(patient_id, "phone", fields, write, card="numbers")


@bp.post("/<int:patient_id>/phones/<int:phone_id>")
@rep_work
def change_phone(patient_id: int, phone_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    what = fields.choice("change", PhoneChange)
    is_correction = what is PhoneChange.CORRECT
    place = fields.choice("place", PhonePlace, is_required=is_correction)
    language = fields.text("language", longest=3, is_required=False, otherwise=OWN)
    extension = fields.text("extension", longest=20, is_required=False)

    def write(session: Session) -> str:
        contact_points.check_owner(session, patient_id, phone_id=phone_id)
        now = utc_now()
        match what:
            case PhoneChange.WRONG:
                contact_points.invalidate_phone(session, phone_id=phone_id, now=now)
                return "Out of use. It is not dialled any more."
            case PhoneChange.STOP:
                contact_points.stop_phone(session, phone_id=phone_id, now=now)
                return "No more calls to this number."
            case PhoneChange.ALLOW:
                contact_points.allow_phone(session, phone_id=phone_id)
                return "This number may be called again."
            case PhoneChange.VERIFY:
                contact_points.verify_phone(session, phone_id=phone_id, now=now)
                return "Noted: the person was reached here."
            case PhoneChange.END:
                contact_points.end_phone(session, phone_id=phone_id, now=now)
                return "Off the list."
            case _:
                contact_points.correct_phone(
                    session,
                    phone_id=phone_id,
                    place=place or PhonePlace.OTHER,
                    language=language,
                    extension=extension,
                )
                return "Corrected."

    return change(patient_id, f"phone-{phone_id}", fields, write, card="numbers")


@bp.post("/<int:patient_id>/addresses")
@rep_work
def add_address(patient_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    street, city = fields.text("street", longest=LONGEST_LINE), fields.text("city", longest=LONGEST_LINE)
    state, zip_code = fields.text("state", longest=40), fields.text("zip", longest=20)
    place = fields.choice("place", PhonePlace, is_required=False, otherwise=PhonePlace.HOME)
    source = fields.choice("source", PointSource, is_required=False, otherwise=PointSource.PATIENT)

    def write(session: Session) -> str:
        contact_points.add_address(
            session,
            patient_id=patient_id,
            place=place or PhonePlace.HOME,
            street=street,
            city=city,
            state=state,
            zip_code=zip_code,
            source=source or PointSource.PATIENT,
            now=utc_now(),
        )
        return contradiction(state, zip_code) or "The address is on the list."

    return change(patient_id, "address", fields, write, card="addresses")


@bp.post("/<int:patient_id>/addresses/<int:address_id>")
@rep_work
def change_address(patient_id: int, address_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    what = fields.choice("change", PointChange)

    def write(session: Session) -> str:
        contact_points.check_owner(session, patient_id, address_id=address_id)
        if what is PointChange.WRONG:
            contact_points.invalidate_address(session, address_id=address_id, now=utc_now())
            return "Noted: mail came back."
        contact_points.end_address(session, address_id=address_id, now=utc_now())
        return "Off the list."

    return change(patient_id, f"address-{address_id}", fields, write, card="addresses")


@bp.post("/<int:patient_id>/emails")
@rep_work
def add_email(patient_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    email = fields.text("email", longest=300)
    place = fields.choice("place", PhonePlace, is_required=False, otherwise=PhonePlace.HOME)
    source = fields.choice("source", PointSource, is_required=False, otherwise=PointSource.PATIENT)

    def write(session: Session) -> str:
        contact_points.add_email(
            session,
            patient_id=patient_id,
            text=email,
            place=place or PhonePlace.HOME,
            source=source or PointSource.PATIENT,
            now=utc_now(),
        )
        return "The e-mail address is on the list."

    return change(patient_id, "email", fields, write, card="emails")


@bp.post("/<int:patient_id>/emails/<int:email_id>")
@rep_work
def change_email(patient_id: int, email_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    what = fields.choice("change", PointChange)

    def write(session: Session) -> str:
        contact_points.check_owner(session, patient_id, email_id=email_id)
        if what is PointChange.WRONG:
            contact_points.invalidate_email(session, email_id=email_id)
            return "Noted: messages came back."
        contact_points.end_email(session, email_id=email_id, now=utc_now())
        return "Off the list."

    return change(patient_id, f"email-{email_id}", fields, write, card="emails")


@bp.post("/<int:patient_id>/language")
@rep_work
def set_language(patient_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    language = fields.text("language", longest=3)

    def write(session: Session) -> str:
        contact_points.set_language(session, patient_id=patient_id, language=language, now=utc_now())
        return "The language is kept."

    return change(patient_id, "language", fields, write, card="where")


@bp.post("/<int:patient_id>/whereabouts")
@rep_work
def state_zone(patient_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    zone = fields.text("zone", longest=60, is_required=False)

    def write(session: Session) -> str:
        whereabouts.state_zone(session, patient_id=patient_id, zone=zone, now=utc_now())
        if zone:
            return "Kept for 30 days: this place alone decides the hours of calling."
        return "Taken back: all that is known decides the hours of calling again."

    return change(patient_id, "whereabouts", fields, write, card="where")
