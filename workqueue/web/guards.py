"""Who may ask for what. Each view says it with one decorator; it is enforced here, before any view runs.

    @bp.get("/team")
    @lead_only
    def show() -> str: ...

The decorator only marks the view. `enforce` refuses what is not marked, so a forgotten one is noticed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar, cast

from flask import Flask, abort, current_app, g, request
from flask_login import current_user

from workqueue.rules.refusals import Invalid, NotAllowed
from workqueue.rules.roles import EVERYONE, READERS, WORKERS, Role
from workqueue.services.sign_in import Person
from workqueue.web.forms import is_storable

View = TypeVar("View", bound=Callable[..., Any])

# What a form of ours holds at most; a view that takes files says so with @takes_files.
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Guard:
    """What a view demands of whoever asks."""

    roles: frozenset[Role] = frozenset()
    is_public: bool = False
    is_api: bool = False
    reason: str = ""


def roles(*allowed: Role) -> Callable[[View], View]:
    """Let people of these roles in."""
    return _marking(Guard(frozenset(allowed)))


def public(reason: str) -> Callable[[View], View]:
    """Let everybody in, signed in or not; the reason is for whoever reviews it."""
    return _marking(Guard(is_public=True, reason=reason))


def signed_in(view: View) -> View:
    """Let everybody in who has signed in."""
    return roles(*EVERYONE)(view)


def rep_work(view: View) -> View:
    """Let those in who work the queue: reps and leads."""
    return roles(*WORKERS)(view)


def reads_accounts(view: View) -> View:
    """Let those in who may see patients' data: reps, leads, auditors."""
    return roles(*READERS)(view)


def lead_only(view: View) -> View:
    return roles(Role.LEAD)(view)


def lead_or_auditor(view: View) -> View:
    return roles(Role.LEAD, Role.AUDITOR)(view)


def admin_only(view: View) -> View:
    return roles(Role.ADMIN)(view)


def background(view: View) -> View:
    """Mark what a page asks for by itself: polling keeps nobody signed in."""
    view.is_background = True  # type: ignore[attr-defined]
    return view


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Allow bodies of this size; all other views refuse more than a form can hold."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def current_person() -> Person:
    """Who is asking; only for views that let nobody in who has not signed in."""
    person = g.get("person")
    if person is None:
        person = current_user.person if current_user.is_authenticated else None
    if person is None:
        raise RuntimeError("A public view asked who is signed in.")
    return cast("Person", person)


def utc_now() -> datetime:
    """The moment of this request: one for all that happens in it."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast("datetime", g.now)


def guard_of(endpoint: str | None) -> Guard | None:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "guard", None)


def is_background_request() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_background", False))


def enforce() -> Any:
    """Let the view run, or refuse; an address nobody serves is left to Flask's 404."""
    if request.endpoint is None:
        return None
    guard = guard_of(request.endpoint)
    if guard is None:
        _undeclared()
    if guard.is_api:
        return None  # its own enforcement knows tokens instead of cookies
    if not guard.is_public:
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if current_user.person.role not in guard.roles:
            raise NotAllowed
    check_input(with_form=request.method == "POST")
    return None


def limit_body() -> None:
    """Say how much may be read, before anything is: looking for a CSRF token reads the whole form."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "most_bytes", MOST_BYTES)


def register(app: Flask) -> None:
    public("style sheets, scripts and icons")(app.view_functions["static"])
    app.before_request_funcs.setdefault(None, []).insert(0, limit_body)
    app.before_request(enforce)


def check_input(*, with_form: bool) -> None:
    """Refuse what PostgreSQL cannot store, wherever a view might take it from."""
    sent = [*request.args.values(), *map(str, (request.view_args or {}).values())]
    if with_form:
        sent.extend(request.form.values())
    if not all(map(is_storable, sent)):
        raise Invalid("This has characters that cannot be stored.")


def _undeclared() -> NoReturn:
    if current_app.testing:
        raise RuntimeError(f"{request.endpoint} has no guard; mark its view, see workqueue/web/guards.py.")
    abort(403)


def _marking(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return mark
