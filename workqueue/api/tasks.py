"""The work itself, for programs: take a task, keep it, call, log what was done, give it back."""

from dataclasses import asdict
from datetime import date
from typing import Any, cast

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from workqueue.api import bp, paging
from workqueue.api.answers import answer
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.config import Config
from workqueue.extensions import db
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.entries import LONGEST_NOTE, LONGEST_TEXT, InvalidEntry, OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import READERS, WORKERS
from workqueue.rules.states import TaskState
from workqueue.services import call_steps, calling, leasing, noting, outcomes, taking
from workqueue.services.reading.task import TaskCard, task_card
from workqueue.services.reading.team import TeamFilters, team_page
from workqueue.web.forms import MOST_CENTS, Fields
from workqueue.web.guards import current_person, utc_now

MOST_COUNTED = 10_000
"""Payments of a plan and minutes on hold: whether so many make sense, the rules decide."""


@bp.post("/tasks/next")
@api_roles(*WORKERS)
@idempotent
def next_task(session: Session) -> Reply:
    """Lease the task most worth doing now; what is held already comes first."""
    person, now = current_person(), utc_now()
    leased = taking.take_next(session, rep_id=person.id, now=now, lease_seconds=_lease_seconds())
    if leased is None:
        return None, 204
    card = task_card(session, task_id=leased.task_id, rep_id=person.id, now=now)
    body = _card(card) | {"lease": {"token": leased.token, "until": leased.until}}
    return body, 200


@bp.get("/tasks")
@api_roles(*READERS)
def list_tasks() -> Response:
    """List a team's tasks: open ones in the order of the queue, waiting ones by when they come up."""
    fields = Fields(request.args)
    filters = TeamFilters(
        state=fields.choice("state", TaskState, is_required=False) or TaskState.QUEUED,
        kind=fields.choice("kind", TaskKind, is_required=False),
        owner_id=fields.row_id("owner_id", is_required=False),
        holder_id=fields.row_id("holder_id", is_required=False),
    )
    team_id = fields.row_id("team_id", is_required=False) or current_person().team_id
    fields.check()
    if team_id is None:
        raise Invalid("Say which team: you belong to none.", field="team_id")
    after = cast("tuple[int, int] | None", paging.after(int, int))
    page = team_page(
        db.session(), team_id=team_id, filters=filters, now=utc_now(), after=after, limit=paging.page_size()
    )
    next_cursor = paging.cursor(*page.next) if page.next else None
    return answer(paging.page([asdict(line) for line in page.rows], next_cursor))


@bp.get("/tasks/<int:task_id>")
@api_roles(*READERS)
def show_task(task_id: int) -> Response:
    """Show one task: why it is here, whom to call, what may be logged."""
    return answer(_card(task_card(db.session(), task_id=task_id, rep_id=current_person().id, now=utc_now())))


@bp.post("/tasks/<int:task_id>/heartbeat")
@api_roles(*WORKERS)
@idempotent
def heartbeat(session: Session, task_id: int) -> Reply:
    """Keep the task a while longer."""
    fields = json_fields()
    token = fields.row_id("lease_token")
    fields.check()
    until = leasing.heartbeat(
        session, task_id, cast("int", token), rep_id=current_person().id, lease_seconds=_lease_seconds()
    )
    return {"until": until}, 200


@bp.post("/tasks/<int:task_id>/release")
@api_roles(*WORKERS)
@idempotent
def release(session: Session, task_id: int) -> Reply:
    """Give the task back unworked; a reason is kept as a note on the account."""
    fields = json_fields()
    token = fields.row_id("lease_token")
    reason = fields.text("reason", longest=LONGEST_TEXT, is_required=False)
    fields.check()
    person, now = current_person(), utc_now()
    task = leasing.prove(session, task_id, cast("int", token), rep_id=person.id)
    account_id = task.account_id
    call_steps.check_logged(session, task_id=task_id, rep_id=person.id)
    leasing.release(session, task_id, cast("int", token), rep_id=person.id, now=now)
    if reason:
        noting.add_note(
            session, account_id=account_id, text=f"Given back: {reason}", author_id=person.id, now=now
        )
    return None, 204


@bp.post("/tasks/<int:task_id>/calls")
@api_roles(*WORKERS)
@idempotent
def place_call(session: Session, task_id: int) -> Reply:
    """Place a call if it is allowed now; the verdict says why, or why not and from when on."""
    fields = json_fields()
    token = fields.row_id("lease_token")
    phone_id = fields.row_id("phone_id", is_required=False)
    fields.check()
    placed = calling.place_call(
        session,
        task_id=task_id,
        lease_token=cast("int", token),
        phone_id=phone_id,
        rep_id=current_person().id,
        now=utc_now(),
    )
    return {"call_id": placed.call_id, "verdict": _verdict(placed.verdict)}, 201


@bp.post("/tasks/<int:task_id>/outcome")
@api_roles(*WORKERS)
@idempotent
def log_outcome(session: Session, task_id: int) -> Reply:
    """Log what was done; the task waits, moves on or closes, and the lease ends."""
    fields = json_fields()
    token = fields.row_id("lease_token")
    entry = _entry(fields)
    if fields.errors:
        raise InvalidEntry(fields.errors)
    logged = outcomes.log_outcome(
        session,
        task_id=task_id,
        lease_token=cast("int", token),
        entry=entry,
        rep_id=current_person().id,
        now=utc_now(),
    )
    return asdict(logged), 200 if logged.is_repeat else 201


def _entry(fields: Fields) -> OutcomeEntry:
    def text(name: str) -> str:
        return fields.text(name, longest=LONGEST_TEXT, is_required=False)

    def day(name: str) -> date | None:
        return fields.day(name, is_required=False)

    def number(name: str) -> int | None:
        return fields.whole_number(name, least=0, most=MOST_COUNTED, is_required=False)

    return OutcomeEntry(
        disposition=fields.text("disposition", longest=50),
        note=fields.text("note", longest=LONGEST_NOTE, is_required=False, has_lines=True),
        amount_cents=fields.whole_number("amount_cents", least=0, most=MOST_CENTS, is_required=False),
        due_on=day("due_on"),
        callback_at=fields.moment("callback_at", is_required=False),
        phone_id=fields.row_id("phone_id", is_required=False),
        reference_number=text("reference_number"),
        spoke_with=text("spoke_with"),
        next_on=day("next_on"),
        reason=text("reason"),
        account_number=text("account_number"),
        colleague_id=fields.row_id("colleague_id", is_required=False),
        instalments=number("instalments"),
        disputed=text("disputed"),
        medium=text("medium"),
        only_this_number=fields.is_on("only_this_number"),
        weekdays=fields.whole_numbers("weekdays", least=0, most=6),
        from_time=fields.clock("from_time", is_required=False),
        until_time=fields.clock("until_time", is_required=False),
        place=text("place"),
        language=text("language"),
        attorney_name=text("attorney_name"),
        attorney_phone=text("attorney_phone"),
        case_number=text("case_number"),
        chapter=text("chapter"),
        happened_on=day("happened_on"),
        letter_on=day("letter_on"),
        contact_by=text("contact_by"),
        hold_minutes=number("hold_minutes"),
        claim_control_number=text("claim_control_number"),
        check_number=text("check_number"),
        paid_on=day("paid_on"),
        reason_code=text("reason_code"),
        appeal_address=text("appeal_address"),
        wanted_by=day("wanted_by"),
        is_inbound=fields.is_on("is_inbound"),
    )


def _card(card: TaskCard) -> dict[str, Any]:
    """Return the task with its reasons and its verdict beside it, as the interface promises."""
    task = asdict(card)
    why = task.pop("why")
    for option, phone in zip(task["phones"], card.phones, strict=True):
        option["verdict"] = _verdict(phone.verdict)
    allowed = [each.verdict for each in card.phones if each.verdict.is_allowed]
    judged = card.payer_verdict or next(iter(allowed or [each.verdict for each in card.phones]), None)
    task.pop("payer_verdict")
    return {"task": task, "why": why, "verdict": _verdict(judged) if judged else None}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return asdict(verdict) | {"reasons": list(verdict.reasons)}


def _lease_seconds() -> int:
    config: Config = current_app.extensions["workqueue.config"]
    return int(config.lease.total_seconds())
