"""Reviews: a lead fills one in beside the work; the rep reads it, and what else concerns them."""

from datetime import timedelta

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.calendar import office_day
from workqueue.rules.quality import KIND_WORDS
from workqueue.rules.quality_cards import Unanswered, score
from workqueue.rules.roles import Role
from workqueue.services import coaching, quality_reviews
from workqueue.services.quality_reviews import ReviewedMeanwhile
from workqueue.services.quality_sampling import Period
from workqueue.services.reading import quality_figures, quality_work
from workqueue.services.reading.coaching import news_of_rep, notes_of_rep
from workqueue.services.reading.quality_reps import reps_listed
from workqueue.services.reading.quality_reviewing import Reviewing, reviewing
from workqueue.services.reading.quality_reviews import (
    ReviewSeen,
    ScoreFirst,
    readable,
    reviews_of_rep,
    seconds_of,
)
from workqueue.web.guards import current_person, lead_only, reads_accounts, roles, utc_now
from workqueue.web.quality import FIGURE_DAYS
from workqueue.web.quality_form import beside_points, check_lengths, filled, news_words, read_answers
from workqueue.web.render import done

bp = Blueprint("quality_reviews", __name__, url_prefix="/quality")

rep_only = roles(Role.REP)


@bp.get("/outcomes/<int:outcome_id>/review")
@lead_only
def form(outcome_id: int) -> ResponseReturnValue:
    found = _reviewing(outcome_id)
    if found.handed_in_id is not None:
        return done(url_for("quality_reviews.show", review_id=found.handed_in_id))
    return _form(found, filled(found.answers, found.comment), {})


@bp.post("/outcomes/<int:outcome_id>/draft")
@lead_only
def draft(outcome_id: int) -> ResponseReturnValue:
    """Keep what is filled in so far."""
    _keep(_reviewing(outcome_id))
    return "", 204


@bp.post("/outcomes/<int:outcome_id>/review")
@lead_only
def review(outcome_id: int) -> ResponseReturnValue:
    """Keep the draft, then hand it in if that is asked for: what cannot be handed in stays a draft."""
    found = _reviewing(outcome_id)
    answers, comment = read_answers(request.form, found.card.card), request.form.get("comment", "")
    errors = check_lengths(answers, comment)
    if errors:
        return _form(found, request.form.to_dict(), errors, 422)
    _keep(found)
    if request.form.get("then") == "draft":
        flash("Kept as a draft. Only you see it.", "success")
        return done(url_for("quality.show"))
    person = current_person()
    try:
        with transaction() as session:
            handed_in = quality_reviews.submit(
                session,
                outcome_id=outcome_id,
                answers=answers,
                comment=comment,
                lead_id=person.id,
                now=utc_now(),
            )
            review_id, is_second = handed_in.id, handed_in.is_calibration
    except Unanswered as refusal:
        return _form(found, request.form.to_dict(), beside_points(refusal.errors), 422)
    except ReviewedMeanwhile as refusal:
        return _form(found, request.form.to_dict(), {"comment": refusal.sentence}, 409)
    log.info("quality_review_handed_in", review_id=review_id, actor_id=person.id)
    if is_second:
        flash("Handed in. Both scores stand beside each other.", "success")
        return done(url_for("quality_reviews.show", review_id=_reviewing(outcome_id).handed_in_id))
    flash("Handed in. It is on the rep's page now.", "success")
    return done(url_for("quality_reviews.show", review_id=review_id))


@bp.get("/reviews/<int:review_id>")
@reads_accounts
def show(review_id: int) -> ResponseReturnValue:
    person = current_person()
    try:
        found = readable_by_current(review_id)
    except ScoreFirst as refusal:
        flash(refusal.sentence)
        return done(url_for("quality_reviews.form", outcome_id=refusal.outcome_id))
    with reading() as session:
        work = quality_work.work_of(session, found.outcome_id, utc_now())
        notes = notes_of_rep(session, found.rep_id, outcome_id=found.outcome_id)
        # A second score is for the leads to see how far they agree; it is no judgement of the rep.
        seconds = seconds_of(session, found.outcome_id) if person.role is not Role.REP else ()
        of_team = reps_listed(session, team_id=person.team_id or 0, rep_id=found.rep_id)
    return render_template(
        "quality/review.html",
        review=found,
        work=work,
        notes=notes,
        seconds=seconds,
        kind_words=KIND_WORDS,
        is_rep=person.role is Role.REP,
        is_own_lead=person.role is Role.LEAD and person.id == found.reviewer_id,
        is_lead=person.role is Role.LEAD,
        may_coach=person.role is Role.LEAD and bool(of_team),
        today=office_day(utc_now()),
    )


@bp.post("/reviews/<int:review_id>/acknowledge")
@rep_only
def acknowledge(review_id: int) -> ResponseReturnValue:
    with transaction() as session:
        quality_reviews.acknowledge(session, review_id=review_id, rep_id=current_person().id, now=utc_now())
    flash("Noted that you have read it.", "success")
    return done(url_for("quality_reviews.mine"))


@bp.post("/reviews/<int:review_id>/second")
@lead_only
def ask_for_second(review_id: int) -> ResponseReturnValue:
    with transaction() as session:
        quality_reviews.ask_for_second(
            session, review_id=review_id, lead_id=current_person().id, now=utc_now()
        )
    flash("Asked. The other leads see it under Quality; your score is hidden from them.", "success")
    return done(url_for("quality_reviews.show", review_id=review_id))


@bp.get("/mine")
@rep_only
def mine() -> ResponseReturnValue:
    """Show a rep their own reviews and notes; nobody else's stand beside them."""
    person, today = current_person(), office_day(utc_now())
    with reading() as session:
        news = news_of_rep(session, person.id)
        reviews = reviews_of_rep(session, person.id)
        notes = notes_of_rep(session, person.id)
        own = reps_listed(session, team_id=None, rep_id=person.id)
        figures = (
            quality_figures.figures(
                session,
                team_id=own[0].team_id,
                period=Period(today - timedelta(days=FIGURE_DAYS - 1), today),
                rep_id=person.id,
            )
            if own
            else ()
        )
    return render_template(
        "quality/mine.html",
        news_words=news_words(news.reviews, news.notes),
        reviews=reviews,
        notes=notes,
        figures=figures,
        kind_words=KIND_WORDS,
    )


@bp.post("/notes/<int:note_id>/acknowledge")
@rep_only
def acknowledge_note(note_id: int) -> ResponseReturnValue:
    with transaction() as session:
        coaching.acknowledge(session, note_id=note_id, rep_id=current_person().id, now=utc_now())
    flash("Noted that you have read it.", "success")
    return done(url_for("quality_reviews.mine", _anchor="notes"))


def readable_by_current(review_id: int) -> ReviewSeen:
    """Return a review if it is the current person's to see; raises NotFound, ScoreFirst."""
    person = current_person()
    with reading() as session:
        return readable(session, review_id, reader_id=person.id, role=person.role, team_id=person.team_id)


def _reviewing(outcome_id: int) -> Reviewing:
    with reading() as session:
        return reviewing(session, outcome_id=outcome_id, lead_id=current_person().id, now=utc_now())


def _keep(found: Reviewing) -> None:
    with transaction() as session:
        quality_reviews.save_draft(
            session,
            outcome_id=found.work.outcome_id,
            answers=read_answers(request.form, found.card.card),
            comment=request.form.get("comment", ""),
            lead_id=current_person().id,
            now=utc_now(),
        )


def _form(
    found: Reviewing, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "quality/form.html",
        found=found,
        work=found.work,
        values=values,
        errors=errors,
        so_far=score(found.card.card, found.answers),
        kind_words=KIND_WORDS,
    ), status
