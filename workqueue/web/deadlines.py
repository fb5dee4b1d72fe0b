"""Deadlines: which of the next days the staff cannot keep, why, which tasks, and what would help."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading
from workqueue.rules.deadline_fixes import OVERTIME_MINUTES
from workqueue.rules.deadline_slots import HOURLY_DAYS
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import READERS, Role
from workqueue.rules.shifts import PACE_PERCENT, SkillLevel
from workqueue.services import feasibility, teams
from workqueue.services.feasibility import Ahead, Report
from workqueue.services.feasibility.ahead import DAYS, MOST_DAYS
from workqueue.services.feasibility.due import PASSED_DAYS, passed_ids, stuck_ids
from workqueue.services.reading.deadlines import deadline_page
from workqueue.web.forms import Fields
from workqueue.web.guards import background, current_person, lead_or_auditor, roles, utc_now

bp = Blueprint("deadlines", __name__, url_prefix="/deadlines")

HORIZONS = (1, 5, 10, 20)
MOST_PAGES = 100_000

overseer = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)


class Which(StrEnum):
    """Which tasks a list is about."""

    MISSED = "missed"
    FIRST = "first"
    STUCK = "stuck"
    PASSED = "passed"


LABELS = {
    Which.MISSED: "Will be missed",
    Which.FIRST: "To begin with",
    Which.STUCK: "Put off too long",
    Which.PASSED: "Passed",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: numbers, days and kinds only."""

    team_id: int | None
    days: int

    def url(self) -> str:
        return url_for("deadlines.show", team_id=self.team_id, days=self.days)

    def tasks_url(
        self,
        which: Which | str,
        *,
        skill: str | None = None,
        due_on: date | None = None,
        page: int | None = None,
    ) -> str:
        return url_for(
            "deadlines.tasks",
            which=which,
            team_id=self.team_id,
            days=self.days,
            skill=skill,
            due_on=due_on,
            page=page,
        )


@bp.get("")
@overseer
def show() -> ResponseReturnValue:
    fields = Fields(request.args)
    asked = _asked(fields)
    fields.check()
    with reading() as session:
        listed = teams.listed(session)
        _check_team(asked, {each.id for each in listed})
        found = feasibility.ahead(session, now=utc_now(), days=asked.days)
        report = feasibility.report(session, found, team_id=asked.team_id)
        fixes = feasibility.fixes(session, found, report)
    return render_template(
        "deadlines/show.html",
        asked=asked,
        teams=listed,
        report=report,
        fixes=fixes,
        horizons=[(days, str(days)) for days in sorted({*HORIZONS, asked.days})],
        most_minutes=max((line.needed_minutes for line in report.lines), default=1),
        overtime_minutes=OVERTIME_MINUTES,
        passed_days=PASSED_DAYS,
        hourly_days=HOURLY_DAYS,
        learner_percent=PACE_PERCENT[SkillLevel.LEARNING],
        # An admin sees how many there are, not whose they are.
        may_open=current_person().role in READERS,
        is_lead=current_person().role is Role.LEAD,
    )


@bp.get("/line")
@overseer
@background
def line() -> ResponseReturnValue:
    """Say in one line whether the deadlines can be kept, for the pages that ask in passing."""
    fields = Fields(request.args)
    asked = _asked(fields)
    fields.check()
    with reading() as session:
        found = feasibility.ahead(session, now=utc_now(), days=asked.days)
        report = feasibility.report(session, found, team_id=asked.team_id)
    return render_template("deadlines/_line.html", asked=asked, report=report)


@bp.get("/tasks")
@lead_or_auditor
def tasks() -> ResponseReturnValue:
    """List the tasks behind a number, a page at a time."""
    fields = Fields(request.args)
    asked = _asked(fields)
    which = fields.choice("which", Which, is_required=False) or Which.MISSED
    skill = fields.text("skill", is_required=False) or None
    due_on = fields.day("due_on", is_required=False)
    page = fields.whole_number("page", least=1, most=MOST_PAGES, is_required=False) or 1
    fields.check()
    with reading() as session:
        _check_team(asked, {each.id for each in teams.listed(session)})
        found = feasibility.ahead(session, now=utc_now(), days=asked.days)
        if skill not in {None, *found.skills}:
            raise NotFound
        report = feasibility.report(session, found, team_id=asked.team_id)
        task_ids = _task_ids(session, which, found, report, skill, due_on)
        listed = deadline_page(session, task_ids, page)
    return render_template(
        "deadlines/tasks.html",
        asked=asked,
        which=which,
        labels=LABELS,
        skill=skill,
        skill_name=found.skills[skill].name if skill else "",
        due_on=due_on,
        report=report,
        found=listed,
        passed_days=PASSED_DAYS,
        previous_url=asked.tasks_url(which, skill=skill, due_on=due_on, page=page - 1) if page > 1 else None,
        next_url=asked.tasks_url(which, skill=skill, due_on=due_on, page=page + 1)
        if listed.has_next
        else None,
    )


def _task_ids(
    session: Session, which: Which, found: Ahead, report: Report, skill: str | None, due_on: date | None
) -> list[int]:
    skills = {skill} if skill else found.skills_of(report.team_id)
    if which is Which.PASSED:
        return passed_ids(session, skills, now=found.now)
    if which is Which.STUCK:
        return stuck_ids(session, found.slots, skills, now=found.now)
    if which is Which.FIRST:
        first = feasibility.first_day(session, found, report)
        chosen = first.tasks if first else ()
    else:
        chosen = report.missed
    return [task.id for task in chosen if task.skill in skills and due_on in {None, found.due_on(task)}]


def _asked(fields: Fields) -> Asked:
    return Asked(
        fields.row_id("team_id", is_required=False),
        fields.whole_number("days", least=1, most=MOST_DAYS, is_required=False) or DAYS,
    )


def _check_team(asked: Asked, known: set[int]) -> None:
    if asked.team_id is not None and asked.team_id not in known:
        raise NotFound
