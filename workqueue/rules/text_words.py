"""What a person writes back: words that stop texts, bring them back or ask for help, and sentences for a rep.

The words that stop are heeded at once and answered once (47 CFR 64.1200(a)(10), (a)(12)). CANCEL and CANCELAR
stop texts; they do not cancel the call, which the answer says.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class TextWord(StrEnum):
    """What was meant."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    SENTENCE = "sentence"
    """Something a person has to read."""


_ENGLISH_STOPS = "STOP,STOPALL,STOP ALL,UNSUBSCRIBE,CANCEL,END,QUIT,REVOKE,OPTOUT,OPT OUT,OPT-OUT,REMOVE"
_SPANISH_STOPS = "ALTO,PARAR,PARE,PAREN,DETENER,CANCELAR,BAJA,BASTA,TERMINAR,FIN,NO MAS"
STOP_WORDS = frozenset(f"{_ENGLISH_STOPS},{_SPANISH_STOPS}".split(","))
START_WORDS = frozenset({"START", "UNSTOP", "ALTA", "COMENZAR", "EMPEZAR"})
HELP_WORDS = frozenset({"HELP", "INFO", "AYUDA"})
STOPS_ANYWHERE = (
    "STOP TEXTING",
    "STOP MESSAGING",
    "DO NOT TEXT",
    "DONT TEXT",
    "NO MORE TEXTS",
    "NO MORE MESSAGES",
    "OPT OUT",
    "UNSUBSCRIBE",
    "NO MAS MENSAJES",
    "NO ME ESCRIBA",
    "DEJE DE ESCRIBIR",
)
"""In a sentence: any reasonable way of saying it counts, and somebody reads the sentence too."""
_BEGINS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "ALTO"})


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text from a person, understood."""

    word: TextWord
    is_for_a_person: bool
    """Somebody has to read it, whatever else is done."""


def read(body: str) -> ReadText:
    """Understand a text; in doubt between a wish for silence and a sentence it is both."""
    said = _plain(body)
    if said in STOP_WORDS:
        return ReadText(TextWord.STOP, is_for_a_person=False)
    if said in START_WORDS:
        return ReadText(TextWord.START, is_for_a_person=False)
    if said in HELP_WORDS:
        return ReadText(TextWord.HELP, is_for_a_person=False)
    if said.partition(" ")[0] in _BEGINS or any(each in said for each in STOPS_ANYWHERE):
        return ReadText(TextWord.STOP, is_for_a_person=True)
    return ReadText(TextWord.SENTENCE, is_for_a_person=bool(body.strip()))


def answer(word: TextWord, language: str, *, name: str, number: str, has_call: bool) -> str:
    """Return what a word is answered with; nothing for a sentence, which a person answers."""
    words = _ANSWERS["es" if language == "es" else "en"]
    if word is TextWord.STOP and has_call:
        return words["stop_with_call"].format(name=name, number=number)
    return words[word.value].format(name=name, number=number) if word.value in words else ""


_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "stop": "{name}: you get no more texts. Call {number} for help, or reply START to get them again.",
        "stop_with_call": "{name}: you get no more texts. Your call stays booked; to cancel it call {number}."
        " Reply START for texts.",
        "start": "{name}: you get texts about your calls again. Reply STOP to end texts, HELP for help.",
        "help": "{name}: texts about calls you asked for. Call {number} for help. Msg rates may apply."
        " Reply STOP to end texts.",
    },
    "es": {
        "stop": "{name}: no le enviamos más mensajes. Ayuda: {number}. Responda ALTA para recibirlos.",
        "stop_with_call": "{name}: no le enviamos más mensajes. Su llamada sigue reservada; para cancelarla"
        " llame al {number}. Responda ALTA para recibirlos.",
        "start": "{name}: vuelve a recibir mensajes sobre sus llamadas. Responda ALTO para no recibirlos.",
        "help": "{name}: mensajes sobre llamadas que usted pidió. Ayuda: {number}. Responda ALTO para no"
        " recibirlos.",
    },
}


def _plain(body: str) -> str:
    """Return the words in capitals, without accents and marks."""
    letters = unicodedata.normalize("NFKD", body.upper())
    bare = "".join(each for each in letters if not unicodedata.combining(each)).replace("\u2019", "'")
    return " ".join(re.sub(r"[^A-Z0-9' -]", " ", bare).replace("'", "").split()).strip("- ")
