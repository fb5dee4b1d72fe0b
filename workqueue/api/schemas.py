"""JSON Schema of the dataclasses that answers are made of, read from their annotations."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    time: {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
}


class Schemas:
    """Collects the schema of each class once; `of` returns a reference to it."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        origin = get_origin(kind)
        if origin in {Union, UnionType}:
            return {"anyOf": [self.of(each) for each in get_args(kind)]}
        if origin is tuple:
            return self._tuple(get_args(kind))
        if origin in {dict, Mapping}:
            return {"type": "object", "additionalProperties": self.of(get_args(kind)[1])}
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            self.found[kind.__name__] = {"type": "string", "enum": [each.value for each in kind]}
        elif isinstance(kind, type) and is_dataclass(kind):
            self._dataclass(kind)
        else:
            raise TypeError(f"{kind} has no place in an answer.")
        return {"$ref": f"#/components/schemas/{kind.__name__}"}

    def _tuple(self, items: tuple[Any, ...]) -> Schema:
        if items[-1] is Ellipsis:
            return {"type": "array", "items": self.of(items[0])}
        return {
            "type": "array",
            "prefixItems": [self.of(each) for each in items],
            "minItems": len(items),
            "maxItems": len(items),
        }

    def _dataclass(self, kind: type) -> None:
        if kind.__name__ in self.found:
            return
        self.found[kind.__name__] = {}  # a class may refer to itself
        hints = get_type_hints(kind)
        self.found[kind.__name__] = {
            "type": "object",
            "properties": {each.name: self.of(hints[each.name]) for each in fields(kind)},
            "required": [each.name for each in fields(kind)],
        }

    def body_of(self, kind: type, **more: Schema) -> Schema:
        """Return the schema of a body that fills in such a dataclass: what has a default may be left out."""
        hints = get_type_hints(kind)
        needed = [each.name for each in fields(kind) if each.default is MISSING]
        return {
            "type": "object",
            "properties": more | {each.name: self.of(hints[each.name]) for each in fields(kind)},
            "required": [*more, *needed],
        }
