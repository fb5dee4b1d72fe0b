"""What a limit says to the person at the desk, and what it looked at."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from workqueue.rules.clocks import Moment, clock_words, place_words
from workqueue.rules.contact_limits import Case, used_today
from workqueue.rules.contact_rules import ClosedDays, ContactRule, Cooldown, Frequency, Hours
from workqueue.rules.windows import is_shut
from workqueue.rules.words import WEEKDAYS, day_words

ASKED_FOR = "The person asked for this call and has not been spoken to since."
DAY_SUITS = "Today is no closed day in any place the person may be."


class Saying(NamedTuple):
    """A sentence, and the values it rests on; none where they are what the clocks show."""

    sentence: str
    inputs: Mapping[str, Any] | None


def saying(rule: ContactRule, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    """Say in a sentence whether the rule allows, and what it looked at."""
    limit = rule.parameters
    if isinstance(limit, Frequency):
        return _frequency(limit, case, moment, is_ok=is_ok)
    if isinstance(limit, Cooldown):
        return _cooldown(limit, case, moment, is_ok=is_ok)
    if isinstance(limit, Hours):
        return Saying(_suits(limit) if is_ok else _outside(limit, case, moment), None)
    if isinstance(limit, ClosedDays):
        return Saying(DAY_SUITS if is_ok else _closed(limit, case, moment), None)
    mailed_on = case.facts.notice_mailed_on
    inputs = {"mailed_on": mailed_on.isoformat() if mailed_on else None, "days": limit.days}
    if mailed_on is None:
        return Saying(f"No notice was mailed; it comes {limit.days} days before any contact.", inputs)
    return Saying(
        f"The notice was mailed on {day_words(mailed_on)}; contact waits {limit.days} days.", inputs
    )


def _suits(limit: Hours) -> str:
    if len(limit.weekdays) < len(WEEKDAYS):
        return "The hour suits the day in every place the person may be."
    between = f"between {clock_words(limit.opens)} and {clock_words(limit.closes)}"
    return f"It is {between} in every place the person may be."


def _outside(limit: Hours, case: Case, moment: Moment) -> str:
    name, local = _shut_in(limit, case, moment)
    now = f"{local.hour % 12 or 12}:{local:%M %p}"
    if len(limit.weekdays) < len(WEEKDAYS):
        now = f"{WEEKDAYS[local.weekday()]}, {now}"
    if local.time() < limit.opens:
        return f"It is {now} in {place_words(name)}; calls begin at {clock_words(limit.opens)}."
    return f"It is {now} in {place_words(name)}; calls end at {clock_words(limit.closes)}."


def _closed(limit: ClosedDays, case: Case, moment: Moment) -> str:
    name, local = _shut_in(limit, case, moment)
    if local.weekday() in limit.weekdays:
        day = WEEKDAYS[local.weekday()]
        return f"It is {day} in {place_words(name)}; on {day}s nobody is called."
    return f"It is {day_words(local.date())} in {place_words(name)}, a day on which nobody is called."


def _shut_in(limit: Hours | ClosedDays, case: Case, moment: Moment) -> tuple[str, datetime]:
    there = zip(case.zone_names, moment.locals, strict=True)
    return next(each for each in there if is_shut(limit, each[1]))


def _frequency(limit: Frequency, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    used = used_today(limit, case, moment)
    inputs = {"calls": used, "limit": limit.most, "days": limit.days}
    what = limit.what_is_counted
    if not is_ok:
        return Saying(f"{used} {what}; {limit.most} is the limit.", inputs)
    return Saying(ASKED_FOR if used >= limit.most else f"{used} {what}, of {limit.most} at most.", inputs)


def _cooldown(limit: Cooldown, case: Case, moment: Moment, *, is_ok: bool) -> Saying:
    today = moment.days[0]
    last = max((each for each in case.spoken(limit)[0] if each <= today), default=None)
    inputs = {"last_conversation_on": last.isoformat() if last else None, "days": limit.days}
    if last is None or (is_ok and (today - last).days >= limit.days):
        return Saying(f"No conversation within the last {limit.days} days.", inputs)
    if is_ok:
        return Saying(ASKED_FOR, inputs)
    rest = f"the {limit.days} days that begin with it are free of calls"
    return Saying(f"There was a conversation on {day_words(last)}; {rest}.", inputs)


def shown(case: Case, moment: Moment) -> dict[str, Any]:
    """Return what the clocks show in every zone the person may be in."""
    there = zip(case.zone_names, moment.locals, strict=True)
    return {"local": {name: local.isoformat(" ", "minutes")[:16] for name, local in there}}
