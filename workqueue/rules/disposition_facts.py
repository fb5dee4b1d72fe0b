"""What a disposition is: what it asks for, counts as, and does besides waiting."""

from dataclasses import dataclass
from enum import StrEnum

from workqueue.rules.disposition_fields import Field, FieldRule
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import Party

__all__ = ["Channel", "Disposition", "Effect", "Field", "FieldRule", "Group", "HoldRule"]


class Effect(StrEnum):
    """What logging it does besides waiting and holding."""

    PROMISE = "promise"
    PLAN = "plan"
    CALLBACK = "callback"
    INVALIDATE_PHONE = "invalidate_phone"
    """The number is out of use, and a consent to be called there by machine is void with it."""
    ATTORNEY = "attorney"
    OPT_OUT = "opt_out"
    BAD_TIME = "bad_time"
    LANGUAGE = "language"
    SETTLE = "settle"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    TO_ACCOUNT = "to_account"
    TO_PATIENT = "to_patient"
    HAND_ON = "hand_on"
    RETRY = "retry"
    """Call again at another time of day."""
    RETRY_SOON = "retry_soon"
    """Call again within the hour."""


class Channel(StrEnum):
    """How the work was done."""

    CALL = "call"
    """A call to the patient, placed under a verdict, or received from them."""
    PAYER = "payer"
    DESK = "desk"


class Group(StrEnum):
    """Under which heading a form shows it; the value is the heading."""

    NOBODY = "Nobody reached"
    SOMEBODY_ELSE = "Somebody else"
    PERSON = "The person"
    WISHES = "Wishes and holds"
    PAYER_STANDS = "The payer says where it stands"
    PAYER_WANTS = "The payer wants something"
    PAYER_MONEY = "The payer's money"
    PAYER_APPEAL = "The appeal"
    PAYER_NOT_REACHED = "Not reached, or not answered"
    DONE = "Done at the desk"
    ASKED = "Asked somebody"
    ASIDE = "Put aside"


@dataclass(frozen=True)
class HoldRule:
    """The hold that logging it places: whom it covers and how long it lasts is the catalogue's (HOLDS)."""

    kind: HoldKind
    reason: str


@dataclass(frozen=True)
class Disposition:
    """One thing a rep can say about a task."""

    code: str
    label: str
    hint: str
    """What will happen."""
    group: Group = Group.DONE
    channel: Channel = Channel.DESK
    fields: tuple[FieldRule, ...] = ()
    is_connected: bool = True
    """False for a call the network did not put through: it does not count (12 CFR 1006.14(b)(3)(ii))."""
    is_answered: bool = False
    """Somebody spoke; only then can it be said of a call that came in."""
    counts_as_attempt: bool = False
    """Of a call that was placed; one that came in never does."""
    is_conversation: bool = False
    is_right_party: bool = False
    waits_on: Party | None = None
    wait_days: int = 0
    """Days until the task comes up again when no date is given; 0 where something else decides."""
    wait_business_days: int = 0
    """The same in working days."""
    latest_days: int = 0
    """The furthest a given date may lie; 0 for no limit but a deadline."""
    effect: Effect | None = None
    hold: HoldRule | None = None
    voids_promises: bool = False
    """What was promised on the accounts it holds is called off (office reference 5.2)."""
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
