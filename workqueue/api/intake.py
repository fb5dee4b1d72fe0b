"""POST /api/v1/intake: a file, as multipart or as the body itself; and its report."""

from datetime import datetime
from typing import IO

from flask import Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, body_stream, idempotent
from workqueue.database import reading
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.rules.states import FileSource
from workqueue.services.intake import Receipt, already_here, files, receive
from workqueue.web.guards import current_person, takes_files, utc_now

MOST_FILE_BYTES = 2 << 30


@bp.post("/intake")
@api_roles(Role.LEAD, Role.ADMIN)
@takes_files(MOST_FILE_BYTES)
@idempotent
def take_file(session: Session) -> Reply:
    """Store one file; it is read by a worker, its report is at `report_url`."""
    stream, name = _file_sent()
    receipt = receive(
        session,
        stream,
        name=name,
        source=FileSource.API,
        now=utc_now(),
        actor_id=current_person().id,
    )
    return _said(session, receipt), 202


@bp.get("/files/<int:file_id>")
@api_roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def file_report(file_id: int) -> Response:
    """What became of a file; `status` is `received` until it was read."""
    with reading() as session:
        file = files.find(session, file_id)
    said = file.report or {"file": file.name, "status": file.status.value}
    return jsonify(said | {"file_id": file.id, "received_at": _iso(file.received_at)})


def _file_sent() -> tuple[IO[bytes], str]:
    if request.mimetype == "multipart/form-data":
        sent = [each for each in request.files.values() if each.filename]
        if len(sent) != 1:
            raise Invalid("Send one file in each request.", field="file")
        return sent[0].stream, sent[0].filename or ""
    stream = body_stream()
    if not stream.read(1):
        raise Invalid("The body is empty: send the file itself, or a form with one file in it.", field="file")
    stream.seek(0)
    return stream, request.args.get("name", "") or "from-api"


def _said(session: Session, receipt: Receipt) -> dict[str, object]:
    file = files.find(session, receipt.file_id)
    said: dict[str, object] = {
        "file_id": receipt.file_id,
        "sha256": receipt.sha256,
        "status": "duplicate" if receipt.is_duplicate else file.status.value,
        "report_url": url_for("api.file_report", file_id=receipt.file_id),
    }
    if receipt.is_duplicate:
        said["detail"] = already_here(file.id, receipt.first_received_at, file.status)
    return said


def _iso(at: datetime) -> str:
    return at.isoformat()
