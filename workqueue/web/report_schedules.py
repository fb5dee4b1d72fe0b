"""Reports sent by e-mail: what is sent to whom when; what could not be sent is on the page of messages."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.refusals import Invalid
from workqueue.rules.report_facts import Dimension, ReportCode
from workqueue.rules.reports import DIMENSIONS, PERIODS, REPORTS, Period, may_see
from workqueue.rules.roles import Role
from workqueue.rules.schedules import EVERY, LAST_DAY_OF_EVERY_MONTH, Every
from workqueue.rules.words import WEEKDAYS
from workqueue.services import report_schedules
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, lead_or_auditor, utc_now
from workqueue.web.render import done

bp = Blueprint("report_schedules", __name__, url_prefix="/report-schedules")

USUAL = {"every": "week", "weekday": "0", "month_day": "1", "at_clock": "07:00", "period": "last_week"}


@bp.get("")
@lead_or_auditor
def show() -> ResponseReturnValue:
    return _page(USUAL, {})


@bp.post("")
@lead_only
def add() -> ResponseReturnValue:
    fields = Fields(request.form)
    report, _, by = fields.text("report", longest=60).partition(".")
    chosen = Fields({"report": report, "by": by})
    code, dimension = chosen.choice("report", ReportCode), chosen.choice("by", Dimension)
    if chosen.errors:
        fields.refuse("report", "Choose a report.")
    period, every = fields.choice("period", Period), fields.choice("every", Every)
    at_clock = fields.clock("at_clock")
    weekday = fields.whole_number("weekday", least=0, most=6)
    month_day = fields.whole_number("month_day", least=1, most=LAST_DAY_OF_EVERY_MONTH)
    recipients = fields.text("recipients", longest=2_000, has_lines=True)
    if fields.errors or not (code and dimension and period and every and at_clock):
        return _page(request.form, fields.errors, 422)
    day = {Every.WEEK: weekday, Every.MONTH: month_day}.get(every) or 0
    try:
        with transaction() as session:
            schedule_id = report_schedules.add(
                session,
                report=code,
                by=dimension,
                period=period,
                every=every,
                day=day,
                at_clock=at_clock,
                recipients=recipients.replace(",", "\n").split("\n"),
                actor_id=current_person().id,
                now=utc_now(),
            )
    except Invalid as refusal:
        return _page(request.form, {refusal.field or "report": refusal.sentence}, 422)
    log.info("report_scheduled", schedule_id=schedule_id, actor_id=current_person().id)
    flash("It will be sent.", "success")
    return done(url_for("report_schedules.show"))


@bp.post("/<int:schedule_id>/end")
@lead_only
def end(schedule_id: int) -> ResponseReturnValue:
    with transaction() as session:
        report_schedules.end(session, schedule_id, actor_id=current_person().id, now=utc_now())
    log.info("report_schedule_ended", schedule_id=schedule_id, actor_id=current_person().id)
    flash("Ended. It is sent no more.", "success")
    return done(url_for("report_schedules.show"))


def _page(values: Any, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        schedules = report_schedules.listed(session)
    return render_template(
        "report_schedules/show.html",
        schedules=schedules,
        values=values,
        errors=errors,
        reports=[
            (f"{each.code}.{by}", f"{each.title}, by {DIMENSIONS[by].lower()}")
            for each in REPORTS.values()
            for by in each.by
            if may_see(Role.LEAD, each, by)
        ],
        periods=list(PERIODS.items()),
        every=list(EVERY.items()),
        weekdays=list(enumerate(WEEKDAYS)),
        month_days=[(day, str(day)) for day in range(1, LAST_DAY_OF_EVERY_MONTH + 1)],
        may_change=current_person().role is Role.LEAD,
    ), status
