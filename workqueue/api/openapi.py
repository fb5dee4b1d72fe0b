"""GET /api/v1/openapi.json: the interface described, from the same classes its answers are made of.

`docs/openapi.json` is this description as checked in; a test holds the two together, so that a change of the
interface is seen in review.
"""

from functools import cache
from typing import Any

from flask import Response

from workqueue.api import bp
from workqueue.api.answers import answer
from workqueue.api.auth import api_public
from workqueue.api.operation import BINARY, MOMENT, ROW_ID, TEXT, Operation
from workqueue.api.operations import operations
from workqueue.api.schemas import Schema, Schemas
from workqueue.rules.roles import Role
from workqueue.web.guards import guard_of

VERSION = "1.0.0"


@bp.get("/openapi.json")
@api_public("the description of the interface names no patient and grants nothing")
def show_description() -> Response:
    """Return the description."""
    return answer(description())


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description."""
    schemas = Schemas()
    paths: dict[str, Any] = {}
    for operation in operations(schemas):
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Workqueue",
            "version": VERSION,
            "description": "The work queue of a billing office. Every POST needs an Idempotency-Key.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(sorted((schemas.found | {"Problem": PROBLEM}).items())),
        },
    }


PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `detail` for people; more members by code.",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "code": TEXT,
        "detail": TEXT,
        "field": {**TEXT, "description": "422: the field to look at"},
        "fields": {"type": "object", "description": "invalid_outcome: a sentence for each field"},
        "sent": {"type": "object", "description": "lease_lost: the entry that was sent, handed back"},
        "reasons": {
            "type": "array",
            "items": TEXT,
            "description": "call_not_allowed: all that speaks against it",
        },
        "next_legal_at": {"anyOf": [MOMENT, {"type": "null"}], "description": "call_not_allowed"},
        "verdict": {"type": "object", "description": "call_not_allowed: every rule looked at"},
        "nearest": {"type": "array", "items": MOMENT, "description": "slot_gone: free times near it"},
    },
    "required": ["type", "title", "status", "code", "detail"],
}


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    parameters = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": ROW_ID}
        for part in operation.path.split("/")
        if part.startswith("{")
    ] + [{"name": name, "in": "query", "schema": schema} for name, schema in operation.query]
    refusals = {401, *operation.refusals}
    guard = guard_of(f"{bp.name}.{operation.name}")
    if guard is not None and not guard.is_public and guard.roles != frozenset(Role):
        refusals.add(403)
    if "{" in operation.path:
        refusals.add(404)
    if operation.method == "post" or operation.query:
        refusals.add(422)
    if operation.method == "post":
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": TEXT})
    if operation.name == "show_description":
        described["security"], refusals = [], set()
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    if operation.takes_file:
        form = {"type": "object", "properties": {"file": BINARY}}
        content = {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": BINARY}}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = {
        str(status): {"description": _MEANS[status], **({"content": _content(schema)} if schema else {})}
        for status, schema in operation.answers.items()
    } | {
        str(status): {
            "description": _MEANS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted(refusals)
    }
    return described


_MEANS = {
    200: "Done, or shown",
    201: "Written",
    202: "Taken; the rest follows",
    204: "Nothing to say",
    304: "Nothing new",
    401: "No valid token",
    403: "Not for the role of whoever the token acts as",
    404: "There is no such thing",
    409: "Refused as things stand",
    422: "What was sent cannot be used",
}


def _content(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
