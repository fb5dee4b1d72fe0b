"""Structured logs with ids only: a field nobody allowed is dropped, so no name or note gets in."""

import logging
import sys
import time
import traceback
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

# Text fields that may be written. Numbers, booleans and *_id fields always may; all other text is dropped.
ALLOWED_TEXT = frozenset({
    "event", "level", "timestamp", "logger", "request_id", "method", "endpoint", "error", "trace", "job",
    "kind", "status", "state", "outcome", "reason_code", "command", "process", "server", "sha256", "version",
    "sqlstate",
})  # fmt: skip

# Loggers of libraries whose messages carry addresses, arguments or rows.
TALKATIVE = ("werkzeug", "rq", "sqlalchemy", "alembic.runtime", "gunicorn.access")

log = structlog.get_logger("workqueue")


def register(app: Flask) -> None:
    configure()

    @app.before_request
    def start_clock() -> None:
        # Ours, never the client's: a header could carry anything into the log.
        g.request_id, g.started = uuid.uuid4().hex[:16], time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def write_line(response: Response) -> Response:
        if "started" in g and request.endpoint != "static":
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint or "none",  # the route's name: a path may hold what was typed
                status_code=response.status_code,
                milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
            )
            response.headers["X-Request-Id"] = g.request_id
        return response

    def write_error(exc_info: Any) -> None:
        log.error("unhandled", exc_info=exc_info)

    app.log_exception = write_error  # type: ignore[method-assign]  # Flask's own writes path and message


def configure() -> None:
    """Send everything, libraries included, through the same allow-list to standard error, one JSON a line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_messages,
            ids_only,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    root = logging.getLogger()
    if not any(isinstance(each, WithoutMessages) for each in root.handlers):
        root.addHandler(WithoutMessages(logging.WARNING))


class WithoutMessages(logging.Handler):
    """Writes of a library's own log line which library, and which error; its message may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        place = f"{record.filename}:{record.lineno}"
        log.warning("library", logger=record.name, status=place, exc_info=record.exc_info)


def _to_standard_error(*_names: Any) -> structlog.WriteLogger:
    # Looked up at each line: whoever redirects standard error gets the lines from then on.
    return structlog.WriteLogger(sys.stderr)


def without_messages(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write of an exception its class and where it was raised; its message may quote a row."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["sqlstate"] = getattr(getattr(error, "orig", error), "sqlstate", None)
        event["trace"] = " < ".join(
            f"{frame.name} {frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in reversed(traceback.extract_tb(error.__traceback__)[-12:])
        )
    return event


def ids_only(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that could hold text about a person."""
    kept = {key: value for key, value in event.items() if _is_allowed(key, value)}
    dropped = len(event) - len(kept)
    return {**kept, "dropped_fields": dropped} if dropped else kept


def _is_allowed(key: str, value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, list | tuple):
        return all(isinstance(each, int) for each in value)
    return isinstance(value, str) and key in ALLOWED_TEXT
