"""What a person is written about their callback: no word of a bill, of care, or of whose office it is.

Whoever looks over a shoulder learns that somebody calls somebody (12 CFR 1006.6(d)(3), 1006.2(j); 45 CFR
164.530(c)). Short enough for one text message where that can be.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name

from workqueue.rules.holds import HoldKind

SILENT = frozenset({HoldKind.DECEASED, HoldKind.ATTORNEY, HoldKind.BANKRUPTCY, HoldKind.CEASE})
"""Holds under which nobody is written to, not even about a call (11 USC 362; 12 CFR 1006.6(b)(2), (c))."""


class BookingEvent(StrEnum):
    """What a person is told of."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REHOMED = "rehomed"
    MISSED = "missed"
    CALLED_OFF = "called_off"
    DAY_BEFORE = "day_before"
    """A reminder, a day ahead."""
    HOUR_BEFORE = "hour_before"
    INVITED = "invited"
    """They may choose a time: no callback is booked yet."""


EVENT_WORDS = {
    BookingEvent.BOOKED: "Call booked",
    BookingEvent.MOVED: "Call moved",
    BookingEvent.CANCELLED: "Call cancelled",
    BookingEvent.REHOMED: "A colleague calls",
    BookingEvent.MISSED: "Apology for a call not made",
    BookingEvent.CALLED_OFF: "Call cannot be made",
    BookingEvent.DAY_BEFORE: "Reminder, a day before",
    BookingEvent.HOUR_BEFORE: "Reminder, an hour before",
    BookingEvent.INVITED: "Link to book a call",
}
"""What the office's pages call each."""


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What goes into the words."""

    neutral_name: str
    """The office's name that tells nothing."""
    number: str
    """The office's, as it shows on the person's telephone: (555) 555-0100."""
    at: datetime
    zone: str
    """In which the person reads times."""
    phrase: str


_SUBJECTS = {
    "en": {
        BookingEvent.BOOKED: "Your call is booked",
        BookingEvent.MOVED: "Your call was moved",
        BookingEvent.CANCELLED: "Your call is cancelled",
        BookingEvent.REHOMED: "Your call stays as booked",
        BookingEvent.MISSED: "We are sorry: we did not call in time",
        BookingEvent.CALLED_OFF: "We cannot call as booked",
        BookingEvent.DAY_BEFORE: "Your call is coming up",
        BookingEvent.HOUR_BEFORE: "Your call is coming up",
        BookingEvent.INVITED: "Choose when we call you",
    },
    "es": {
        BookingEvent.BOOKED: "Su llamada está reservada",
        BookingEvent.MOVED: "Su llamada se cambió",
        BookingEvent.CANCELLED: "Su llamada se canceló",
        BookingEvent.REHOMED: "Su llamada sigue como está reservada",
        BookingEvent.MISSED: "Lo sentimos: no llamamos a tiempo",
        BookingEvent.CALLED_OFF: "No podemos llamar como se reservó",
        BookingEvent.DAY_BEFORE: "Se acerca su llamada",
        BookingEvent.HOUR_BEFORE: "Se acerca su llamada",
        BookingEvent.INVITED: "Elija cuándo le llamamos",
    },
}
_BODIES = {
    "en": {
        BookingEvent.BOOKED: "{name} will call you on {at}, from {number}.",
        BookingEvent.MOVED: "{name} will now call you on {at}, from {number}.",
        BookingEvent.CANCELLED: "Your call from {name} on {at} is cancelled. Nobody will call you then.",
        BookingEvent.REHOMED: "{name} still calls you on {at}, from {number}; a colleague takes it over.",
        BookingEvent.MISSED: "We said we would call on {at}, and did not. We are sorry. You are first in line"
        " now: {name} calls you from {number} as soon as somebody is free.",
        BookingEvent.CALLED_OFF: "{name} cannot call you on {at} as booked. Please call {number}.",
        BookingEvent.DAY_BEFORE: "A reminder: {name} will call you on {at}, from {number}.",
        BookingEvent.HOUR_BEFORE: "A reminder: {name} will call you on {at}, from {number}.",
        BookingEvent.INVITED: "{name} would like to speak with you. Choose when we call you: {link}\n\n"
        "The link is for you alone. You can also call us: {number}.",
    },
    "es": {
        BookingEvent.BOOKED: "{name} le llamará el {at}, desde el {number}.",
        BookingEvent.MOVED: "{name} le llamará ahora el {at}, desde el {number}.",
        BookingEvent.CANCELLED: "Su llamada de {name} del {at} se canceló. Nadie le llamará entonces.",
        BookingEvent.REHOMED: "{name} le llama el {at} como está reservado, desde el {number}; se encarga"
        " otra persona.",
        BookingEvent.MISSED: "Dijimos que llamaríamos el {at} y no lo hicimos. Lo sentimos. Ahora es usted la"
        " primera persona en espera: {name} le llama desde el {number} en cuanto alguien esté libre.",
        BookingEvent.CALLED_OFF: "{name} no puede llamarle el {at} como se reservó. Por favor, llame al"
        " {number}.",
        BookingEvent.DAY_BEFORE: "Le recordamos: {name} le llamará el {at}, desde el {number}.",
        BookingEvent.HOUR_BEFORE: "Le recordamos: {name} le llamará el {at}, desde el {number}.",
        BookingEvent.INVITED: "{name} quisiera hablar con usted. Elija cuándo le llamamos: {link}\n\n"
        "El enlace es solo para usted. También puede llamarnos: {number}.",
    },
}
_LEAVE = {
    "en": "\n\nTo get no more e-mails about your calls: {leave}",
    "es": "\n\nPara no recibir más correos sobre sus llamadas: {leave}",
}
"""Every e-mail has a simple way out (12 CFR 1006.6(e))."""
_PHRASE = {
    "en": " The caller first says: {phrase}.",
    "es": " Quien llama dice primero: {phrase}.",
}
WITH_PHRASE = frozenset(
    {
        BookingEvent.BOOKED,
        BookingEvent.MOVED,
        BookingEvent.REHOMED,
        BookingEvent.MISSED,
        BookingEvent.DAY_BEFORE,
        BookingEvent.HOUR_BEFORE,
    }
)
LINK = "{link}"
"""Stands for the link to book by, which is made when the message is sent and kept nowhere."""
LEAVE = "{leave}"
"""Stands for the address at which the person ends such e-mails."""
LOCALES = {"en": "en_US", "es": "es_US"}


def subject(event: BookingEvent, language: str) -> str:
    return _SUBJECTS[spoken_of(language)][event]


def body(event: BookingEvent, facts: BookingFacts, language: str) -> str:
    """Return the words of an e-mail, with the time as the person reads it and its zone named.

    `{link}` and `{leave}` stand for addresses that are made when it is sent.
    """
    spoken = spoken_of(language)
    words = _BODIES[spoken][event]
    if facts.phrase and event in WITH_PHRASE:
        words += _PHRASE[spoken]
    return (words + _LEAVE[spoken]).format(
        name=facts.neutral_name,
        at=_when(facts, LOCALES[spoken]),
        number=facts.number,
        phrase=facts.phrase,
        link=LINK,
        leave=LEAVE,
    )


def invitation_words(facts: BookingFacts, language: str) -> tuple[str, str]:
    """Return what the entry in the person's calendar is called and says."""
    name = facts.neutral_name
    if spoken_of(language) == "es":
        said = f"Primero decimos estas palabras, para que sepa quién llama: {facts.phrase}"
        return f"Llamada de {name}" if name else "Llamada", said if facts.phrase else ""
    said = f"We first say these words, so that you know who calls: {facts.phrase}"
    return f"Call from {name}" if name else "Call", said if facts.phrase else ""


def spoken_of(language: str) -> str:
    """Return the language we write in to somebody who speaks this one."""
    return language if language in _BODIES else "en"


def _when(facts: BookingFacts, locale: str) -> str:
    zone = ZoneInfo(facts.zone)
    local = facts.at.astimezone(zone)
    pattern = "EEEE d 'de' MMMM, h:mm a" if locale == "es_US" else "EEEE, MMMM d, h:mm a"
    # An ordinary space before a.m.: some devices show the narrow one as a box.
    time = format_datetime(local, pattern, tzinfo=zone, locale=locale).replace("\u202f", " ")
    return f"{time} ({get_timezone_name(local, width='long', locale=locale)})"
