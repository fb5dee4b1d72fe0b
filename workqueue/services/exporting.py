"""Taking evidence out of the system: who did it, and why, goes into the audit chain."""

from datetime import datetime

from sqlalchemy.orm import Session

from workqueue.rules.refusals import Invalid
from workqueue.rules.report_facts import Figure
from workqueue.services import auditing
from workqueue.services.reading.account_status import AccountStatus, account_status
from workqueue.services.reading.call_effort import CallEffort, call_effort
from workqueue.services.reporting.behind import MOST_TAKEN_OUT, Behind, accounts_behind
from workqueue.services.reporting.items import Asked

EXPORTED = "call_effort_exported"
STATUS_EXPORTED = "account_status_exported"
ACCOUNTS_EXPORTED = "report_accounts_exported"


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


def export_accounts_behind(
    session: Session,
    asked: Asked,
    figure: Figure,
    *,
    key: str | None,
    reason: str,
    form: str,
    actor_id: int,
    now: datetime,
) -> Behind:
    """Return all accounts behind a number of a report, to be taken out; raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("Say what the list is for.", field="reason")
    found = accounts_behind(session, asked, figure, key=key, now=now, limit=MOST_TAKEN_OUT)
    if found.next is not None:
        raise Invalid(f"A list has at most {MOST_TAKEN_OUT:,} accounts; choose a line or a shorter period.")
    auditing.record(
        session,
        actor_id=actor_id,
        action=ACCOUNTS_EXPORTED,
        account_id=None,
        details={
            "report": asked.report.code.value,
            "figure": figure.code,
            "form": form,
            "reason": reason.strip(),
            "accounts": found.accounts,
        },
        now=now,
    )
    return found


def export_account_status(
    session: Session, *, account_id: int, reason: str, actor_id: int, now: datetime
) -> AccountStatus:
    """Return an account's status report, to be taken out; raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("Say what the report is for.", field="reason")
    report = account_status(session, account_id=account_id, now=now)
    auditing.record(
        session,
        actor_id=actor_id,
        action=STATUS_EXPORTED,
        account_id=account_id,
        details={"form": "pdf", "reason": reason.strip()},
        now=now,
    )
    return report
