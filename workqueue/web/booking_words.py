"""The words of the patients' page that stand in no template, in the language of whoever reads them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location, get_timezone_name
from flask_babel import force_locale, get_locale

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.phones import dial_uri
from workqueue.rules.slots import CallbackTopic

__all__ = [
    "LOCALES",
    "clock_words",
    "day_words",
    "dial_uri",
    "gettext",
    "letter",
    "local_day",
    "moment_words",
    "short_day",
    "short_moment",
    "topics",
    "waits",
    "zone_words",
]

LOCALES = {"en": "en_US", "es": "es_US"}
PHOENIX = "America/Phoenix"
"""Keeps standard time all year: the name of its zone alone would be an hour off in summer."""


def gettext(text: str, **values: Any) -> str:
    """Say it in the language of whoever reads the page; tools/catalog.py finds it by this name."""
    return str(flask_babel.gettext(text, **values))


def topics() -> list[tuple[CallbackTopic, str]]:
    return [
        (CallbackTopic.BILL, gettext("A question about a bill")),
        (CallbackTopic.PAYMENT, gettext("Making a payment")),
        (CallbackTopic.PLAN, gettext("Paying in parts")),
        (CallbackTopic.INSURANCE, gettext("My insurance")),
        (CallbackTopic.OTHER, gettext("Something else")),
    ]


def waits() -> list[tuple[int, str]]:
    """Return for how many days somebody may wait for a time."""
    return [
        (0, gettext("Today")),
        (1, gettext("Until tomorrow evening")),
        (3, gettext("Within 3 days")),
        (7, gettext("Within a week")),
    ]


def day_words(day: date) -> str:
    """Write a day in full: Wednesday, March 11, 2026."""
    return format_date(day, "full", locale=get_locale())


def short_day(day: date) -> str:
    """Write a day as short as it can be: Wed, Mar 11."""
    return format_skeleton("MMMEd", day, locale=get_locale())


def clock_words(at: datetime, zone: str) -> str:
    return format_time(at, "short", tzinfo=ZoneInfo(zone), locale=get_locale())


def local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def short_moment(at: datetime, zone: str) -> str:
    """Write a moment as short as it can be: Wed, Mar 11, 10:00 AM."""
    return f"{short_day(local_day(at, zone))}, {clock_words(at, zone)}"


def moment_words(at: datetime, zone: str) -> str:
    """Write a moment with its day, without the zone."""
    return gettext("%(day)s at %(clock)s", day=day_words(local_day(at, zone)), clock=clock_words(at, zone))


def zone_words(zone: str, among: Sequence[str] = ()) -> str:
    """Name a zone as people do; with its city where another of these has the same name."""
    name = _zone_name(zone)
    if zone == PHOENIX or any(each != zone and _zone_name(each) == name for each in among):
        return f"{name} ({get_timezone_location(ZoneInfo(zone), locale=get_locale(), return_city=True)})"
    return name


def letter(language: str, *, page: str, code: str, until: datetime) -> list[str]:
    """Return what a letter says beside the picture of the link; nothing in it tells of a bill."""
    with force_locale(LOCALES[language]):
        day = format_date(local_day(until, OFFICE_ZONE), "long", locale=get_locale())
        return [
            gettext("You can choose when we call you."),
            gettext("Point the camera of your telephone at this picture, and choose a time."),
            gettext(
                "Or go to %(page)s and type this code and your birth date: %(code)s", page=page, code=code
            ),
            gettext("When you have chosen, you are shown two words. We say them first when we call you."),
            gettext("The picture and the code are good until %(day)s. Give them to nobody else.", day=day),
        ]


def _zone_name(zone: str) -> str:
    name = get_timezone_name(ZoneInfo(zone), width="long", zone_variant="generic", locale=get_locale())
    return str(name)
