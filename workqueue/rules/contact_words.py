"""What a limit says to the person at the desk, and what it looked at."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from workqueue.rules.channels import ContactChannel
from workqueue.rules.clocks import Moment, clock_words, place_words
from workqueue.rules.contact_limits import Case, spoken_on, used_on
from workqueue.rules.contact_rules import (
    ClosedDays,
    ContactRule,
    Cooldown,
    CountedBy,
    Frequency,
    Hours,
    Parameters,
    Waiting,
)
from workqueue.rules.windows import is_shut
from workqueue.rules.words import day_words

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ASKED_FOR = "The person asked for this call and has not been spoken to since."


class Saying(NamedTuple):
    """A sentence, and the values it rests on."""

    sentence: str
    inputs: Mapping[str, Any]


def saying(rule: ContactRule, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    limit = rule.parameters
    if isinstance(limit, Frequency):
        return _frequency(rule, limit, case, moment, is_ok=is_ok)
    if isinstance(limit, Cooldown):
        return _cooldown(limit, case, moment, is_ok=is_ok)
    if isinstance(limit, Waiting):
        return _waiting(limit, case)
    return _clock(limit, case, moment, is_ok=is_ok)


def _clock(limit: Parameters, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    inputs = {
        "local": {name: shown(local) for name, local in zip(case.zone_names, moment.locals, strict=True)}
    }
    if is_ok:
        return Saying(_suits(limit), inputs)
    name, local = next(
        each for each in zip(case.zone_names, moment.locals, strict=True) if is_shut(limit, each[1])
    )
    place, day = place_words(name), WEEKDAYS[local.weekday()]
    if isinstance(limit, ClosedDays):
        if local.weekday() in limit.weekdays:
            return Saying(f"It is {day} in {place}; on {day}s nobody is called.", inputs)
        return Saying(f"It is {day_words(local.date())} in {place}, a day on which nobody is called.", inputs)
    assert isinstance(limit, Hours)
    now = f"{local.hour % 12 or 12}:{local:%M %p}"
    if len(limit.weekdays) < len(WEEKDAYS):
        now = f"{day}, {now}"
    if local.time() < limit.opens:
        return Saying(f"It is {now} in {place}; calls begin at {clock_words(limit.opens)}.", inputs)
    return Saying(f"It is {now} in {place}; calls end at {clock_words(limit.closes)}.", inputs)


def _suits(limit: Parameters) -> str:
    if isinstance(limit, Hours) and len(limit.weekdays) == len(WEEKDAYS):
        between = f"between {clock_words(limit.opens)} and {clock_words(limit.closes)}"
        return f"It is {between} in every place the person may be."
    if isinstance(limit, Hours):
        return "The hour suits the day in every place the person may be."
    return "Today is no closed day in any place the person may be."


def _frequency(rule: ContactRule, limit: Frequency, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    used = max(
        (
            len(used_on(limit, case, local.date(), number))
            for number, local in enumerate(moment.locals)
            if rule.is_in_force(local.date())
        ),
        default=0,
    )
    inputs = {"calls": used, "limit": limit.most, "days": limit.days}
    what = _counted_words(limit)
    span = "today" if limit.days == 1 else f"in {limit.days} days"
    whom = "this person" if limit.counted_by is CountedBy.PERSON else "this person about this account"
    if not is_ok:
        return Saying(f"{used} {what} to {whom} {span}; {limit.most} is the limit.", inputs)
    if used >= limit.most:
        return Saying(ASKED_FOR, inputs)
    return Saying(f"{used} of {limit.most} {what} to {whom} {span} are used.", inputs)


def _counted_words(limit: Frequency) -> str:
    if limit.counts_conversations_only:
        return "conversations"
    return "calls" if limit.channels == {ContactChannel.CALL} else "contacts"


def _cooldown(limit: Cooldown, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    today = moment.locals[0].date()
    spoken = [each for each in spoken_on(limit, case, 0) if each <= today]
    last: date | None = max(spoken, default=None)
    inputs = {"last_conversation_on": last.isoformat() if last else None, "days": limit.days}
    if not is_ok and last is not None:
        rest = f"the {limit.days} days that begin with it are free of calls"
        return Saying(f"There was a conversation on {day_words(last)}; {rest}.", inputs)
    if last is not None and (today - last).days < limit.days:
        return Saying(ASKED_FOR, inputs)
    return Saying(f"No conversation within the last {limit.days} days.", inputs)


def _waiting(limit: Waiting, case: Case) -> Saying:
    mailed_on = case.facts.notice_mailed_on
    inputs = {"mailed_on": mailed_on.isoformat() if mailed_on else None, "days": limit.days}
    if mailed_on is None:
        return Saying(f"No notice was mailed; it comes {limit.days} days before any contact.", inputs)
    return Saying(
        f"The notice was mailed on {day_words(mailed_on)}; contact waits {limit.days} days.", inputs
    )


def shown(local: datetime) -> str:
    """Write what a clock shows as `2026-03-10 07:41`."""
    return local.isoformat(" ", "minutes")[:16]
