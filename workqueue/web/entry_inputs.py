"""The inputs of the form for logging an outcome.

One for each field and label that any disposition of the task asks for, so that a page without JavaScript
shows them all and none twice. An input's name is the field's; a second label for one field gets a number.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.disposition_facts import Disposition, Field, FieldRule, Group
from workqueue.rules.disposition_fields import CLOCKS, COUNTS, DAYS
from workqueue.rules.entries import LONGEST_TEXT
from workqueue.web.forms import Fields

CALLBACK_ON, CALLBACK_TIME, CALLBACK_FREE = "callback_on", "callback_time", "callback_free"
WEEKDAY = "weekday_"
"""Each day has a box of its own, so that a draft keeps every one that was ticked."""
MOST_COUNTED = 10_000
"""Whether so many payments or minutes make sense, the rules decide."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the form, and the dispositions that ask for it."""

    name: str
    field: Field
    label: str
    is_required: bool
    is_suggested: bool
    """It starts with the amount that is owed."""
    codes: tuple[str, ...]
    """Values of data-shown-by."""
    asked_by: str
    """The labels of those dispositions, for a page without JavaScript."""


def inputs_for(dispositions: Iterable[Disposition]) -> tuple[Input, ...]:
    """Return the inputs, needed ones first; a field's labels are numbered as they are first asked for."""
    asked: dict[FieldRule, list[Disposition]] = {}
    for disposition in dispositions:
        for rule in disposition.fields:
            asked.setdefault(rule, []).append(disposition)
    seen: dict[Field, int] = {}
    inputs = []
    for rule, by in asked.items():
        field = rule.name
        seen[field] = seen.get(field, 0) + 1
        inputs.append(
            Input(
                name=field.value if seen[field] == 1 else f"{field.value}_{seen[field]}",
                field=field,
                label=rule.label,
                is_required=rule.is_required,
                is_suggested=rule.is_required and rule.is_suggested,
                codes=tuple(each.code for each in by),
                asked_by=", ".join(each.label for each in by),
            )
        )
    order = list(Field)
    return tuple(sorted(inputs, key=lambda each: (not each.is_required, order.index(each.field))))


def grouped(dispositions: Iterable[Disposition]) -> dict[Group, list[Disposition]]:
    """Put what stands behind "More" under its headings, in the order of the headings."""
    groups: dict[Group, list[Disposition]] = {}
    for each in dispositions:
        groups.setdefault(each.group, []).append(each)
    return {group: groups[group] for group in Group if group in groups}


def callback_parts(name: str) -> tuple[str, str, str]:
    """Return the names of a callback field's inputs: the day, the time, and the choice of a free time."""
    number = name.removeprefix(Field.CALLBACK_AT)
    return CALLBACK_ON + number, CALLBACK_TIME + number, CALLBACK_FREE + number


def read_value(fields: Fields, each: Input, zone: str) -> Any:
    """Make what was typed into a value; whether something is needed the rules decide."""
    if each.field is Field.CALLBACK_AT:
        return read_moment(fields, each.name, zone)
    return _READERS.get(each.field, _text)(fields, each.name)


def _text(fields: Fields, name: str) -> str:
    return fields.text(name, longest=LONGEST_TEXT, is_required=False)


def _day(fields: Fields, name: str) -> Any:
    return fields.day(name, is_required=False)


def _count(fields: Fields, name: str) -> Any:
    return fields.whole_number(name, least=1, most=MOST_COUNTED, is_required=False)


def _clock(fields: Fields, name: str) -> Any:
    return fields.clock(name, is_required=False)


def _row_id(fields: Fields, name: str) -> Any:
    return fields.row_id(name, is_required=False)


_READERS: dict[Field, Callable[[Fields, str], Any]] = {
    Field.AMOUNT: lambda fields, name: fields.money_cents(name, is_required=False),
    Field.PHONE: _row_id,
    Field.COLLEAGUE: _row_id,
    Field.ONLY_THIS_NUMBER: lambda fields, name: fields.is_on(name),
    Field.WEEKDAYS: lambda fields, _: tuple(day for day in range(7) if fields.is_on(f"{WEEKDAY}{day}")),
    **dict.fromkeys(DAYS, _day),
    **dict.fromkeys(CLOCKS, _clock),
    **dict.fromkeys(COUNTS, _count),
}


def read_moment(fields: Fields, name: str, zone: str) -> datetime | None:
    """Return the free time that was chosen, else a day and a time of the patient's clock put together.

    A problem with any of them stands at all.
    """
    on, at, free = callback_parts(name)
    if fields.source.get(free):
        chosen = Fields({name: fields.source.get(free)})
        moment = chosen.moment(name)
        if name in chosen.errors:
            fields.refuse(name, chosen.errors[name])
        return moment
    parts = Fields({key: fields.source.get(key) for key in (on, at)})
    day, clock = parts.day(on, is_required=False), parts.clock(at, is_required=False)
    if on in parts.errors:
        fields.refuse(name, parts.errors[on])
    elif day is not None and clock is None:
        fields.refuse(name, "Enter a time too, for example 14:30.")
    elif day is None and clock is not None:
        fields.refuse(name, "Enter a day too.")
    if day is None or clock is None or day.year > 9000:
        return None
    local = datetime.combine(day, clock, ZoneInfo(zone or OFFICE_ZONE))
    return local.astimezone(ZoneInfo("UTC"))
