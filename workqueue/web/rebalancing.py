"""Sharing a team's work out anew: propose, amend, apply, undo; and who has taken over from whom."""

from datetime import timedelta

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.moves import MoveResult, RebalanceCause, RebalanceState
from workqueue.rules.refusals import Invalid, NotAllowed
from workqueue.rules.roles import Role
from workqueue.services import covering, rebalancing
from workqueue.services.reading import rebalances
from workqueue.services.rebalancing import Amendment, Done, NothingToShare
from workqueue.web.filters import plural
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, lead_or_auditor, utc_now
from workqueue.web.render import done

bp = Blueprint("rebalancing", __name__, url_prefix="/rebalance")

DAY = timedelta(days=1)
LONGEST_REASON = 200
STAYS, EVERYBODY = "stays", "everybody"


@bp.get("")
@lead_or_auditor
def show() -> ResponseReturnValue:
    return _list({}, 200)


@bp.post("")
@lead_only
def propose() -> ResponseReturnValue:
    """Look at the team's work and propose how to share it out; nothing moves yet."""
    fields, now = Fields(request.form), utc_now()
    today = office_day(now)
    until_on = fields.day("until_on", first=today, last=today + rebalancing.LONGEST - DAY)
    reason = fields.text("reason", longest=LONGEST_REASON)
    team_id = current_person().team_id
    if team_id is None:
        fields.refuse("reason", "You lead no team. An admin gives you one.")
    if fields.errors or until_on is None or team_id is None:
        return _list(fields.errors, 422)
    try:
        with transaction() as session:
            rebalance_id = rebalancing.draft(
                session,
                team_id=team_id,
                until=office_midnight(until_on + DAY),
                with_open_deadlines=fields.is_on("with_open_deadlines"),
                reason=reason,
                made_by_id=current_person().id,
                now=now,
            )
    except (Invalid, NothingToShare) as refusal:
        return _list({"until_on": refusal.sentence}, 422)
    log.info("rebalance_proposed", rebalance_id=rebalance_id, actor_id=current_person().id)
    return done(url_for("rebalancing.show_one", rebalance_id=rebalance_id))


@bp.get("/<int:rebalance_id>")
@lead_or_auditor
def show_one(rebalance_id: int) -> ResponseReturnValue:
    return _one(rebalance_id, {}, 200)


@bp.post("/<int:rebalance_id>/amend")
@lead_only
def amend(rebalance_id: int) -> ResponseReturnValue:
    """Take over what was dragged or chosen on this page of the draft."""
    fields = Fields(request.form)
    wanted = _wanted(fields)
    if fields.errors:
        return _one(rebalance_id, fields.errors, 422)
    try:
        with transaction() as session:
            _check_own(session, rebalance_id)
            changed = rebalancing.amend(session, rebalance_id, wanted, now=utc_now())
    except Invalid as refusal:
        return _one(rebalance_id, {refusal.field or "moves": refusal.sentence}, 422)
    log.info("rebalance_amended", rebalance_id=rebalance_id, actor_id=current_person().id, moves=changed)
    flash(f"{plural(changed, 'move')} changed." if changed else "Nothing was changed.", "success")
    return _back(rebalance_id)


@bp.post("/<int:rebalance_id>/apply")
@lead_only
def apply(rebalance_id: int) -> ResponseReturnValue:
    with transaction() as session:
        _check_own(session, rebalance_id)
        result = rebalancing.apply(session, rebalance_id, actor_id=current_person().id, now=utc_now())
    log.info("rebalance_applied", rebalance_id=rebalance_id, actor_id=current_person().id, moved=result.moved)
    stayed = f" {plural(result.stayed, 'task')} had changed and stayed." if result.stayed else ""
    flash(f"{plural(result.moved, 'task')} changed hands.{stayed}{_left(result)}", "success")
    return _back(rebalance_id)


@bp.post("/<int:rebalance_id>/undo")
@lead_only
def undo(rebalance_id: int) -> ResponseReturnValue:
    with transaction() as session:
        _check_own(session, rebalance_id)
        result = rebalancing.undo(session, rebalance_id, actor_id=current_person().id, now=utc_now())
    log.info("rebalance_undone", rebalance_id=rebalance_id, actor_id=current_person().id, back=result.moved)
    stayed = f" {plural(result.stayed, 'task')} had moved on and stayed." if result.stayed else ""
    flash(f"{plural(result.moved, 'task')} went back.{stayed}{_left(result)}", "success")
    return _back(rebalance_id)


@bp.post("/<int:rebalance_id>/drop")
@lead_only
def drop(rebalance_id: int) -> ResponseReturnValue:
    with transaction() as session:
        _check_own(session, rebalance_id)
        rebalancing.drop(session, rebalance_id, actor_id=current_person().id, now=utc_now())
    log.info("rebalance_dropped", rebalance_id=rebalance_id, actor_id=current_person().id)
    flash("Dropped. Nothing has moved.", "success")
    return done(url_for("rebalancing.show"))


@bp.post("/<int:rebalance_id>/moves/<int:move_id>/told")
@lead_only
def told(rebalance_id: int, move_id: int) -> ResponseReturnValue:
    """Write down that the patient knows who calls them."""
    with transaction() as session:
        _check_own(session, rebalance_id)
        rebalancing.tell(session, rebalance_id, move_id, actor_id=current_person().id, now=utc_now())
    log.info("callback_change_told", rebalance_id=rebalance_id, actor_id=current_person().id)
    return _back(rebalance_id)


def check_own_team(team_id: int | None) -> None:
    """Refuse a lead of another team."""
    person = current_person()
    if person.role is Role.LEAD and team_id is not None and person.team_id != team_id:
        raise NotAllowed("Only a lead of this team shares its work out.")


def _check_own(session: Session, rebalance_id: int) -> None:
    check_own_team(rebalances.team_of(session, rebalance_id))


def _wanted(fields: Fields) -> dict[int, Amendment]:
    """Read a choice for each move of the page: it stays, goes to everybody, or to a person."""
    wanted = {}
    for name, value in request.form.items():
        prefix, _, number = name.partition("_")
        if prefix != "to" or not number.isdigit():
            continue
        move_id = int(number)
        if value == STAYS:
            wanted[move_id] = Amendment(stays=True)
        elif value == EVERYBODY:
            wanted[move_id] = Amendment(to_user_id=None)
        else:
            wanted[move_id] = Amendment(to_user_id=fields.row_id(name))
    return wanted


def _left(result: Done) -> str:
    count = result.left
    return f" {plural(count, 'task')} more in a moment: somebody is writing on the account." if count else ""


def _back(rebalance_id: int) -> ResponseReturnValue:
    return done(url_for("rebalancing.show_one", rebalance_id=rebalance_id))


def _list(errors: dict[str, str], status: int) -> ResponseReturnValue:
    person, now = current_person(), utc_now()
    team_id = person.team_id if person.role is Role.LEAD else None
    with reading() as session:
        found = rebalances.listed(session, team_id=team_id)
        waiting = covering.waiting_on_the_absent(session, now=now)
    today = office_day(now)
    return render_template(
        "rebalancing/show.html",
        found=found,
        waiting=waiting,
        errors=errors,
        values=request.form,
        first_on=today.isoformat(),
        last_on=(today + rebalancing.LONGEST - DAY).isoformat(),
        may_propose=person.role is Role.LEAD and person.team_id is not None,
        causes=RebalanceCause,
    ), status


def _one(rebalance_id: int, errors: dict[str, str], status: int) -> ResponseReturnValue:
    fields, now = Fields(request.args), utc_now()
    after_id = fields.row_id("after", is_required=False)
    person_id = fields.row_id("person_id", is_required=False)
    fields.check()
    person = current_person()
    with reading() as session:
        view = rebalances.shown(session, rebalance_id)
        moves, next_id = rebalances.moves(
            session, rebalance_id, now=now, after_id=after_id or 0, person_id=person_id
        )
        telling = rebalances.to_tell(session, rebalance_id)
    is_own = person.role is Role.LEAD and view.line.team_id in {None, person.team_id}

    def url(after: int | None) -> str:
        return url_for("rebalancing.show_one", rebalance_id=rebalance_id, person_id=person_id, after=after)

    return render_template(
        "rebalancing/one.html",
        view=view,
        moves=moves,
        telling=telling,
        errors=errors,
        values=request.form,
        person_id=person_id,
        first_url=url(None) if after_id else None,
        next_url=url(next_id) if next_id else None,
        states=RebalanceState,
        causes=RebalanceCause,
        results=MoveResult,
        may_change=is_own,
        most_minutes=max([*(max(each.capacity, each.before, each.after) for each in view.loads), 1]),
    ), status
