"""What a disposition is: what it asks for, counts as, and does besides waiting."""

from dataclasses import dataclass
from enum import StrEnum

from workqueue.rules.kinds import Party


class Field(StrEnum):
    """What a disposition may ask for besides the note; also the name of the form field."""

    AMOUNT = "amount_cents"
    DUE_ON = "due_on"
    CALLBACK_AT = "callback_at"
    PHONE = "phone_id"
    REFERENCE = "reference_number"
    SPOKE_WITH = "spoke_with"
    NEXT_ON = "next_on"
    REASON = "reason"
    ACCOUNT = "account_number"
    COLLEAGUE = "colleague_id"


class Effect(StrEnum):
    """What logging it does besides waiting."""

    PROMISE = "promise"
    CALLBACK = "callback"
    HOLD = "hold"
    INVALIDATE_PHONE = "invalidate_phone"
    SETTLE = "settle"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    TO_ACCOUNT = "to_account"
    TO_PATIENT = "to_patient"
    HAND_ON = "hand_on"
    RETRY = "retry"
    """Call again at another time of day."""


class Channel(StrEnum):
    """How the work was done."""

    CALL = "call"
    """A call to the patient, placed under a verdict, or received from them."""
    PAYER = "payer"
    DESK = "desk"


@dataclass(frozen=True)
class FieldRule:
    """One field a disposition shows."""

    name: Field
    label: str
    is_required: bool = True


@dataclass(frozen=True)
class Disposition:
    """One thing a rep can say about a task."""

    code: str
    label: str
    hint: str
    """What will happen."""
    channel: Channel = Channel.DESK
    fields: tuple[FieldRule, ...] = ()
    counts_as_attempt: bool = False
    is_conversation: bool = False
    is_right_party: bool = False
    waits_on: Party | None = None
    wait_days: int = 0
    """Days until the task comes up again when no date is given; 0 where something else decides."""
    latest_days: int = 0
    """The furthest a given date may lie; 0 for no limit but a deadline."""
    effect: Effect | None = None
    hold_reason: str = ""
    lead_above_cents: int | None = None
    """Above this amount only a lead may log it."""
    meets_deadline: bool = False
    """It does what the deadline asks for; waiting past the day is then right."""
    needs_note: bool = False
    takes_forecast: bool = False
    """The date asked for is when the payer expects to decide, not when to look again."""

    @property
    def needs_call(self) -> bool:
        """Whether a call must have been placed, or received, under this lease."""
        return self.channel is Channel.CALL

    def field(self, name: Field) -> FieldRule | None:
        return next((each for each in self.fields if each.name is name), None)
