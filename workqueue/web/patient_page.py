"""A person's page: how it is rendered, and how a change of a person is made and answered."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import OFFICE_ZONE, office_day
from workqueue.rules.channels import (
    RELATION_WORDS,
    ConsentScope,
    ContactChannel,
    PointSource,
    RelationRole,
)
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.places import (
    ALASKA,
    ALEUTIAN,
    ARIZONA,
    ATLANTIC,
    CENTRAL,
    EASTERN,
    GUAM,
    HAWAII,
    MOUNTAIN,
    PACIFIC,
    SAMOA,
)
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import WEEKDAYS
from workqueue.services import call_steps, persons
from workqueue.services.reading.messages import messages_to, unread_texts
from workqueue.services.reading.person import PersonView, person_view
from workqueue.web.errors import status_of
from workqueue.web.filters import phone as phone_words
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, utc_now
from workqueue.web.messages import TONES
from workqueue.web.render import done

LONGEST_HOW = 200

PLACES = [
    (PhonePlace.HOME, "Home"),
    (PhonePlace.MOBILE, "Mobile"),
    (PhonePlace.WORK, "Work"),
    (PhonePlace.OTHER, "Other"),
]
SOURCES = [
    (PointSource.PATIENT, "The person said so"),
    (PointSource.RELATIVE, "A relative said so"),
    (PointSource.PAYER, "The payer named it"),
    (PointSource.SKIP_TRACE, "Looked up"),
    (PointSource.FILE, "A file"),
]
CHANNELS = [
    (ContactChannel.CALL, "Calls"),
    (ContactChannel.TEXT, "Texts"),
    (ContactChannel.EMAIL, "E-mail"),
    (ContactChannel.LETTER, "Letters"),
]
SCOPES = [
    (ConsentScope.BILLING, "All about bills, by people and machines"),
    (ConsentScope.AUTOMATED_BILLING, "Automated calls and texts about bills"),
    (ConsentScope.ALL, "Everything, whatever it is about"),
]
ROLES = [
    (RelationRole.AUTHORISED_CONTACT, "May be spoken to about payment"),
    (RelationRole.PERSONAL_REPRESENTATIVE, "Personal representative: parent, guardian, power of attorney"),
    (RelationRole.EXECUTOR, "Executor of the estate"),
    (RelationRole.ATTORNEY, "Attorney in this matter"),
]
ZONES = [
    (EASTERN, "Eastern"),
    (CENTRAL, "Central"),
    (MOUNTAIN, "Mountain"),
    (ARIZONA, "Arizona"),
    (PACIFIC, "Pacific"),
    (ALASKA, "Alaska"),
    (ALEUTIAN, "Aleutian Islands"),
    (HAWAII, "Hawaii"),
    (ATLANTIC, "Puerto Rico and Virgin Islands"),
    (GUAM, "Guam and Northern Marianas"),
    (SAMOA, "American Samoa"),
]


def page(
    patient_id: int,
    *,
    form: str = "",
    errors: dict[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Render the page; `form` came back with `errors`, and keeps what was typed."""
    with reading() as session:
        person = person_view(session, person_id=patient_id, now=utc_now())
        messages = messages_to(session, patient_id)
        texts = unread_texts(session, patient_id=patient_id)
        is_masked = call_steps.is_person_masked(
            session, person_id=patient_id, reader_id=current_person().id, now=utc_now()
        )
    role = current_person().role
    return render_template(
        "patients/show.html",
        person=person,
        messages=messages,
        message_tones=TONES,
        texts=texts,
        may_read_texts=role in WORKERS,
        reach=person.reach,
        is_masked=is_masked,
        today=office_day(utc_now()),
        now=utc_now(),
        may_change=role in WORKERS,
        may_end=role is Role.LEAD,
        sent_form=form,
        sent=request.form,
        sent_errors=errors or {},
        refusal=refusal,
        choices=_choices(person),
    ), status


def change(
    patient_id: int,
    form: str,
    fields: Fields,
    write: Callable[[Session], str],
    *,
    card: str,
) -> ResponseReturnValue:
    """Change what is known of a person in one transaction; `write` returns what to say about it.

    Afterwards the card is shown again; what cannot be used comes back in the form it was typed into.
    """
    if fields.errors:
        return page(patient_id, form=form, errors=fields.errors, status=422)
    actor_id, now = current_person().id, utc_now()
    try:
        with transaction() as session, persons.changing(session, patient_id, actor_id=actor_id, now=now):
            said = write(session)
    except NotFound:
        raise
    except Invalid as refusal:
        errors = {refusal.field or next(iter(request.form), form): refusal.sentence}
        return page(patient_id, form=form, errors=errors, status=422)
    except Refusal as refusal:
        return page(patient_id, refusal=refusal.sentence, status=status_of(refusal))
    log.info("person_changed", patient_id=patient_id, actor_id=actor_id)
    flash(said, "success")
    return done(url_for("patients.show", patient_id=patient_id, _anchor=card))


def said_at(day: date) -> datetime:
    """Return a moment for what was said on a day: this one for today, else the middle of the day."""
    if day == office_day(utc_now()):
        return utc_now()
    return datetime.combine(day, time(12), ZoneInfo(OFFICE_ZONE))


def ways(person: PersonView) -> list[tuple[str, str]]:
    """Return each way a confidential instruction may name: medium and place in one choice."""
    found = []
    for number in person.reach.numbers:
        if number.is_valid and number.ended_at is None:
            spoken = phone_words(number.e164)
            if not number.is_stopped:
                found.append((f"call-{number.phone_id}", f"Call {spoken}"))
            found.append((f"text-{number.phone_id}", f"Text to {spoken}"))
    found += [
        (f"email-{each.email_id}", f"E-mail to {each.address}")
        for each in person.emails
        if each.is_valid and each.ended_at is None
    ]
    found += [
        (f"letter-{each.address_id}", f"Letter to {each.words}")
        for each in person.addresses
        if each.address_id is not None and each.is_valid and each.ended_at is None
    ]
    return found


def _choices(person: PersonView) -> dict[str, Any]:
    """Return what the forms of the page offer."""
    in_use = [each for each in person.reach.numbers if each.ended_at is None]
    answering = {each.other_id: each.other_name for each in person.relations if each.is_in_force}
    return {
        "places": PLACES,
        "sources": SOURCES,
        "languages": list(LANGUAGES.items()),
        "channels": CHANNELS,
        "scopes": SCOPES,
        "roles": ROLES,
        "role_words": RELATION_WORDS,
        "zones": ZONES,
        "weekdays": WEEKDAYS,
        "numbers": [(each.phone_id, phone_words(each.e164)) for each in in_use],
        "ways": ways(person),
        "guarantors": list(answering.items()),
    }
