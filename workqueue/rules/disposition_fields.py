"""The fields a disposition may ask for, and what may be chosen in those that are a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from workqueue.rules.channels import ContactChannel
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.states import PhonePlace


class Field(StrEnum):
    """What a disposition may ask for besides the note; also the name of the form field, in its order."""

    AMOUNT = "amount_cents"
    INSTALMENTS = "instalments"
    DUE_ON = "due_on"
    CALLBACK_AT = "callback_at"
    REFERENCE = "reference_number"
    SPOKE_WITH = "spoke_with"
    DISPUTED = "disputed"
    REASON = "reason"
    ACCOUNT = "account_number"
    COLLEAGUE = "colleague_id"
    # What a person says of themselves
    MEDIUM = "medium"
    ONLY_THIS_NUMBER = "only_this_number"
    PHONE = "phone_id"
    PLACE = "place"
    WEEKDAYS = "weekdays"
    FROM_TIME = "from_time"
    UNTIL_TIME = "until_time"
    LANGUAGE = "language"
    ATTORNEY = "attorney_name"
    ATTORNEY_PHONE = "attorney_phone"
    CASE_NUMBER = "case_number"
    CHAPTER = "chapter"
    HAPPENED_ON = "happened_on"
    LETTER_ON = "letter_on"
    # What a payer says
    CHECK_NUMBER = "check_number"
    PAID_ON = "paid_on"
    REASON_CODE = "reason_code"
    APPEAL_ADDRESS = "appeal_address"
    WANTED_BY = "wanted_by"
    NEXT_ON = "next_on"
    CONTACT_BY = "contact_by"
    HOLD_MINUTES = "hold_minutes"
    CLAIM_CONTROL = "claim_control_number"


DAYS = frozenset(
    {Field.DUE_ON, Field.NEXT_ON, Field.HAPPENED_ON, Field.LETTER_ON, Field.PAID_ON, Field.WANTED_BY}
)
CLOCKS = frozenset({Field.FROM_TIME, Field.UNTIL_TIME})
COUNTS = frozenset({Field.INSTALMENTS, Field.HOLD_MINUTES})
"""What a field holds; the others hold text, or are one of a kind."""


@dataclass(frozen=True)
class FieldRule:
    """One field a disposition shows."""

    name: Field
    label: str
    is_required: bool = True
    is_suggested: bool = True
    """A required amount starts with what is owed."""


BY_PHONE, BY_PORTAL = "phone", "portal"
"""How a payer was asked. In its portal there is nobody to name."""

CHOICES: Mapping[Field, Mapping[str, str]] = MappingProxyType(
    {
        Field.DISPUTED: {
            "amount": "The amount",
            "service": "A service they say they did not get",
            "identity": "That it is their bill at all",
            "estimate": "More than the good faith estimate",
        },
        Field.MEDIUM: {
            ContactChannel.CALL: "Calls",
            ContactChannel.TEXT: "Texts",
            ContactChannel.EMAIL: "E-mail",
            ContactChannel.LETTER: "Letters",
        },
        Field.PLACE: {
            PhonePlace.WORK: "At work",
            PhonePlace.HOME: "At home",
            PhonePlace.MOBILE: "On the mobile",
        },
        Field.LANGUAGE: {code: words for code, words in LANGUAGES.items() if code != "en"},
        Field.CHAPTER: {"7": "Chapter 7", "11": "Chapter 11", "12": "Chapter 12", "13": "Chapter 13"},
        Field.CONTACT_BY: {BY_PHONE: "Telephone", BY_PORTAL: "The payer's portal"},
    }
)
"""What may be chosen, with the words for it."""
