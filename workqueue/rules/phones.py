"""Telephone numbers as people and files write them, and as we keep them (E.164, the extension apart)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult, shortnumberinfo

from workqueue.rules.refusals import Invalid
from workqueue.rules.windows import zones_of_number

NORTH_AMERICA = 1
LONGEST_TEXT = 60
CHARGED_AREA, CHARGED_EXCHANGE = "900", "976"
"""Whoever calls these pays by the call, in every area code (47 CFR 64.1502, pay-per-call)."""


class NumberKind(StrEnum):
    """What a number rings. In North America the plan does not tell mobiles from landlines."""

    LANDLINE = "landline"
    MOBILE = "mobile"
    LANDLINE_OR_MOBILE = "landline_or_mobile"
    TOLL_FREE = "toll_free"
    INTERNET = "internet"
    PERSONAL = "personal"
    """Follows its owner from line to line: it says nothing of a place."""
    COMPANY = "company"
    UNKNOWN = "unknown"


_KINDS = {
    PhoneNumberType.FIXED_LINE: NumberKind.LANDLINE,
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.LANDLINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.VOIP: NumberKind.INTERNET,
    PhoneNumberType.PERSONAL_NUMBER: NumberKind.PERSONAL,
    PhoneNumberType.UAN: NumberKind.COMPANY,
}


@dataclass(frozen=True, slots=True)
class Number:
    """One number, understood."""

    e164: str
    extension: str
    """Digits to dial after the connection; empty when there are none."""
    kind: NumberKind
    is_foreign: bool
    """Of another country than the United States and its territories: kept, and called at hours of its own."""
    zones: tuple[str, ...]
    """Every zone it may ring in, in order; none when it says nothing of a place."""


class NotAPhone(Invalid):
    """What was typed is no number this office can dial."""

    code: ClassVar[str] = "not_a_phone"
    sentence = "This is not a telephone number. Type it with its area code, for example (212) 555-0142."


class IncompletePhone(NotAPhone):
    """Digits are missing, or there are too many."""

    code: ClassVar[str] = "incomplete_phone"


class ChargedPhone(NotAPhone):
    """Whoever calls this number pays for it."""

    code: ClassVar[str] = "charged_phone"
    sentence = "Calls to this number are charged to the caller, so it is never dialled. Ask for another one."


class ServicePhone(NotAPhone):
    """An emergency or service code, which reaches no person."""

    code: ClassVar[str] = "service_phone"
    sentence = "This is an emergency or service code, not a person's number. Ask for the full number."


class PagerPhone(NotAPhone):
    """A pager: nobody can be spoken to."""

    code: ClassVar[str] = "pager_phone"
    sentence = "This is a pager. Nobody can be spoken to there; ask for a telephone."


def parse(text: str) -> Number:
    """Understand what was typed; without a country code it is taken as American.

    Letters are taken as the keys they stand on when they make a number (1-800-FLOWERS). A valid foreign
    number is kept. Raises a NotAPhone that says what is wrong and what to do.
    """
    typed = " ".join(text.split())
    if not typed or len(typed) > LONGEST_TEXT:
        raise NotAPhone
    digits = "".join(filter(str.isdecimal, typed))
    if len(digits) <= 6 and digits and shortnumberinfo.is_valid_short_number(_national(digits)):
        raise ServicePhone
    number = _read(typed, digits)
    _check_possible(number)
    area, exchange = _area_and_exchange(number)
    kind = phonenumbers.number_type(number)
    is_charged = kind in {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
    if is_charged or area == CHARGED_AREA or exchange == CHARGED_EXCHANGE:
        raise ChargedPhone
    if exchange.endswith("11"):
        raise ServicePhone("No exchange ends in 11: that is a service code such as 911. Look at it again.")
    if kind == PhoneNumberType.PAGER:
        raise PagerPhone
    if not phonenumbers.is_valid_number(number):
        raise NotAPhone(
            "No such number can exist: its area code or exchange is not in use. Look at it again."
        )
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Number(
        e164=e164,
        extension=number.extension or "",
        kind=_KINDS.get(kind, NumberKind.UNKNOWN),
        is_foreign=phonenumbers.region_code_for_number(number) not in AMERICAN,
        zones=tuple(sorted(zones_of_number(e164))),
    )


AMERICAN = frozenset({"US", "PR", "VI", "GU", "MP", "AS"})
"""The United States and its territories."""


def to_e164(text: str) -> str:
    """Return the number in international form, without its extension."""
    return parse(text).e164


@lru_cache(maxsize=100_000)
def is_dialable(e164: str) -> bool:
    """Return whether a number as kept could be dialled at all."""
    try:
        return to_e164(e164) == e164
    except NotAPhone:
        return False


def dial_uri(e164: str, extension: str = "") -> str:
    """Return what a telephone program dials (RFC 3966)."""
    return f"tel:{e164};ext={extension}" if extension else f"tel:{e164}"


def kind_of(e164: str) -> NumberKind:
    """Return what a number as kept rings."""
    try:
        return parse(e164).kind
    except NotAPhone:
        return NumberKind.UNKNOWN


def _national(digits: str) -> PhoneNumber:
    return PhoneNumber(country_code=NORTH_AMERICA, national_number=int(digits))


def _read(typed: str, digits: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise NotAPhone("No country has this code. Look at the digits after the plus sign.") from None
        if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
            raise IncompletePhone("These are too many digits. Enter one number in a field.") from None
        if digits:
            raise IncompletePhone(
                "Digits are missing. American numbers have ten, with the area code."
            ) from None
        raise NotAPhone from None


def _check_possible(number: PhoneNumber) -> None:
    found = phonenumbers.is_possible_number_with_reason(number)
    if found == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        raise IncompletePhone("The area code is missing. Type all ten digits.")
    if found in {ValidationResult.TOO_SHORT, ValidationResult.INVALID_LENGTH}:
        raise IncompletePhone("Digits are missing. American numbers have ten, with the area code.")
    if found == ValidationResult.TOO_LONG:
        raise IncompletePhone(
            "These are too many digits. American numbers have ten; write an extension as in"
            " (212) 555-0142 ext. 12."
        )


def _area_and_exchange(number: PhoneNumber) -> tuple[str, str]:
    """Return both for a number of the North American plan, nothing for others."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code != NORTH_AMERICA or len(national) != 10:
        return "", ""
    return national[:3], national[3:6]


def spoken(e164: str) -> str:
    """Write a stored number as it is read aloud: (217) 555-0142; another country's in its own form."""
    try:
        number = phonenumbers.parse(e164, "US")
    except phonenumbers.NumberParseException:
        return e164
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL
    )
