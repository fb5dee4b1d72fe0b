"""The admin's pages: who works here, in which role, team and skills; and which team works what."""

from dataclasses import dataclass
from secrets import token_urlsafe

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.logging import log
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.services import people, teams
from workqueue.services.people import UsernameTaken
from workqueue.web.forms import Fields
from workqueue.web.guards import admin_only, current_person, utc_now
from workqueue.web.render import done

bp = Blueprint("people", __name__, url_prefix="/people")

ROLE_OPTIONS = [
    {"value": Role.REP.value, "label": "Rep", "hint": "Works the queue."},
    {"value": Role.LEAD.value, "label": "Lead", "hint": "Works the queue and balances a team's load."},
    {"value": Role.ADMIN.value, "label": "Admin", "hint": "Keeps people and teams. Sees no patient."},
    {"value": Role.AUDITOR.value, "label": "Auditor", "hint": "Reads everything, changes nothing."},
]
LARGEST_SKILL_ID = 2**15 - 1  # what the numbers of skills, which are few, can hold


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form about a person holds, as sent or as it is kept."""

    username: str = ""
    name: str = ""
    role: str = Role.REP.value
    team_id: int | None = None
    skill_ids: tuple[int, ...] = ()


@bp.get("")
@admin_only
def show() -> ResponseReturnValue:
    return render_template("people/show.html", people=people.listed(db.session()))


@bp.get("/add")
@admin_only
def add_form() -> ResponseReturnValue:
    return _form("people/add.html", Sent(), {})


@bp.post("/add")
@admin_only
def add() -> ResponseReturnValue:
    fields = Fields(request.form)
    sent, role = _read(fields)
    username = fields.text("username", longest=64)
    if username and not username.replace(".", "").replace("-", "").replace("_", "").isalnum():
        fields.refuse("username", "Use letters, digits, dots, hyphens and underscores only.")
    skill_ids = tuple(each for each in fields.row_ids("skill_ids") if each <= LARGEST_SKILL_ID)
    sent = Sent(username, sent.name, sent.role, sent.team_id, skill_ids)
    if fields.errors or role is None:
        return _form("people/add.html", sent, fields.errors, 422)
    password = token_urlsafe(12)
    try:
        with transaction() as session:
            user_id = people.add_user(
                session,
                username=username,
                name=sent.name,
                role=role,
                team_id=sent.team_id,
                skill_ids=sent.skill_ids,
                password=password,
                now=utc_now(),
            )
    except UsernameTaken as refusal:
        return _form("people/add.html", sent, {"username": refusal.sentence}, 422)
    except Invalid as refusal:
        return _form("people/add.html", sent, {refusal.field or "name": refusal.sentence}, 422)
    log.info("user_added", user_id=user_id, actor_id=current_person().id)
    return _form_of(user_id, {}, password=password)


@bp.get("/<int:user_id>")
@admin_only
def edit(user_id: int) -> ResponseReturnValue:
    return _form_of(user_id, {})


@bp.post("/<int:user_id>")
@admin_only
def change(user_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    sent, role = _read(fields)
    if fields.errors or role is None:
        return _form_of(user_id, fields.errors, sent=sent, status=422)
    try:
        with transaction() as session:
            people.change(
                session,
                user_id,
                name=sent.name,
                role=role,
                team_id=sent.team_id,
                now=utc_now(),
                actor_id=current_person().id,
            )
    except Invalid as refusal:
        return _form_of(user_id, {refusal.field or "name": refusal.sentence}, sent=sent, status=422)
    log.info("user_changed", user_id=user_id, actor_id=current_person().id)
    flash("Changed. It holds from their next page on.", "success")
    return done(url_for("people.show"))


@bp.post("/<int:user_id>/disable")
@admin_only
def disable(user_id: int) -> ResponseReturnValue:
    with transaction() as session:
        people.disable(session, user_id, utc_now(), actor_id=current_person().id)
    log.info("user_disabled", user_id=user_id, actor_id=current_person().id)
    flash("Disabled: signed out everywhere, and let in no more.", "success")
    return done(url_for("people.edit", user_id=user_id))


@bp.post("/<int:user_id>/enable")
@admin_only
def enable(user_id: int) -> ResponseReturnValue:
    with transaction() as session:
        people.enable(session, user_id)
    log.info("user_enabled", user_id=user_id, actor_id=current_person().id)
    flash("Enabled again.", "success")
    return done(url_for("people.edit", user_id=user_id))


@bp.post("/<int:user_id>/password")
@admin_only
def password(user_id: int) -> ResponseReturnValue:
    """Make a new password, shown once; the person changes it in their settings."""
    made = token_urlsafe(12)
    with transaction() as session:
        people.set_password(session, user_id, made, utc_now())
    log.info("password_set", user_id=user_id, actor_id=current_person().id)
    return _form_of(user_id, {}, password=made)


@bp.get("/teams")
@admin_only
def teams_page() -> ResponseReturnValue:
    return _teams({})


@bp.post("/teams")
@admin_only
def add_team() -> ResponseReturnValue:
    fields = Fields(request.form)
    name = fields.text("name", longest=80)
    if fields.errors:
        return _teams(fields.errors, 422)
    with transaction() as session:
        teams.add(session, name)
    flash("The team is there.", "success")
    return done(url_for("people.teams_page"))


@bp.post("/skills/<int:skill_id>")
@admin_only
def give_skill(skill_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    team_id = fields.row_id("team_id")
    fields.check()
    if skill_id > LARGEST_SKILL_ID or team_id is None:
        raise Invalid("Choose a skill from the list.", field="skill_id")
    with transaction() as session:
        teams.give_skill(session, skill_id, team_id)
    flash("From now on this team works these tasks.", "success")
    return done(url_for("people.teams_page"))


def _read(fields: Fields) -> tuple[Sent, Role | None]:
    role = fields.choice("role", Role)
    sent = Sent(
        name=fields.text("name", longest=100),
        role=role.value if role else "",
        team_id=fields.row_id("team_id", is_required=False),
    )
    return sent, role


def _form_of(
    user_id: int, errors: dict[str, str], *, sent: Sent | None = None, password: str = "", status: int = 200
) -> ResponseReturnValue:
    person = people.get(db.session(), user_id)
    kept = Sent(person.username, person.name, person.role.value, person.team_id)
    return _form("people/edit.html", sent or kept, errors, status, person=person, password=password)


def _form(
    template: str,
    sent: Sent,
    errors: dict[str, str],
    status: int = 200,
    *,
    person: people.PersonRow | None = None,
    password: str = "",
) -> ResponseReturnValue:
    session = db.session()
    page = render_template(
        template,
        sent=sent,
        errors=errors,
        person=person,
        password=password,
        role_options=ROLE_OPTIONS,
        team_options=[(team.id, team.name) for team in teams.listed(session)],
        skills=teams.skills(session),
    )
    return page, status


def _teams(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    session = db.session()
    listed = teams.listed(session)
    page = render_template(
        "people/teams.html",
        teams=listed,
        skills=teams.skills(session),
        team_options=[(team.id, team.name) for team in listed],
        errors=errors,
    )
    return page, status
