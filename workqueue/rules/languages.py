"""The languages an office speaks with patients, by their ISO 639-1 codes."""

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "vi": "Vietnamese",
    "fr": "French",
    "ko": "Korean",
    "tl": "Tagalog",
    "ar": "Arabic",
    "ru": "Russian",
    "ht": "Haitian Creole",
    "pt": "Portuguese",
    "pl": "Polish",
}
