"""What may be said in a call, written out for each situation, in the languages the office speaks.

Until a person is identified nothing tells of a bill, a hospital's department or a debt (12 CFR 1006.6(d),
1006.2(j); 45 CFR 164.530(c)). The words for one's own rep are English, those for the person are in theirs.
"""

from dataclasses import dataclass
from enum import StrEnum

from workqueue.rules.call_states import Identifier
from workqueue.rules.channels import CollectsAs


class Situation(StrEnum):
    """Where in a call the words belong."""

    ASK_FOR = "ask_for"
    WORDS = "words"
    GREET = "greet"
    RECORDING = "recording"
    IDENTIFY = "identify"
    THIRD_PARTY = "third_party"
    VOICEMAIL = "voicemail"
    PURPOSE = "purpose"
    NOT_IDENTIFIED = "not_identified"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True)
class Speaker:
    """Who speaks, for whom, and to whom; all of it goes into the words."""

    rep_name: str
    person_name: str
    office_name: str
    neutral_name: str
    callback_number: str
    """As it is said: (555) 555-0100."""
    hours: str
    collects_as: CollectsAs = CollectsAs.FIRST_PARTY
    jurisdictions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Script:
    """Words to say, and what to mind while saying them."""

    situation: Situation
    title: str
    words: str
    mind: str
    citation: str


NAMES_NO_BUSINESS = frozenset({"MA"})
"""To a household the business is not named unless somebody asks (940 CMR 7.04(1)(d), 7.05(2))."""

_WORDS: dict[str, dict[Situation, str]] = {
    "en": {
        Situation.ASK_FOR: "Hello, may I speak with {person}, please?",
        Situation.WORDS: "Hello, this is {rep}. First the words you were given: {phrase}.",
        Situation.GREET: "Thank you for calling {neutral}. This is {rep}. May I have your full name?",
        Situation.RECORDING: "This call is recorded. Is that all right with you?",
        Situation.IDENTIFY: "Before we go on, so that I speak with the right person: what is your {asked}?",
        Situation.THIRD_PARTY: "Please have {person} call {rep} at {number}. Thank you.",
        Situation.VOICEMAIL: "Hello, this is {rep} calling from {neutral}. Please call me or any of our"
        " representatives at {number}. We are available {hours}.",
        Situation.PURPOSE: "Thank you. I am calling from {office} about a bill of yours.",
        Situation.NOT_IDENTIFIED: "I cannot go on without that. We will write to you. Thank you, goodbye.",
        Situation.WRONG_NUMBER: "I am sorry to have troubled you. We will not call this number again.",
    },
    "es": {
        Situation.ASK_FOR: "Hola, ¿podría hablar con {person}, por favor?",
        Situation.WORDS: "Hola, le habla {rep}. Primero, las palabras que le dimos: {phrase}.",
        Situation.GREET: "Gracias por llamar a {neutral}. Le atiende {rep}. ¿Me dice su nombre completo?",
        Situation.RECORDING: "Esta llamada se graba. ¿Está de acuerdo?",
        Situation.IDENTIFY: "Antes de continuar, para saber que hablo con la persona indicada:"
        " ¿me dice su {asked}?",
        Situation.THIRD_PARTY: "Por favor, dígale a {person} que llame a {rep} al {number}. Gracias.",
        Situation.VOICEMAIL: "Hola, le habla {rep} de {neutral}. Por favor, llámeme a mí o a cualquiera de"
        " nuestros representantes al {number}.",
        Situation.PURPOSE: "Gracias. Le llamo de {office} sobre una factura suya.",
        Situation.NOT_IDENTIFIED: "Sin ese dato no puedo continuar. Le escribiremos. Gracias, adiós.",
        Situation.WRONG_NUMBER: "Disculpe la molestia. No volveremos a llamar a este número.",
    },
}

_COLLECTOR = {
    "en": " This is an attempt to collect a debt. Any information obtained will be used for that purpose.",
    "es": " Este es un intento de cobrar una deuda y la información que se obtenga se usará con ese fin.",
}
"""Said by an agency of another name to the person it has identified (15 USC 1692e(11))."""

_ABOUT: dict[Situation, tuple[str, str, str]] = {
    Situation.ASK_FOR: (
        "Ask for the person",
        "Say no more than the name.",
        "12 CFR 1006.6(d); 45 CFR 164.530(c)",
    ),
    Situation.WORDS: (
        "Say the words first",
        "The person hangs up on whoever does not. They prove who calls, and nothing of who answers.",
        "Our own practice",
    ),
    Situation.GREET: ("The person calls us", "The number that calls proves nothing.", "45 CFR 164.514(h)"),
    Situation.RECORDING: (
        "The call is recorded",
        "No yes, no recording.",
        "State recording laws, to be confirmed",
    ),
    Situation.IDENTIFY: ("Find out who it is", "Never read an answer to the caller.", "45 CFR 164.514(h)"),
    Situation.THIRD_PARTY: (
        "Somebody else is on the line",
        "Neither bill, debt nor department. Leave a name and a number, then end the call.",
        "12 CFR 1006.6(d); 45 CFR 164.510(b)",
    ),
    Situation.VOICEMAIL: (
        "The machine answers",
        "These words and nothing else; none at all on the machine of somebody else.",
        "12 CFR 1006.2(j)",
    ),
    Situation.PURPOSE: ("It is the right person", "Now details may be spoken of.", "45 CFR 164.506(c)"),
    Situation.NOT_IDENTIFIED: ("Not identified", "End the call; a letter goes out.", "45 CFR 164.514(h)"),
    Situation.WRONG_NUMBER: (
        "Wrong number",
        "Apologise, and log it: the number is not used again.",
        "12 CFR 1006.6(d)",
    ),
}

_IDENTIFIERS: dict[str, dict[Identifier, str]] = {
    "en": {
        Identifier.BIRTH_DATE: "date of birth",
        Identifier.ZIP: "ZIP code",
        Identifier.ACCOUNT_NUMBER: "account number on the statement",
        Identifier.SSN_LAST4: "social security number, the last four digits",
    },
    "es": {
        Identifier.BIRTH_DATE: "fecha de nacimiento",
        Identifier.ZIP: "código postal",
        Identifier.ACCOUNT_NUMBER: "número de cuenta del estado de cuenta",
        Identifier.SSN_LAST4: "número de seguro social, los últimos cuatro dígitos",
    },
}

LANGUAGES = frozenset(_WORDS)


def identifier_words(identifier: Identifier, language: str = "en") -> str:
    """Name an identifier as it is asked for."""
    return _IDENTIFIERS[language if language in LANGUAGES else "en"][identifier]


def script(
    situation: Situation, speaker: Speaker, *, language: str = "en", asked: str = "", phrase: str = ""
) -> Script:
    """Return the words for a situation; in English where the office has none in that language."""
    spoken = language if language in LANGUAGES else "en"
    title, mind, citation = _ABOUT[situation]
    if situation in {Situation.THIRD_PARTY, Situation.ASK_FOR} and speaker.jurisdictions & NAMES_NO_BUSINESS:
        mind = f"{mind} Do not name the office unless you are asked."
        citation = f"{citation}; 940 CMR 7.04(1)(d), 7.05(2)"
    words = _WORDS[spoken][situation].format(
        person=speaker.person_name,
        rep=speaker.rep_name,
        office=speaker.office_name,
        neutral=speaker.neutral_name,
        number=speaker.callback_number,
        hours=speaker.hours,
        asked=asked,
        phrase=phrase,
    )
    if situation is Situation.PURPOSE and speaker.collects_as is CollectsAs.THIRD_PARTY:
        words += _COLLECTOR[spoken]
        citation = f"{citation}; 15 USC 1692e(11)"
    return Script(situation, title, words, mind, citation)
