"""The limits that are rows: hours, closed days, how often, days of rest, notices that come first.

A limit answers with a moment before which it cannot allow. It is judged in every zone the person may be in;
one in which it forbids is enough.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from workqueue.rules.channels import ContactChannel
from workqueue.rules.clocks import NEVER, Moment, day_begins, zone_info
from workqueue.rules.contact_facts import Attempt, ContactFacts
from workqueue.rules.contact_rules import (
    ClosedDays,
    ContactRule,
    Cooldown,
    CountedBy,
    Frequency,
    Hours,
    Parameters,
    Waiting,
)
from workqueue.rules.places import WHOLE_COUNTRY
from workqueue.rules.states import PhonePlace
from workqueue.rules.windows import shut_until

CALLBACK_DAYS = 7
"""A call the person asked for is free of both counts so many days, the day it was asked for included, until
the first conversation (12 CFR 1006.14(b)(3)(i))."""


@dataclass(frozen=True)
class Case:
    """The facts, and what the limits ask of them, worked out once."""

    facts: ContactFacts

    @cached_property
    def zone_names(self) -> tuple[str, ...]:
        return self.facts.zones or WHOLE_COUNTRY

    @cached_property
    def zones(self) -> tuple[ZoneInfo, ...]:
        return tuple(map(zone_info, self.zone_names))

    @cached_property
    def place(self) -> PhonePlace | None:
        return self.facts.number.place if self.facts.number else None

    @cached_property
    def attempt_days(self) -> tuple[tuple[date, ...], ...]:
        """For each zone the date of each attempt there."""
        return tuple(
            tuple(each.at.astimezone(zone).date() for each in self.facts.attempts) for zone in self.zones
        )

    @cached_property
    def consent_ends_at(self) -> datetime | None:
        """Until when the wish to be called back holds; None when there is none, or it was met."""
        asked_at, attempts = self.facts.callback_asked_at, self.facts.attempts
        if asked_at is None or any(each.is_conversation and each.at > asked_at for each in attempts):
            return None
        return min(
            day_begins(asked_at.astimezone(zone).date() + timedelta(days=CALLBACK_DAYS), zone)
            for zone in self.zones
        )

    def has_consent(self, at: datetime) -> bool:
        """Return whether the person asked for this call and has not been spoken to since."""
        return self.consent_ends_at is not None and at < self.consent_ends_at

    def is_same_debt(self, each: Attempt, unit: CountedBy) -> bool:
        """Return whether an attempt falls into the same count. About an unknown account, it does into all."""
        if unit is CountedBy.PERSON or each.account_id is None or self.facts.account_id is None:
            return True
        return each.account_id == self.facts.account_id


def says_something(rule: ContactRule, case: Case) -> bool:
    """Return whether the rule is about this medium and this kind of number."""
    limit, channel = rule.parameters, case.facts.channel
    if isinstance(limit, Frequency):
        return channel in limit.channels and (case.place is None or case.place in limit.places)
    if isinstance(limit, Hours | Cooldown):
        return channel in limit.channels
    if isinstance(limit, ClosedDays):
        return channel in {ContactChannel.CALL, ContactChannel.TEXT}
    return channel is not ContactChannel.LETTER


def forbids_until(rule: ContactRule, case: Case, moment: Moment) -> datetime:
    """Return the moment itself when the rule allows; else a later one before which it cannot, or NEVER."""
    latest = moment.at
    for number, local in enumerate(moment.locals):
        if rule.is_in_force(local.date()):
            until = _forbids_until_in(rule.parameters, case, moment, number)
            if rule.effective_to is not None and until > moment.at:
                # It forbids nothing any more once it has ended.
                until = min(until, day_begins(rule.effective_to + timedelta(days=1), case.zones[number]))
            latest = max(latest, until)
    return latest


def _forbids_until_in(limit: Parameters, case: Case, moment: Moment, number: int) -> datetime:
    local = moment.locals[number]
    if isinstance(limit, Hours | ClosedDays):
        return shut_until(limit, local) or moment.at
    ends_on = _ends_on(limit, case, moment.at, local.date(), number)
    if ends_on is None:
        return moment.at
    return day_begins(ends_on, case.zones[number]) if ends_on < date.max else NEVER


def _ends_on(limit: Parameters, case: Case, at: datetime, today: date, number: int) -> date | None:
    """Return the first day on which a limit that counts days allows again; None when it allows today."""
    if isinstance(limit, Waiting):
        mailed_on = case.facts.notice_mailed_on
        ends_on = mailed_on + timedelta(days=limit.days) if mailed_on else date.max
        return ends_on if today < ends_on else None
    if isinstance(limit, Hours | ClosedDays) or (limit.spares_callbacks and case.has_consent(at)):
        return None
    if isinstance(limit, Frequency):
        used = used_on(limit, case, today, number)
        return used[-limit.most] + timedelta(days=limit.days) if len(used) >= limit.most else None
    rests = (each + timedelta(days=limit.days) for each in spoken_on(limit, case, number) if each <= today)
    return max((each for each in rests if today < each), default=None)


def used_on(limit: Frequency, case: Case, today: date, number: int) -> list[date]:
    """Return in order the days of the attempts that count today, in the zone of this number."""
    first = today - timedelta(days=limit.days - 1)
    days = case.attempt_days[number]
    return sorted(
        day
        for day, each in zip(days, case.facts.attempts, strict=True)
        if first <= day <= today and _counts(each, limit, case)
    )


def _counts(each: Attempt, limit: Frequency, case: Case) -> bool:
    if each.channel not in limit.channels or not case.is_same_debt(each, limit.counted_by):
        return False
    if each.place is not None and each.place not in limit.places:
        return False
    if limit.counts_conversations_only:
        return each.is_conversation
    is_spared = limit.spares_callbacks and each.is_with_consent
    return each.is_connected and not each.is_inbound and not is_spared


def spoken_on(limit: Cooldown, case: Case, number: int) -> list[date]:
    """Return the days of the conversations that count, whoever began them, in the zone of this number."""
    days = case.attempt_days[number]
    return [
        day
        for day, each in zip(days, case.facts.attempts, strict=True)
        if each.is_conversation and case.is_same_debt(each, limit.counted_by)
    ]
