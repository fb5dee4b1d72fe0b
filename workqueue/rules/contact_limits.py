"""The limits that are rows: hours, closed days, how often, days of rest, notices that come first.

A limit answers with a moment before which it cannot allow. It is judged in every zone the person may be in;
one in which it forbids is enough.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from workqueue.rules.channels import ContactChannel
from workqueue.rules.clocks import NEVER, Moment, day_begins, zone_info
from workqueue.rules.contact_facts import Attempt, ContactFacts
from workqueue.rules.contact_rules import (
    BY_CLOCK,
    ClosedDays,
    ContactRule,
    Cooldown,
    CountedBy,
    Frequency,
    Parameters,
    Waiting,
)
from workqueue.rules.places import WHOLE_COUNTRY
from workqueue.rules.windows import shut_until

CALLBACK_DAYS = 7
"""A call the person asked for is free of both counts so many days, the day it was asked for included, until
the first conversation (12 CFR 1006.14(b)(3)(i))."""

ONE_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)

Days = tuple[list[date], ...]
"""For each zone the person's dates of some attempts, oldest first."""


class Case:
    """The facts, and what the limits ask of them, worked out once."""

    def __init__(self, facts: ContactFacts) -> None:
        self.facts = facts
        self.zone_names = facts.zones or WHOLE_COUNTRY
        self.zones = tuple(map(zone_info, self.zone_names))
        self.place = facts.number.place if facts.number else None
        self.consent_ends_at = self._consent_ends_at()
        self.newest_at = sorted((each.at for each in facts.attempts), reverse=True)
        self.was_spoken_to = any(each.is_conversation for each in facts.attempts)
        self._attempt_days: tuple[tuple[date, ...], ...] | None = None
        self._days: dict[int, Days] = {}
        self._at: dict[int, list[datetime]] = {}

    def has_consent(self, at: datetime) -> bool:
        """Return whether the person asked for this call and has not been spoken to since."""
        return self.consent_ends_at is not None and at < self.consent_ends_at

    def cannot_have_reached(self, limit: Parameters, at: datetime) -> bool:
        """Tell at a glance: nearly everybody was called less often than limits allow, and not spoken to."""
        if isinstance(limit, Frequency):
            # Between the beginning of the first day and the end of the last the clock may be put back.
            oldest_at = at - limit.days * ONE_DAY - AN_HOUR
            return _were_fewer(self.newest_at, limit.most, oldest_at) or _were_fewer(
                self._counted_at(limit), limit.most, oldest_at
            )
        return isinstance(limit, Cooldown) and not self.was_spoken_to

    def _counted_at(self, limit: Frequency) -> list[datetime]:
        """Return when the attempts this limit counts were, newest first."""
        found = self._at.get(id(limit))
        if found is None:
            counted = [each.at for each in self.facts.attempts if self._counts(each, limit)]
            found = self._at[id(limit)] = sorted(counted, reverse=True)
        return found

    def used(self, limit: Frequency) -> Days:
        """Return the days of the attempts this limit counts."""
        return self._days_of(limit, lambda each: self._counts(each, limit))

    def spoken(self, limit: Cooldown) -> Days:
        """Return the days of the conversations after which this limit wants rest, whoever began them."""
        return self._days_of(
            limit, lambda each: each.is_conversation and self._is_same_debt(each, limit.counted_by)
        )

    def _days_of(self, limit: Frequency | Cooldown, counts: Callable[[Attempt], bool]) -> Days:
        # Kept by the limit: the search for the next legal moment asks again and again.
        found = self._days.get(id(limit))
        if found is None:
            which = [number for number, each in enumerate(self.facts.attempts) if counts(each)]
            there = self._days_of_attempts() if which else ((),) * len(self.zones)
            found = tuple(sorted([days[number] for number in which]) for days in there)
            self._days[id(limit)] = found
        return found

    def _days_of_attempts(self) -> tuple[tuple[date, ...], ...]:
        if self._attempt_days is None:
            moments = [each.at for each in self.facts.attempts]
            self._attempt_days = tuple(
                tuple([at.astimezone(zone).date() for at in moments]) for zone in self.zones
            )
        return self._attempt_days

    def _counts(self, each: Attempt, limit: Frequency) -> bool:
        if each.channel not in limit.channels or not self._is_same_debt(each, limit.counted_by):
            return False
        if each.place is not None and each.place not in limit.places:
            return False
        if limit.counts_conversations_only:
            return each.is_conversation
        is_spared = limit.spares_callbacks and each.is_with_consent
        return each.is_connected and not each.is_inbound and not is_spared

    def _is_same_debt(self, each: Attempt, unit: CountedBy) -> bool:
        """Return whether an attempt falls into the same count. About an unknown account, it does into all."""
        if unit is CountedBy.PERSON or each.account_id is None or self.facts.account_id is None:
            return True
        return each.account_id == self.facts.account_id

    def _consent_ends_at(self) -> datetime | None:
        asked_at, attempts = self.facts.callback_asked_at, self.facts.attempts
        if asked_at is None or any(each.is_conversation and each.at > asked_at for each in attempts):
            return None
        last_day = timedelta(days=CALLBACK_DAYS)
        return min(day_begins(asked_at.astimezone(zone).date() + last_day, zone) for zone in self.zones)


def _were_fewer(newest_at: Sequence[datetime], most: int, since: datetime) -> bool:
    return len(newest_at) < most or newest_at[most - 1] < since


def says_something(rule: ContactRule, case: Case) -> bool:
    """Return whether the rule is about this medium, this kind of number and somebody in this part."""
    limit, channel = rule.parameters, case.facts.channel
    # Regulation F leaves out attorneys beside what was asked for, in one paragraph (1006.14(b)(3)).
    if case.facts.is_attorney and isinstance(limit, Frequency | Cooldown) and limit.spares_callbacks:
        return False
    if isinstance(limit, Frequency):
        return channel in limit.channels and (case.place is None or case.place in limit.places)
    if isinstance(limit, ClosedDays):
        return channel is ContactChannel.CALL or channel is ContactChannel.TEXT
    if isinstance(limit, Waiting):
        return channel is not ContactChannel.LETTER
    return channel in limit.channels


def forbids_until(rule: ContactRule, case: Case, moment: Moment) -> datetime:
    """Return the moment itself when the rule allows; else a later one before which it cannot, or NEVER."""
    latest, limit = moment.at, rule.parameters
    if case.cannot_have_reached(limit, moment.at):
        return latest
    for number, day in enumerate(moment.days):
        if not rule.is_in_force(day):
            continue
        zone = case.zones[number]
        if isinstance(limit, BY_CLOCK):
            until = shut_until(limit, moment.locals[number])
        else:
            ends_on = _ends_on(limit, case, moment, number)
            until = None if ends_on is None else _begins(ends_on, zone)
        if until is not None:
            # Once it has ended it forbids nothing any more.
            over = NEVER if rule.effective_to is None else _begins(rule.effective_to + ONE_DAY, zone)
            latest = max(latest, min(until, over))
    return latest


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return NEVER if day == date.max else day_begins(day, zone)


def _ends_on(limit: Frequency | Cooldown | Waiting, case: Case, moment: Moment, number: int) -> date | None:
    """Return the first day on which a limit that counts days allows again; None when it allows today."""
    today = moment.days[number]
    if isinstance(limit, Waiting):
        mailed_on = case.facts.notice_mailed_on
        ends_on = mailed_on + timedelta(days=limit.days) if mailed_on else date.max
        return ends_on if today < ends_on else None
    if limit.spares_callbacks and case.has_consent(moment.at):
        return None
    if isinstance(limit, Frequency):
        days = case.used(limit)[number]
        first_to_stay = bisect_right(days, today) - limit.most
        is_over = first_to_stay >= bisect_left(days, today - timedelta(days=limit.days - 1))
        return days[first_to_stay] + timedelta(days=limit.days) if is_over and first_to_stay >= 0 else None
    days = case.spoken(limit)[number]
    past = bisect_right(days, today)
    ends_on = days[past - 1] + timedelta(days=limit.days) if past else today
    return ends_on if today < ends_on else None


def used_today(limit: Frequency, case: Case, moment: Moment) -> int:
    """Return how many attempts count at this moment, in the zone where there are most."""
    used = case.used(limit)
    return max(
        bisect_right(days, today) - bisect_left(days, today - timedelta(days=limit.days - 1))
        for days, today in zip(used, moment.days, strict=True)
    )
