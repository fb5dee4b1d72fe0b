"""Holds: the list a lead keeps an eye on, one hold with its end, and placing one on an account."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.holds import HOLDS, HoldKind, HoldReach, kinds_for
from workqueue.rules.refusals import Invalid
from workqueue.rules.roles import Role
from workqueue.services import holding
from workqueue.services.reading import holds as holds_reading
from workqueue.services.reading.holds import HoldsAsked, hold_view
from workqueue.web.account_answer import Problems, show_account
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, lead_or_auditor, rep_work, utc_now
from workqueue.web.render import done

bp = Blueprint("holds", __name__)

PAGE = 50
LABELS = {
    HoldsAsked.IN_FORCE: "In force",
    HoldsAsked.ENDING: "Ending within a week",
    HoldsAsked.ENDED: "Ended, look again",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: kinds and internal numbers only."""

    state: HoldsAsked
    kind: HoldKind | None
    owner_id: int | None

    def url(self, state: HoldsAsked | None = None, after: tuple[datetime, int] | None = None) -> str:
        return url_for(
            "holds.show",
            state=state or self.state,
            kind=self.kind,
            owner_id=self.owner_id,
            after=f"{after[0].isoformat()}~{after[1]}" if after else None,
        )


@bp.get("/holds")
@lead_or_auditor
def show() -> ResponseReturnValue:
    fields = Fields(request.args)
    asked = Asked(
        fields.choice("state", HoldsAsked, is_required=False) or HoldsAsked.IN_FORCE,
        fields.choice("kind", HoldKind, is_required=False),
        fields.row_id("owner_id", is_required=False),
    )
    after = _cursor(fields)
    fields.check()
    now = utc_now()
    with reading() as session:
        found = holds_reading.hold_list(
            session,
            asked=asked.state,
            kind=asked.kind,
            owner_id=asked.owner_id,
            after=after,
            limit=PAGE + 1,
            now=now,
        )
        counts = holds_reading.counts(session, now=now)
        owners = holds_reading.owners(session)
    shown = found[:PAGE]
    last = shown[-1].hold if len(found) > PAGE else None
    return render_template(
        "holds/show.html",
        holds=shown,
        asked=asked,
        counts=counts,
        labels=LABELS,
        kinds=[(kind.value, facts.label) for kind, facts in HOLDS.items()],
        owners=owners,
        first_url=asked.url() if after else None,
        next_url=asked.url(after=(last.until_at, last.hold_id)) if last else None,
    )


@bp.get("/holds/<int:hold_id>")
@lead_or_auditor
def show_one(hold_id: int) -> ResponseReturnValue:
    return _page(hold_id, {})


@bp.post("/holds/<int:hold_id>/lift")
@lead_only
def lift(hold_id: int) -> ResponseReturnValue:
    """End a hold before its time, or say that one that ran out has been looked at."""
    fields = Fields(request.form)
    reason = fields.text("reason", longest=200)
    if fields.errors:
        return _page(hold_id, fields.errors, 422)
    with transaction() as session:
        holding.lift(session, hold_id=hold_id, reason=reason, actor_id=current_person().id, now=utc_now())
    log.info("hold_lifted", hold_id=hold_id, actor_id=current_person().id)
    flash("Lifted. What was waiting for it is in the queue again.", "success")
    return done(url_for("holds.show"))


@bp.post("/accounts/<int:account_id>/holds")
@rep_work
def place(account_id: int) -> ResponseReturnValue:
    person = current_person()
    fields = Fields(request.form)
    kind = fields.choice("kind", HoldKind)
    if kind is not None and kind not in kinds_for(person.role):
        fields.refuse("kind", "This kind is placed by a lead.")
    reason = fields.text("reason", longest=200)
    # Each kind has a field of its own, filled with the day until which such a hold usually lasts.
    until_name = f"until_on_{kind}"
    until_on = fields.day(until_name, is_required=False)
    petition_on = fields.day("petition_on") if kind is HoldKind.BANKRUPTCY else None
    owner_id = person.id
    if person.role is Role.LEAD:
        owner_id = fields.row_id("owner_id", is_required=False) or person.id
    if fields.errors or kind is None:
        return show_account(account_id, Problems(hold=fields.errors), status=422)
    try:
        with transaction() as session:
            if petition_on is not None:
                count = len(
                    holding.place_bankruptcy(
                        session,
                        account_id=account_id,
                        petition_on=petition_on,
                        reason=reason,
                        until_on=until_on,
                        owner_id=owner_id,
                        placed_by_id=person.id,
                        now=utc_now(),
                    )
                )
            else:
                count = 1
                holding.place(
                    session,
                    account_id=account_id,
                    kind=kind,
                    reason=reason,
                    until_on=until_on,
                    owner_id=owner_id,
                    placed_by_id=person.id,
                    now=utc_now(),
                )
    except Invalid as refusal:
        name = until_name if refusal.field == "until_on" else refusal.field or "reason"
        return show_account(account_id, Problems(hold={name: refusal.sentence}), status=422)
    log.info("hold_placed", account_id=account_id, actor_id=person.id)
    flash(_said(kind, count), "success")
    return done(url_for("accounts.show", account_id=account_id))


def _said(kind: HoldKind, count: int) -> str:
    if kind is HoldKind.BANKRUPTCY:
        what = "1 account is" if count == 1 else f"{count} accounts are"
        return f"{what} on hold now: all care of this person up to the petition."
    if HOLDS[kind].reach is HoldReach.PATIENT:
        return "On hold: all care of this patient, also what comes later."
    if HOLDS[kind].reach is HoldReach.PERSON:
        return "On hold: everything this person answers for, also what comes later."
    return "On hold. Its tasks wait until then."


def _page(hold_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with reading() as session:
        view = _view(session, hold_id, now)
    return render_template(
        "holds/one.html",
        view=view,
        errors=errors,
        reason=request.form.get("reason", ""),
        may_lift=current_person().role is Role.LEAD and view.hold.lifted_at is None,
        now=now,
    ), status


def _view(session: Session, hold_id: int, now: datetime) -> holds_reading.HoldView:
    return hold_view(session, hold_id=hold_id, now=now)


def _cursor(fields: Fields) -> tuple[datetime, int] | None:
    text = str(fields.source.get("after") or "")
    if not text:
        return None
    first, _, second = text.partition("~")
    parts = Fields({"first": first, "second": second})
    at, hold_id = parts.moment("first"), parts.row_id("second")
    if at is None or hold_id is None:
        fields.refuse("after", "This link to a page of the list is not whole. Start from the first page.")
        return None
    return at, hold_id
