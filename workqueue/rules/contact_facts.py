"""What is known when somebody asks whether a person may be contacted: plain values, gathered beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from workqueue.rules.channels import CollectsAs, ConsentScope, ContactChannel, Technology
from workqueue.rules.holds import HoldKind
from workqueue.rules.states import PhonePlace


class Attempt(NamedTuple):
    """One earlier call, text or e-mail to the person, or one of theirs to the office."""

    at: datetime
    account_id: int | None = None
    place: PhonePlace | None = None
    channel: ContactChannel = ContactChannel.CALL
    is_inbound: bool = False
    is_connected: bool = True
    """False for what never rang: busy, out of service (12 CFR 1006.14(b)(3)(ii))."""
    is_conversation: bool = False
    is_with_consent: bool = False
    """Placed because the person had asked for it: free of the counts (12 CFR 1006.14(b)(3)(i))."""


@dataclass(frozen=True)
class HoldInForce:
    """A hold on the account or on the person."""

    kind: HoldKind
    reason: str
    until_at: datetime


@dataclass(frozen=True)
class NumberFacts:
    """What is known of the number that is to be dialled."""

    phone_id: int
    place: PhonePlace
    is_dialable: bool = True
    is_valid: bool = True
    is_stopped: bool = False
    is_mobile: bool = False
    is_from_patient: bool = False
    """The person gave it; a number at work is dialled only then (12 CFR 1006.6(b)(3))."""


@dataclass(frozen=True)
class Stop:
    """A medium the person asked not to use, for one number or for all."""

    channel: ContactChannel
    scope: ConsentScope
    phone_id: int | None
    said_at: datetime


@dataclass(frozen=True)
class BadTime:
    """A span of the week that is inconvenient, at one place or everywhere."""

    weekdays: frozenset[int]
    from_time: time
    until_time: time
    place: PhonePlace | None = None


@dataclass(frozen=True)
class ConfidentialWay:
    """The one way in which the person asked to be reached (45 CFR 164.522(b))."""

    channel: ContactChannel
    phone_id: int | None = None


@dataclass(frozen=True)
class ContactFacts:
    """All that the rules look at, about one person, one account and one number or address."""

    collects_as: CollectsAs = CollectsAs.FIRST_PARTY
    channel: ContactChannel = ContactChannel.CALL
    technology: Technology = Technology.MANUAL
    account_id: int | None = None
    zones: tuple[str, ...] = ()
    """Every zone the person may be in; none known means the whole country."""
    jurisdictions: frozenset[str] = frozenset()
    """States and cities whose law may reach the person: by address, by number, by where they say they are."""
    number: NumberFacts | None = None
    """Empty for a medium that is no telephone."""
    is_identified: bool = True
    """False while the office does not know whose account it is."""
    is_minor: bool = False
    owes: bool = True
    """Whether there is a balance to speak of; without one there is no reason to contact anybody."""
    holds: Sequence[HoldInForce] = ()
    """Those that stop contact with the person, on the account and on the person."""
    stops: Sequence[Stop] = ()
    has_consent_to_automation: bool = False
    confidential: ConfidentialWay | None = None
    patients_way: ConfidentialWay | None = None
    """The one way the patient allows for their account, where somebody else is contacted about it."""
    bad_times: Sequence[BadTime] = ()
    attempts: Sequence[Attempt] = ()
    """Those of the last days, over all numbers and accounts of the person."""
    callback_asked_at: datetime | None = None
    """When the person asked for the callback that is due now."""
    booked_call_at: datetime | None = None
    """When the last call is that is booked about the account or with the person, and that is not this one."""
    notice_mailed_on: date | None = None
    """When the notice went out that some states put before any contact."""
    is_spoken_to: bool = False
    """Somebody else of the office is on the line with this person."""
    is_attorney: bool = False
    """Contacted as the person's attorney: no call that federal law counts (12 CFR 1006.14(b)(3)(iii))."""
