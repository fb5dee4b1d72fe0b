"""Whether a request wants a page or a part of one, and what it gets."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request

from workqueue.extensions import htmx
from workqueue.web.forms import local_path


def is_htmx() -> bool:
    """Tell whether htmx asks, for a part or for a page."""
    return request.headers.get("HX-Request") == "true"


def is_fragment_wanted() -> bool:
    """Tell whether htmx asks for a part; a page restored from the history and a boosted one are whole."""
    return is_htmx() and htmx.is_partial and not htmx.boosted and not htmx.history_restore_request


def page_or_partial(page: str, partial: str, /, status: int = 200, **context: Any) -> tuple[str, int]:
    """Render the part for htmx, and else the page that includes it: one URL, for filters and searches."""
    return render_template(partial if is_fragment_wanted() else page, **context), status


def partial(template: str, /, status: int = 200, trigger: str = "", **context: Any) -> Response:
    """Render a part; `trigger` names an event other parts of the page listen to."""
    response = make_response(render_template(template, **context), status)
    if trigger:
        response.headers["HX-Trigger"] = trigger
    return response


def path_of(url: Any) -> str | None:
    """The local path of a page of ours, as the browser named it."""
    if not isinstance(url, str) or not url.startswith(request.host_url):
        return None
    return local_path("/" + url.removeprefix(request.host_url).partition("#")[0], "") or None


def done(url: str) -> Response:
    """Answer a form that was taken: go and look at the result, with or without htmx."""
    if is_htmx():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    response = make_response(redirect(url, 303))
    return response
