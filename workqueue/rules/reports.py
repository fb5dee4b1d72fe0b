"""The register of reports, and the words for what they are divided by.

To add one, write its definition in the file of its family and its items in `services/reporting/`.
"""

from datetime import date, time, timedelta
from enum import StrEnum

from workqueue.rules.clocks import clock_words
from workqueue.rules.kinds import KINDS
from workqueue.rules.report_facts import Dimension, Report, ReportCode
from workqueue.rules.reports_money import MONEY
from workqueue.rules.reports_work import WORK
from workqueue.rules.roles import Role
from workqueue.rules.states import PayerKind

REPORTS: dict[ReportCode, Report] = {each.code: each for each in (*MONEY, *WORK)}

PATIENT = "patient"
UNKNOWN = "unknown"

DIMENSIONS: dict[Dimension, str] = {
    Dimension.PAYER_CLASS: "Payer class",
    Dimension.PAYER: "Payer",
    Dimension.REASON: "Reason",
    Dimension.MONTH: "Month",
    Dimension.TEAM: "Team",
    Dimension.REP: "Rep",
    Dimension.KIND: "Kind",
    Dimension.HOUR: "Hour",
    Dimension.STATUS: "Status",
}

CLASSES: dict[str, str] = {
    PayerKind.MEDICARE: "Medicare",
    PayerKind.ADVANTAGE: "Medicare Advantage",
    PayerKind.MEDICAID: "Medicaid",
    PayerKind.TRICARE: "TRICARE",
    PayerKind.COMMERCIAL: "Commercial",
    PayerKind.OTHER: "Other payers",
    PATIENT: "Patient",
    UNKNOWN: "No payer known",
}

STATUSES: dict[str, str] = {
    "leased": "In a rep's hands",
    "queued": "In the queue",
    "deferred": "Put off until a day",
    "waiting_payer": "Waiting for the payer",
    "waiting_patient": "Waiting for the patient",
    "waiting_office": "Waiting for the office",
    "held": "On hold",
    "closed": "Closed with a reason",
    "none": "In no state",
}

_KINDS = {
    **{kind.value: facts.label for kind, facts in KINDS.items()},
    "asked": "Asked for by the person",
    "appointment": "Booked by the office",
}


class Period(StrEnum):
    """A period that moves with the day on which somebody asks."""

    YESTERDAY = "yesterday"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    MONTH_TO_DATE = "month_to_date"
    LAST_90_DAYS = "last_90_days"


PERIODS: dict[Period, str] = {
    Period.YESTERDAY: "Yesterday",
    Period.LAST_WEEK: "Last week, Monday to Sunday",
    Period.LAST_MONTH: "Last month",
    Period.MONTH_TO_DATE: "This month until yesterday",
    Period.LAST_90_DAYS: "The 90 days until yesterday",
}


def days_of(period: Period, today: date) -> tuple[date, date]:
    """Return the first and the last day of a period, seen from a day. No day that is not over is in it.

    On the first of a month, the month until yesterday is the whole month before.
    """
    yesterday = today - timedelta(days=1)
    if period is Period.LAST_WEEK:
        sunday = today - timedelta(days=today.isoweekday())
        return sunday - timedelta(days=6), sunday
    if period is Period.LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if period is Period.MONTH_TO_DATE:
        return yesterday.replace(day=1), yesterday
    return (
        (yesterday - timedelta(days=89), yesterday)
        if period is Period.LAST_90_DAYS
        else (yesterday, yesterday)
    )


def may_see(role: Role, report: Report, by: Dimension) -> bool:
    """Tell who may look at a report divided so.

    A rep sees their own work, and no money reports. Who did how much is for leads and auditors: an admin sees
    teams.
    """
    if role is Role.REP:
        return report.is_about_work and by is not Dimension.TEAM
    return by is not Dimension.REP or role in {Role.LEAD, Role.AUDITOR}


def scope_of(role: Role, by: Dimension, *, person_id: int, team_id: int | None) -> dict[Dimension, str]:
    """Return to what a report is limited: for a rep to themselves, for a lead's list of reps to the team."""
    if role is Role.REP:
        return {Dimension.REP: str(person_id)}
    if role is Role.LEAD and by is Dimension.REP:
        return {Dimension.TEAM: str(team_id or UNKNOWN)}
    return {}


def label_of(dimension: Dimension, key: str) -> str | None:
    """Return the words for a key the rules know; None for one that names a row: a payer, a team, a person."""
    if dimension is Dimension.MONTH:
        return f"{date.fromisoformat(key + '-01'):%B %Y}"
    if dimension is Dimension.HOUR:
        return clock_words(time(int(key)))
    if dimension in _ROWS:
        return {PATIENT: CLASSES[PATIENT], UNKNOWN: "None known"}.get(key)
    return _WORDS[dimension].get(key, key)


_ROWS = frozenset({Dimension.PAYER, Dimension.TEAM, Dimension.REP})
_WORDS: dict[Dimension, dict[str, str]] = {
    Dimension.PAYER_CLASS: CLASSES,
    Dimension.STATUS: STATUSES,
    Dimension.KIND: _KINDS,
    Dimension.REASON: {"": "No reason given", "not_denied": "Not denied"},
}
