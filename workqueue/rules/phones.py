"""Telephone numbers as people and files write them, and as we keep them (E.164)."""

from functools import lru_cache
from typing import ClassVar

import phonenumbers
from phonenumbers import PhoneNumberType

from workqueue.rules.refusals import Invalid

# Numbers that cost whoever calls them, or that reach no person.
NEVER_DIALLED = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PAGER})


class NotAPhone(Invalid):
    """What was typed is no number this office can dial."""

    code: ClassVar[str] = "not_a_phone"
    sentence = "This is not a telephone number that can be dialled."


def to_e164(text: str) -> str:
    """Return the number in international form; without a country code it is taken as American."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        raise NotAPhone from None
    if not phonenumbers.is_valid_number(number):
        raise NotAPhone
    if number.extension:
        raise NotAPhone("Leave the extension out: write it into a note.")
    if phonenumbers.number_type(number) in NEVER_DIALLED:
        raise NotAPhone("Numbers that charge the caller are never dialled.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=100_000)
def is_dialable(e164: str) -> bool:
    """Return whether a number as kept could be dialled at all."""
    try:
        return to_e164(e164) == e164
    except NotAPhone:
        return False
