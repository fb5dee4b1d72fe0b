"""What a person is texted about their callback: the words of an e-mail, short enough for one text.

Every text names the office by its neutral name and says how to end texts (47 CFR 64.1200(a)(9), (a)(10)).
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from workqueue.rules.booking_messages import (
    LINK,
    LOCALES,
    WITH_PHRASE,
    BookingEvent,
    BookingFacts,
    spoken_of,
)
from workqueue.rules.texts import segments, shortest_that_fits

LINK_LENGTH = 60
"""So long is the link in a text, or shorter: it is put in when the text is sent."""

_TEXTS = {
    "en": {
        BookingEvent.BOOKED: "{name} will call you {at} from {number}.",
        BookingEvent.MOVED: "{name} will now call you {at} from {number}.",
        BookingEvent.CANCELLED: "{name}: your call {at} is cancelled.",
        BookingEvent.REHOMED: "{name} still calls you {at} from {number}.",
        BookingEvent.MISSED: "{name}: sorry, no call came {at}. You are next in line.",
        BookingEvent.CALLED_OFF: "{name} cannot call you {at} as booked. Please call {number}.",
        BookingEvent.DAY_BEFORE: "Reminder: {name} will call you {at} from {number}.",
        BookingEvent.HOUR_BEFORE: "Reminder: {name} will call you {at} from {number}.",
        BookingEvent.INVITED: "{name}: choose when we call you: {link}",
    },
    "es": {
        BookingEvent.BOOKED: "{name} le llama el {at} desde el {number}.",
        BookingEvent.MOVED: "{name} le llama ahora el {at} desde el {number}.",
        BookingEvent.CANCELLED: "{name}: su llamada del {at} se canceló.",
        BookingEvent.REHOMED: "{name} le llama el {at} desde el {number}; se encarga otra persona.",
        BookingEvent.MISSED: "{name}: no le llamamos el {at}. Lo sentimos. Le llamamos en cuanto se pueda.",
        BookingEvent.CALLED_OFF: "{name} no puede llamarle el {at}. Por favor llame al {number}.",
        BookingEvent.DAY_BEFORE: "Recuerde: {name} le llama el {at} desde el {number}.",
        BookingEvent.HOUR_BEFORE: "Recuerde: {name} le llama el {at} desde el {number}.",
        BookingEvent.INVITED: "{name}: elija su hora para la llamada: {link}",
    },
}
_FIRST_WORDS = {"en": " First words: {phrase}.", "es": " Primeras palabras: {phrase}."}
_STOP = {
    "en": (" Reply STOP to end texts, HELP for help.", " Reply STOP to end texts.", " STOP ends texts."),
    "es": (" Responda ALTO para no recibir mensajes.", " ALTO: no recibir mensajes.", " ALTO termina."),
}


def text(event: BookingEvent, facts: BookingFacts, language: str) -> str:
    """Return the words of a text, in one piece where that can be."""
    return shortest_that_fits(_variants(event, facts, spoken_of(language)), pieces)


def pieces(words: str) -> int:
    """Return into how many pieces it is cut, with its link in it."""
    return segments(words.replace(LINK, "x" * LINK_LENGTH))


def _variants(event: BookingEvent, facts: BookingFacts, spoken: str) -> Iterator[str]:
    """Yield the same said at length, then shorter: the way out stays, the zone and the first words too."""
    said = _TEXTS[spoken][event]
    if facts.phrase and event in WITH_PHRASE:
        said += _FIRST_WORDS[spoken]
    for ending in _STOP[spoken]:
        yield (said + ending).format(
            name=facts.neutral_name,
            at=_when(facts, LOCALES[spoken]),
            number=facts.number,
            phrase=facts.phrase,
            link=LINK,
        )


def _when(facts: BookingFacts, locale: str) -> str:
    zone = ZoneInfo(facts.zone)
    local = facts.at.astimezone(zone)
    pattern = "EEE d MMM h:mm a" if locale == "es_US" else "EEE, MMM d, h:mm a"
    # A narrow space is outside the alphabet of telephones, and would double the price of the text.
    words = format_datetime(local, pattern, tzinfo=zone, locale=locale)
    plain = words.replace("\u202f", " ").replace("\u00a0", " ")
    return f"{plain} {local:%Z}"
