"""GET /api/v1/openapi.json: the interface described, from the same classes its answers are made of.

`docs/openapi.json` is this description as checked in; a test holds the two together, so that a change of the
interface is seen in review.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response

from workqueue.api import bp
from workqueue.api.answers import answer
from workqueue.api.auth import api_public
from workqueue.api.contact_rules import RuleInForce
from workqueue.api.feasibility import DeadlineFeasibility
from workqueue.api.schemas import Schema, Schemas
from workqueue.rules.call_states import CallState
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.disposition_fields import CHOICES
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.roles import Role
from workqueue.rules.shifts import AbsenceKind
from workqueue.rules.states import PhonePlace, TaskState
from workqueue.services.call_steps import TOLD_BY_TELEPHONE
from workqueue.services.outcomes import LoggedOutcome
from workqueue.services.reading.account import AccountView
from workqueue.services.reading.history import ChangeLine
from workqueue.services.reading.lines import TaskLine
from workqueue.services.reading.person import PersonView
from workqueue.services.reading.rebalances import MoveLine, RebalanceView
from workqueue.services.reading.summary import QueueSummary
from workqueue.services.reading.task import TaskCard, Why
from workqueue.services.rebalancing import Done
from workqueue.web.guards import guard_of

VERSION = "1.0.0"

ROW_ID: Schema = {"type": "integer", "minimum": 1}
TEXT: Schema = {"type": "string"}
CENTS: Schema = {"type": "integer", "description": "US cents"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
BINARY: Schema = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Operation:
    """One thing the interface does."""

    method: str
    path: str
    name: str
    summary: str
    answers: dict[int, Schema | None]
    """Bodies by status; None for an answer without a body."""
    body: Schema | None = None
    takes_file: bool = False
    query: tuple[tuple[str, Schema], ...] = ()
    refusals: tuple[int, ...] = ()


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
    },
    "required": ["type", "title", "status", "code", "detail"],
}


def operations(schemas: Schemas) -> tuple[Operation, ...]:
    """List everything the interface does."""
    token = {"lease_token": ROW_ID}
    verdict, card = schemas.of(Verdict), schemas.of(TaskCard)
    _as_sent(schemas)
    shown = {"task": card, "why": schemas.of(Why), "verdict": {"anyOf": [verdict, {"type": "null"}]}}
    lease = _object({"token": ROW_ID, "until": MOMENT})
    choices = (
        ("state", schemas.of(TaskState)),
        ("kind", schemas.of(TaskKind)),
        ("owner_id", ROW_ID),
        ("holder_id", ROW_ID),
        ("team_id", ROW_ID),
    )
    return (
        Operation(
            "post", "/tasks/next", "next_task", "Lease the task most worth doing; 204 when there is none.",
            {200: _object({**shown, "lease": lease}), 204: None},
        ),
        Operation(
            "get", "/tasks", "list_tasks", "List a team's tasks.", {200: _page(schemas.of(TaskLine))},
            query=(*choices, *PAGING),
        ),
        Operation(
            "get", "/tasks/{task_id}", "show_task", "Show one task.", {200: _object(shown)},
        ),
        Operation(
            "post", "/tasks/{task_id}/heartbeat", "heartbeat", "Keep the task a while longer.",
            {200: _object({"until": MOMENT})}, body=_object(token), refusals=(409,),
        ),
        Operation(
            "post", "/tasks/{task_id}/release", "release", "Give the task back unworked.", {204: None},
            body=_object(token, reason=TEXT), refusals=(409,),
        ),
        Operation(
            "post", "/tasks/{task_id}/calls", "place_call",
            "Place a call; 409 with the reasons and the next legal instant when it is not allowed.",
            {201: _object({"call_id": ROW_ID, "verdict": verdict})}, body=_object(token, phone_id=ROW_ID),
            refusals=(409,),
        ),
        Operation(
            "post", "/tasks/{task_id}/outcome", "log_outcome",
            "Log what was done; 409 hands back the entry when the lease is lost.",
            {201: schemas.of(LoggedOutcome), 200: schemas.of(LoggedOutcome)},
            body=_outcome(schemas), refusals=(409,),
        ),
        Operation(
            "post", "/calls/{call_id}/events", "hear_event",
            "Report what happens to a call; said twice under one event_id it is heard once.",
            {201: _object({"call_id": ROW_ID, "state": schemas.of(CallState)})},
            body=_object({"event": _one_of(sorted(TOLD_BY_TELEPHONE)), "event_id": TEXT}, at=MOMENT),
        ),
        Operation(
            "post", "/rebalances", "propose_rebalance", "Propose how the team's work is shared out anew.",
            {201: _object({"rebalance": schemas.of(RebalanceView)})},
            body=_object({"reason": TEXT}, until_on=DAY, with_open_deadlines={"type": "boolean"}),
            refusals=(409,),
        ),
        Operation(
            "get", "/rebalances/{rebalance_id}", "show_rebalance", "Show a rebalance and its moves in pages.",
            {200: _page(schemas.of(MoveLine), rebalance=schemas.of(RebalanceView))}, query=PAGING,
        ),
        Operation(
            "post", "/rebalances/{rebalance_id}/apply", "apply_rebalance",
            "Do all of it; what has changed since stays where it is.", {200: schemas.of(Done)},
            body=_object({}), refusals=(409,),
        ),
        Operation(
            "post", "/rebalances/{rebalance_id}/undo", "undo_rebalance",
            "Give back what is still where it was put.", {200: schemas.of(Done)}, body=_object({}),
            refusals=(409,),
        ),
        Operation(
            "post", "/people/{user_id}/absences", "add_absence",
            "Write that somebody is away; without a beginning from now on.",
            {201: _object({"absence_id": ROW_ID})},
            body=_object({"kind": schemas.of(AbsenceKind), "ends_at": MOMENT}, starts_at=MOMENT),
            refusals=(409,),
        ),
        Operation(
            "post", "/absences/{absence_id}/end", "end_absence",
            "Let an absence end at another moment, now when none is sent.",
            {200: _object({"absence_id": ROW_ID, "is_called_off": {"type": "boolean"}})},
            body=_object({}, ends_at=MOMENT), refusals=(409,),
        ),
        Operation(
            "get", "/accounts/{account_id}", "show_account", "Show an account; 304 when its ETag is current.",
            {200: schemas.of(AccountView), 304: None},
        ),
        Operation(
            "get", "/accounts/{account_id}/history", "show_history", "List what changed and why.",
            {200: _page(schemas.of(ChangeLine))}, query=PAGING,
        ),
        Operation(
            "get", "/patients/{patient_id}", "show_patient", "Show how to reach a person, and their bills.",
            {200: schemas.of(PersonView)},
        ),
        Operation(
            "post", "/patients/{patient_id}/phones", "add_patient_phone", "Write a number of a person.",
            {201: _object({"phone_id": ROW_ID})},
            body=_object({"number": TEXT, "place": schemas.of(PhonePlace)}, source=schemas.of(PointSource),
                         language=TEXT),
        ),
        Operation(
            "post", "/patients/{patient_id}/consents", "add_patient_consent",
            "Write that a person allowed something, or took it back.",
            {201: _object({"consent_id": ROW_ID})},
            body=_object({"channel": schemas.of(ContactChannel), "scope": schemas.of(ConsentScope),
                          "is_given": {"type": "boolean"}, "how": TEXT, "said_at": MOMENT}, phone_id=ROW_ID),
        ),
        Operation(
            "get", "/queue/summary", "show_summary", "Count open balances by state.",
            {200: schemas.of(QueueSummary)},
        ),
        Operation(
            "get", "/feasibility", "show_feasibility",
            "Say which hard deadlines of the next working days cannot be kept, and what would help.",
            {200: schemas.of(DeadlineFeasibility)},
            query=(("team_id", COUNT), ("days", {"type": "integer", "minimum": 1, "maximum": 30})),
        ),
        Operation(
            "get", "/contact-rules", "list_contact_rules", "List the rules of contact that hold on a day.",
            {200: _object({"items": {"type": "array", "items": schemas.of(RuleInForce)}})},
            query=(("on", {"type": "string", "format": "date"}),),
        ),
        Operation(
            "post", "/payments", "take_payment", "Report one payment; said twice it counts once.",
            {201: _object(PAYMENT), 200: _object(PAYMENT)},
            body=_object({"source": TEXT, "source_id": TEXT, "account": TEXT, "amount_cents": CENTS,
                          "received_at": MOMENT}),
        ),
        Operation(
            "post", "/notices", "take_notices",
            "Report statements and notices that were sent; the same run again changes nothing.",
            {201: _object({"recorded": COUNT, "known": COUNT,
                           "unknown": {"type": "array", "items": COUNT,
                                       "description": "places in the run whose account nobody knows"}})},
            body=_object({"notices": {
                "type": "array", "minItems": 1, "maxItems": 5000,
                "items": _object(
                    {"account": TEXT, "kind": schemas.of(NoticeKind), "given_on": DAY},
                    deadline_on={**DAY, "description": "needed for a collection_notice, 30 days away"},
                    evidence=TEXT,
                ),
            }}),
        ),
        Operation(
            "post", "/accounts/{account_id}/callback-links", "make_callback_link",
            "Make a link and a letter's code by which whoever answers for the account books a call.",
            {201: _object({"link_id": ROW_ID, "url": TEXT, "letter_code": TEXT, "expires_at": MOMENT})},
            body=_object({"channel": {"type": "string", "enum": ["letter", "email", "text"]}}),
            refusals=(404,),
        ),
        Operation(
            "post", "/intake", "take_file", "Hand in a file, as multipart or as the body.",
            {202: _object({"file_id": ROW_ID, "sha256": TEXT, "status": TEXT, "report_url": TEXT})},
            takes_file=True, query=(("name", TEXT),),
        ),
        Operation(
            "get", "/files/{file_id}", "file_report", "Say what became of a file.",
            {200: _object({"file_id": ROW_ID, "file": TEXT, "status": TEXT, "received_at": MOMENT})},
        ),
        Operation("get", "/openapi.json", "show_description", "This description.", {200: {"type": "object"}}),
    )  # fmt: skip


PAGING: tuple[tuple[str, Schema], ...] = (
    ("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    ("cursor", TEXT),
)
PAYMENT: dict[str, Schema] = {
    "fact_id": ROW_ID,
    "status": {"type": "string", "enum": ["received", "duplicate"]},
    "is_matched": {"type": "boolean"},
}


def _as_sent(schemas: Schemas) -> None:
    """Say what the views change: reasons join a verdict; a card's reasons and verdict stand beside it."""
    verdict, card = schemas.found["Verdict"], schemas.found["TaskCard"]
    verdict["properties"]["reasons"] = {"type": "array", "items": TEXT}
    verdict["required"].append("reasons")
    for apart in ("why", "payer_verdict"):
        del card["properties"][apart]
        card["required"].remove(apart)


def _outcome(schemas: Schemas) -> Schema:
    """Describe an outcome; of what the office offers a choice, only that is taken."""
    body = schemas.body_of(OutcomeEntry, lease_token=ROW_ID)
    for field, choices in CHOICES.items():
        body["properties"][field.value] = _one_of(choices)
    body["properties"]["weekdays"]["items"] |= {"minimum": 0, "maximum": 6, "description": "0 is Monday"}
    return body


def _one_of(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(each) for each in values]}


def _object(needed: dict[str, Schema], **optional: Schema) -> Schema:
    return {"type": "object", "properties": {**needed, **optional}, "required": list(needed)}


def _page(item: Schema, **more: Schema) -> Schema:
    cursor = {"anyOf": [TEXT, {"type": "null"}]}
    return _object({**more, "items": {"type": "array", "items": item}, "next_cursor": cursor})


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
