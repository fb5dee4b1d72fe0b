"""The form for logging an outcome: which inputs it has, and what was typed into them as an entry.

One input for each field and label that any disposition of the task asks for, so that a page without
JavaScript shows them all and none twice. An input's name is the field's; a second label for the same field
gets a number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workqueue.rules.business_days import add_business_days
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.disposition_facts import Disposition, Field
from workqueue.rules.dispositions import DEFERRED, PASSED, label_of
from workqueue.rules.entries import LONGEST_NOTE, LONGEST_TEXT, OutcomeEntry
from workqueue.web.forms import Fields

CALLBACK_ON, CALLBACK_TIME = "callback_on", "callback_time"
DEFER_WHEN, DEFER_ON, DEFER_REASON, PASS_TO, PASS_REASON = (
    "defer_when",
    "defer_on",
    "defer_reason",
    "pass_to",
    "pass_reason",
)
NOT_TYPED = frozenset({"csrf_token", "lease_token", "then", "dial_phone_id", "step"})
"""What every form carries besides what a person typed."""
STATED = "stated_"
"""What a person on the line says to be identified: compared, never kept."""

_clock = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the form, and the dispositions that ask for it."""

    name: str
    field: Field
    label: str
    is_required: bool
    codes: tuple[str, ...]
    """Values of data-shown-by."""
    asked_by: str
    """The labels of those dispositions, for a page without JavaScript."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual day to put a task off to."""

    value: str
    label: str
    day: date


def inputs_for(dispositions: Iterable[Disposition]) -> tuple[Input, ...]:
    """Return the inputs in the order in which the dispositions first ask for them."""
    asked: dict[tuple[Field, str, bool], list[Disposition]] = {}
    for disposition in dispositions:
        for rule in disposition.fields:
            asked.setdefault((rule.name, rule.label, rule.is_required), []).append(disposition)
    seen: dict[Field, int] = {}
    inputs = []
    for (field, label, is_required), by in asked.items():
        seen[field] = seen.get(field, 0) + 1
        name = field.value if seen[field] == 1 else f"{field.value}_{seen[field]}"
        codes = tuple(each.code for each in by)
        inputs.append(Input(name, field, label, is_required, codes, ", ".join(each.label for each in by)))
    return tuple(inputs)


def presets(today: date) -> tuple[Preset, ...]:
    tomorrow, business = today + timedelta(days=1), add_business_days(today, 1)
    days = [
        *([] if tomorrow == business else [("tomorrow", "Tomorrow", tomorrow)]),
        ("business", "Next working day", business),
        *((f"{count}", f"In {count} days", today + timedelta(days=count)) for count in (7, 14, 30)),
    ]
    return tuple(Preset(*each) for each in days)


def read_outcome(
    form: Mapping[str, Any], dispositions: Sequence[Disposition], *, zone: str
) -> tuple[OutcomeEntry, dict[str, str]]:
    """Return what was typed, and what cannot be read; `zone` is where the patient is."""
    fields = Fields(form)
    chosen = next((each for each in dispositions if each.code == form.get("disposition")), None)
    if chosen is None:
        fields.refuse("disposition", "Choose what happened.")
    values: dict[str, Any] = {}
    for each in inputs_for(dispositions):
        if chosen is not None and chosen.code in each.codes:
            values[each.field.value] = _read(fields, each, zone)
    entry = OutcomeEntry(
        disposition=chosen.code if chosen else "",
        note=fields.text("note", longest=LONGEST_NOTE, has_lines=True, is_required=False),
        is_inbound=fields.is_on("is_inbound"),
        **values,
    )
    return entry, fields.errors


def read_deferral(form: Mapping[str, Any], today: date) -> tuple[OutcomeEntry, dict[str, str]]:
    fields = Fields(form)
    when = str(form.get(DEFER_WHEN) or "")
    day = next((each.day for each in presets(today) if each.value == when), None)
    if day is None and (when == "on" or form.get(DEFER_ON)):
        day = fields.day(DEFER_ON)
    elif day is None:
        fields.refuse(DEFER_WHEN, "Choose until when.")
    reason = fields.text(DEFER_REASON, longest=LONGEST_TEXT)
    return OutcomeEntry(disposition=DEFERRED.code, next_on=day, reason=reason), fields.errors


def read_passing(form: Mapping[str, Any]) -> tuple[OutcomeEntry, dict[str, str]]:
    fields = Fields(form)
    colleague_id = fields.row_id(PASS_TO, is_required=False)
    if colleague_id is None:
        fields.refuse(PASS_TO, "Choose a person.")
    reason = fields.text(PASS_REASON, longest=LONGEST_TEXT)
    return OutcomeEntry(disposition=PASSED.code, colleague_id=colleague_id, reason=reason), fields.errors


def errors_by_input(
    errors: Mapping[str, str], disposition: str, dispositions: Sequence[Disposition]
) -> dict[str, str]:
    """Put each objection to a field beside the input it was typed into."""
    names = {
        DEFERRED.code: {"next_on": DEFER_WHEN, "reason": DEFER_REASON},
        PASSED.code: {"colleague_id": PASS_TO, "reason": PASS_REASON},
    }.get(disposition)
    if names is None:
        names = {
            each.field.value: each.name for each in inputs_for(dispositions) if disposition in each.codes
        }
    return {names.get(field, field or "disposition"): sentence for field, sentence in errors.items()}


def typed(form: Mapping[str, Any]) -> dict[str, str]:
    """Return what a person typed or chose, for the draft."""
    return {
        name: value
        for name, value in form.items()
        if name not in NOT_TYPED and not name.startswith(STATED) and isinstance(value, str) and value.strip()
    }


def in_words(
    typed: Mapping[str, str], dispositions: Sequence[Disposition], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return what was typed as label and value, for a person to copy; `names` are the colleagues' by id."""
    labels = {each.name: each.label for each in inputs_for(dispositions)} | {
        "disposition": "What happened",
        "note": "Note",
        "is_inbound": "The patient called us",
        CALLBACK_ON: "Call on",
        CALLBACK_TIME: "Call at",
        DEFER_WHEN: "Put off until",
        DEFER_ON: "Put off until",
        DEFER_REASON: "Reason to put it off",
        PASS_TO: "Pass to",
        PASS_REASON: "Reason to pass it on",
    }
    return [(labels[name], _shown(name, value, names)) for name, value in typed.items() if name in labels]


def _shown(name: str, value: str, names: Mapping[str, str]) -> str:
    if name == "disposition":
        return label_of(value)
    if name == "is_inbound":
        return "Yes"
    if name == PASS_TO:
        return names.get(value, "A colleague")
    if name == DEFER_WHEN:
        return {"tomorrow": "Tomorrow", "business": "Next working day", "on": "A day"}.get(
            value, f"In {value} days"
        )
    return value


def _read(fields: Fields, each: Input, zone: str) -> Any:
    # Whether something is needed the rules decide; here it is only made into a value.
    match each.field:
        case Field.AMOUNT:
            return fields.money_cents(each.name, is_required=False)
        case Field.DUE_ON | Field.NEXT_ON:
            return fields.day(each.name, is_required=False)
        case Field.CALLBACK_AT:
            return read_moment(fields, each.name, zone)
        case Field.PHONE | Field.COLLEAGUE:
            return fields.row_id(each.name, is_required=False)
        case _:
            return fields.text(each.name, longest=LONGEST_TEXT, is_required=False)


def read_moment(fields: Fields, name: str, zone: str) -> datetime | None:
    """Put a day and a time of the patient's clock together; a problem with either stands at both."""
    parts = Fields({key: fields.source.get(key) for key in (CALLBACK_ON, CALLBACK_TIME)})
    day = parts.day(CALLBACK_ON, is_required=False)
    clock = _clock.fullmatch(str(parts.source.get(CALLBACK_TIME) or "").strip())
    if CALLBACK_ON in parts.errors:
        fields.refuse(name, parts.errors[CALLBACK_ON])
    elif day is not None and clock is None:
        fields.refuse(name, "Enter a time too, for example 14:30.")
    elif day is None and clock is not None:
        fields.refuse(name, "Enter a day too.")
    if day is None or clock is None or day.year > 9000:
        return None
    local = datetime.combine(day, time(int(clock[1]), int(clock[2])), ZoneInfo(zone or OFFICE_ZONE))
    return local.astimezone(ZoneInfo("UTC"))
