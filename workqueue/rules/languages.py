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
    "pl": "Polish",
    "ru": "Russian",
    "tl": "Tagalog",
}
OWN_NAMES = {
    "en": "English",
    "es": "Español",
    "zh": "中文",
    "vi": "Tiếng Việt",
    "fr": "Français",
    "ko": "한국어",
    "ar": "العربية",
    "ht": "Kreyòl ayisyen",
    "pt": "Português",
    "pl": "Polski",
    "ru": "Русский",
    "tl": "Tagalog",
}
"""By what the people who speak them call them."""
OWN = ""
"""Of a number: whoever picks up speaks the person's own language."""


def read_language(code: str) -> str:
    """Return the code if it is one of ours; raises Invalid."""
    if code not in LANGUAGES:
        raise Invalid("Choose a language from the list.", field="language")
    return code
