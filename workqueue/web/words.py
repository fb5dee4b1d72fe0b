"""Jinja filters of the rep's and the lead's pages: how a task stands, choices for a select."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.contact_rule_words import is_to_be_confirmed, jurisdiction_words
from workqueue.rules.contact_verdict import RuleResult
from workqueue.rules.holds import HoldKind, kind_words
from workqueue.rules.kinds import Party
from workqueue.rules.phones import dial_uri
from workqueue.rules.preferences import scope_words
from workqueue.rules.states import TaskState
from workqueue.services.reading.contact_rules import Standing, VersionLine
from workqueue.services.reading.lines import TaskLine
from workqueue.services.reading.my_day import KindCount
from workqueue.services.reading.reach import NumberLine
from workqueue.services.reading.task import Colleague, TaskCard
from workqueue.services.reading.team import HolderLine
from workqueue.web import filters
from workqueue.web.account_page import language_words
from workqueue.web.guards import utc_now

WAITING_FOR = {
    Party.PAYER: "Waits for the payer",
    Party.PATIENT: "Waits for the patient",
    Party.OFFICE: "Waits for the office",
}


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        stands=stands,
        rule_lines=rule_lines,
        phone_choices=phone_choices,
        colleague_choices=colleague_choices,
        zone_words=zone_words,
        language=language_words,
        count_rows=count_rows,
        day_or_moment=day_or_moment,
        person_choices=person_choices,
        holding_words=holding_words,
        is_to_be_confirmed=is_to_be_confirmed,
        jurisdiction_words=jurisdiction_words,
        dial=dial_uri,
        scope_words=scope_words,
    )


def stands(task: TaskLine | TaskCard) -> str:
    """Say where a task stands: who has it, or who is waited for and until when."""
    now = utc_now()
    if task.state is TaskState.LEASED:
        return f"{task.holder_name or 'Somebody'} is working on it"
    if task.state is TaskState.CLOSED:
        return "Done"
    until = _latest(now, task.held_until, task.deferred_until, task.available_at)
    if task.state is TaskState.WAITING and until is not None:
        who = WAITING_FOR.get(task.waiting_on) if task.waiting_on else None
        on_hold = task.held_until is not None and task.held_until > now
        head = _on_hold(task.hold_kind) if on_hold else who or "Put off"
        return f"{head} until {day_or_moment(until)}"
    return f"For {task.owner_name}" if task.owner_name else "In the queue, free to take"


def _on_hold(kind: HoldKind | None) -> str:
    return "On hold" if kind in {None, HoldKind.OFFICE} else f"On hold: {kind_words(kind)}"


def rule_lines(rules: Iterable[RuleResult]) -> list[dict[str, Any]]:
    return [{"label": rule.sentence, "detail": rule.source, "is_met": rule.is_ok} for rule in rules]


def phone_choices(numbers: Iterable[NumberLine]) -> list[tuple[int, str]]:
    return [
        (each.phone_id, f"{filters.phone(each.e164)}, {each.place}") for each in numbers if each.is_offered
    ]


def colleague_choices(colleagues: Iterable[Colleague]) -> list[tuple[int, str]]:
    return [(each.user_id, f"{each.name} ({each.role})") for each in colleagues]


def count_rows(counts: Iterable[KindCount]) -> list[dict[str, Any]]:
    return [{"label": each.label, "value": each.count, "text": filters.number(each.count)} for each in counts]


def person_choices(people: Iterable[HolderLine]) -> list[tuple[int, str]]:
    return [(each.rep_id, each.rep_name) for each in people]


def holding_words(line: VersionLine) -> str:
    """Say from when until when a version of a rule holds."""
    first, last = filters.date(line.rule.effective_from), line.rule.effective_to
    if last is None:
        return f"{'From' if line.standing is Standing.AHEAD else 'Since'} {first}"
    return f"{first} to {filters.date(last)}"


def zone_words(zone: str, at: datetime) -> str:
    return filters.zone_name(at.astimezone(ZoneInfo(zone)), zone)


def day_or_moment(at: datetime | None) -> str:
    """Write a moment by the office's clock; midnight is meant as the day."""
    if at is None:
        return filters.NOTHING
    local = office_time(at)
    if local.time() == time(0):
        return filters.date(local.date(), weekday=True)
    return filters.datetime(at, OFFICE_ZONE, named=False)


def office_time(at: datetime) -> datetime:
    """Put a moment onto the office's clock, to the minute."""
    return at.astimezone(ZoneInfo(OFFICE_ZONE)).replace(second=0, microsecond=0)


def _latest(now: datetime, *moments: datetime | None) -> datetime | None:
    return max((each for each in moments if each is not None and each > now), default=None)
