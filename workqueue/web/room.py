"""The room: a lead's page that shows itself anew while it is looked at. An admin sees it without patients."""

from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from workqueue.database import reading
from workqueue.extensions import valkey
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import Role
from workqueue.rules.room import AGE_WORDS, DEADLINE_WORDS, Doing
from workqueue.services import people, teams
from workqueue.services.booking.keeping import LATE_AFTER
from workqueue.services.reading.callback_board import AHEAD, CallbacksAsked, callbacks_listed
from workqueue.services.reading.people_now import done_today
from workqueue.services.reading.room import room
from workqueue.services.teams import TeamRow
from workqueue.web.forms import Fields
from workqueue.web.guards import background, current_person, lead_or_auditor, roles, utc_now
from workqueue.web.team import TIERS

bp = Blueprint("room", __name__, url_prefix="/room")

SECONDS = 5
"""Between two looks of an open page."""

DOING_WORDS = {
    Doing.ON_CALL: "On a call",
    Doing.ON_TASK: "On a task",
    Doing.IDLE: "Idle",
    Doing.NOT_SIGNED_IN: "Not signed in",
    Doing.AWAY: "Away",
    Doing.OFF_SHIFT: "Off shift",
}
DOING_TONES = {
    Doing.ON_CALL: "accent",
    Doing.ON_TASK: "info",
    Doing.IDLE: "warn",
    Doing.NOT_SIGNED_IN: "bad",
}
_MINUTES = int(LATE_AFTER.total_seconds() // 60)
CALLBACK_WORDS = {
    CallbacksAsked.HOUR: "Within the hour",
    CallbacksAsked.FOUR_HOURS: "Within 4 hours",
    CallbacksAsked.LATER_TODAY: "Later today",
    CallbacksAsked.DUE: "Due now",
    CallbacksAsked.KEPT: "Made in time",
    CallbacksAsked.LATE: "Made late",
    CallbacksAsked.OWED: "Missed, still owed",
    CallbacksAsked.OWED_BEFORE: "Owed of earlier days",
}

overseer = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of the page that changes, and what it is known by."""

    html: str
    version: str


@bp.get("")
@overseer
def show() -> ResponseReturnValue:
    with reading() as session:
        listed = teams.listed(session)
        team_id = _team_id(listed)
        shown = _shown(session, team_id)
    return render_template("room/show.html", teams=listed, team_id=team_id, shown=shown, seconds=SECONDS)


@bp.get("/now")
@overseer
@background
def now_part() -> ResponseReturnValue:
    """Return the part that changes; asked again with its version, say only whether anything changed."""
    with reading() as session:
        shown = _shown(session, _team_id(teams.listed(session)))
    is_known = request.if_none_match.contains(shown.version)
    response = Response(status=304) if is_known else Response(shown.html)
    response.set_etag(shown.version)
    return response


@bp.get("/callbacks")
@lead_or_auditor
def callbacks() -> ResponseReturnValue:
    fields = Fields(request.args)
    asked = fields.choice("asked", CallbacksAsked, is_required=False) or CallbacksAsked.HOUR
    fields.check()
    with reading() as session:
        rows = callbacks_listed(session, asked, now=utc_now())
    return render_template("room/callbacks.html", rows=rows, asked=asked, words=CALLBACK_WORDS)


@bp.get("/people/<int:user_id>")
@lead_or_auditor
def person(user_id: int) -> ResponseReturnValue:
    """Show what somebody logged today."""
    with reading() as session:
        found = people.get(session, user_id)
        done = done_today(session, rep_id=user_id, now=utc_now())
    return render_template("room/person.html", person=found, done=done)


def _team_id(listed: list[TeamRow]) -> int:
    fields = Fields(request.args)
    team_id = fields.row_id("team_id", is_required=False)
    fields.check()
    team_id = team_id or current_person().team_id or (listed[0].id if listed else 0)
    if listed and team_id not in {each.id for each in listed}:
        raise NotFound
    return team_id


def _shown(session: Session, team_id: int) -> Shown:
    now, role = utc_now(), current_person().role
    html = render_template(
        "room/_now.html",
        room=room(session, team_id=team_id, now=now),
        team_id=team_id,
        now=now,
        sees_patients=role is not Role.ADMIN,
        may_keep=role is Role.ADMIN or (role is Role.LEAD and current_person().team_id == team_id),
        may_release=role is Role.LEAD,
        is_valkey_up=_valkey_answers(),
        doing=DOING_WORDS,
        tones=DOING_TONES,
        tiers=TIERS,
        deadlines=DEADLINE_WORDS,
        ages=AGE_WORDS,
        callback_words=CALLBACK_WORDS,
        ahead=AHEAD,
        punctual_minutes=_MINUTES,
        team_url=lambda **asked: url_for("team.show", team_id=team_id, **asked),
    )
    # The token of the forms is another at each request, and nothing anybody sees.
    seen = html.replace(generate_csrf(), "")
    return Shown(html, sha256(seen.encode()).hexdigest()[:32])


def _valkey_answers() -> bool:
    try:
        return bool(valkey.client.ping())
    except (RedisError, OSError):
        return False
