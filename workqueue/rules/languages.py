"""The languages people are spoken to in (ISO 639-1), by what reps call them."""

from workqueue.rules.refusals import Invalid

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "vi": "Vietnamese",
    "fr": "French",
    "ko": "Korean",
    "ar": "Arabic",
    "ht": "Haitian Creole",
    "pt": "Portuguese",
    "ru": "Russian",
    "tl": "Tagalog",
}
OWN = ""
"""Of a number: whoever picks up speaks the person's own language."""


def read_language(code: str) -> str:
    """Return the code if it is one of ours; raises Invalid."""
    if code not in LANGUAGES:
        raise Invalid("Choose a language from the list.", field="language")
    return code
