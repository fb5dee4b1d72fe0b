"""First step of the patients' page: which number, about what, in which language, with whom to interpret."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.rules.languages import LANGUAGES, OWN_NAMES
from workqueue.rules.phones import ChargedPhone, NotAPhone, PagerPhone, ServicePhone, parse, to_e164
from workqueue.rules.slots import CallbackTopic
from workqueue.services.booking import wishing
from workqueue.services.booking.links import Link
from workqueue.services.booking.wishing import KnownNumber
from workqueue.services.reading.booked import zone_of
from workqueue.web import booking_words
from workqueue.web.booking_visit import PATIENTS, count_change, link_of, page, patients_pages
from workqueue.web.booking_words import gettext
from workqueue.web.forms import Fields
from workqueue.web.guards import public, utc_now

bp = patients_pages("booking_wish")

OTHER = "other"
"""Chosen for a number that is typed."""
BEFORE = "before"
"""Chosen for the number typed before: it is not shown again, since somebody else may hold the link."""
NAMES = ("phone", "number", "topic", "language", "needs_interpreter", "may_text")


@bp.post("/callback/wish")
@public(PATIENTS)
def say() -> ResponseReturnValue:
    """Keep what the person wants, and go on to the times."""
    count_change()
    fields = Fields(request.form)
    topic = fields.choice("topic", CallbackTopic, is_required=False)
    language = fields.text("language", longest=2, is_required=False)
    errors: dict[str, str] = {}
    if topic is None:
        errors["topic"] = gettext("Choose what the call is about.")
    if language not in LANGUAGES:
        errors["language"] = gettext("Choose a language from the list.")
    with reading() as session:
        e164 = _number(session, fields, errors)
    if errors or topic is None:
        return show_form(values=typed(), errors=errors, status=422)
    with transaction() as session:
        wishing.say(
            session,
            link_of(session),
            e164=e164,
            topic=topic,
            language=language,
            needs_interpreter=fields.is_on("needs_interpreter"),
            may_text=fields.is_on("may_text"),
            now=utc_now(),
        )
    return redirect(url_for("booking_times.show"), 303)


@bp.post("/callback/number")
@public(PATIENTS)
def look_at_number() -> ResponseReturnValue:
    """Say while somebody types what is wrong with a number; nothing when it can be called."""
    with reading() as session:
        link_of(session)
    return Response(_objection(request.form.get("number", "")), content_type="text/plain; charset=utf-8")


def show_form(
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    waits_until: datetime | None = None,
    is_cancelled: bool = False,
) -> Response:
    """Render the form with what was typed, else with what was said before, else with what is likely."""
    with reading() as session:
        link = link_of(session)
        numbers = wishing.known_numbers(session, link)
        said = wishing.said(session, link)
        zone = zone_of(session, link, said.wish.e164 if said else "")
    return page(
        "booking/wish.html",
        status,
        numbers=numbers,
        values=_said_before(said, link, numbers) if values is None else values,
        errors=errors or {},
        topics=booking_words.topics(),
        own_names=OWN_NAMES,
        waits_until=waits_until,
        zone=zone,
        is_cancelled=is_cancelled,
    )


def typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in NAMES}


def _number(session: Session, fields: Fields, errors: dict[str, str]) -> str:
    """Return the number to call; what is wrong with it stands beside the field afterwards."""
    chosen = fields.text("phone", longest=20, is_required=False, otherwise=OTHER)
    link = link_of(session)
    if chosen == OTHER:
        text = request.form.get("number", "")
        wrong = _objection(text)
        if wrong:
            errors["number"] = wrong
        return "" if wrong else to_e164(text)
    said = wishing.said(session, link)
    if chosen == BEFORE and said is not None:
        return said.wish.e164
    phone_id = fields.row_id("phone", is_required=False)
    found = wishing.e164_of(session, link, phone_id) if phone_id else None
    if found is None:
        errors["phone"] = gettext("Choose one of the numbers, or type another.")
    return found or ""


def _objection(text: str) -> str:
    if not text.strip():
        return gettext("Type the number we should call.")
    try:
        parse(text)
    except ChargedPhone:
        return gettext("Calls to this number cost extra, so we never call it. Type another.")
    except ServicePhone:
        return gettext("This is an emergency or service code. Type your whole number with its area code.")
    except PagerPhone:
        return gettext("This is a pager. Type the number of a telephone.")
    except NotAPhone as refusal:
        return gettext(refusal.sentence)
    return ""


def _said_before(said: wishing.Said | None, link: Link, numbers: Sequence[KnownNumber]) -> dict[str, str]:
    """Return the form as it was sent before, else with what is likely."""
    wanted = next((each for each in numbers if each.is_wanted), next(iter(numbers), None))
    phone = OTHER if wanted is None else str(wanted.phone_id or BEFORE)
    if said is None:
        return {"phone": phone, "language": link.language}
    return {
        "phone": phone,
        "topic": said.topic.value,
        "language": said.wish.language,
        "needs_interpreter": "on" if said.wish.needs_interpreter else "",
        "may_text": "on" if said.may_text else "",
    }
