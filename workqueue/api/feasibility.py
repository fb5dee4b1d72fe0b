"""Deadlines against staff, for programs: a workforce system, or a report sent every morning."""

from dataclasses import asdict, dataclass
from datetime import date

from flask import Response, request

from workqueue.api import bp
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.extensions import db
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import READERS, Role
from workqueue.services import feasibility, teams
from workqueue.services.feasibility.ahead import DAYS, MOST_DAYS
from workqueue.services.feasibility.due import Tally
from workqueue.services.feasibility.fixes import GrantLine, MovableAbsence, OvertimeLine
from workqueue.services.feasibility.report import Assumed, DayLine, ShortageLine
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, utc_now

MOST_IDS = 1_000


@dataclass(frozen=True, slots=True)
class DeadlineFeasibility:
    """What will be missed until a day, the proof, and what would help."""

    days: int
    last_on: date
    is_feasible: bool
    due_count: int
    needed_minutes: int
    short_minutes: int
    missed_count: int
    missed_cents: int
    lines: tuple[DayLine, ...]
    shortages: tuple[ShortageLine, ...]
    passed: Tally
    stuck: Tally
    assumed: Assumed
    overtime: tuple[OvertimeLine, ...]
    grants: tuple[GrantLine, ...]
    absences: tuple[MovableAbsence, ...]
    passing_minutes: int
    lent_minutes: int
    first_on: date | None
    first_minutes: int
    missed_task_ids: tuple[int, ...]
    """A thousand at most, by deadline; none for who may see no patient."""


@bp.get("/feasibility")
@api_roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show_feasibility() -> Response:
    """Say which hard deadlines of the next working days cannot be kept, and what would help."""
    fields = Fields(request.args)
    team_id = fields.row_id("team_id", is_required=False)
    days = fields.whole_number("days", least=1, most=MOST_DAYS, is_required=False) or DAYS
    fields.check()
    session = db.session()
    if team_id is not None and team_id not in {each.id for each in teams.listed(session)}:
        raise NotFound
    found = feasibility.ahead(session, now=utc_now(), days=days)
    report = feasibility.report(session, found, team_id=team_id)
    fixes = feasibility.fixes(session, found, report)
    may_open = current_person().role in READERS
    return answer(
        asdict(
            DeadlineFeasibility(
                days=report.days,
                last_on=report.last_on,
                is_feasible=report.is_feasible,
                due_count=report.due_count,
                needed_minutes=report.needed_minutes,
                short_minutes=report.short_minutes,
                missed_count=report.missed_count,
                missed_cents=report.missed_cents,
                lines=report.lines,
                shortages=report.shortages,
                passed=report.passed,
                stuck=report.stuck,
                assumed=report.assumed,
                overtime=fixes.overtime,
                grants=fixes.grants,
                absences=fixes.absences,
                passing_minutes=fixes.passing_minutes,
                lent_minutes=fixes.lent_minutes,
                first_on=fixes.first.day if fixes.first else None,
                first_minutes=fixes.first.minutes if fixes.first else 0,
                missed_task_ids=tuple(each.id for each in report.missed[:MOST_IDS]) if may_open else (),
            )
        )
    )
