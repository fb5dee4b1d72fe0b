"""What a person allows and forbids: consents, bad times, the one confidential way."""

from datetime import date
from typing import cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.rules.bad_times import inconvenience
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.preferences import EARLIEST_ON
from workqueue.rules.states import PhonePlace
from workqueue.services import preferences
from workqueue.web.entry_inputs import WEEKDAY
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, rep_work, utc_now
from workqueue.web.patient_page import LONGEST_HOW, change, said_at

bp = Blueprint("preferences", __name__, url_prefix="/patients")

LONGEST_NOTE = 500


@bp.post("/<int:patient_id>/consents")
@rep_work
def say(patient_id: int) -> ResponseReturnValue:
    """Write down one word of the person: allowed, or taken back."""
    fields = Fields(request.form)
    is_given = fields.text("word", longest=10) == "allows"
    channel = fields.choice("channel", ContactChannel)
    scope = fields.choice("scope", ConsentScope)
    phone_id = fields.row_id("phone_id", is_required=False)
    how = fields.text("how", longest=LONGEST_HOW)
    said_on = fields.day("said_on", first=EARLIEST_ON, last=office_day(utc_now()))

    def write(session: Session) -> str:
        preferences.say(
            session,
            patient_id=patient_id,
            is_given=is_given,
            channel=cast("ContactChannel", channel),
            scope=cast("ConsentScope", scope),
            phone_id=phone_id,
            how=how,
            said_at=said_at(cast("date", said_on)),
            recorded_by_id=current_person().id,
            now=utc_now(),
        )
        return "Noted." if is_given else "Noted. It is heeded from this moment on."

    return change(patient_id, "consent", fields, write, card="words")


@bp.post("/<int:patient_id>/bad-times")
@rep_work
def add_bad_time(patient_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    said = inconvenience(
        [day for day in range(7) if fields.is_on(f"{WEEKDAY}{day}")],
        fields.clock("from_time", is_required=False),
        fields.clock("until_time", is_required=False),
        fields.choice("place", PhonePlace, is_required=False) or "",
    )
    how = fields.text("how", longest=LONGEST_HOW)

    def write(session: Session) -> str:
        preferences.add_bad_time(
            session,
            patient_id=patient_id,
            said=said,
            how=how,
            recorded_by_id=current_person().id,
            now=utc_now(),
        )
        return "Noted. No calls at that time."

    return change(patient_id, "bad-time", fields, write, card="bad-times")


@bp.post("/<int:patient_id>/bad-times/<int:bad_time_id>/end")
@rep_work
def end_bad_time(patient_id: int, bad_time_id: int) -> ResponseReturnValue:
    def write(session: Session) -> str:
        preferences.end_bad_time(
            session,
            patient_id=patient_id,
            bad_time_id=bad_time_id,
            ended_by_id=current_person().id,
            now=utc_now(),
        )
        return "That time suits again."

    return change(patient_id, "", Fields(request.form), write, card="bad-times")


@bp.post("/<int:patient_id>/instruction")
@rep_work
def instruct(patient_id: int) -> ResponseReturnValue:
    """Write the one way in which the person wants to be reached, instead of all others."""
    fields = Fields(request.form)
    channel_word, _, point = fields.text("way", longest=40).partition("-")
    way = Fields({"way": channel_word, "point": point})
    channel, point_id = way.choice("way", ContactChannel), way.row_id("point")
    if way.errors:
        fields.refuse("way", "Choose the one way in which the person wants to be reached.")
    how = fields.text("how", longest=LONGEST_HOW)
    note = fields.text("note", longest=LONGEST_NOTE, is_required=False)

    def write(session: Session) -> str:
        is_phone = channel in {ContactChannel.CALL, ContactChannel.TEXT}
        preferences.instruct(
            session,
            patient_id=patient_id,
            channel=cast("ContactChannel", channel),
            phone_id=point_id if is_phone else None,
            email_id=point_id if channel is ContactChannel.EMAIL else None,
            address_id=point_id if channel is ContactChannel.LETTER else None,
            note=note,
            how=how,
            recorded_by_id=current_person().id,
            now=utc_now(),
        )
        return "From now on this is the only way."

    return change(patient_id, "instruction", fields, write, card="confidential")


@bp.post("/<int:patient_id>/instruction/end")
@lead_only
def end_instruction(patient_id: int) -> ResponseReturnValue:
    def write(session: Session) -> str:
        preferences.end_instruction(
            session, patient_id=patient_id, ended_by_id=current_person().id, now=utc_now()
        )
        return "Ended. All ways in use may be used again."

    return change(patient_id, "", Fields(request.form), write, card="confidential")
