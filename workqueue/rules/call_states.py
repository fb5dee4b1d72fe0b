"""Where a call stands, from the dial to the wrap-up (regulation and EDI, 2.2)."""

from enum import StrEnum


class CallState(StrEnum):
    """A call is dialled, perhaps answered, perhaps by the person, and in the end wrapped up and logged."""

    DIALLED = "dialled"
    RINGING = "ringing"
    ANSWERED = "answered"
    THIRD_PARTY = "third_party"
    """Somebody else is on the line: nothing but a request to call back may be said."""
    VERIFIED = "verified"
    """The right party, shown by two identifiers: details may be spoken of."""
    NOT_VERIFIED = "not_verified"
    """Identification failed; the call has to end."""
    VOICEMAIL = "voicemail"
    ENDED = "ended"
    """Hung up; the rep writes down what came of it."""
    LOGGED = "logged"


class CallEventKind(StrEnum):
    """What happened in a call, as the rep or the telephone system reports it."""

    DIALLED = "dialled"
    RANG = "rang"
    ANSWERED = "answered"
    THIRD_PARTY = "third_party"
    VOICEMAIL = "voicemail"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    NOT_CONNECTED = "not_connected"
    """Busy or out of service, said by the network: such a call does not count (12 CFR 1006.14(b)(3)(ii))."""
    ENDED = "ended"
    LOGGED = "logged"


class EventSource(StrEnum):
    """Who says that it happened."""

    REP = "rep"
    TELEPHONE = "telephone"


class Identifier(StrEnum):
    """What a person on the line can be known by. Kept is which one matched, never its value."""

    BIRTH_DATE = "birth_date"
    ZIP = "zip"
    ACCOUNT_NUMBER = "account_number"
    SSN_LAST4 = "ssn_last4"
