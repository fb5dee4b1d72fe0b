"""What comes before collection: recording what was sent or said, and referring accounts to pre-collection."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.notices import NoticeKind
from workqueue.rules.refusals import Invalid
from workqueue.services import notices, referring
from workqueue.services.notices import NoticeEntry
from workqueue.services.reading.account import account_view
from workqueue.web.account_answer import Problems, show_account
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, rep_work, utc_now
from workqueue.web.render import done

bp = Blueprint("collection", __name__, url_prefix="/accounts")


@bp.post("/<int:account_id>/notices")
@rep_work
def record(account_id: int) -> ResponseReturnValue:
    """Note one thing that was sent or said about the account."""
    fields = Fields(request.form)
    kind = fields.choice("notice_kind", NoticeKind)
    given_on = fields.day("given_on")
    deadline_on = fields.day("deadline_on", is_required=False)
    evidence = fields.text("evidence", longest=200, is_required=False)
    if fields.errors or kind is None or given_on is None:
        return show_account(account_id, Problems(notice=fields.errors), status=422)
    with reading() as session:
        number = account_view(session, account_id=account_id, now=utc_now()).number
    entry = NoticeEntry(number, kind, given_on, deadline_on, evidence)
    try:
        with transaction() as session:
            done_with = notices.record(session, [entry], recorded_by_id=current_person().id, now=utc_now())
    except Invalid as refusal:
        name = (refusal.field or "given_on").rpartition(".")[2]
        return show_account(account_id, Problems(notice={name: refusal.sentence}), status=422)
    log.info("notice_recorded", account_id=account_id, actor_id=current_person().id)
    flash("Recorded." if done_with.recorded else "This was recorded before.", "success")
    return done(url_for("accounts.show", account_id=account_id))


@bp.post("/<int:account_id>/pre-collection")
@lead_only
def refer(account_id: int) -> ResponseReturnValue:
    """Refer the account, and those chosen with it, while the gate is open."""
    fields = Fields(request.form)
    chosen = fields.row_ids("account_ids")
    until_on = fields.day("refer_until_on", is_required=False)
    owner_id = fields.row_id("refer_owner_id", is_required=False) or current_person().id
    if fields.errors:
        return show_account(account_id, Problems(referral=fields.errors), chosen=chosen, status=422)
    try:
        with transaction() as session:
            referring.refer(
                session,
                account_id=account_id,
                account_ids=chosen,
                until_on=until_on,
                owner_id=owner_id,
                actor_id=current_person().id,
                now=utc_now(),
            )
    except Invalid as refusal:
        problems = Problems(referral={refusal.field or "account_ids": refusal.sentence})
        return show_account(account_id, problems, chosen=chosen, status=422)
    except referring.GateClosed as refusal:
        problems = Problems(referral={"account_ids": refusal.sentence})
        return show_account(account_id, problems, chosen=chosen, status=409)
    log.info("referred_to_pre_collection", account_id=account_id, actor_id=current_person().id)
    flash("Referred. The accounts are held for pre-collection; lifting the hold takes it back.", "success")
    return done(url_for("accounts.show", account_id=account_id))
