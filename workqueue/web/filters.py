"""Jinja filters: how amounts, times, telephone numbers and counts are written for people."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, pass_environment

from workqueue.rules.ages import age_on
from workqueue.rules.phones import spoken
from workqueue.rules.report_facts import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

NOTHING = "—"

# What people in the United States call their zones; both halves of the year carry one name.
_ZONE_NAMES = {
    "EST": "Eastern", "EDT": "Eastern",
    "CST": "Central", "CDT": "Central",
    "MST": "Mountain", "MDT": "Mountain",
    "PST": "Pacific", "PDT": "Pacific",
    "AKST": "Alaska", "AKDT": "Alaska",
    "HST": "Hawaii", "HDT": "Hawaii",
    "AST": "Atlantic", "ADT": "Atlantic",
    "ChST": "Guam", "SST": "Samoa", "UTC": "UTC",
}  # fmt: skip
# Most of Arizona keeps standard time all year: "Mountain" alone would be an hour off in summer.
_ZONES_WITH_A_NAME_OF_THEIR_OWN = {"America/Phoenix": "Arizona"}


def money(cents: int | None, *, sign: bool = False) -> str:
    """Cents as dollars: 123456 is $1,234.56; with `sign` a plus stands before what is above zero."""
    if cents is None:
        return NOTHING
    prefix = "-" if cents < 0 else "+" if sign and cents > 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{prefix}${dollars:,}.{rest:02d}"


def money_plain(cents: int | None) -> str:
    """Cents as the text of an amount field: 123456 is 1234.56."""
    if cents is None:
        return ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{dollars}.{rest:02d}"


def money_short(cents: int | None) -> str:
    """Cents as few characters, for tiles: $950, $12.3K, $4.1M."""
    if cents is None:
        return NOTHING
    prefix, dollars = ("-" if cents < 0 else ""), (abs(cents) + 50) // 100
    if dollars < 1_000:
        return f"{prefix}${dollars}"
    # 999,950 dollars round up to 1,000.0K, which is written 1M.
    unit, letter = (1_000_000, "M") if dollars >= 999_950 else (1_000, "K")
    tenths = (dollars * 10 + unit // 2) // unit
    return f"{prefix}${tenths // 10:,}" + (f".{tenths % 10}" if tenths % 10 else "") + letter


def zone_name(moment: dt.datetime, zone: str) -> str:
    """The zone as people say it, e.g. Central; the city where there is no such name."""
    if zone in _ZONES_WITH_A_NAME_OF_THEIR_OWN:
        return _ZONES_WITH_A_NAME_OF_THEIR_OWN[zone]
    abbreviation = moment.astimezone(ZoneInfo(zone)).tzname() or ""
    return _ZONE_NAMES.get(abbreviation) or zone.rsplit("/", 1)[-1].replace("_", " ")


def date(value: dt.date | None, *, weekday: bool = False) -> str:
    """A calendar day: Dec 1, 2026, or Tue, Dec 1, 2026. A moment is refused: its day depends on a zone."""
    if value is None:
        return NOTHING
    if isinstance(value, dt.datetime):
        msg = "A moment has no date without a zone; use the datetime filter"
        raise TypeError(msg)
    text = f"{value:%b} {value.day}, {value.year}"
    return f"{value:%a}, {text}" if weekday else text


def clock(value: dt.time | dt.datetime) -> str:
    """A time of day: 9:30 AM. A moment must have been put into its zone before."""
    return f"{value.hour % 12 or 12}:{value.minute:02d} {'AM' if value.hour < 12 else 'PM'}"


def datetime(moment: dt.datetime | None, zone: str, *, year: bool = False, named: bool = True) -> str:
    """A moment in a named zone: Tue, Dec 1, 9:30 AM Central."""
    if moment is None:
        return NOTHING
    local = moment.astimezone(ZoneInfo(zone))
    day = f"{local:%a}, {local:%b} {local.day}" + (f", {local.year}" if year else "")
    return f"{day}, {clock(local)}" + (f" {zone_name(moment, zone)}" if named else "")


def time(moment: dt.datetime | None, zone: str, *, named: bool = False) -> str:
    """The time of day of a moment in a zone: 9:30 AM, or 9:30 AM Central."""
    if moment is None:
        return NOTHING
    return clock(moment.astimezone(ZoneInfo(zone))) + (f" {zone_name(moment, zone)}" if named else "")


def iso(value: dt.date | dt.datetime | None) -> str:
    """For datetime attributes and date fields."""
    return value.isoformat() if value is not None else ""


def phone(e164: str | None) -> str:
    """A stored number as it is read aloud: (217) 555-0142; another country's number in its own form."""
    return spoken(e164) if e164 else NOTHING


def age(born_on: dt.date | None, on: dt.date) -> str:
    """Whole years on a day."""
    if born_on is None:
        return NOTHING
    return str(age_on(born_on, on))


def percent(share: float | None, *, digits: int = 0) -> str:
    """A share between 0 and 1: 0.615 is 62%."""
    return NOTHING if share is None else f"{share * 100:.{digits}f}%"


def number(value: int | None) -> str:
    """A count with its thousands apart: 1,284."""
    return NOTHING if value is None else f"{value:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 claim, 2 claims, 1,284 claims."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def days_until(day: dt.date, today: dt.date) -> str:
    """How far a day is from today: today, tomorrow, in 6 days, yesterday, 3 days ago."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"


def ago(moment: dt.datetime | None, now: dt.datetime) -> str:
    """How long ago: just now, 5 minutes ago, 3 hours ago, 2 days ago."""
    if moment is None:
        return NOTHING
    seconds = max(0, int((now - moment).total_seconds()))
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{plural(seconds // size, noun)} ago"
    return "just now"


def duration(seconds: int | None) -> str:
    """A length of time: 45 s, 3 min, 1 h 20 min."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def hours(minutes: int | None) -> str:
    """Minutes of work as hours: 5.5 h, 12 h, 0 h; under an hour 45 min."""
    if minutes is None:
        return NOTHING
    if 0 < abs(minutes) < 60:
        return f"{minutes} min"
    return f"{minutes / 60:,.1f}".removesuffix(".0") + " h"


def _in_office_zone(written: Callable[..., str]) -> Callable[..., str]:
    """The filter with the office's zone where a template names none."""

    @pass_environment
    def filter_(
        environment: Environment, moment: dt.datetime | None, zone: str | None = None, **style: Any
    ) -> str:
        return written(moment, zone or str(environment.globals["office_zone"]), **style)

    return filter_


def register(app: Flask, *, office_zone: str = "America/New_York") -> None:
    """Give the application's templates these filters and the office's zone."""
    ZoneInfo(office_zone)
    app.jinja_env.globals["office_zone"] = office_zone
    plain: tuple[Callable[..., str], ...] = (
        money, money_plain, money_short, date, clock, iso, phone, age,
        percent, number, plural, days_until, ago, duration, hours, said,
    )  # fmt: skip
    app.jinja_env.filters.update({written.__name__: written for written in plain})
    app.jinja_env.filters["datetime"] = _in_office_zone(datetime)
    app.jinja_env.filters["time"] = _in_office_zone(time)
