"""What is answered to whoever brought a file."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workqueue.models import File
from workqueue.rules.states import FileStatus
from workqueue.services.intake.receiving import Receipt
from workqueue.services.intake.report import Report


def rejected(name: str, code: str, message: str) -> dict[str, Any]:
    """Return the object for something that could not even be stored."""
    report = Report(name, "", is_unreadable=True)
    report.say(code, message)
    return report.as_json()


def answer(session: Session, receipt: Receipt) -> dict[str, Any]:
    """Return the object for a file that was stored and read; for a second arrival, one that says so."""
    file = session.get_one(File, receipt.file_id, populate_existing=True)
    said = file.report | {"file": receipt.name}
    if not receipt.was_read or file.status is FileStatus.REJECTED:
        return said
    return said | {
        "status": FileStatus.DUPLICATE.value,
        "applied": 0,
        "duplicates": said["applied"] + said["duplicates"],
        "unmatched": 0,
        "errors": [
            {
                "segment": "",
                "position": 0,
                "code": "duplicate_file",
                "message": already_here(file.id, receipt.first_received_at, file.status),
            }
        ],
    }


def already_here(file_id: int, received_at: datetime, status: FileStatus) -> str:
    when = received_at.strftime("%Y-%m-%d %H:%M UTC")
    return f"The same content came as file {file_id} at {when} ({status.value}); nothing was changed."
