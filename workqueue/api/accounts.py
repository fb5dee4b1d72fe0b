"""Accounts for programs: one at a glance, what changed on it, and where all open balances stand."""

from dataclasses import asdict
from typing import cast

from flask import Response, request

from workqueue.api import bp, paging
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.extensions import db
from workqueue.rules.roles import READERS
from workqueue.services.reading.account import account_version, account_view
from workqueue.services.reading.history import history
from workqueue.services.reading.summary import queue_summary
from workqueue.web.guards import utc_now


@bp.get("/accounts/<int:account_id>")
@api_roles(*READERS)
def show_account(account_id: int) -> Response:
    """Show the account; asked again with its ETag, say only whether anything is new."""
    version = account_version(db.session(), account_id=account_id)
    if version in request.if_none_match:
        response = Response(status=304)
    else:
        response = answer(asdict(account_view(db.session(), account_id=account_id, now=utc_now())))
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/accounts/<int:account_id>/history")
@api_roles(*READERS)
def show_history(account_id: int) -> Response:
    """List what changed and why, newest first."""
    account_version(db.session(), account_id=account_id)  # an account nobody knows has no history either
    limit = paging.page_size()
    after = cast("tuple[int] | None", paging.after(int))
    lines = history(
        db.session(), account_id=account_id, before_id=after[0] if after else None, limit=limit + 1
    )
    next_cursor = paging.cursor(lines[limit - 1].change_id) if len(lines) > limit else None
    return answer(paging.page([asdict(line) for line in lines[:limit]], next_cursor))


@bp.get("/queue/summary")
@api_roles(*READERS)
def show_summary() -> Response:
    """Count open balances by state; `unaccounted` is those in none, and has to be 0."""
    return answer(asdict(queue_summary(db.session(), now=utc_now())))
