"""The forms about somebody's time: a week of shifts, and an absence by days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time

from workqueue.rules.shifts import AbsenceKind, Shift, Span, absence_span
from workqueue.web.forms import Fields

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHIFTS_A_DAY = 2
LONGEST_BREAK = 480


@dataclass(frozen=True, slots=True)
class AbsenceAsked:
    """An absence as the form gives it."""

    kind: AbsenceKind
    first_on: date
    last_on: date
    from_time: time | None
    until_time: time | None

    def span(self, zone: str) -> Span:
        return absence_span(zone, self.first_on, self.last_on, self.from_time, self.until_time)


def places() -> Iterator[tuple[int, int]]:
    """Where the form has room for a shift: the weekday, and whether it is its first or second."""
    return ((weekday, number) for weekday in range(len(WEEKDAYS)) for number in range(SHIFTS_A_DAY))


def read_week(fields: Fields) -> list[Shift]:
    """Return the shifts that were typed; a place with no times is none."""
    shifts = []
    for weekday, number in places():
        begins = fields.clock(f"begins_{weekday}_{number}", is_required=False)
        ends = fields.clock(f"ends_{weekday}_{number}", is_required=False)
        pause = fields.whole_number(
            f"break_{weekday}_{number}", least=0, most=LONGEST_BREAK, is_required=False, otherwise=0
        )
        if begins is not None and ends is not None:
            shifts.append(Shift(weekday, begins, ends, pause or 0))
        elif begins is not None or ends is not None:
            fields.refuse(f"weekday_{weekday}", f"Enter both times of {WEEKDAYS[weekday]}, or none.")
    # What is wrong with one input is said beside its day.
    for name in [each for each in fields.errors if each.partition("_")[0] in {"begins", "ends", "break"}]:
        fields.refuse(f"weekday_{name.split('_')[1]}", fields.errors.pop(name))
    return shifts


def week_values(week: Sequence[Shift]) -> dict[str, str]:
    """Return what the form holds for a week that is kept."""
    values = {}
    for weekday in range(len(WEEKDAYS)):
        for number, shift in enumerate(sorted(each for each in week if each.weekday == weekday)):
            values[f"begins_{weekday}_{number}"] = f"{shift.begins:%H:%M}"
            values[f"ends_{weekday}_{number}"] = f"{shift.ends:%H:%M}"
            values[f"break_{weekday}_{number}"] = str(shift.break_minutes)
    return values


def read_absence(fields: Fields) -> AbsenceAsked | None:
    """Return the absence that was typed; None while something is missing."""
    kind = fields.choice("kind", AbsenceKind)
    first_on = fields.day("first_on")
    last_on = fields.day("last_on", is_required=False) or first_on
    from_time = fields.clock("from_time", is_required=False)
    until_time = fields.clock("until_time", is_required=False)
    if fields.errors or kind is None or first_on is None or last_on is None:
        return None
    return AbsenceAsked(kind, first_on, last_on, from_time, until_time)


def week_words(week: Sequence[Shift]) -> list[tuple[str, Sequence[Shift]]]:
    """Return each weekday with its shifts, in order."""
    return [
        (name, sorted(each for each in week if each.weekday == weekday))
        for weekday, name in enumerate(WEEKDAYS)
    ]
