"""How an operation of the interface is described, and the small schemas they are put together from."""

from collections.abc import Iterable
from dataclasses import dataclass

from workqueue.api.schemas import Schema

ROW_ID: Schema = {"type": "integer", "minimum": 1}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
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


PAGING: tuple[tuple[str, Schema], ...] = (
    ("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    ("cursor", TEXT),
)


def one_of(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(each) for each in values]}


def object_of(needed: dict[str, Schema], **optional: Schema) -> Schema:
    return {"type": "object", "properties": {**needed, **optional}, "required": list(needed)}


def page_of(item: Schema, **more: Schema) -> Schema:
    cursor = {"anyOf": [TEXT, {"type": "null"}]}
    return object_of({**more, "items": {"type": "array", "items": item}, "next_cursor": cursor})
