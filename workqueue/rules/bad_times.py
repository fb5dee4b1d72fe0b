"""Times of the week, and places, at which a person asked not to be called (12 CFR 1006.6(b)(1))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from workqueue.rules.clocks import clock_words
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import WEEKDAYS

EVERY_DAY = frozenset(range(7))
BEGINNING, END = time.min, time.max
"""The end of the day; `inconvenient_times` keeps it as 23:59:59.999999."""


@dataclass(frozen=True)
class Inconvenience:
    """What a person said: some days, a span of the day, a place, or several of these together."""

    weekdays: frozenset[int]
    """Monday is 0; every day when none was named."""
    from_time: time
    until_time: time
    place: PhonePlace | None

    @property
    def is_a_place(self) -> bool:
        """The place as such, at whatever time: "not at work"."""
        return (
            self.place is not None
            and self.weekdays == EVERY_DAY
            and (self.from_time, self.until_time) == (BEGINNING, END)
        )


def inconvenience(
    weekdays: Iterable[int], from_time: time | None, until_time: time | None, place: str
) -> Inconvenience:
    """Fill up what was left open: no day named is every day, no hour the whole of it."""
    return Inconvenience(
        frozenset(weekdays) or EVERY_DAY,
        from_time or BEGINNING,
        # Midnight as an end is the end of that day.
        until_time if until_time and until_time != BEGINNING else END,
        PhonePlace(place) if place else None,
    )


def objection(said: Inconvenience) -> tuple[str, str] | None:
    """Return which field cannot stand and why; None when it can be kept."""
    if not said.weekdays <= EVERY_DAY:
        return "weekdays", "Choose days of the week."
    if said.from_time >= said.until_time:
        return "until_time", "The end has to come after the beginning; over midnight, enter the two parts."
    if said == inconvenience((), None, None, ""):
        return "from_time", "Say at which time, on which days or at which place."
    return None


def in_words(said: Inconvenience) -> str:
    """Say it in a line: `Mon to Fri, 9 AM to 5 PM, at work`."""
    days = "" if said.weekdays == EVERY_DAY else _days_words(said.weekdays)
    is_all_day = (said.from_time, said.until_time) == (BEGINNING, END)
    hours = "" if is_all_day else f"{clock_words(said.from_time)} to {clock_words(said.until_time)}"
    words = ", ".join(filter(None, (days, hours, _WHERE[said.place])))
    return words[:1].upper() + words[1:] if words else "At no time at all"


_WHERE: dict[PhonePlace | None, str] = {
    None: "",
    PhonePlace.WORK: "at work",
    PhonePlace.HOME: "at home",
    PhonePlace.MOBILE: "on the mobile number",
    PhonePlace.OTHER: "on the other number",
}


def _days_words(weekdays: frozenset[int]) -> str:
    days = sorted(weekdays)
    names = [WEEKDAYS[day][:3] for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return ", ".join(names)
