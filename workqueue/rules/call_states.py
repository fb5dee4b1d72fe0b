"""Where a call stands, from the dial to the wrap-up (regulation and EDI, 2.2)."""

from enum import StrEnum
from typing import ClassVar

from workqueue.rules.refusals import Refusal


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

    RANG = "rang"
    ANSWERED = "answered"
    THIRD_PARTY = "third_party"
    VOICEMAIL = "voicemail"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    NOT_CONNECTED = "not_connected"
    """Busy or out of service, said by the network: such a call does not count (12 CFR 1006.14(b)(3)(ii))."""
    ENDED = "ended"


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


_STEPS: dict[CallEventKind, tuple[frozenset[CallState], CallState]] = {
    CallEventKind.RANG: (frozenset({CallState.DIALLED}), CallState.RINGING),
    CallEventKind.ANSWERED: (frozenset({CallState.DIALLED, CallState.RINGING}), CallState.ANSWERED),
    CallEventKind.THIRD_PARTY: (
        frozenset({CallState.DIALLED, CallState.RINGING, CallState.ANSWERED}),
        CallState.THIRD_PARTY,
    ),
    CallEventKind.VOICEMAIL: (
        frozenset({CallState.DIALLED, CallState.RINGING, CallState.ANSWERED}),
        CallState.VOICEMAIL,
    ),
    # Somebody else may hand the telephone over.
    CallEventKind.VERIFIED: (
        frozenset({CallState.DIALLED, CallState.RINGING, CallState.ANSWERED, CallState.THIRD_PARTY}),
        CallState.VERIFIED,
    ),
    CallEventKind.NOT_VERIFIED: (
        frozenset({CallState.DIALLED, CallState.RINGING, CallState.ANSWERED, CallState.THIRD_PARTY}),
        CallState.NOT_VERIFIED,
    ),
    CallEventKind.NOT_CONNECTED: (frozenset({CallState.DIALLED, CallState.RINGING}), CallState.ENDED),
    CallEventKind.ENDED: (frozenset(CallState) - {CallState.ENDED, CallState.LOGGED}, CallState.ENDED),
}
"""From which states a step may be taken, and where it leads. Placing a call and logging it are no steps."""


class WrongStep(Refusal):
    """The call stands where this step cannot follow."""

    code: ClassVar[str] = "wrong_call_step"
    sentence = "This cannot follow where the call stands now. Load the page again."


def after(state: CallState, kind: CallEventKind) -> CallState | None:
    """Return where the step leads; None when it cannot follow."""
    allowed, to = _STEPS[kind]
    return to if state in allowed else None
