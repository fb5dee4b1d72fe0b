"""Signing in and out, and who is behind a request's cookie."""

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from workqueue.database import transaction
from workqueue.extensions import db, htmx, login
from workqueue.logging import log
from workqueue.rules.networks import network_of
from workqueue.rules.refusals import TooManyAttempts
from workqueue.services import sign_in
from workqueue.services.sign_in import Person
from workqueue.web.forms import Fields, local_path
from workqueue.web.guards import current_person, guard_of, is_background_request, public, signed_in, utc_now
from workqueue.web.navigation import nav_for
from workqueue.web.render import is_htmx, path_of

bp = Blueprint("sign_in", __name__)

WRONG = "The username or the password is not right."
SIGNED_OUT_FOR_IDLENESS = "You were signed out after a while without work. Sign in to go on where you were."


class SignedIn(UserMixin):  # type: ignore[misc]  # ships no types
    """The person of a request, as Flask-Login and the layout know them."""

    def __init__(self, person: Person, token: str) -> None:
        self.person = person
        self.token = token
        self.name, self.role = person.name, person.role
        self.theme, self.density = person.theme, person.density
        self.has_shortcuts = person.uses_shortcuts

    def get_id(self) -> str:
        # The session's token, not the user's number: each browser's session can be ended by itself.
        return self.token


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    return redirect(nav_for(current_person().role, "/")[0].href)


@bp.get("/sign-in")
@public("who has not signed in has to be able to")
def show() -> ResponseReturnValue:
    following = local_path(request.args.get("next"), "")
    if current_user.is_authenticated:
        return redirect(following or url_for("sign_in.home"))
    return _form(following)


@bp.post("/sign-in")
@public("who has not signed in has to be able to")
def submit() -> ResponseReturnValue:
    fields = Fields(request.form)
    following = local_path(request.form.get("next"), "")
    username = fields.text("username", longest=64).lower()
    password = fields.password("password")
    if fields.errors:
        return _form(following, username=username, errors=fields.errors, status=422)
    now = utc_now()
    try:
        # Committed by itself: the attempt counts whatever happens to the rest.
        with transaction() as within:
            attempt_id = sign_in.admit(within, username, network_of(request.remote_addr), now)
    except TooManyAttempts as refusal:
        log.warning("sign_in_throttled")
        response = _form(following, username=username, errors={"password": refusal.sentence}, status=429)
        response.headers["Retry-After"] = str(refusal.wait_seconds)
        return response
    with transaction() as within:
        opened = sign_in.open_session(within, attempt_id, username, password, now)
    if opened is None:
        log.warning("sign_in_failed", attempt_id=attempt_id)
        return _form(following, username=username, errors={"password": WRONG}, status=422)
    token, user_id = opened
    _end_present_session()
    _begin(token)
    log.info("signed_in", user_id=user_id)
    return redirect(following or url_for("sign_in.home"), 303)


@bp.post("/sign-out")
@public("an ended session must not keep anybody from the end of it")
def sign_out() -> ResponseReturnValue:
    _end_present_session()
    logout_user()
    session.clear()
    response = redirect(url_for("sign_in.show"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    # Our own sessions decide; a rep whose address changes on the way is the same rep.
    login.session_protection = None
    login.user_loader(load)
    login.unauthorized_handler(ask_to_sign_in)
    app.before_request(note_seen)


def load(token: str) -> SignedIn | None:
    """Flask-Login asks this once a request: whatever changed since the last one holds."""
    person = sign_in.find_person(db.session(), token, utc_now())
    return SignedIn(person, token) if person else None


def note_seen() -> None:
    """Count a request of the person's own as work; polling by an open page is none."""
    guard = guard_of(request.endpoint)
    # Public views go on without a database, /healthz above all.
    if guard is None or guard.is_public or guard.is_api or is_background_request():
        return
    person, now = current_person(), utc_now()
    if now - person.last_seen_at >= sign_in.SEEN_EVERY:
        with transaction() as within:
            sign_in.note_seen(within, person.session_id, now)


def ask_to_sign_in() -> ResponseReturnValue:
    """Send who is not signed in to the form, and afterwards back to the page they were on."""
    if session.pop("_user_id", None):
        flash(SIGNED_OUT_FOR_IDLENESS)
    if is_htmx():
        # The address of the page, not of the part htmx asked for; the page keeps drafts of what was typed.
        address = url_for("sign_in.show", next=path_of(htmx.current_url))
        response = make_response("", 401)
        response.headers["HX-Redirect"] = address
        return response
    path = request.full_path.rstrip("?") if request.method == "GET" else path_of(request.referrer)
    return redirect(url_for("sign_in.show", next=local_path(path, "") or None), 303)


def _end_present_session() -> None:
    if current_user.is_authenticated:
        person = current_person()
        with transaction() as within:
            sign_in.end_session(within, person.session_id, utc_now())
        log.info("signed_out", user_id=person.id)


def _begin(token: str) -> None:
    # A new cookie with nothing of before in it: a planted one must not become a signed-in one.
    session.clear()
    person = sign_in.find_person(db.session(), token, utc_now())
    if person is None:
        raise RuntimeError("A session ended while it was opened.")
    login_user(SignedIn(person, token))


def _form(
    following: str, *, username: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    page = render_template("sign_in/show.html", following=following, username=username, errors=errors or {})
    return make_response(page, status)
