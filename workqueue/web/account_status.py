"""The status report of an account: looked at and printed here, and taken out as PDF with a reason."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.services import call_steps, exporting
from workqueue.services.reading.account_status import account_status
from workqueue.web.documents.account_status import as_pdf
from workqueue.web.documents.pages import TakenOut
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, reads_accounts, utc_now

bp = Blueprint("account_status", __name__)

LONGEST_REASON = 200


@bp.get("/accounts/<int:account_id>/status")
@reads_accounts
def show(account_id: int) -> ResponseReturnValue:
    return _page(account_id, {})


@bp.post("/accounts/<int:account_id>/status")
@reads_accounts
def take_out(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    reason = fields.text("reason", longest=LONGEST_REASON)
    if fields.errors or _is_masked(account_id):
        return _page(account_id, fields.errors, 422)
    person, now = current_person(), utc_now()
    with transaction() as session:
        report = exporting.export_account_status(
            session, account_id=account_id, reason=reason, actor_id=person.id, now=now
        )
    log.info("account_status_exported", account_id=account_id, actor_id=person.id)
    response = make_response(as_pdf(report, TakenOut(person.name, now, reason)))
    response.headers["Content-Type"] = "application/pdf"
    # The name holds our own number only: files are seen in lists and histories.
    response.headers["Content-Disposition"] = f'attachment; filename="account-status-{account_id}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_masked(account_id: int) -> bool:
    """Whether this reader is on the line with somebody who is not identified yet."""
    with reading() as session:
        return call_steps.is_masked(
            session, account_id=account_id, reader_id=current_person().id, now=utc_now()
        )


def _page(account_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    if _is_masked(account_id):
        return redirect(url_for("accounts.show", account_id=account_id), 303)
    with reading() as session:
        report = account_status(session, account_id=account_id, now=utc_now())
    return render_template(
        "account_status/show.html",
        report=report,
        account=report.account,
        values=request.form,
        errors=errors,
        now=utc_now(),
    ), status
