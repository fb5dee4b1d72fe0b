"""Files that came: the list, one file's report, and bringing new ones."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.rules.roles import Role
from workqueue.rules.states import FileSource
from workqueue.services.intake import files, quarantine, receive
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, roles, takes_files, utc_now
from workqueue.web.render import done

bp = Blueprint("files", __name__, url_prefix="/files")

PAGE = 50
MOST_FILE_BYTES = 2 << 30
MOST_ERRORS_SHOWN = 100
MAY_BRING = frozenset({Role.LEAD, Role.ADMIN})


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    return _list({})


@bp.post("")
@roles(Role.LEAD, Role.ADMIN)
@takes_files(MOST_FILE_BYTES)
def bring() -> ResponseReturnValue:
    """Store what was brought; a worker reads it."""
    brought = [each for each in request.files.getlist("files") if each.filename]
    if not brought:
        return _list({"files": "Choose at least one file."}), 422
    receipts = []
    for each in brought:
        with transaction() as session:
            receipts.append(
                receive(
                    session,
                    each.stream,
                    name=each.filename or "",
                    source=FileSource.UPLOAD,
                    now=utc_now(),
                    actor_id=current_person().id,
                )
            )
    duplicates = sum(each.is_duplicate for each in receipts)
    if duplicates:
        flash(_seen_before(duplicates, len(receipts)), "warning")
    if len(receipts) > duplicates:
        flash(f"Files stored: {len(receipts) - duplicates}. They are read next.", "success")
    if len(receipts) == 1:
        return done(url_for("files.show_one", file_id=receipts[0].file_id))
    return done(url_for("files.show"))


@bp.get("/<int:file_id>")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show_one(file_id: int) -> ResponseReturnValue:
    with reading() as session:
        file = files.find(session, file_id)
        arrivals = files.arrivals_of(session, file_id)
        items = quarantine.listed(session, file_id=file_id)
    return render_template(
        "files/one.html",
        file=file,
        errors=file.report.get("errors", [])[:MOST_ERRORS_SHOWN],
        arrivals=arrivals,
        items=items,
    )


def _list(errors: dict[str, str]) -> str:
    fields = Fields(request.args)
    before_id = fields.row_id("before", is_required=False)
    fields.check()
    with reading() as session:
        found = files.listed(session, before_id=before_id, limit=PAGE + 1)
    shown = found[:PAGE]
    return render_template(
        "files/show.html",
        files=shown,
        errors=errors,
        may_bring=current_person().role in MAY_BRING,
        is_first_page=before_id is None,
        next_url=url_for("files.show", before=shown[-1].id) if len(found) > PAGE else None,
    )


def _seen_before(duplicates: int, brought: int) -> str:
    if brought == 1:
        return "This file came before with the same content. Nothing was changed."
    return f"{duplicates} of these {brought} files came before with the same content. They changed nothing."
