"""At which times a callback can be promised: somebody is there who can make it, and the law allows it."""

from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from workqueue.rules.refusals import Invalid
from workqueue.rules.shifts import Span


class CallbackTopic(StrEnum):
    """What the person wants to speak about; no more than the page of an office may ask of anybody."""

    BILL = "bill"
    PAYMENT = "payment"
    PLAN = "plan"
    INSURANCE = "insurance"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How a team gives out its time. The defaults are our own; a lead changes them."""

    minutes: int = 15
    """Reserved for one callback."""
    interpreter_minutes: int = 15
    """Reserved besides when somebody interprets: all is said twice."""
    step_minutes: int = 15
    """Slots begin this far apart, from the full hour on."""
    notice_minutes: int = 30
    """The next slot is so far ahead at least, so that the task reaches its rep in time."""
    ahead_days: int = 14
    share_percent: int = 50
    """Of the reps who could call at a time, how many may have a callback then: the others are there for
    patients who call, and for a callback that takes longer."""
    allows_same_day: bool = True
    has_waiting_list: bool = True

    def length(self, *, needs_interpreter: bool) -> timedelta:
        return timedelta(minutes=self.minutes + (self.interpreter_minutes if needs_interpreter else 0))

    def may_begin(self, at: datetime) -> bool:
        """Whether slots begin at such a moment: one in between would take two of them."""
        return at.timestamp() % (self.step_minutes * 60) == 0

    def objection(self, at: datetime, now: datetime) -> str | None:
        """Return why no call is promised for such a moment, whoever is free; None when one may be."""
        if at <= now:
            return "Choose a time to come."
        if at > now + timedelta(days=self.ahead_days):
            return f"Calls are promised for the next {self.ahead_days} days. Choose an earlier day."
        if not self.may_begin(at):
            return f"Calls begin every {self.step_minutes} minutes, from the full hour on. Choose one."
        return None


LIMITS = {
    "minutes": (5, 120),
    "interpreter_minutes": (0, 120),
    "notice_minutes": (5, 2_880),
    "ahead_days": (1, 30),
    "share_percent": (1, 100),
}
"""Least and most of what a lead may set."""

STEPS = (5, 10, 15, 20, 30, 60)
"""Minutes between beginnings, so that an hour is made of whole steps."""


def objections(rules: SlotRules) -> dict[str, str]:
    """Return what cannot stand, by the name of the field."""
    found = {
        name: f"Enter a number from {least:,} to {most:,}."
        for name, (least, most) in LIMITS.items()
        if not least <= getattr(rules, name) <= most
    }
    if rules.step_minutes not in STEPS:
        found["step_minutes"] = "Choose one of the steps."
    return found


def check(rules: SlotRules) -> None:
    """Raise Invalid for the first number that cannot stand."""
    for field, sentence in objections(rules).items():
        raise Invalid(sentence, field=field)


@dataclass(frozen=True, slots=True)
class RepTime:
    """A rep's hours, and what of them is promised to others."""

    rep_id: int
    duties: tuple[Span, ...]
    busy: tuple[Span, ...] = ()
    speaks: bool = True
    """The person's language, well enough without an interpreter."""

    def is_there(self, span: Span) -> bool:
        return any(duty.begins_at <= span.begins_at and span.ends_at <= duty.ends_at for duty in self.duties)

    def is_promised(self, span: Span) -> bool:
        """Whether any of this time is promised to somebody."""
        return any(each.begins_at < span.ends_at and span.begins_at < each.ends_at for each in self.busy)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be promised, and who could keep the promise, the best first."""

    at: datetime
    rep_ids: tuple[int, ...]


def slots(
    reps: Sequence[RepTime],
    rules: SlotRules,
    *,
    length: timedelta,
    is_legal: Callable[[datetime], bool],
    begins: Iterable[datetime],
) -> Iterator[Slot]:
    """Yield those of these beginnings that can be promised, in their order.

    Who speaks the person's language comes first; of these, who has fewer callbacks already. Where nobody
    there speaks it, nobody is offered: the person is offered an interpreter instead, and then all are asked
    with `speaks`.
    """
    able = [rep for rep in reps if rep.speaks]
    load = {rep.rep_id: sum((each.minutes for each in rep.busy), 0.0) for rep in able}
    for at in begins:
        span = Span(at, at + length)
        present = [rep for rep in able if rep.is_there(span)]
        free = [rep for rep in present if not rep.is_promised(span)]
        taken = sum(rep.is_promised(span) for rep in able)
        if free and taken < capacity(len(present), rules.share_percent) and is_legal(at):
            yield Slot(
                at, tuple(rep.rep_id for rep in sorted(free, key=lambda rep: (load[rep.rep_id], rep.rep_id)))
            )


def capacity(present: int, share_percent: int) -> int:
    """Return how many callbacks a time takes when so many reps are there: one at least, if one is there."""
    return max(present * share_percent // 100, min(present, 1))


def seats(reps: Collection[RepTime], rules: SlotRules, span: Span) -> int:
    """Return how many calls without an interpreter a stretch takes in all, one after the other.

    It begins at a full step, and the first calls begin at the first step at which somebody is there for all
    of one.
    """
    length, step = timedelta(minutes=rules.minutes), timedelta(minutes=rules.step_minutes)
    whole_steps = -(-length // step) * step
    total, at = 0, span.begins_at
    while at + length <= span.ends_at:
        present = sum(rep.is_there(Span(at, at + length)) for rep in reps)
        total += capacity(present, rules.share_percent)
        at += whole_steps if present else step
    return total


def beginnings(rules: SlotRules, now: datetime, *, day_ends_at: datetime | None = None) -> Iterator[datetime]:
    """Yield the moments at which a slot may begin, from the first that is far enough ahead.

    `day_ends_at` is the end of today where the person is: before it nothing begins when a team takes no
    callbacks for the same day.
    """
    step = timedelta(minutes=rules.step_minutes)
    earliest = now + timedelta(minutes=rules.notice_minutes)
    if not rules.allows_same_day and day_ends_at is not None:
        earliest = max(earliest, day_ends_at)
    hour = earliest.replace(minute=0, second=0, microsecond=0)
    at = hour + -((hour - earliest) // step) * step
    last = now + timedelta(days=rules.ahead_days)
    while at <= last:
        yield at
        at += step


def when_somebody_works(reps: Collection[RepTime], begins: Iterable[datetime]) -> Iterator[datetime]:
    """Leave out the beginnings at which nobody is on duty: nights and closed days cost no further look.

    `begins` are in order.
    """
    duties = sorted((duty for rep in reps for duty in rep.duties), key=lambda duty: duty.begins_at)
    number, covered_until = 0, datetime.min.replace(tzinfo=UTC)
    for at in begins:
        while number < len(duties) and duties[number].begins_at <= at:
            covered_until = max(covered_until, duties[number].ends_at)
            number += 1
        if at < covered_until:
            yield at


def nearest(found: Sequence[Slot], wanted_at: datetime, most: int) -> list[Slot]:
    """Return the slots nearest to a time that is not to be had, in the order of their times."""
    near = sorted(found, key=lambda slot: (abs(slot.at - wanted_at), slot.at))[:most]
    return sorted(near, key=lambda slot: slot.at)


def spread(found: Iterable[Slot], zone: str, *, days: int = 4) -> Iterator[Slot]:
    """Yield the first slot of each morning, noon and afternoon by this clock, of so many days that have any.

    Nobody wants to hear of 9:00, 9:15 and 9:30 before they hear of the afternoon.
    """
    clock, parts, seen = ZoneInfo(zone), set(), []
    for slot in found:
        local = slot.at.astimezone(clock)
        if local.date() not in seen:
            seen.append(local.date())
        if len(seen) > days:
            return
        part = local.date(), bisect(PARTS_OF_DAY, local.time())
        if part not in parts:
            parts.add(part)
            yield slot


PARTS_OF_DAY = (time(11), time(15))
"""Where the morning and the middle of the day end."""
