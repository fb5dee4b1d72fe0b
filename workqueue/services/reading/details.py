"""What a disposition asked for besides the note, in words."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Outcome, User
from workqueue.rules.clocks import clock_words
from workqueue.rules.disposition_fields import CHOICES, CLOCKS, DAYS, Field
from workqueue.rules.dispositions import DISPOSITIONS
from workqueue.rules.words import WEEKDAYS, day_words, dollars, moment_words


def colleagues_named(session: Session, logged: Sequence[Outcome]) -> dict[int, str]:
    """Return the names of those to whom something was passed, by id."""
    ids = {each.details.get(Field.COLLEAGUE) for each in logged} - {None}
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def detail_words(outcome: Outcome, names: dict[int, str]) -> tuple[tuple[str, str], ...]:
    """Return label and words of each field that was filled in."""
    known = DISPOSITIONS.get(outcome.disposition)
    if known is None:
        return ()
    said = []
    for rule in known.fields:
        value = outcome.details.get(rule.name.value)
        if value is None or rule.name is Field.PHONE:
            continue
        is_colleague = rule.name is Field.COLLEAGUE
        words = names.get(value, "a colleague") if is_colleague else _value_words(rule.name, value)
        said.append((rule.label, words))
    return tuple(said)


def _value_words(name: Field, value: Any) -> str:
    if name in CHOICES:
        return CHOICES[name].get(value, str(value))
    return _WORDS.get(name, str)(value)


def _day(value: str) -> str:
    return day_words(date.fromisoformat(value))


_WORDS: dict[Field, Callable[[Any], str]] = {
    Field.AMOUNT: dollars,
    Field.CALLBACK_AT: lambda value: moment_words(datetime.fromisoformat(value)),
    Field.WEEKDAYS: lambda value: ", ".join(WEEKDAYS[day] for day in value),
    Field.ONLY_THIS_NUMBER: lambda _: "Yes",
    **dict.fromkeys(CLOCKS, lambda value: clock_words(time.fromisoformat(value))),
    **dict.fromkeys(DAYS, _day),
}
