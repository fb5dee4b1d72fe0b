"""Accounts for programs, and the description of the interface."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy.orm import Session

from tests.factories import ada, ana, make_note, uma
from tests.services.desk import billed_to_payer, deny
from workqueue.config import PROJECT
from workqueue.models import User

Token = Callable[[User], dict[str, str]]


def test_an_account_is_shown_whole_and_said_to_be_unchanged(
    session: Session, client: FlaskClient, token_of: Token
) -> None:
    account, headers = billed_to_payer(session), token_of(ana(session))
    first = client.get(f"/api/v1/accounts/{account.id}", headers=headers)
    assert first.status_code == 200
    assert first.json is not None
    assert first.json["number"] == account.number
    assert first.json["ledger"][0]["insurance_cents"] == 50_000
    seen = headers | {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get(f"/api/v1/accounts/{account.id}", headers=seen)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    make_note(session, account=account)
    assert client.get(f"/api/v1/accounts/{account.id}", headers=seen).status_code == 200


def test_history_is_paged_newest_first(session: Session, client: FlaskClient, token_of: Token) -> None:
    account, headers = billed_to_payer(session), token_of(ana(session))
    for cents in (20_000, 10_000, 5_000):
        deny(session, account, cents)
    address = f"/api/v1/accounts/{account.id}/history"
    whole = client.get(address, headers=headers).json
    assert whole is not None
    assert len(whole["items"]) >= 2
    assert all(each["cause_words"] == "Remittance arrived" for each in whole["items"])
    first = client.get(f"{address}?limit=1", headers=headers).json
    assert first is not None
    rest = client.get(f"{address}?cursor={first['next_cursor']}", headers=headers).json
    assert rest is not None
    assert first["items"] + rest["items"] == whole["items"]


def test_an_account_nobody_knows_is_not_found(session: Session, client: FlaskClient, token_of: Token) -> None:
    headers = token_of(ana(session))
    for path in ("accounts/987654321", "accounts/987654321/history"):
        answer = client.get(f"/api/v1/{path}", headers=headers)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_the_summary_counts_open_balances(session: Session, client: FlaskClient, token_of: Token) -> None:
    billed_to_payer(session)
    summary = client.get("/api/v1/queue/summary", headers=token_of(uma(session))).json
    assert summary is not None
    assert (summary["open_balances"], summary["queued"], summary["unaccounted"]) == (1, 1, 0)
    assert summary["waiting"] == {"payer": 0, "patient": 0, "office": 0}
    assert client.get("/api/v1/queue/summary", headers=token_of(ada(session))).status_code == 403


def test_the_description_is_the_one_that_is_checked_in(client: FlaskClient, runner: FlaskCliRunner) -> None:
    kept = json.loads((Path(PROJECT) / "docs" / "openapi.json").read_text())
    assert client.get("/api/v1/openapi.json").json == kept, "run: flask openapi > docs/openapi.json"
    assert json.loads(runner.invoke(args=["openapi"]).stdout) == kept


def test_the_description_names_every_address_and_no_other(app: Flask, client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    served = {
        (method.lower(), rule.rule.removeprefix("/api/v1").replace("<int:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(method, path) for path, each in described["paths"].items() for method in each}


def test_what_is_refused_is_not_promised(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    paths = described["paths"]
    body = {
        path: paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
        for path in ("/calls/{call_id}/events", "/tasks/{task_id}/outcome")
    }
    event, outcome = body["/calls/{call_id}/events"]["event"], body["/tasks/{task_id}/outcome"]
    assert event["enum"] == ["answered", "ended", "not_connected", "rang", "voicemail"]
    assert outcome["chapter"]["enum"] == ["7", "11", "12", "13"]
    days = outcome["weekdays"]["items"]
    assert (days["minimum"], days["maximum"]) == (0, 6)
    assert "403" in paths["/tasks/next"]["post"]["responses"]
    assert "403" not in paths["/contact-rules"]["get"]["responses"]


def test_answers_are_as_described(session: Session, client: FlaskClient, token_of: Token) -> None:
    account, headers = billed_to_payer(session), token_of(ana(session))
    deny(session, account, 10_000)
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    schemas = described["components"]["schemas"]
    for path, shown in {
        "/accounts/{account_id}": client.get(f"/api/v1/accounts/{account.id}", headers=headers).json,
        "/accounts/{account_id}/history": client.get(
            f"/api/v1/accounts/{account.id}/history", headers=headers
        ).json,
        "/tasks": client.get("/api/v1/tasks", headers=headers).json,
        "/queue/summary": client.get("/api/v1/queue/summary", headers=headers).json,
    }.items():
        schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert differences(schema, shown, schemas, path) == []
    taken = client.post("/api/v1/tasks/next", headers=headers).json
    schema = described["paths"]["/tasks/next"]["post"]["responses"]["200"]["content"]["application/json"]
    assert differences(schema["schema"], taken, schemas, "/tasks/next") == []


TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
    "object": dict,
    "array": list,
}


def differences(schema: dict[str, Any], value: Any, schemas: dict[str, Any], at: str) -> list[str]:
    """Return where a value is not as the schema says."""
    if "$ref" in schema:
        return differences(schemas[schema["$ref"].rpartition("/")[2]], value, schemas, at)
    if "anyOf" in schema:
        found = [differences(each, value, schemas, at) for each in schema["anyOf"]]
        return [] if [] in found else min(found, key=len)
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        return [f"{at}: {value!r} is not {schema['type']}"]
    wrong = [f"{at}: {value!r} is not offered"] if value not in schema.get("enum", [value]) else []
    if isinstance(value, list) and "items" in schema:
        wrong += [each for item in value for each in differences(schema["items"], item, schemas, f"{at}[]")]
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        wrong += [f"{at}.{name}: missing" for name in set(schema["required"]) - set(value)]
        wrong += [f"{at}.{name}: unknown" for name in set(value) - set(known)]
        for name in set(value) & set(known):
            wrong += differences(known[name], value[name], schemas, f"{at}.{name}")
    return wrong
