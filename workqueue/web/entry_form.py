"""The form for logging an outcome: what was typed into it as an entry, and back in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workqueue.rules.business_days import add_business_days
from workqueue.rules.disposition_facts import Disposition, Field
from workqueue.rules.disposition_fields import CHOICES
from workqueue.rules.dispositions import DEFERRED, PASSED, label_of
from workqueue.rules.entries import LONGEST_NOTE, LONGEST_TEXT, OutcomeEntry
from workqueue.rules.words import WEEKDAYS, moment_words
from workqueue.web.entry_inputs import CALLBACK_FREE, WEEKDAY, Input, callback_parts, inputs_for, read_value
from workqueue.web.forms import Fields

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


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual day to put a task off to."""

    value: str
    label: str
    day: date


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
            values[each.field.value] = read_value(fields, each, zone)
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
    inputs = inputs_for(dispositions)
    fields = {each.name: each.field for each in inputs}
    labels = {each.name: each.label for each in inputs} | {
        "disposition": "What happened",
        "note": "Note",
        "is_inbound": "The patient called us",
        **{f"{WEEKDAY}{number}": f"Not on {day}" for number, day in enumerate(WEEKDAYS)},
        **{name: words for each in inputs if each.field is Field.CALLBACK_AT for name, words in _parts(each)},
        DEFER_WHEN: "Put off until",
        DEFER_ON: "Put off until",
        DEFER_REASON: "Reason to put it off",
        PASS_TO: "Pass to",
        PASS_REASON: "Reason to pass it on",
    }
    return [
        (labels[name], _shown(name, fields.get(name), value, names))
        for name, value in typed.items()
        if name in labels
    ]


def _parts(each: Input) -> tuple[tuple[str, str], ...]:
    on, at, free = callback_parts(each.name)
    return (on, f"{each.label}, day"), (at, f"{each.label}, time"), (free, f"{each.label}, a free time")


def _shown(name: str, field: Field | None, value: str, names: Mapping[str, str]) -> str:
    if name == "disposition":
        return label_of(value)
    if name == "is_inbound" or field is Field.ONLY_THIS_NUMBER or name.startswith(WEEKDAY):
        return "Yes"
    if field is not None and field in CHOICES:
        return CHOICES[field].get(value, value)
    if name == PASS_TO:
        return names.get(value, "A colleague")
    if name == DEFER_WHEN:
        return {"tomorrow": "Tomorrow", "business": "Next working day", "on": "A day"}.get(
            value, f"In {value} days"
        )
    return _moment_words(value) if name.startswith(CALLBACK_FREE) else value


def _moment_words(value: str) -> str:
    """Return a chosen moment in words, by the office's clock."""
    try:
        return moment_words(datetime.fromisoformat(value))
    except ValueError:
        return value
