"""The lead's page: who holds what, the team's queue page by page, and giving one task to somebody."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import Role
from workqueue.rules.room import AGE_WORDS, DEADLINE_WORDS, AgeBand, DeadlineBand
from workqueue.rules.states import TaskState
from workqueue.services import leasing, teams
from workqueue.services.reading import holds
from workqueue.services.reading import team as team_reading
from workqueue.services.reading.holds import HoldsAsked
from workqueue.services.reading.task import TaskCard, colleagues, task_card
from workqueue.services.reading.team import CallWindow, Cursor, TeamFilters
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, lead_or_auditor, utc_now
from workqueue.web.render import done, page_or_partial

bp = Blueprint("team", __name__, url_prefix="/team")

STATES = ((TaskState.QUEUED, "In the queue"), (TaskState.LEASED, "In hand"), (TaskState.WAITING, "Waiting"))
TIERS = ((0, "Callback due"), (1, "Hard deadline near"), (2, "The rest"))
WINDOWS = ((CallWindow.OPEN, "Open now"), (CallWindow.CLOSED, "Closed now"))


class OwnerIs(StrEnum):
    """What is asked of whom a task was passed to, whoever that is."""

    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: ids and names of states only."""

    team_id: int
    state: TaskState
    kind: TaskKind | None
    owner_id: int | None
    holder_id: int | None
    window: CallWindow | None
    skill: SkillCode | None
    lane_id: int | None
    tier: int | None
    deadline: DeadlineBand | None
    age: AgeBand | None
    owner: OwnerIs | None
    after: Cursor | None

    def url(self, after: Cursor | None = None) -> str:
        parts = {name: value for name, value in asdict(self).items() if value is not None and name != "after"}
        return url_for("team.show", **parts, after="~".join(map(str, after)) if after else None)

    @property
    def filters(self) -> TeamFilters:
        return TeamFilters(
            state=self.state,
            kind=self.kind,
            owner_id=self.owner_id,
            holder_id=self.holder_id,
            window=self.window,
            skill=self.skill,
            lane_id=self.lane_id,
            tier=self.tier,
            deadline=self.deadline,
            age=self.age,
            is_owner_away=self.owner is OwnerIs.AWAY,
        )


@bp.get("")
@lead_or_auditor
def show() -> ResponseReturnValue:
    now = utc_now()
    with reading() as session:
        listed = teams.listed(session)
        asked = _asked({each.id for each in listed})
        found = team_reading.team_page(
            session, team_id=asked.team_id, filters=asked.filters, now=now, after=asked.after
        )
        found = team_reading.with_outlooks(session, found, now)
        people = team_reading.who_holds_what(session, team_id=asked.team_id)
        counts = team_reading.counts(session, team_id=asked.team_id)
        skills = teams.skills(session)
        ended_holds = holds.counts(session, now=utc_now())[HoldsAsked.ENDED]
    return page_or_partial(
        "team/show.html",
        "team/_queue.html",
        teams=listed,
        asked=asked,
        found=found,
        people=people,
        counts=counts,
        states=STATES,
        windows=WINDOWS,
        skills=[(each.code, each.name) for each in skills if each.team_id == asked.team_id],
        tiers=TIERS,
        deadlines=list(DEADLINE_WORDS.items()),
        ages=list(AGE_WORDS.items()),
        kinds=[(kind.value, facts.label) for kind, facts in KINDS.items()],
        first_url=asked.url() if asked.after else None,
        next_url=asked.url(found.next) if found.next else None,
        ended_holds=ended_holds,
        may_give=current_person().role is Role.LEAD,
        now=now,
    )


@bp.get("/tasks/<int:task_id>")
@lead_only
def give_form(task_id: int) -> ResponseReturnValue:
    return _give_form(task_id, {})


@bp.post("/tasks/<int:task_id>/give")
@lead_only
def give(task_id: int) -> ResponseReturnValue:
    """Give a task to one person, or back to everybody; whoever holds it loses it at once."""
    fields = Fields(request.form)
    to_user_id = None
    if request.form.get("to") != "everybody":
        to_user_id = fields.row_id("to")
    reason = fields.text("reason", longest=200)
    if fields.errors:
        return _give_form(task_id, fields.errors, 422)
    try:
        with transaction() as session:
            _reassign(session, task_id, to_user_id, reason)
    except leasing.NotAssignable as refusal:
        return _give_form(task_id, {"to": refusal.sentence}, 422)
    log.info("task_reassigned", task_id=task_id, actor_id=current_person().id)
    flash("Given." if to_user_id else "Open to everybody again.", "success")
    return done(url_for("team.show"))


@bp.post("/tasks/<int:task_id>/free")
@lead_only
def free(task_id: int) -> ResponseReturnValue:
    """Take a stuck task out of somebody's hands; whom it was passed to stays as it was."""
    with transaction() as session:
        owner_id = _card(session, task_id).owner_id
        _reassign(session, task_id, owner_id, "taken out of a rep's hands")
    log.info("task_freed", task_id=task_id, actor_id=current_person().id)
    flash("It is in the queue again.", "success")
    return done(url_for("team.show"))


def _reassign(session: Session, task_id: int, to_user_id: int | None, reason: str) -> None:
    leasing.reassign(
        session,
        task_id,
        to_user_id=to_user_id,
        reason=reason,
        lead_id=current_person().id,
        now=utc_now(),
    )


def _card(session: Session, task_id: int) -> TaskCard:
    return task_card(session, task_id=task_id, rep_id=current_person().id, now=utc_now())


def _give_form(task_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        card = _card(session, task_id)
        # Nobody is left out: a lead may give a task to anyone who does this work, themselves included.
        people = colleagues(session, task_id=task_id, rep_id=0, now=utc_now())
    return render_template(
        "team/give.html", card=card, people=people, errors=errors, values=request.form, now=utc_now()
    ), status


def _asked(known_teams: set[int]) -> Asked:
    fields = Fields(request.args)
    team_id = (
        fields.row_id("team_id", is_required=False) or current_person().team_id or min(known_teams, default=0)
    )
    asked = Asked(
        team_id=team_id,
        state=fields.choice("state", TaskState, is_required=False) or TaskState.QUEUED,
        kind=fields.choice("kind", TaskKind, is_required=False),
        owner_id=fields.row_id("owner_id", is_required=False),
        holder_id=fields.row_id("holder_id", is_required=False),
        window=fields.choice("window", CallWindow, is_required=False),
        skill=fields.choice("skill", SkillCode, is_required=False),
        lane_id=fields.row_id("lane_id", is_required=False),
        tier=fields.whole_number("tier", least=0, most=2, is_required=False),
        deadline=fields.choice("deadline", DeadlineBand, is_required=False),
        age=fields.choice("age", AgeBand, is_required=False),
        owner=fields.choice("owner", OwnerIs, is_required=False),
        after=_cursor(fields),
    )
    fields.check()
    if team_id not in known_teams and (known_teams or request.args.get("team_id")):
        raise NotFound
    return asked


def _cursor(fields: Fields) -> Cursor | None:
    text = str(fields.source.get("after") or "")
    first, _, second = text.partition("~")
    if not text:
        return None
    # As long as the two numbers a page before could have written: no more than bigints hold.
    parts = Fields({"first": first, "second": second})
    value = parts.whole_number("first", least=-(10**17), most=10**17)
    task_id = parts.row_id("second")
    if value is None or task_id is None:
        fields.refuse("after", "This link to a page of the list is not whole. Start from the first page.")
        return None
    return value, task_id
