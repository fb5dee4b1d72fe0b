"""Who works when: a team's week and absences, one person's hours, and the one click that says "sick now"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import office_day
from workqueue.rules.places import ARIZONA, WHOLE_COUNTRY
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.roles import Role, keeps_time_of
from workqueue.rules.shifts import AbsenceKind, absence_span
from workqueue.services import covering, staffing, teams
from workqueue.services.reading.staffing import (
    PersonTime,
    absences_of_team,
    person_time,
    training_due,
    week_of_team,
)
from workqueue.services.staffing import AwayThen
from workqueue.web.forms import Fields
from workqueue.web.guards import admin_only, current_person, roles, utc_now
from workqueue.web.render import done, path_of
from workqueue.web.shift_form import WEEKDAYS, read_absence, read_week, week_values, week_words
from workqueue.web.words import zone_words

bp = Blueprint("staffing", __name__, url_prefix="/staffing")

ABSENCE_WORDS = {
    AbsenceKind.PLANNED: "Planned absence",
    AbsenceKind.SICK: "Sick",
    AbsenceKind.TRAINING: "Training",
}
ZONES = (*WHOLE_COUNTRY, ARIZONA, "America/Puerto_Rico")
AHEAD = timedelta(weeks=4)
FARTHEST = timedelta(days=730)
"""Nobody plans shifts farther ahead than this."""

keeper = roles(Role.LEAD, Role.ADMIN)
overseer = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that could not be taken: which, what was typed, and what is wrong with it."""

    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@bp.get("")
@overseer
def show() -> ResponseReturnValue:
    """Show a team's week from its Monday on, the absences of the next weeks, and what training is due."""
    now = utc_now()
    today = office_day(now)
    fields = Fields(request.args)
    team_id = fields.row_id("team_id", is_required=False)
    monday = _monday(
        fields.day("week", is_required=False, first=today - FARTHEST, last=today + FARTHEST), today
    )
    fields.check()
    with reading() as session:
        listed = teams.listed(session)
        team_id = team_id or current_person().team_id or (listed[0].id if listed else 0)
        if listed and team_id not in {each.id for each in listed}:
            raise NotFound
        week = week_of_team(session, team_id=team_id, first_on=monday)
        span = absence_span("UTC", today, today + AHEAD)
        absences = absences_of_team(session, team_id=team_id, between=span, now=now)
        training = training_due(session, team_id=team_id, today=today)
    return render_template(
        "staffing/show.html",
        teams=listed,
        team_id=team_id,
        week=week,
        weekdays=WEEKDAYS,
        absences=absences,
        training=training,
        words=ABSENCE_WORDS,
        today=today,
        before_url=url_for("staffing.show", team_id=team_id, week=monday - timedelta(weeks=1)),
        after_url=url_for("staffing.show", team_id=team_id, week=monday + timedelta(weeks=1)),
    )


@bp.get("/<int:user_id>")
@overseer
def show_one(user_id: int) -> ResponseReturnValue:
    return _page(user_id, SentForm())


@bp.post("/<int:user_id>/sick")
@keeper
def sick(user_id: int) -> ResponseReturnValue:
    """Write down that somebody is sick as of now, to the end of their day, and hand on what waits on them."""
    with transaction() as session:
        _check(session, user_id)
        covering.report_sick(session, user_id, actor_id=current_person().id, now=utc_now())
    log.info("absence_recorded", user_id=user_id, actor_id=current_person().id)
    flash("Sick from now to the end of their day. What waited on them is with others.", "success")
    return _back(user_id)


@bp.post("/<int:user_id>/back")
@keeper
def back(user_id: int) -> ResponseReturnValue:
    """Let somebody be here again, and give back what is theirs."""
    with transaction() as session:
        _check(session, user_id)
        covering.report_back(session, user_id, actor_id=current_person().id, now=utc_now())
    log.info("absence_ended", user_id=user_id, actor_id=current_person().id)
    flash("Here again from this moment on.", "success")
    return _back(user_id)


@bp.post("/<int:user_id>/absences")
@keeper
def add_absence(user_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    asked = read_absence(fields)
    if asked is None:
        return _page(user_id, SentForm("absence", request.form, fields.errors), 422)
    try:
        with transaction() as session:
            _check(session, user_id)
            span = asked.span(person_time(session, user_id=user_id, now=utc_now()).zone)
            staffing.add_absence(
                session,
                user_id,
                asked.kind,
                starts_at=span.begins_at,
                ends_at=span.ends_at,
                actor_id=current_person().id,
                now=utc_now(),
            )
    except (Invalid, AwayThen) as refusal:
        errors = {_absence_field(refusal): refusal.sentence}
        return _page(user_id, SentForm("absence", request.form, errors), 422)
    log.info("absence_recorded", user_id=user_id, actor_id=current_person().id)
    flash("Written down.", "success")
    return done(url_for("staffing.show_one", user_id=user_id))


@bp.post("/absences/<int:absence_id>/end")
@keeper
def end_absence(absence_id: int) -> ResponseReturnValue:
    """Let an absence end on another day, or call it off where no day is named."""
    fields = Fields(request.form)
    last_on = fields.day("last_on", is_required=False)
    user_id = None
    try:
        fields.check()
        with transaction() as session:
            absence = staffing.absence(session, absence_id)
            user_id = absence.user_id
            _check(session, user_id)
            zone = person_time(session, user_id=user_id, now=utc_now()).zone
            ends_at = absence_span(zone, last_on, last_on).ends_at if last_on else utc_now()
            staffing.end_absence(session, absence_id, ends_at=ends_at, now=utc_now())
    except (Invalid, AwayThen) as refusal:
        if user_id is None:
            raise
        errors = {f"last_on_{absence_id}": refusal.sentence}
        return _page(user_id, SentForm("end", request.form, errors), 422)
    log.info("absence_changed", user_id=user_id, actor_id=current_person().id)
    flash("Changed.", "success")
    return done(url_for("staffing.show_one", user_id=user_id))


@bp.post("/<int:user_id>/week")
@keeper
def set_week(user_id: int) -> ResponseReturnValue:
    """Give somebody a week of shifts from a day on."""
    fields = Fields(request.form)
    shifts = read_week(fields)
    today = office_day(utc_now())
    from_on = fields.day("from_on", first=today, last=today + FARTHEST)
    try:
        fields.check()
        with transaction() as session:
            _check(session, user_id)
            staffing.set_week(session, user_id, shifts, from_on=from_on or today)
    except Invalid as refusal:
        errors = fields.errors or {refusal.field or "from_on": refusal.sentence}
        return _page(user_id, SentForm("week", request.form, errors), 422)
    log.info("week_changed", user_id=user_id, actor_id=current_person().id)
    flash("The week is kept.", "success")
    return done(url_for("staffing.show_one", user_id=user_id))


@bp.post("/<int:user_id>/pace")
@admin_only
def set_pace(user_id: int) -> ResponseReturnValue:
    """Say by which clock somebody works, and how much of their time is for tasks."""
    fields = Fields(request.form)
    zone = fields.text("zone", longest=64)
    share = fields.whole_number("productive_percent", least=10, most=100)
    try:
        fields.check()
        with transaction() as session:
            staffing.set_pace(session, user_id, zone=zone, productive_percent=share or 0)
    except Invalid as refusal:
        errors = fields.errors or {refusal.field or "zone": refusal.sentence}
        return _page(user_id, SentForm("pace", request.form, errors), 422)
    log.info("pace_changed", user_id=user_id, actor_id=current_person().id)
    flash("Kept.", "success")
    return done(url_for("staffing.show_one", user_id=user_id))


def _check(session: Session, user_id: int) -> None:
    person = current_person()
    staffing.check_keeper(session, user_id, role=person.role, team_id=person.team_id)


def _monday(asked: date | None, today: date) -> date:
    day = asked or today
    return day - timedelta(days=day.weekday())


def _absence_field(refusal: Invalid | AwayThen) -> str:
    # The service speaks of moments, the form of days.
    return "last_on" if isinstance(refusal, Invalid) else "first_on"


def _back(user_id: int) -> ResponseReturnValue:
    """Whoever pressed it stays where they were: in the room, or on the person's page."""
    return done(path_of(request.referrer) or url_for("staffing.show_one", user_id=user_id))


def zone_label(zone: str, now: datetime) -> str:
    """Return how people call a zone, and its name, which tells apart those that share one."""
    return f"{zone_words(zone, now)} ({zone})"


def _page(user_id: int, sent: SentForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        found = person_time(session, user_id=user_id, now=utc_now())
    return _written(found, sent, utc_now()), status


def _written(found: PersonTime, sent: SentForm, now: datetime) -> str:
    person = current_person()
    today = now.astimezone(ZoneInfo(found.zone)).date()
    return render_template(
        "staffing/person.html",
        person=found,
        week=week_words(found.week),
        next_week=week_words(found.next_week),
        sent=sent,
        week_values=sent.values if sent.name == "week" else week_values(found.next_week or found.week),
        weekdays=WEEKDAYS,
        words=ABSENCE_WORDS,
        kinds=[(kind.value, words) for kind, words in ABSENCE_WORDS.items()],
        asked_kind=request.args.get("kind", ""),
        zone_options=[(zone, zone_label(zone, now)) for zone in sorted({*ZONES, found.zone})],
        today=today,
        now=now,
        may_keep=keeps_time_of(found.team_id, role=person.role, team_id=person.team_id),
        is_admin=person.role is Role.ADMIN,
    )
