"""Paging by cursor: a page goes on after the last row of the one before, whatever was added meanwhile."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Any

from flask import request

from workqueue.rules.refusals import Invalid
from workqueue.web.forms import LARGEST_ID, Fields, is_storable

USUAL = 50
MOST = 200


def page_size() -> int:
    fields = Fields(request.args)
    size = fields.whole_number("limit", least=1, most=MOST, is_required=False, otherwise=USUAL)
    fields.check()
    return size or USUAL


def after(*shape: type) -> tuple[Any, ...] | None:
    """Return the values a `cursor` stands for, each of its type; None on the first page.

    A cursor is not secret and may be made up: it names a place in the order, and grants nothing.
    """
    text = request.args.get("cursor")
    if not text:
        return None
    try:
        found = json.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (NotBase64, ValueError, RecursionError) as error:
        raise _unusable() from error
    if not isinstance(found, list) or len(found) != len(shape):
        raise _unusable()
    for value, kind in zip(found, shape, strict=True):
        if type(value) is not kind or not _is_storable(value):
            raise _unusable()
    return tuple(found)


def cursor(*values: int | str) -> str:
    """Return the cursor for the place after a row with these sort values."""
    return urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).rstrip(b"=").decode()


def page(items: Sequence[Any], next_cursor: str | None) -> dict[str, Any]:
    """Return the body of a page; without a next one, `next_cursor` is null."""
    return {"items": list(items), "next_cursor": next_cursor}


def _is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    return isinstance(value, int) and -LARGEST_ID <= value <= LARGEST_ID


def _unusable() -> Invalid:
    return Invalid("This cursor is not one of ours; start again without it.", field="cursor")
