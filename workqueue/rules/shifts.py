"""When people are at work, and how many minutes of work that makes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workqueue.rules.business_days import is_federal_holiday
from workqueue.rules.refusals import Invalid


class AbsenceKind(StrEnum):
    """Why somebody is away, as far as it concerns the office."""

    PLANNED = "planned"
    SICK = "sick"
    TRAINING = "training"


class SkillLevel(StrEnum):
    """How well somebody does a kind of work, or speaks a language."""

    LEARNING = "learning"
    ABLE = "able"
    EXPERT = "expert"


class Mastery(NamedTuple):
    """How well somebody does a kind of work or speaks a language, and the last day on which that holds."""

    level: SkillLevel = SkillLevel.ABLE
    expires_on: date | None = None


RUNS_OUT_SOON = timedelta(days=30)
"""What holds no longer than this is shown to the lead: training can be arranged in time. Our own default."""

PACE_PERCENT = {SkillLevel.LEARNING: 150, SkillLevel.ABLE: 100, SkillLevel.EXPERT: 85}
"""Of the minutes expected of a task, how many it takes a person of this level. Our own defaults."""

PRODUCTIVE_PERCENT = 80
"""Of the minutes on shift, what is left for tasks after meetings, mail and the walk to the printer.

Our own default for a person of whom nobody said otherwise.
"""

MOST_SHIFTS = 14
"""Two a weekday: a day may be split."""


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Hours of one weekday, every week, by the clock where the person works."""

    weekday: int
    """0 is Monday."""
    begins: time
    ends: time
    break_minutes: int = 0
    from_on: date = date.min
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        is_begun = self.from_on <= day and (self.until_on is None or day <= self.until_on)
        return is_begun and day.weekday() == self.weekday

    @property
    def minutes(self) -> int:
        """From its beginning to its end by the clock, the break included."""
        return (self.ends.hour - self.begins.hour) * 60 + self.ends.minute - self.begins.minute


USUAL_WEEK = tuple(Shift(weekday, time(8), time(16, 30), break_minutes=30) for weekday in range(5))
"""Assumed of whoever has no shifts written down; pages say so."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some time, its end excluded."""

    begins_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> float:
        return (self.ends_at - self.begins_at).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class Duty:
    """One stretch at work, and how much of it is work on tasks."""

    span: Span
    worked_share: float
    """Of each minute, what is not break."""

    @property
    def minutes(self) -> float:
        return self.span.minutes * self.worked_share


def check_week(shifts: Sequence[Shift]) -> None:
    """Refuse a week that nobody can work; raises Invalid naming the weekday's field."""
    if len(shifts) > MOST_SHIFTS:
        raise Invalid(f"A week has at most {MOST_SHIFTS} shifts.", field="weekday_0")
    before: Shift | None = None
    for shift in sorted(shifts):
        field = f"weekday_{shift.weekday}"
        if shift.minutes <= 0:
            raise Invalid("A shift ends after it begins, on the same day.", field=field)
        if not 0 <= shift.break_minutes < shift.minutes:
            raise Invalid("The break is shorter than the shift.", field=field)
        if before is not None and before.weekday == shift.weekday and shift.begins < before.ends:
            raise Invalid("Two shifts of one day overlap.", field=field)
        before = shift


def on_duty(shifts: Iterable[Shift], zone: str, away: Iterable[Span], between: Span) -> list[Duty]:
    """Return the stretches within a span in which the person works, in order.

    Federal holidays are nobody's shift. `away` are absences; they may overlap each other. Hours are those of
    the clock where the person works: on the day the clocks change a shift may be an hour longer or shorter.
    """
    week = list(shifts)
    gone = sorted(away, key=lambda each: each.begins_at)
    found: list[Duty] = []
    clock = ZoneInfo(zone)
    # A day early and a day late: the person's day is not the day of the span.
    day = (between.begins_at - timedelta(days=1)).date()
    while day <= (between.ends_at + timedelta(days=1)).date():
        for shift in sorted(each for each in week if each.holds_on(day)):
            if is_federal_holiday(day):
                break
            whole = Span(
                datetime.combine(day, shift.begins, clock).astimezone(UTC),
                datetime.combine(day, shift.ends, clock).astimezone(UTC),
            )
            share = 1 - shift.break_minutes / shift.minutes
            found.extend(Duty(span, share) for span in _without(_within(whole, between), gone))
        day += timedelta(days=1)
    return found


def task_minutes(duties: Iterable[Duty], productive_percent: int) -> int:
    """Return the minutes that are left for tasks, rounded down."""
    return int(sum(duty.minutes for duty in duties) * productive_percent / 100)


def minutes_by_day(duties: Iterable[Duty], zone: str, productive_percent: int) -> dict[date, int]:
    """Return the minutes that are left for tasks on each day of the person's clock on which they work."""
    of_day: dict[date, list[Duty]] = defaultdict(list)
    for duty in duties:
        of_day[duty.span.begins_at.astimezone(ZoneInfo(zone)).date()].append(duty)
    return {day: task_minutes(each, productive_percent) for day, each in of_day.items()}


def absence_span(
    zone: str, first_on: date, last_on: date, from_time: time | None = None, until_time: time | None = None
) -> Span:
    """Return an absence from a day to a day, both included, by the clock where the person works.

    With times it begins on the first day and ends on the last at these.
    """
    clock = ZoneInfo(zone)
    last = (last_on, until_time) if until_time else (last_on + timedelta(days=1), time.min)
    return Span(
        datetime.combine(first_on, from_time or time.min, clock).astimezone(UTC),
        datetime.combine(*last, clock).astimezone(UTC),
    )


def expected_minutes(minutes: int, level: SkillLevel) -> int:
    """Return how long a task of so many minutes takes a person of this level: at least one."""
    return max(1, -(-minutes * PACE_PERCENT[level] // 100))


def _within(span: Span, bounds: Span) -> Span | None:
    begins_at, ends_at = max(span.begins_at, bounds.begins_at), min(span.ends_at, bounds.ends_at)
    return Span(begins_at, ends_at) if begins_at < ends_at else None


def _without(span: Span | None, gone: Sequence[Span]) -> list[Span]:
    """Cut absences out of a span; `gone` is in the order of its beginnings."""
    if span is None:
        return []
    left, begins_at = [], span.begins_at
    for each in gone:
        if each.ends_at <= begins_at or each.begins_at >= span.ends_at:
            continue
        if each.begins_at > begins_at:
            left.append(Span(begins_at, each.begins_at))
        begins_at = max(begins_at, each.ends_at)
    if begins_at < span.ends_at:
        left.append(Span(begins_at, span.ends_at))
    return left
