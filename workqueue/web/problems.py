"""Problem details for programs (RFC 9457)."""

import json
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response

MEDIA_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Return problem details; `code` is what a program looks at, `detail` what a person reads."""
    body = problem_body(status, code, detail, **more)
    return Response(json.dumps(body, default=written), status, content_type=MEDIA_TYPE)


def problem_body(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"urn:workqueue:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }


def written(value: Any) -> str:
    """Write times and dates as ISO text; nothing else may need a conversion."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an answer.")
