"""Taking evidence out of the system: who did it, and why, goes into the audit chain."""

from datetime import datetime

from sqlalchemy.orm import Session

from workqueue.rules.refusals import Invalid
from workqueue.services import auditing
from workqueue.services.reading.call_effort import CallEffort, call_effort

EXPORTED = "call_effort_exported"


def export_call_effort(
    session: Session, *, account_id: int, reason: str, form: str, actor_id: int, now: datetime
) -> CallEffort:
    """Return an account's evidence, to be taken out as pdf or csv; raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("Say what the report is for.", field="reason")
    report = call_effort(session, account_id=account_id)
    auditing.record(
        session,
        actor_id=actor_id,
        action=EXPORTED,
        account_id=account_id,
        details={"form": form, "reason": reason.strip(), "lines": len(report.lines)},
        now=now,
    )
    return report
