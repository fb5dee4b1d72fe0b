"""What a rep sends when logging an outcome, and what may be wrong with it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from workqueue.rules import bad_times, plans, promises
from workqueue.rules.contact_rules import ContactRule
from workqueue.rules.disposition_facts import Disposition, Effect, Field
from workqueue.rules.disposition_fields import BY_PORTAL, CHOICES
from workqueue.rules.next_steps import date_objection
from workqueue.rules.phones import NotAPhone, to_e164
from workqueue.rules.refusals import Invalid
from workqueue.rules.slots import SlotRules
from workqueue.rules.windows import is_open

LONGEST_NOTE = 10_000
LONGEST_TEXT = 200
LETTER_DAYS = 7
"""A letter that a call made necessary goes out no later."""
LONGEST_HOLD_MINUTES = 600
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class OutcomeEntry:
    """What was typed into the one form for logging an outcome."""

    disposition: str
    note: str = ""
    amount_cents: int | None = None
    due_on: date | None = None
    callback_at: datetime | None = None
    phone_id: int | None = None
    reference_number: str = ""
    spoke_with: str = ""
    next_on: date | None = None
    reason: str = ""
    account_number: str = ""
    colleague_id: int | None = None
    instalments: int | None = None
    disputed: str = ""
    """A key of CHOICES, as are medium, place, language, chapter and contact_by."""
    medium: str = ""
    only_this_number: bool = False
    weekdays: tuple[int, ...] = ()
    """Monday is 0."""
    from_time: time | None = None
    """By the clock where the person is."""
    until_time: time | None = None
    place: str = ""
    language: str = ""
    attorney_name: str = ""
    attorney_phone: str = ""
    case_number: str = ""
    chapter: str = ""
    happened_on: date | None = None
    letter_on: date | None = None
    contact_by: str = ""
    hold_minutes: int | None = None
    claim_control_number: str = ""
    check_number: str = ""
    paid_on: date | None = None
    reason_code: str = ""
    appeal_address: str = ""
    wanted_by: date | None = None
    is_inbound: bool = False
    """The patient called the office, so no call was placed."""

    def as_json(self) -> dict[str, Any]:
        """Return what was filled in, as plain values."""
        return {
            name: _plain(value) for name, value in asdict(self).items() if value not in {None, "", False, ()}
        }

    @property
    def digest(self) -> str:
        """Tells the same entry sent twice from another one."""
        return sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


class InvalidEntry(Invalid):
    """Something in the entry has to be looked at again: each field with a sentence."""

    code: ClassVar[str] = "invalid_outcome"

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        field, sentence = next(iter(self.fields.items()))
        super().__init__(sentence, field=field or None)

    def details(self) -> dict[str, Any]:
        return {"fields": self.fields}


@dataclass(frozen=True)
class EntryFacts:
    """What an entry is measured against."""

    insurance_cents: int
    patient_cents: int
    deadline_on: date | None
    zones: tuple[str, ...]
    hours: Sequence[ContactRule]
    """When this office calls anybody: a callback fits into it."""
    slots: SlotRules
    """How the team that calls patients gives out its time."""
    is_lead: bool
    has_call: bool
    """A call was placed under this lease and is not logged yet."""
    has_number: bool
    """It is known which of the patient's numbers that was."""
    today: date
    now: datetime


def objections(disposition: Disposition, entry: OutcomeEntry, facts: EntryFacts) -> dict[str, str]:
    """Return every field that cannot stand, with the reason; none when all can."""
    found: dict[str, str] = {}
    if disposition.needs_call and not (facts.has_call or entry.is_inbound):
        found["disposition"] = "Place the call first, or say that the patient called."
    if entry.is_inbound and not facts.has_call and disposition.needs_call and not disposition.is_answered:
        found["disposition"] = "Nobody was called: choose what the caller said."
    if disposition.needs_note and not entry.note.strip():
        found["note"] = "Write down what was said."
    if len(entry.note) > LONGEST_NOTE:
        found["note"] = f"A note holds {LONGEST_NOTE} characters at most."
    for rule in disposition.fields:
        sentence = _field_objection(rule.name, disposition, entry, facts)
        if sentence is None and rule.is_required and _is_empty(getattr(entry, rule.name)):
            has_nobody = rule.name is Field.SPOKE_WITH and entry.contact_by == BY_PORTAL
            sentence = None if has_nobody else f"Fill this in: {rule.label.lower()}."
        if sentence:
            found.setdefault(rule.name.value, sentence)
    if not found:
        wrong = _objection_together(disposition, entry, facts)
        found.update([wrong] if wrong else [])
    return found


def _objection_together(
    disposition: Disposition, entry: OutcomeEntry, facts: EntryFacts
) -> tuple[str, str] | None:
    """Look at fields that can be judged only side by side, once each can stand by itself."""
    effect, owed = disposition.effect, facts.patient_cents
    if effect is Effect.PROMISE and entry.amount_cents is not None and entry.due_on is not None:
        return promises.objection(entry.amount_cents, entry.due_on, owed_cents=owed, today=facts.today)
    if effect is Effect.PLAN and entry.instalments is not None and entry.due_on is not None:
        return plans.objection(owed, entry.instalments, entry.due_on, today=facts.today)
    if (effect is Effect.INVALIDATE_PHONE or entry.only_this_number) and not (
        entry.phone_id or facts.has_number
    ):
        return "phone_id", "Say which number."
    if effect is Effect.BAD_TIME:
        return bad_times.objection(inconvenience_of(entry))
    return None


def inconvenience_of(entry: OutcomeEntry) -> bad_times.Inconvenience:
    return bad_times.inconvenience(entry.weekdays, entry.from_time, entry.until_time, entry.place)


def kept_details(disposition: Disposition, entry: OutcomeEntry) -> dict[str, Any]:
    """Return what this disposition asked for; what was left in other fields of the form is dropped."""
    asked = {rule.name.value for rule in disposition.fields}
    return {name: value for name, value in entry.as_json().items() if name in asked}


def _field_objection(
    name: Field, disposition: Disposition, entry: OutcomeEntry, facts: EntryFacts
) -> str | None:
    value = getattr(entry, name)
    if _is_empty(value):
        return None
    if isinstance(value, str):
        return _text_objection(name, value)
    if name is Field.AMOUNT:
        return _amount_objection(disposition, value, facts)
    if name is Field.NEXT_ON:
        return date_objection(disposition, value, deadline_on=facts.deadline_on, today=facts.today)
    if name is Field.CALLBACK_AT:
        return callback_objection(value, facts.zones, facts.hours, facts.slots, facts.now)
    is_credible, sentence = _CREDIBLE.get(name, (_anything, ""))
    return None if is_credible(value, facts.today) else sentence


def _anything(_value: Any, _today: date) -> bool:
    return True


def _has_been(day: date, today: date) -> bool:
    return EARLIEST <= day <= today


_CREDIBLE: dict[Field, tuple[Callable[[Any, date], bool], str]] = {
    Field.HAPPENED_ON: (_has_been, "Choose a day that has been."),
    Field.PAID_ON: (_has_been, "Choose a day that has been."),
    Field.LETTER_ON: (
        lambda day, today: today <= day <= today + timedelta(days=LETTER_DAYS),
        f"Choose a day within the next {LETTER_DAYS} days.",
    ),
    Field.WANTED_BY: (lambda day, today: day >= today, "That day has passed."),
    Field.HOLD_MINUTES: (
        lambda minutes, _: 1 <= minutes <= LONGEST_HOLD_MINUTES,
        f"Enter minutes, from 1 to {LONGEST_HOLD_MINUTES}.",
    ),
    Field.WEEKDAYS: (lambda days, _: all(0 <= day <= 6 for day in days), "Choose days of the week."),
}


def _text_objection(name: Field, value: str) -> str | None:
    if len(value) > LONGEST_TEXT:
        return f"At most {LONGEST_TEXT} characters fit here."
    if name in CHOICES and value not in CHOICES[name]:
        return f"Choose one of: {', '.join(CHOICES[name])}."
    if name is Field.ATTORNEY_PHONE:
        try:
            to_e164(value)
        except NotAPhone as refusal:
            return refusal.sentence
    return None


def _amount_objection(disposition: Disposition, amount: int, facts: EntryFacts) -> str | None:
    most = {
        Effect.WRITE_OFF: facts.insurance_cents,
        Effect.TO_PATIENT: facts.insurance_cents,
        Effect.REFUND: max(-facts.insurance_cents, -facts.patient_cents),
    }
    if amount <= 0:
        return "Give an amount above zero."
    effect = disposition.effect
    if effect in most and amount > most[effect]:
        return f"There are {_dollars(max(most[effect], 0))} to dispose of; this is more."
    limit = disposition.lead_above_cents
    if limit is not None and amount > limit and not facts.is_lead:
        return f"Above {_dollars(limit)} a lead decides: pass the task on to your lead."
    return None


def callback_objection(
    at: datetime, zones: tuple[str, ...], hours: Sequence[ContactRule], slots: SlotRules, now: datetime
) -> str | None:
    """Return why a callback cannot be at this time, whoever is free; None when it can."""
    if at > now and not is_open(zones, hours, at):
        return "At that time nobody is called where the patient may be. Choose another hour or day."
    return slots.objection(at, now)


def _is_empty(value: Any) -> bool:
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02}"
