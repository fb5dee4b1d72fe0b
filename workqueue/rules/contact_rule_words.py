"""Rules about contacting people, said in words."""

from collections.abc import Iterable

from workqueue.rules.channels import ContactChannel
from workqueue.rules.clocks import clock_words
from workqueue.rules.contact_rules import (
    FEDERAL,
    HOUSE,
    ClosedDays,
    Cooldown,
    CountedBy,
    Frequency,
    Hours,
    Parameters,
    RuleKind,
)
from workqueue.rules.jurisdictions import NYC
from workqueue.rules.places import state_name
from workqueue.rules.states import PhonePlace
from workqueue.rules.words import WEEKDAYS, day_words

KIND_WORDS = {
    RuleKind.HOURS: "Hours of calling",
    RuleKind.CLOSED_DAYS: "Days without calls",
    RuleKind.FREQUENCY: "How often",
    RuleKind.COOLDOWN: "Rest after a conversation",
    RuleKind.WAITING: "Wait after a notice",
}

TAG_WORDS = {
    "V": "Seen in the rule's own text",
    "V2": "Seen at second hand",
    "K-high": "From knowledge, to be confirmed",
    "K": "From knowledge, to be confirmed",
}
"""How sure the source is (regulation and EDI, provenance tags)."""


def is_to_be_confirmed(tag: str) -> bool:
    """Return whether nobody has seen the source yet: such a rule is policy until counsel has."""
    return tag.startswith("K")


def jurisdiction_words(jurisdiction: str) -> str:
    known = {FEDERAL: "United States", HOUSE: "This office's own limits", NYC: "New York City"}
    return known.get(jurisdiction) or state_name(jurisdiction)


def parameter_words(parameters: Parameters) -> str:
    """Say what a rule limits, in one sentence."""
    if isinstance(parameters, Hours):
        return _hours(parameters)
    if isinstance(parameters, ClosedDays):
        return _closed_days(parameters)
    if isinstance(parameters, Frequency):
        return _frequency(parameters)
    if isinstance(parameters, Cooldown):
        about = " about the same account" if parameters.counted_by is CountedBy.ACCOUNT else ""
        return f"No call{about} for {_days(parameters.days)}, the day of the conversation included."
    return f"No contact for {_days(parameters.days)} after the notice was mailed."


def _hours(hours: Hours) -> str:
    days = "every day" if len(hours.weekdays) == len(WEEKDAYS) else f"on {_weekdays(hours.weekdays)}"
    span = f"from {clock_words(hours.opens)} until {clock_words(hours.closes)}"
    return f"Calls {span} where the person is, {days}."


def _closed_days(closed: ClosedDays) -> str:
    days = [f"on {_weekdays(closed.weekdays)}"] if closed.weekdays else []
    days += ["on federal holidays"] if closed.is_closed_on_federal_holidays else []
    days += [f"on {_listed(day_words(each) for each in sorted(closed.days))}"] if closed.days else []
    return f"No calls {_listed(days)}." if days else "Closes no day."


def _frequency(rule: Frequency) -> str:
    words = ["conversations"] if rule.counts_conversations_only else _attempts(rule.channels)
    what = _listed(words if rule.most > 1 else [word.removesuffix("s") for word in words])
    whom = "the person" if rule.counted_by is CountedBy.PERSON else "each account"
    places = "" if rule.places == frozenset(PhonePlace) else f", to numbers at {_listed(sorted(rule.places))}"
    period = "a day" if rule.days == 1 else f"in {_days(rule.days)}"
    return f"At most {rule.most} {what} {period}, counted for {whom}{places}."


def _attempts(channels: frozenset[ContactChannel]) -> list[str]:
    words = {
        ContactChannel.CALL: "calls",
        ContactChannel.TEXT: "texts",
        ContactChannel.EMAIL: "e-mails",
        ContactChannel.LETTER: "letters",
    }
    return [word for channel, word in words.items() if channel in channels]


def _weekdays(weekdays: Iterable[int]) -> str:
    return _listed(f"{WEEKDAYS[each]}s" for each in sorted(weekdays))


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
