"""What people and programs read when the answer is no: a page, a part of one, or problem details."""

from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from workqueue.extensions import db
from workqueue.logging import log
from workqueue.rules.refusals import Invalid, NotAllowed, NotFound, Refusal, TooManyAttempts, Unavailable
from workqueue.web.problems import problem
from workqueue.web.render import is_htmx
from workqueue.web.sign_in import ask_to_sign_in

# The nearest class of a refusal decides; any other refusal lost against the state of things.
STATUS: dict[type[Refusal], int] = {
    Refusal: 409,
    NotFound: 404,
    Invalid: 422,
    NotAllowed: 403,
    TooManyAttempts: 429,
    Unavailable: 503,
}

TITLES = {
    400: "This could not be read",
    403: "This is not part of your role",
    404: "There is nothing here",
    405: "This cannot be done this way",
    409: "This has changed meanwhile",
    413: "This is too large",
    422: "Something needs another look",
    429: "Too many attempts",
    503: "Back in a moment",
}
SENTENCES = {
    400: "What your browser sent could not be read. Go back and try again.",
    404: "There is no such page or record, or it is not yours to see.",
    405: "This address does not take that kind of request.",
    413: "What was sent is larger than this page takes.",
}
STALE_FORM = (
    "This page was opened before you last signed in. Load it again; what you typed is kept as a draft."
)
AWAY = "The database does not answer at the moment. Nothing was changed. Try again in a few seconds."
BUSY = "Too much is going on at once. Nothing was changed. Try again in a few seconds."
BROKEN = "Something went wrong on our side, and nothing was changed. It has been recorded."
RETRY_SECONDS = 5

LOCK_NOT_AVAILABLE, QUERY_CANCELED, DEADLOCK, SERIALIZATION = "55P03", "57014", "40P01", "40001"
BUSY_STATES = {LOCK_NOT_AVAILABLE, QUERY_CANCELED, DEADLOCK, SERIALIZATION}


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(PoolTimeout, too_busy)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(InternalServerError, broken)


def status_of(refusal: Refusal) -> int:
    return next(STATUS[each] for each in type(refusal).__mro__ if each in STATUS)


def refused(refusal: Refusal) -> Response:
    status = status_of(refusal)
    response = _answer(status, refusal.sentence, code=refusal.code, **refusal.details())
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.wait_seconds)
    elif status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def stale_form(error: CSRFError) -> Any:
    """A form whose secret is not this session's: mostly a page left open from before."""
    log.info("form_refused", reason_code="csrf")
    if not current_user.is_authenticated and request.endpoint != "sign_in.submit":
        return ask_to_sign_in()
    return _answer(error.code or 400, STALE_FORM, code="stale_form")


def http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error  # a redirect, or an answer made by whoever raised it
    if isinstance(error, InternalServerError):
        return broken(error)
    response = _answer(status, SENTENCES.get(status, f"{error.description or error.name}"), code=_code(error))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def database_error(error: DBAPIError) -> Response:
    state = getattr(error.orig, "sqlstate", None)
    if state in BUSY_STATES:
        log.warning("database_busy", sqlstate=state)
        return _plain(503, BUSY, "unavailable")
    is_away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    if not is_away:
        raise error
    log.error("database_away", sqlstate=state)
    return _plain(503, AWAY, "unavailable")


def too_busy(_error: PoolTimeout) -> Response:
    log.warning("pool_exhausted")
    return _plain(503, BUSY, "unavailable")


def broken(_error: InternalServerError) -> Response:
    return _plain(500, BROKEN, "internal_error")


def _answer(status: int, sentence: str, *, code: str, **details: Any) -> Response:
    if _is_api():
        return problem(status, code, sentence, **details)
    if is_htmx():
        # Shown among the messages, not where the answer would have gone: no form loses what was typed in it.
        response = make_response(render_template("errors/_refusal.html", sentence=sentence), status)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#flash", "beforeend"
        return response
    title = TITLES.get(status, "This did not work")
    return make_response(render_template("errors/page.html", title=title, sentence=sentence), status)


def _plain(status: int, sentence: str, code: str) -> Response:
    """Answer without asking the database for anything, not even for who is asking."""
    db.session.rollback()
    reference = g.get("request_id", "")
    if _is_api():
        response = problem(status, code, sentence, reference=reference)
    else:
        template = current_app.jinja_env.get_template("errors/plain.html")
        title = TITLES.get(status, "Something went wrong")
        response = make_response(template.render(title=title, sentence=sentence, reference=reference), status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _code(error: HTTPException) -> str:
    return error.name.lower().replace(" ", "_")
