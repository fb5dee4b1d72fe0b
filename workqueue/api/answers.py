"""Answers to programs: what the services return, as JSON."""

import json
from typing import Any

from flask import Response

from workqueue.web.problems import written


def answer(body: Any, status: int = 200) -> Response:
    """Return the body as JSON; times and dates are ISO text."""
    return Response(json.dumps(body, default=written), status, content_type="application/json")
