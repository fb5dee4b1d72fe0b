"""The admin's form about what somebody can do: skills and languages, how well, and until when."""

from collections.abc import Iterable, Mapping

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.shifts import Mastery, SkillLevel
from workqueue.services import people, staffing, teams
from workqueue.services.reading.staffing import mastered
from workqueue.web.forms import Fields
from workqueue.web.guards import admin_only, current_person
from workqueue.web.render import done

bp = Blueprint("mastery", __name__, url_prefix="/people")

LEVELS = ((SkillLevel.LEARNING, "Is learning it"), (SkillLevel.ABLE, "Able"), (SkillLevel.EXPERT, "Expert"))
SPOKEN = {code: name for code, name in LANGUAGES.items() if code != "en"}


@bp.get("/<int:user_id>/skills")
@admin_only
def show(user_id: int) -> ResponseReturnValue:
    with reading() as session:
        skills, languages = mastered(session, user_id)
    return _page(user_id, _values("skill", skills) | _values("language", languages), {})


@bp.post("/<int:user_id>/skills")
@admin_only
def change(user_id: int) -> ResponseReturnValue:
    """Keep all of it as sent: what has no level is theirs no more."""
    fields = Fields(request.form)
    with reading() as session:
        known = [each.id for each in teams.skills(session)]
    skills = {int(key): each for key, each in _read(fields, "skill", map(str, known)).items()}
    languages = _read(fields, "language", SPOKEN)
    if fields.errors:
        return _page(user_id, request.form, fields.errors, 422)
    with transaction() as session:
        staffing.set_skills(session, user_id, skills)
        staffing.set_languages(session, user_id, languages)
    log.info("skills_changed", user_id=user_id, actor_id=current_person().id)
    flash("Kept. The next task goes by it.", "success")
    return done(url_for("people.edit", user_id=user_id))


def _read(fields: Fields, what: str, keys: Iterable[str]) -> dict[str, Mastery]:
    """Return those that have a level."""
    found = {}
    for key in keys:
        level = fields.choice(f"{what}_{key}_level", SkillLevel, is_required=False)
        expires_on = fields.day(f"{what}_{key}_expires_on", is_required=False)
        if level is not None:
            found[key] = Mastery(level, expires_on)
    return found


def _values(what: str, kept: Mapping[int, Mastery] | Mapping[str, Mastery]) -> dict[str, str]:
    values = {}
    for key, (level, expires_on) in kept.items():
        values[f"{what}_{key}_level"] = level.value
        values[f"{what}_{key}_expires_on"] = expires_on.isoformat() if expires_on else ""
    return values


def _page(
    user_id: int, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        person = people.get(session, user_id)
        skills = teams.skills(session)
    page = render_template(
        "people/skills.html",
        person=person,
        rows=[(f"skill_{each.id}", each.name, each.team) for each in skills],
        languages=[(f"language_{code}", name, "") for code, name in SPOKEN.items()],
        levels=LEVELS,
        values=values,
        errors=errors,
    )
    return page, status
