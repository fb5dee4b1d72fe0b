"""A person's own account: password, shortcuts, how the pages look, where logging leads."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.logging import log
from workqueue.models.people import AfterLogging, Density, Theme
from workqueue.rules.refusals import Invalid
from workqueue.services import people
from workqueue.services.reading.staffing import person_time
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, signed_in, utc_now
from workqueue.web.render import done, path_of
from workqueue.web.shift_form import week_words
from workqueue.web.staffing import ABSENCE_WORDS

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    return _page({})


@bp.post("/display")
@signed_in
def display() -> ResponseReturnValue:
    """Keep what was sent; the menu sends the colours alone, the settings page all of it."""
    fields = Fields(request.form)
    theme = fields.choice("theme", Theme, is_required=False)
    density = fields.choice("density", Density, is_required=False)
    after_logging = fields.choice("after_logging", AfterLogging, is_required=False)
    # An unticked box is not sent at all: only the page that has the box says that it was there.
    uses_shortcuts = fields.is_on("shortcuts") if "has_shortcuts_box" in request.form else None
    fields.check()
    with transaction() as session:
        people.set_display(
            session,
            current_person().id,
            theme=theme,
            density=density,
            uses_shortcuts=uses_shortcuts,
            after_logging=after_logging,
        )
    if "has_shortcuts_box" in request.form:
        flash("Your settings are kept.", "success")
    # The menu stands on every page: whoever chose colours there stays where they were.
    return done(path_of(request.referrer) or url_for("settings.show"))


@bp.post("/password")
@signed_in
def password() -> ResponseReturnValue:
    fields, person = Fields(request.form), current_person()
    present, new = fields.password("present_password"), fields.password("new_password")
    if new and fields.password("again") != new:
        fields.errors.pop("again", None)
        fields.refuse("again", "This is not the same as the new password.")
    if fields.errors:
        return _page(fields.errors, 422)
    try:
        with transaction() as session:
            people.change_own_password(
                session, person.id, present, new, utc_now(), keep_session_id=person.session_id
            )
    except Invalid as refusal:
        return _page({refusal.field or "new_password": refusal.sentence}, 422)
    log.info("password_changed", user_id=person.id)
    flash("Your password is changed. Anywhere else you were signed in, you are not any more.", "success")
    return done(url_for("settings.show"))


def _page(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    person = current_person()
    row = people.get(db.session(), person.id)
    time = person_time(db.session(), user_id=person.id, now=utc_now())
    page = render_template(
        "settings/show.html",
        person=row,
        time=time,
        week=week_words(time.week),
        absence_words=ABSENCE_WORDS,
        now=utc_now(),
        errors=errors,
        theme=person.theme,
        density=person.density,
        uses_shortcuts=person.uses_shortcuts,
        after_logging=person.after_logging,
    )
    return page, status
