"""The call-effort report of an account: looked at here, and taken out as PDF or CSV with a reason."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.services import exporting
from workqueue.services.reading.call_effort import CallEffort, call_effort
from workqueue.web.documents.call_effort import as_csv, as_pdf
from workqueue.web.documents.pages import TakenOut
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_or_auditor, utc_now

bp = Blueprint("call_effort", __name__)

FORMS: dict[str, tuple[str, Callable[[CallEffort, TakenOut], bytes]]] = {
    "pdf": ("application/pdf", as_pdf),
    "csv": ("text/csv; charset=utf-8", as_csv),
}
LONGEST_REASON = 200


@bp.get("/accounts/<int:account_id>/call-effort")
@lead_or_auditor
def show(account_id: int) -> ResponseReturnValue:
    return _page(account_id)


@bp.post("/accounts/<int:account_id>/call-effort")
@lead_or_auditor
def take_out(account_id: int) -> ResponseReturnValue:
    fields = Fields(request.form)
    reason = fields.text("reason", longest=LONGEST_REASON)
    form = fields.text("form", longest=10)
    if form not in FORMS:
        fields.refuse("form", "Choose PDF or CSV.")
    if fields.errors:
        return _page(account_id, errors=fields.errors, status=422)
    person, now = current_person(), utc_now()
    with transaction() as session:
        report = exporting.export_call_effort(
            session, account_id=account_id, reason=reason, form=form, actor_id=person.id, now=now
        )
    log.info("call_effort_exported", account_id=account_id, form=form, actor_id=person.id)
    kind, write = FORMS[form]
    return _file(write(report, TakenOut(person.name, now, reason)), kind, f"call-effort-{account_id}.{form}")


def _file(body: bytes, kind: str, name: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = kind
    # The name holds our own number only: files are seen in lists and histories.
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(account_id: int, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        report = call_effort(session, account_id=account_id)
    return render_template(
        "call_effort/show.html", report=report, values=request.form, errors=errors or {}
    ), status
