"""The form about one version of a rule of contact: what stands in it, and what was typed into it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from workqueue.rules.area_codes import STATES
from workqueue.rules.channels import CollectsAs, ContactChannel
from workqueue.rules.contact_rule_words import TAG_WORDS, jurisdiction_words
from workqueue.rules.contact_rules import (
    FEDERAL,
    HOUSE,
    ContactRule,
    CountedBy,
    RuleKind,
    raw_parameters,
)
from workqueue.rules.jurisdictions import NYC
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import WEEKDAYS
from workqueue.services.contact_rules import NewRule
from workqueue.web.forms import Fields

JURISDICTIONS = frozenset(STATES.values()) | {NYC}

LONGEST = {"code": 40, "label": 120, "citation": 300, "reviewed_by": 100, "note": 1_000}
MOST_CLOSED_DAYS = 100

ROLE_WORDS = {
    CollectsAs.FIRST_PARTY: "The office, in its own name",
    CollectsAs.EARLY_OUT: "A vendor in the office's name, before default",
    CollectsAs.THIRD_PARTY: "A debt collector",
}

_clock = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_code = re.compile(r"[A-Z][A-Z0-9_]*")

COUNTED_BY = [
    {"value": CountedBy.PERSON.value, "label": "The person, all their accounts and numbers together"},
    {"value": CountedBy.ACCOUNT.value, "label": "Each account by itself"},
]

CHOICES = {
    "weekdays": [(str(number), name) for number, name in enumerate(WEEKDAYS)],
    "places": [(place.value, place.value.capitalize()) for place in PhonePlace],
    "channels": [
        (ContactChannel.CALL.value, "Calls"),
        (ContactChannel.TEXT.value, "Texts"),
        (ContactChannel.EMAIL.value, "E-mails"),
        (ContactChannel.LETTER.value, "Letters"),
    ],
    "binds": [(role.value, words) for role, words in ROLE_WORDS.items()],
    "tag": list(TAG_WORDS.items()),
}
"""What the form offers to choose from, by the name of the field."""

MANY = frozenset({"weekdays", "places", "channels", "binds"})


def jurisdiction_options() -> list[tuple[str, str]]:
    first = [FEDERAL, HOUSE]
    others = sorted(set(JURISDICTIONS) - set(first), key=jurisdiction_words)
    return [(code, jurisdiction_words(code)) for code in (*first, *others)]


def blank(kind: RuleKind) -> dict[str, Any]:
    """Return what the form about a rule that is new starts with."""
    raw: dict[RuleKind, dict[str, Any]] = {
        RuleKind.HOURS: {
            "opens": "08:00",
            "closes": "21:00",
            "weekdays": list(range(7)),
            "channels": ["call", "text", "email"],
        },
        RuleKind.CLOSED_DAYS: {},
        RuleKind.FREQUENCY: {
            "counted_by": "person",
            "places": list(PhonePlace),
            "channels": ["call"],
            "spares_callbacks": True,
        },
        RuleKind.COOLDOWN: {"counted_by": "person", "channels": ["call"], "spares_callbacks": True},
        RuleKind.WAITING: {},
    }
    return _shown(raw[kind]) | {"jurisdiction": HOUSE, "tag": "K", "binds": [], "is_kept_anyway": True}


def filled(rule: ContactRule) -> dict[str, Any]:
    """Return a version as it stands in the form; the day on which the next one begins is left open."""
    return _shown(raw_parameters(rule.parameters)) | {
        "code": rule.code,
        "label": rule.label,
        "jurisdiction": rule.jurisdiction,
        "citation": rule.citation,
        "tag": rule.tag,
        "binds": sorted(rule.binds),
        "is_kept_anyway": rule.is_kept_anyway,
        "note": rule.note,
    }


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what was sent, to stand in the form again."""
    sent: dict[str, Any] = {name: form[name] for name in form if name not in MANY}
    return sent | {name: form.getlist(name) for name in MANY}


def read(form: MultiDict[str, str], kind: RuleKind, *, of: ContactRule | None) -> tuple[NewRule, Fields]:
    """Read the form; what is wrong stands in the fields' errors. A version keeps its rule's place."""
    fields = Fields(form)
    code = of.code if of else _read_code(fields)
    place = of.jurisdiction if of else fields.text("jurisdiction", longest=10)
    if place not in {FEDERAL, HOUSE, *JURISDICTIONS}:
        fields.refuse("jurisdiction", "Choose a place from the list.")
    if not form.get("effective_from"):
        fields.refuse("effective_from", "Enter the first day on which it holds.")
    tag = fields.text("tag", longest=10)
    if tag not in TAG_WORDS:
        fields.refuse("tag", "Say how sure the source is.")
    new = NewRule(
        code=code,
        kind=kind,
        label=fields.text("label", longest=LONGEST["label"]),
        jurisdiction=place,
        parameters=_READERS[kind](fields, form),
        citation=fields.text("citation", longest=LONGEST["citation"]),
        tag=tag,
        binds=frozenset(map(CollectsAs, _chosen(fields, form, "binds"))),
        is_kept_anyway=fields.is_on("is_kept_anyway"),
        effective_from=fields.day("effective_from") or date.max,
        effective_to=fields.day("effective_to", is_required=False),
        reviewed_by=fields.text("reviewed_by", longest=LONGEST["reviewed_by"], is_required=False),
        note=fields.text("note", longest=LONGEST["note"], is_required=False, has_lines=True),
    )
    return new, fields


def _shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Write parameters as the inputs hold them."""
    shown = dict(raw)
    for name in ("opens", "closes"):
        if name in shown:
            shown[name] = str(shown[name])[:5]
    for name in MANY & shown.keys():
        shown[name] = [str(each) for each in shown[name]]
    if "days" in shown and isinstance(shown["days"], list):
        shown["closed_days"] = "\n".join(shown.pop("days"))
    return shown


def _read_code(fields: Fields) -> str:
    code = fields.text("code", longest=LONGEST["code"]).upper()
    if code and not _code.fullmatch(code):
        fields.refuse("code", "Use capital letters, digits and underscores, for example MA_2IN7.")
    return code


def _chosen(fields: Fields, form: MultiDict[str, str], name: str) -> list[str]:
    """Return the boxes that were ticked."""
    offered = {str(value) for value, _ in CHOICES[name]}
    ticked = form.getlist(name)
    if not offered.issuperset(ticked):
        fields.refuse(name, "Choose from the list.")
        return []
    return ticked


def _time(fields: Fields, name: str) -> str:
    text = fields.text(name, longest=8)[:5]
    if text and not _clock.fullmatch(text):
        fields.refuse(name, "Enter a time of day, for example 08:00.")
    return text


def _hours(fields: Fields, form: MultiDict[str, str]) -> dict[str, Any]:
    weekdays = _chosen(fields, form, "weekdays")
    if not weekdays:
        fields.refuse("weekdays", "Choose the days it is about.")
    return {
        "opens": _time(fields, "opens"),
        "closes": _time(fields, "closes"),
        "weekdays": [int(each) for each in weekdays],
        "channels": _chosen(fields, form, "channels"),
    }


def _closed_days(fields: Fields, form: MultiDict[str, str]) -> dict[str, Any]:
    text = fields.text("closed_days", longest=2_000, is_required=False, has_lines=True)
    days = text.replace(",", " ").split()
    if len(days) > MOST_CLOSED_DAYS:
        fields.refuse("closed_days", f"At most {MOST_CLOSED_DAYS} days.")
    for each in days:
        try:
            date.fromisoformat(each)
        except ValueError:
            fields.refuse(
                "closed_days", f"“{each[:20]}” is no date. Write one a line, for example 2026-12-24."
            )
    weekdays = [int(each) for each in _chosen(fields, form, "weekdays")]
    on_holidays = fields.is_on("is_closed_on_federal_holidays")
    if not (weekdays or days or on_holidays):
        fields.refuse("weekdays", "Choose the days on which nobody is called.")
    return {"weekdays": weekdays, "is_closed_on_federal_holidays": on_holidays, "days": days}


def _frequency(fields: Fields, form: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "most": fields.whole_number("most", least=1, most=1_000),
        "days": fields.whole_number("days", least=1, most=366),
        "counted_by": fields.choice("counted_by", CountedBy),
        "places": _chosen(fields, form, "places"),
        "channels": _chosen(fields, form, "channels"),
        "counts_conversations_only": fields.is_on("counts_conversations_only"),
        "spares_callbacks": fields.is_on("spares_callbacks"),
    }


def _cooldown(fields: Fields, form: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "days": fields.whole_number("days", least=1, most=366),
        "counted_by": fields.choice("counted_by", CountedBy),
        "channels": _chosen(fields, form, "channels"),
        "spares_callbacks": fields.is_on("spares_callbacks"),
    }


def _waiting(fields: Fields, _form: MultiDict[str, str]) -> dict[str, Any]:
    return {"days": fields.whole_number("days", least=1, most=366)}


_READERS = {
    RuleKind.HOURS: _hours,
    RuleKind.CLOSED_DAYS: _closed_days,
    RuleKind.FREQUENCY: _frequency,
    RuleKind.COOLDOWN: _cooldown,
    RuleKind.WAITING: _waiting,
}
