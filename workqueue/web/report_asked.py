"""What an address asks of a report: which, of what days, divided by what; and what the asker may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for

from workqueue.rules.calendar import office_day
from workqueue.rules.refusals import NotAllowed, NotFound
from workqueue.rules.report_facts import Dimension, Figure, Report, ReportCode, Span
from workqueue.rules.reports import REPORTS, may_see, scope_of
from workqueue.services.reporting.behind import Cursor
from workqueue.services.reporting.items import Asked
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, utc_now

FIRST_DAY = date(2000, 1, 1)
LONGEST_DAYS = 5 * 366
USUAL_DAYS = 30
FILTERS = (Dimension.PAYER_CLASS, Dimension.TEAM)
"""What a page offers to choose one of, where the report has it."""


@dataclass(frozen=True)
class Page:
    """A report as the address asks for it; what is wrong with the address stands beside its fields."""

    asked: Asked
    chosen: dict[Dimension, str]
    """What the person chose to see only; the rest of what it is limited to is not theirs to choose."""
    errors: dict[str, str]

    @property
    def parts(self) -> dict[str, Any]:
        """The parts of the address that ask for the same again."""
        said: dict[str, Any] = {"code": self.asked.report.code.value, "by": self.asked.by.value}
        if self.asked.report.span is not Span.NOW:
            said["to"] = self.asked.last_on.isoformat()
        if self.asked.report.span is Span.PERIOD:
            said["from"] = self.asked.first_on.isoformat()
        return said | {each.value: key for each, key in self.chosen.items()}

    def url(self, endpoint: str, **more: Any) -> str:
        return url_for(f"reports.{endpoint}", **self.parts | more)


def page_of(code: str) -> Page:
    """Read the address of a report; raises NotFound, and NotAllowed for what the person may not see."""
    report, person, today = report_of(code), current_person(), office_day(utc_now())
    fields = Fields(request.args)
    offered = [each for each in report.by if may_see(person.role, report, each)]
    if not offered:
        raise NotAllowed
    by = fields.choice("by", Dimension, is_required=False) or offered[0]
    if by not in offered:
        raise NotAllowed if by in report.by else NotFound
    last_on = fields.day("to", first=FIRST_DAY, last=today, is_required=False) or today
    first_on = fields.day("from", first=FIRST_DAY, last=today, is_required=False)
    first_on = first_on or last_on - timedelta(days=USUAL_DAYS - 1)
    if first_on > last_on:
        fields.refuse("from", "The period begins after it ends.")
    elif (last_on - first_on).days > LONGEST_DAYS:
        fields.refuse("from", "A period has at most five years.")
    if report.span is Span.NOW:
        first_on = last_on = today
    chosen = {
        each: key
        for each in FILTERS
        if each in report.by and (key := fields.text(each.value, longest=40, is_required=False))
    }
    scope = scope_of(person.role, by, person_id=person.id, team_id=person.team_id)
    asked = Asked(report, min(first_on, last_on), last_on, by, chosen | scope)
    return Page(asked, chosen, fields.errors)


def report_of(code: str) -> Report:
    try:
        return REPORTS[ReportCode(code)]
    except ValueError:
        raise NotFound from None


@dataclass(frozen=True)
class Number:
    """One number of a report: a figure, of one line or of all."""

    figure: Figure
    key: str | None
    after: Cursor | None


def number_of(report: Report) -> Number:
    """Read which number the accounts are asked for; raises NotFound when none has such a list."""
    fields = Fields(request.args)
    figure = report.figure(fields.text("figure", longest=40))
    if figure is None or not figure.lists_accounts:
        raise NotFound
    value, _, account = fields.text("after", longest=40, is_required=False).partition("~")
    after = Fields({"value": value, "account": account})
    cursor = None
    if value:
        first = after.whole_number("value", least=-(10**17), most=10**17)
        second = after.row_id("account")
        if first is None or second is None:
            raise NotFound
        cursor = (first, second)
    return Number(figure, request.args.get("key"), cursor)
