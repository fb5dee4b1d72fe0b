"""What a person's words about a medium amount to: of all that were said, the newest counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workqueue.rules.business_days import add_business_days
from workqueue.rules.calendar import office_day
from workqueue.rules.channels import ConsentScope, ContactChannel

HEED_BUSINESS_DAYS = 10
"""The law's longest time for heeding a revocation (47 CFR 64.1200(a)(10)); here it works at once."""
STATED_DAYS = 30
"""For so long, what a person said of where they are goes before numbers and addresses."""
EARLIEST_ON = date(1990, 1, 1)
"""Nothing was said about telephones or e-mail to this office before."""

_STOPS_PEOPLE = frozenset({ConsentScope.BILLING, ConsentScope.ALL})
"""What a person who dials or writes has to heed; the third scope is about machines only."""


@dataclass(frozen=True, slots=True)
class Word:
    """One consent or revocation."""

    channel: ContactChannel
    scope: ConsentScope
    phone_id: int | None
    """About this number only; empty for all of the person's."""
    is_given: bool
    said_at: datetime


def is_stopped(words: Iterable[Word], channel: ContactChannel, phone_id: int | None = None) -> bool:
    """Return whether the person does not want this medium used at all, on this number; words oldest first."""
    newest = _newest(words, channel, phone_id, _STOPS_PEOPLE)
    return newest is not None and not newest.is_given


def has_consent_to_automation(
    words: Iterable[Word], channel: ContactChannel, phone_id: int | None = None
) -> bool:
    """Return whether a machine may call or write to this number (47 USC 227(b)(1)(A)); words oldest first."""
    newest = _newest(words, channel, phone_id, frozenset(ConsentScope))
    return newest is not None and newest.is_given


def heed_by(said_at: datetime) -> date:
    """Return the last day on which the law would let a revocation take effect."""
    return add_business_days(office_day(said_at), HEED_BUSINESS_DAYS)


def stated_until(said_at: datetime) -> datetime:
    """Return until when a person's word on where they are is fresh."""
    return said_at + timedelta(days=STATED_DAYS)


def to_mask(weekdays: Iterable[int]) -> int:
    """Return days of the week as bits; Monday is 0."""
    return sum(1 << day for day in set(weekdays))


def from_mask(mask: int) -> frozenset[int]:
    return frozenset(day for day in range(7) if mask >> day & 1)


def _newest(
    words: Iterable[Word], channel: ContactChannel, phone_id: int | None, scopes: frozenset[ConsentScope]
) -> Word | None:
    found = None
    for word in words:
        if word.channel is channel and word.scope in scopes and word.phone_id in {None, phone_id}:
            found = word
    return found


# In words

MEDIA = {
    ContactChannel.CALL: "calls",
    ContactChannel.TEXT: "texts",
    ContactChannel.EMAIL: "e-mail",
    ContactChannel.LETTER: "letters",
}


def scope_words(channel: ContactChannel, scope: ConsentScope) -> str:
    """Say what a consent or a revocation is about."""
    medium = MEDIA[channel]
    return {
        ConsentScope.AUTOMATED_BILLING: f"automated {medium} about bills",
        ConsentScope.BILLING: f"{medium} about bills",
        ConsentScope.ALL: f"{medium} of any kind",
    }[scope]
