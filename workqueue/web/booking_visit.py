"""Who is on the patients' page, and in which language: the cookie, the answers, and what every page shows."""

from dataclasses import dataclass, replace
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    make_response,
    render_template,
    request,
)
from flask_wtf.csrf import CSRFError
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from workqueue.config import PROJECT
from workqueue.database import reading, transaction
from workqueue.extensions import babel
from workqueue.logging import log
from workqueue.models.booking import Door
from workqueue.rules.refusals import Refusal, TooManyAttempts
from workqueue.services.booking import doors, links
from workqueue.services.booking.links import Link, NoSuchLink
from workqueue.services.office_profile import Profile, profile
from workqueue.web import booking_words as words
from workqueue.web.booking_words import LOCALES, gettext
from workqueue.web.errors import database_error, status_of, too_busy
from workqueue.web.guards import utc_now

VISIT_SECONDS = 2 * 60 * 60
"""So long the link need not be followed again; whether it is open is looked at in each request."""
SALT = "patients' page"
PATIENTS = "patients have no sign-in: a link nobody can guess, or a letter's code with a check, lets them in"

LANGUAGES = {"en": "English", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Visit:
    """What the cookie says, which is signed: the link somebody came by, and the language they read."""

    link_id: int
    language: str


def patients_pages(name: str) -> Blueprint:
    """Return a blueprint whose refusals are pages for patients."""
    bp = Blueprint(name, __name__)
    bp.register_error_handler(NoSuchLink, _no_such_link)
    bp.register_error_handler(Refusal, _refused)
    bp.register_error_handler(CSRFError, _stale_form)
    bp.register_error_handler(HTTPException, _http_error)
    bp.register_error_handler(DBAPIError, _database_away)
    bp.register_error_handler(PoolTimeout, _too_busy)
    bp.record_once(lambda state: _pages(cast("Flask", state.app)).add(name))
    return bp


def register(app: Flask) -> None:
    babel.init_app(
        app,
        default_locale=LOCALES["en"],
        default_translation_directories=str(PROJECT / "translations"),
        locale_selector=_locale,
    )


def visit() -> Visit:
    """Return who is on the page; a visit without a link has only a language."""
    if "visit" not in g:
        g.visit = _read()
    found: Visit = g.visit
    return found


def begin(link: Link) -> Visit:
    """Let the page be this link's from now on."""
    g.visit = replace(visit(), link_id=link.id)
    if not request.cookies.get(_cookie_name()) and link.language == "es":
        g.visit = replace(g.visit, language="es")
    found: Visit = g.visit
    return found


def speak(language: str) -> None:
    """Read the page in this language from now on."""
    if language in LANGUAGES:
        g.visit = replace(visit(), language=language)


def keep_visit(response: Response) -> Response:
    """Give the browser the cookie: it names a link, and holds nothing of the person."""
    found = visit()
    response.set_cookie(
        _cookie_name(),
        _signer().dumps([found.link_id, found.language]),
        max_age=VISIT_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def link_of(session: Session) -> Link:
    """Return the link of this visit; raises NoSuchLink when it opens nothing any more."""
    return links.open_again(session, visit().link_id, now=utc_now())


def count_change() -> None:
    """Count a change of this visit's link, in a transaction of its own; raises TooManyAttempts."""
    with transaction() as session:
        doors.knock(session, Door.CHANGE, f"link {visit().link_id}", now=utc_now())


def page(template: str, /, status: int = 200, **context: Any) -> Response:
    """Render a page with what all of them show: the language, and how to reach the office otherwise."""
    with reading() as session:
        office = profile(session)
    return make_response(render_template(template, **context, **_frame(office)), status)


def door(status: int, *, sentence: str = "", errors: dict[str, str] | None = None) -> Response:
    """Render the page for whoever has no link: one answer for wrong, used, ended and expired."""
    typed = {name: request.form.get(name, "") for name in ("code", "birth")}
    return page("booking/door.html", status, sentence=sentence, errors=errors or {}, values=typed)


def _frame(office: Profile | None) -> dict[str, Any]:
    language = visit().language
    return {
        "office": office,
        "language": language,
        "locale": LOCALES[language].replace("_", "-"),
        "languages": LANGUAGES,
        "words": words,
    }


def _read() -> Visit:
    preferred = request.accept_languages.best_match(list(LANGUAGES)) or "en"
    try:
        link_id, language = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=VISIT_SECONDS)
        return Visit(int(link_id), language if language in LANGUAGES else preferred)
    except (BadSignature, ValueError, TypeError):
        return Visit(0, preferred)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT)


def _cookie_name() -> str:
    return "__Host-callback" if request.is_secure else "callback"


def _pages(app: Flask) -> set[str]:
    found: set[str] = app.extensions.setdefault("workqueue.patients_pages", set())
    return found


def _locale() -> str:
    """Speak the person's language on the pages for patients, and English everywhere else."""
    is_for_patients = has_request_context() and request.blueprint in _pages(current_app)
    return LOCALES[visit().language if is_for_patients else "en"]


def _no_such_link(refusal: NoSuchLink) -> Response:
    return door(404, sentence=gettext(refusal.sentence))


def _refused(refusal: Refusal) -> Response:
    response = page("booking/refused.html", status_of(refusal), sentence=gettext(refusal.sentence))
    if isinstance(refusal, TooManyAttempts):
        log.warning("door_throttled")
        response.headers["Retry-After"] = str(refusal.wait_seconds)
    return response


def _stale_form(error: CSRFError) -> Response:
    log.info("form_refused", reason_code="csrf")
    sentence = gettext("This page was open for too long. Go back to the beginning and try again.")
    return page("booking/refused.html", error.code or 400, sentence=sentence)


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400 or status >= 500:
        return error
    sentence = gettext("What your browser sent could not be read. Go back and try again.")
    return page("booking/refused.html", status, sentence=sentence)


def _database_away(error: DBAPIError) -> Response:
    return _said_without_database(database_error(error))


def _too_busy(error: PoolTimeout) -> Response:
    return _said_without_database(too_busy(error))


def _said_without_database(response: Response) -> Response:
    """Say it in the patient's words; rendered by hand, since what all pages show is asked of the database."""
    template = current_app.jinja_env.get_template("booking/away.html")
    response.set_data(template.render(**_frame(None)))
    return response
