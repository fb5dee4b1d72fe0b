"""Idempotency-Key on every POST: one effect a key, and the same answer to whoever asks again."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from flask import Response, g, request

from workqueue.database import transaction
from workqueue.rules.refusals import Invalid
from workqueue.services import idempotency
from workqueue.web.forms import Fields, json_object
from workqueue.web.guards import current_person, utc_now
from workqueue.web.problems import MEDIA_TYPE, written

Body = dict[str, Any] | None
Reply = tuple[Body, int]

_key = re.compile(r"[\x21-\x7e]{1,255}")
IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024


class KeyMissing(Invalid):
    """Without a key a program that asks again after a broken connection would do the thing twice."""

    code = "idempotency_key_missing"
    sentence = "Send an Idempotency-Key header: 1 to 255 visible characters, a new one for each new request."


def idempotent(view: Callable[..., Reply]) -> Callable[..., Response]:
    """Run a POST in one transaction with the keeping of its reply.

    The view gets the session first and returns (body, status); it opens no transaction of its own:

        @bp.post("/tasks/<int:task_id>/release")
        @api_roles(Role.REP, Role.LEAD)
        @idempotent
        def release(session: Session, task_id: int) -> Reply: ...

    A refusal rolls all of it back, the key too: nothing was done, so it may be asked again.
    """

    @wraps(view)
    def once(*args: Any, **named: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not _key.fullmatch(key):
            raise KeyMissing(field="Idempotency-Key")
        with _whole_body() as request_hash, transaction() as session:
            user_id = current_person().id
            kept = idempotency.reserve(session, user_id, key, request_hash, utc_now())
            if kept is None:
                body, status = view(session, *args, **named)
                # As it is kept, so that the second answer is the first one.
                body = cast("Body", json.loads(json.dumps(body, default=written)))
                idempotency.keep(session, user_id, key, status, body)
        if kept is not None:
            response = _respond(kept.body, kept.status)
            response.headers["Idempotent-Replayed"] = "true"
            return response
        return _respond(body, status)

    return once


def json_fields() -> Fields:
    """Return the fields of the JSON object in the body, whatever the program calls its type."""
    return Fields(json_object(body_stream().read()))


def body_stream() -> IO[bytes]:
    """Return the raw body of this request, from its beginning; of multipart, look at request.files."""
    stream: IO[bytes] = g.body_stream
    stream.seek(0)
    return stream


def _respond(body: Body, status: int) -> Response:
    if body is None:
        return Response(b"", status)
    media_type = MEDIA_TYPE if status >= 400 else "application/json"
    return Response(json.dumps(body, sort_keys=True), status, content_type=media_type)


@contextmanager
def _whole_body() -> Iterator[str]:
    """Take in the body and yield the hash of what was asked: method, address and body."""
    digest = sha256(f"{request.method} {request.full_path}\n".encode("utf-8", "surrogatepass"))
    # Beyond a megabyte it lies on disk: a large file costs no memory.
    with SpooledTemporaryFile(IN_MEMORY) as kept:
        g.body_stream = cast("IO[bytes]", kept)
        if request.mimetype == "multipart/form-data":
            for name, value in sorted(request.form.items(multi=True)):
                digest.update(json.dumps([name, value]).encode())
            for name, file in request.files.items(multi=True):
                digest.update(json.dumps([name, file.filename]).encode())
                _feed(digest, file.stream)
                file.stream.seek(0)
        else:
            while piece := request.stream.read(PIECE):
                kept.write(piece)
            _feed(digest, body_stream())
        yield digest.hexdigest()


def _feed(digest: Any, stream: IO[bytes]) -> None:
    while piece := stream.read(PIECE):
        digest.update(piece)
