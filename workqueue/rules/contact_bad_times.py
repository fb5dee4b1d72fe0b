"""Times of the week the person called inconvenient: nobody contacts them then (12 CFR 1006.6(b)(1))."""

from datetime import datetime

from workqueue.rules.channels import ContactChannel
from workqueue.rules.clocks import Moment, clock_words, first_moment, not_past_a_change, place_words
from workqueue.rules.contact_facts import BadTime
from workqueue.rules.contact_gate_facts import BAD_TIME, judged
from workqueue.rules.contact_limits import Case
from workqueue.rules.contact_verdict import RuleResult


def bad_time_until(case: Case, moment: Moment) -> datetime:
    """Return the moment itself when it is none of the bad times; else one before which it stays one."""
    latest = moment.at
    if case.facts.channel is ContactChannel.LETTER:
        return latest
    for zone, local in zip(case.zones, moment.locals, strict=True):
        for bad in case.facts.bad_times:
            if _is_bad(bad, case, local):
                until = first_moment(local.date(), bad.until_time, zone, after=moment.at)
                latest = max(latest, not_past_a_change(moment.at, until, zone))
    return latest


def _is_bad(bad: BadTime, case: Case, local: datetime) -> bool:
    is_here = bad.place is None or case.place is None or bad.place is case.place
    return is_here and local.weekday() in bad.weekdays and bad.from_time <= local.time() < bad.until_time


def bad_time(case: Case, moment: Moment, next_at: datetime | None) -> RuleResult:
    """Say which of the person's bad times it is."""
    name, bad = next(
        (name, each)
        for name, local in zip(case.zone_names, moment.locals, strict=True)
        for each in case.facts.bad_times
        if _is_bad(each, case, local)
    )
    span = f"from {clock_words(bad.from_time)} until {clock_words(bad.until_time)}"
    where = f" at {bad.place}" if bad.place else ""
    return judged(
        BAD_TIME,
        case.facts,
        is_ok=False,
        sentence=f"The person is not to be contacted{where} {span} ({place_words(name)} time).",
        inputs={"from": bad.from_time.isoformat(), "until": bad.until_time.isoformat(), "zone": name},
        next_at=next_at,
    )
