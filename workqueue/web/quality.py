"""Quality, for leads and auditors: what to look at, what was drawn and how, figures, a rep's page."""

from dataclasses import dataclass
from datetime import date, timedelta
from secrets import token_hex

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import office_day
from workqueue.rules.quality import KIND_WORDS, Policy, SampleKind, week_before
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.roles import Role
from workqueue.services import coaching, quality_policies, quality_sampling, teams
from workqueue.services.quality_sampling import Period
from workqueue.services.reading import quality, quality_figures, quality_reviews
from workqueue.services.reading.coaching import notes_of_rep
from workqueue.services.reading.quality_reps import reps_listed
from workqueue.services.teams import TeamRow
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, lead_only, lead_or_auditor, utc_now
from workqueue.web.quality_form import refused
from workqueue.web.render import done

bp = Blueprint("quality", __name__, url_prefix="/quality")

FIGURE_DAYS = 91
"""Thirteen weeks: a quarter, whatever the months."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The team somebody looks at, and those they may choose among: a lead has one, an auditor all."""

    team_id: int
    teams: tuple[TeamRow, ...]

    @property
    def name(self) -> str:
        return next((each.name for each in self.teams if each.id == self.team_id), "No team")


def scope() -> int | None:
    """Return the team a lead is limited to; None for the auditor, who reads all."""
    person = current_person()
    return None if person.role is Role.AUDITOR else person.team_id or 0


def seen(session: Session) -> Seen:
    """Return the team that is asked for, within what the person may see."""
    only, listed = scope(), teams.listed(session)
    if only is not None:
        return Seen(only, tuple(each for each in listed if each.id == only))
    fields = Fields(request.args)
    asked = fields.row_id("team_id", is_required=False)
    fields.check()
    known = {each.id for each in listed}
    if asked is not None and asked not in known:
        raise NotFound
    return Seen(asked or min(known, default=0), tuple(listed))


@bp.get("")
@lead_or_auditor
def show() -> ResponseReturnValue:
    person = current_person()
    lead_id = person.id if person.role is Role.LEAD else None
    with reading() as session:
        team = seen(session)
        items = quality.to_review(session, team_id=team.team_id)
        disputes = quality.open_disputes(session, team_id=team.team_id, lead_id=lead_id)
        seconds = quality.seconds_asked(session, lead_id=lead_id) if lead_id else ()
    return render_template(
        "quality/show.html",
        team=team,
        items=items,
        disputes=disputes,
        seconds=seconds,
        kind_words=KIND_WORDS,
        is_lead=lead_id is not None,
    )


@bp.get("/samples")
@lead_or_auditor
def samples() -> ResponseReturnValue:
    with reading() as session:
        team = seen(session)
        listed = quality.samples(session, team_id=team.team_id)
        policy = quality_policies.policy_of(session, team.team_id)
    return render_template(
        "quality/samples.html",
        team=team,
        samples=listed,
        policy=policy,
        kind_words=KIND_WORDS,
        is_lead=current_person().role is Role.LEAD,
    )


@bp.get("/samples/<int:sample_id>")
@lead_or_auditor
def sample(sample_id: int) -> ResponseReturnValue:
    """Show how a sample was drawn; one at random is drawn again on the spot, by the rule."""
    with reading() as session:
        drawn = quality.sample(session, sample_id, team_id=scope())
        items = quality.items_of(session, sample_id)
        is_random = drawn.kind is SampleKind.RANDOM
        again = quality_sampling.drawn_again(session, sample_id) if is_random else None
    return render_template(
        "quality/sample.html",
        sample=drawn,
        items=items,
        again=again,
        kind_words=KIND_WORDS,
        is_lead=current_person().role is Role.LEAD,
    )


@bp.get("/draw")
@lead_only
def draw_form() -> ResponseReturnValue:
    return _draw_form({}, {})


@bp.post("/draw")
@lead_only
def draw() -> ResponseReturnValue:
    """Draw now; the seed is the machine's, so that nobody can choose what is drawn."""
    fields = Fields(request.form)
    rep_id = fields.row_id("rep_id", is_required=False)
    first_on, last_on = fields.day("first_on"), fields.day("last_on")
    random_count = fields.whole_number("random_count", least=0, most=50)
    risk_count = fields.whole_number("risk_count", least=0, most=50)
    if fields.errors or first_on is None or last_on is None:
        return _draw_form(fields.errors, {}, 422)
    person = current_person()
    try:
        with transaction() as session:
            made = quality_sampling.draw_by_hand(
                session,
                rep_id=rep_id,
                period=Period(first_on, last_on),
                random_count=random_count or 0,
                risk_count=risk_count or 0,
                seed=token_hex(16),
                lead_id=person.id,
                now=utc_now(),
            )
    except Invalid as refusal:
        return _draw_form(refused(refusal, "first_on"), {}, 422)
    log.info("quality_samples_drawn", count=len(made), actor_id=person.id)
    flash("Drawn. What is in it waits to be reviewed.", "success")
    return done(url_for("quality.show"))


@bp.post("/policy")
@lead_only
def change_policy() -> ResponseReturnValue:
    fields = Fields(request.form)
    policy = Policy(
        fields.whole_number("random_per_rep", least=0, most=50) or 0,
        fields.whole_number("risk_per_rep", least=0, most=50) or 0,
        fields.whole_number("dispute_days", least=1, most=365) or 0,
    )
    person = current_person()
    if fields.errors:
        return _draw_form({}, fields.errors, 422)
    try:
        with transaction() as session:
            quality_policies.change(session, policy, lead_id=person.id, now=utc_now())
    except Invalid as refusal:
        return _draw_form({}, refused(refusal, "random_per_rep"), 422)
    log.info("quality_policy_changed", team_id=person.team_id, actor_id=person.id)
    flash("Set. The next week is drawn like this.", "success")
    return done(url_for("quality.samples"))


@bp.get("/figures")
@lead_or_auditor
def figures() -> ResponseReturnValue:
    period, errors = _period()
    with reading() as session:
        team = seen(session)
        found = quality_figures.figures(session, team_id=team.team_id, period=period)
        reviews = quality_reviews.reviews_of_team(session, team.team_id)
    page = render_template(
        "quality/figures.html",
        team=team,
        figures=found,
        reviews=reviews,
        period=period,
        values=request.args,
        errors=errors,
        kind_words=KIND_WORDS,
    )
    return page, 422 if errors else 200


@bp.get("/people/<int:rep_id>")
@lead_or_auditor
def person(rep_id: int) -> ResponseReturnValue:
    return _person(rep_id, {})


@bp.post("/people/<int:rep_id>/notes")
@lead_only
def write_note(rep_id: int) -> ResponseReturnValue:
    """Write a coaching note to a rep, perhaps about one piece of work."""
    fields = Fields(request.form)
    text = fields.text("text", longest=coaching.LONGEST_NOTE, has_lines=True)
    outcome_id = fields.row_id("outcome_id", is_required=False)
    if fields.errors:
        return _person(rep_id, fields.errors, 422)
    with transaction() as session:
        note_id = coaching.write(
            session,
            rep_id=rep_id,
            text=text,
            outcome_id=outcome_id,
            lead_id=current_person().id,
            now=utc_now(),
        )
    log.info("coaching_note_written", note_id=note_id, actor_id=current_person().id)
    flash("Written. It is on their page, and on yours.", "success")
    return done(url_for("quality.person", rep_id=rep_id))


def _person(rep_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    today = office_day(utc_now())
    with reading() as session:
        rep = reps_listed(session, team_id=scope(), rep_id=rep_id)
        if not rep:
            raise NotFound
        found = quality_figures.figures(
            session,
            team_id=rep[0].team_id,
            period=Period(today - timedelta(days=FIGURE_DAYS - 1), today),
            rep_id=rep_id,
        )
        reviews = quality_reviews.reviews_of_rep(session, rep_id)
        notes = notes_of_rep(session, rep_id)
    return render_template(
        "quality/person.html",
        rep=rep[0],
        figures=found,
        reviews=reviews,
        notes=notes,
        values=request.form,
        errors=errors,
        kind_words=KIND_WORDS,
        is_lead=current_person().role is Role.LEAD,
    ), status


def _draw_form(
    errors: dict[str, str], policy_errors: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    first_on, last_on = week_before(office_day(utc_now()))
    with reading() as session:
        team = seen(session)
        reps = reps_listed(session, team_id=team.team_id)
        policy = quality_policies.policy_of(session, team.team_id)
    usual = policy or Policy()
    values = {
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
        "random_count": usual.random_per_rep,
        "risk_count": usual.risk_per_rep,
        **vars(usual),
    }
    return render_template(
        "quality/draw.html",
        team=team,
        reps=reps,
        policy=policy,
        values=values | request.form.to_dict(),
        errors=errors,
        policy_errors=policy_errors,
        today=office_day(utc_now()),
    ), status


def _period() -> tuple[Period, dict[str, str]]:
    """Return the days asked for; the last quarter when none are, or when they make no sense."""
    fields = Fields(request.args)
    today: date = office_day(utc_now())
    usual = Period(today - timedelta(days=FIGURE_DAYS - 1), today)
    first_on = fields.day("first_on", last=today, is_required=False) or usual.first_on
    last_on = fields.day("last_on", is_required=False) or usual.last_on
    if last_on < first_on:
        fields.refuse("last_on", "The last day comes before the first.")
    return (usual if fields.errors else Period(first_on, last_on)), fields.errors
