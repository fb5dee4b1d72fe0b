"""A rep disputes the score of a review; a lead who did not give it decides."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.quality import KIND_WORDS, DisputeState
from workqueue.rules.quality_cards import Card, Unanswered
from workqueue.rules.refusals import Invalid
from workqueue.services import quality_disputes
from workqueue.services.quality_disputes import TooLateToDispute
from workqueue.services.reading import quality_work
from workqueue.services.reading.quality_reviews import ReviewSeen, disputed
from workqueue.web.guards import current_person, lead_only, utc_now
from workqueue.web.quality_form import beside_points, check_lengths, filled, read_answers, refused
from workqueue.web.quality_reviews import readable_by_current, rep_only
from workqueue.web.render import done

bp = Blueprint("quality_disputes", __name__, url_prefix="/quality")


@bp.get("/reviews/<int:review_id>/dispute")
@rep_only
def form(review_id: int) -> ResponseReturnValue:
    return _form(review_id, {})


@bp.post("/reviews/<int:review_id>/dispute")
@rep_only
def dispute(review_id: int) -> ResponseReturnValue:
    """Dispute a score: a reason beside each criterion that is meant."""
    reasons = {
        name.removeprefix("reason_"): text
        for name, text in request.form.items()
        if name.startswith("reason_")
    }
    try:
        with transaction() as session:
            dispute_id = quality_disputes.raise_dispute(
                session, review_id=review_id, reasons=reasons, rep_id=current_person().id, now=utc_now()
            )
    except Invalid as refusal:
        return _form(review_id, {f"reason_{refusal.field}": refusal.sentence}, 422)
    except TooLateToDispute as refusal:
        flash(refusal.sentence, "error")
        return done(url_for("quality_reviews.show", review_id=review_id))
    log.info("quality_dispute_raised", dispute_id=dispute_id, actor_id=current_person().id)
    flash("Disputed. A lead who did not give the score decides, and you are told.", "success")
    return done(url_for("quality_reviews.show", review_id=review_id))


@bp.get("/disputes/<int:dispute_id>")
@lead_only
def show(dispute_id: int) -> ResponseReturnValue:
    with reading() as session:
        review, card = disputed(session, dispute_id, lead_id=current_person().id)
    if review.dispute is None or review.dispute.state is not DisputeState.OPEN:
        return done(url_for("quality_reviews.show", review_id=review.review_id))
    answers = {line.code: line.given for line in review.lines}
    return _decide_form(dispute_id, review, card, filled(answers, ""), {})


@bp.post("/disputes/<int:dispute_id>")
@lead_only
def decide(dispute_id: int) -> ResponseReturnValue:
    """Uphold the score, or change it to what the answers sent come to."""
    with reading() as session:
        review, card = disputed(session, dispute_id, lead_id=current_person().id)
    answers, words = read_answers(request.form, card), request.form.get("words", "")
    values, errors = request.form.to_dict(), check_lengths(answers, "")
    is_changed = request.form.get("then") == "change"
    if errors and is_changed:
        return _decide_form(dispute_id, review, card, values, errors, 422)
    try:
        with transaction() as session:
            state = quality_disputes.decide(
                session,
                dispute_id=dispute_id,
                answers=answers if is_changed else None,
                words=words,
                lead_id=current_person().id,
                now=utc_now(),
            )
    except Unanswered as refusal:
        return _decide_form(dispute_id, review, card, values, beside_points(refusal.errors), 422)
    except Invalid as refusal:
        return _decide_form(dispute_id, review, card, values, refused(refusal, "words"), 422)
    log.info("quality_dispute_decided", dispute_id=dispute_id, state=state, actor_id=current_person().id)
    flash("Decided. The rep reads your words beside the score.", "success")
    return done(url_for("quality_reviews.show", review_id=review.review_id))


def _form(review_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    review = readable_by_current(review_id)
    if review.dispute is not None:
        raise quality_disputes.DisputedAlready
    return render_template("quality/dispute.html", review=review, values=request.form, errors=errors), status


def _decide_form(
    dispute_id: int,
    review: ReviewSeen,
    card: Card,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> ResponseReturnValue:
    with reading() as session:
        work = quality_work.work_of(session, review.outcome_id, utc_now())
    return render_template(
        "quality/decide.html",
        dispute_id=dispute_id,
        review=review,
        card=card,
        work=work,
        values=values,
        errors=errors,
        kind_words=KIND_WORDS,
    ), status
