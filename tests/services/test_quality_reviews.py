"""Reviews: kept as a draft, handed in once and whole, read by the rep, disputed, decided by another lead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, ben, leo, make_outcome, make_user, otto, sue, uma
from tests.factories.quality import (
    all_points,
    make_dispute,
    make_item,
    make_policy,
    make_review,
)
from workqueue.models import (
    AuditEntry,
    CoachingNote,
    Outcome,
    QualityDispute,
    QualityReview,
    Scorecard,
    Team,
    User,
)
from workqueue.rules.quality import DisputeState, ReviewState
from workqueue.rules.quality_cards import Answer, Card, Criterion, Unanswered
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.roles import Role
from workqueue.services import (
    auditing,
    coaching,
    quality_cards,
    quality_disputes,
    quality_reviews,
)
from workqueue.services.quality_cards import BadCard, CardChanged
from workqueue.services.quality_disputes import (
    DecidedAlready,
    DisputedAlready,
    NotTheReviewer,
    TooLateToDispute,
)
from workqueue.services.quality_reviews import HandedIn, ReviewedMeanwhile
from workqueue.services.reading.coaching import news_of_rep
from workqueue.services.reading.quality_reviews import ScoreFirst, readable, seconds_of

DAY = timedelta(days=1)


@pytest.fixture
def drawn(session: Session) -> Outcome:
    """Return an outcome of Ana's that was drawn."""
    outcome = make_outcome(session, rep=ana(session))
    make_item(session, outcome=outcome)
    return outcome


def nell(session: Session) -> User:
    """Return a second lead of Ana's team."""
    known = session.scalar(select(User).where(User.username == "nell"))
    return known or make_user(session, "nell", role=Role.LEAD, team=session.get(Team, ana(session).team_id))


def hand_in(
    session: Session, outcome: Outcome, lead: User, answers: dict[str, Answer] | None = None
) -> QualityReview:
    return quality_reviews.submit(
        session,
        outcome_id=outcome.id,
        answers=answers or all_points(session),
        comment="Well done.",
        lead_id=lead.id,
        now=NOON,
    )


def decide(
    session: Session, dispute: QualityDispute, lead: User, answers: dict[str, Answer] | None = None
) -> DisputeState:
    return quality_disputes.decide(
        session, dispute_id=dispute.id, answers=answers, words="Looked again.", lead_id=lead.id, now=NOON
    )


def test_a_draft_is_kept_and_scores_nothing(session: Session, drawn: Outcome) -> None:
    for remark in ("Half of it", "Half of it is there"):
        quality_reviews.save_draft(
            session,
            outcome_id=drawn.id,
            answers={"note": Answer(1, remark=remark), "of_no_card": Answer(9)},
            comment="To be",
            lead_id=sue(session).id,
            now=NOON,
        )
    review = session.scalars(select(QualityReview)).one()
    assert (review.state, review.score_bp, review.comment) == (ReviewState.DRAFT, None, "To be")
    assert review.answers == {"note": {"points": 1, "applies": True, "remark": "Half of it is there"}}
    assert news_of_rep(session, ana(session).id).reviews == 0


def test_a_review_is_handed_in_with_its_score_and_stands_in_the_audit_chain(
    session: Session, drawn: Outcome
) -> None:
    make_policy(session, session.get_one(Team, ana(session).team_id), dispute_days=21)
    review = hand_in(session, drawn, sue(session), all_points(session, note=1))
    # Weights 3, 3, 2, 2, 2 and 1; half of one 2 is missing.
    assert review.score_bp == round(12 / 13 * 10_000)
    assert review.dispute_until_on == TODAY + timedelta(days=21)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.account_id) == ("quality_review_handed_in", drawn.account_id)
    assert entry.details["score_bp"] == review.score_bp
    assert list(auditing.breaks(session)) == []
    assert news_of_rep(session, ana(session).id).reviews == 1
    quality_reviews.acknowledge(session, review_id=review.id, rep_id=ana(session).id, now=NOON)
    assert news_of_rep(session, ana(session).id).reviews == 0


def test_what_is_not_all_answered_is_not_handed_in(session: Session, drawn: Outcome) -> None:
    with pytest.raises(Unanswered) as refusal:
        hand_in(session, drawn, sue(session), {"note": Answer(0)})
    assert set(refusal.value.errors) == set(all_points(session))


def test_a_critical_failure_makes_the_score_0(session: Session, drawn: Outcome) -> None:
    review = hand_in(session, drawn, sue(session), all_points(session, identity=0))
    assert (review.score_bp, review.failed) == (0, ["Identity verified before anything was disclosed"])


def test_a_review_is_handed_in_once_and_a_work_has_one_score(session: Session, drawn: Outcome) -> None:
    hand_in(session, drawn, sue(session))
    with pytest.raises(HandedIn):
        hand_in(session, drawn, sue(session))
    with pytest.raises(ReviewedMeanwhile):
        hand_in(session, drawn, nell(session))


@pytest.mark.parametrize("stranger", [leo, otto, uma, ana])
def test_only_a_lead_of_the_team_reviews(
    session: Session, drawn: Outcome, stranger: Callable[[Session], User]
) -> None:
    with pytest.raises(NotFound):
        hand_in(session, drawn, stranger(session))


def test_what_was_not_drawn_is_not_reviewed(session: Session) -> None:
    with pytest.raises(NotFound):
        hand_in(session, make_outcome(session, rep=ana(session)), sue(session))


@pytest.mark.parametrize(
    "changes", [{"score_bp": 1}, {"comment": "Not so well."}, {"answers": {}}, {"submitted_at": NOON + DAY}]
)
def test_the_database_keeps_a_review_that_was_handed_in(session: Session, changes: dict[str, Any]) -> None:
    review = make_review(session)
    with pytest.raises(IntegrityError, match="kept"):
        session.execute(update(QualityReview).where(QualityReview.id == review.id).values(**changes))


def test_the_database_keeps_one_score_of_a_piece_of_work(session: Session) -> None:
    """Whatever two leads send in the same instant; a blind second score stands beside it."""
    first = make_review(session)
    outcome = session.get_one(Outcome, first.outcome_id)
    make_review(session, outcome=outcome, reviewer=nell(session), is_calibration=True)
    with pytest.raises(IntegrityError, match="uq_quality_reviews_score"):
        make_review(session, outcome=outcome, reviewer=leo(session))


def test_the_database_keeps_a_review_from_being_deleted(session: Session) -> None:
    make_review(session)
    with pytest.raises(IntegrityError, match="kept"):
        session.execute(delete(QualityReview))


def test_a_rep_disputes_and_another_lead_changes_the_score_and_both_stay_to_be_seen(
    session: Session,
) -> None:
    review = make_review(
        session, outcome=make_outcome(session, rep=ana(session)), answers=all_points(session, note=0)
    )
    before = review.score_bp
    dispute_id = quality_disputes.raise_dispute(
        session,
        review_id=review.id,
        reasons={"note": "It is all there.", "x": "y"},
        rep_id=ana(session).id,
        now=NOON,
    )
    dispute = session.get_one(QualityDispute, dispute_id)
    assert dispute.reasons == {"note": "It is all there."}
    assert review.acknowledged_at == NOON
    assert decide(session, dispute, leo(session), all_points(session)) is DisputeState.CHANGED
    assert (review.score_bp, dispute.score_bp) == (before, 10_000)
    seen = readable(session, review.id, reader_id=ana(session).id, role=Role.REP, team_id=None)
    assert (seen.score_bp, seen.holds_bp) == (before, 10_000)
    (note,) = [line for line in seen.lines if line.changed_to]
    assert (note.code, note.given.points, note.disputed_because) == ("note", 0, "It is all there.")
    assert news_of_rep(session, ana(session).id).reviews == 1
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["quality_dispute_raised", "quality_dispute_decided"]


def test_an_upheld_score_stays_and_a_dispute_is_decided_once(session: Session) -> None:
    dispute = make_dispute(
        session, review=make_review(session, outcome=make_outcome(session, rep=ana(session)))
    )
    assert decide(session, dispute, leo(session)) is DisputeState.UPHELD
    assert dispute.answers is None
    with pytest.raises(DecidedAlready):
        decide(session, dispute, leo(session))


def test_nobody_decides_about_their_own_score_while_another_lead_can(session: Session) -> None:
    dispute = make_dispute(
        session, review=make_review(session, outcome=make_outcome(session, rep=ana(session)))
    )
    other = leo(session)
    with pytest.raises(NotTheReviewer):
        decide(session, dispute, sue(session))
    other.is_active = False
    assert decide(session, dispute, sue(session)) is DisputeState.UPHELD


def test_a_change_changes_something_and_says_why(session: Session) -> None:
    dispute = make_dispute(session)
    with pytest.raises(Invalid, match="Nothing is changed"):
        decide(session, dispute, leo(session), all_points(session))
    with pytest.raises(Invalid, match="Say why"):
        quality_disputes.decide(
            session, dispute_id=dispute.id, answers=None, words=" ", lead_id=leo(session).id, now=NOON
        )


def test_a_score_is_disputed_once_within_the_days_and_by_whose_work_it_is(session: Session) -> None:
    review = make_review(session, outcome=make_outcome(session, rep=ana(session)))

    def dispute(rep: User, *, days: int = 0, **reasons: str) -> int:
        return quality_disputes.raise_dispute(
            session, review_id=review.id, reasons=reasons, rep_id=rep.id, now=NOON + timedelta(days=days)
        )

    with pytest.raises(NotFound):
        dispute(ben(session), note="No.")
    with pytest.raises(TooLateToDispute, match="March 20, 2026"):
        dispute(ana(session), days=11, note="No.")
    with pytest.raises(Invalid, match="one criterion at least"):
        dispute(ana(session), note="  ")
    dispute(ana(session), days=10, note="No.")
    with pytest.raises(DisputedAlready):
        dispute(ana(session), note="No.")


def test_a_second_score_is_blind_and_counts_for_nothing(session: Session, drawn: Outcome) -> None:
    first = hand_in(session, drawn, sue(session), all_points(session, note=1))
    with pytest.raises(NotFound):
        hand_in(session, drawn, leo(session))
    quality_reviews.ask_for_second(session, review_id=first.id, lead_id=sue(session).id, now=NOON)
    who = {"reader_id": nell(session).id, "role": Role.LEAD, "team_id": ana(session).team_id}
    with pytest.raises(ScoreFirst):
        readable(session, first.id, **who)  # type: ignore[arg-type]
    for lead in (leo(session), nell(session)):
        assert hand_in(session, drawn, lead).is_calibration
    assert readable(session, first.id, **who).score_bp == first.score_bp  # type: ignore[arg-type]
    assert [each.score_bp for each in seconds_of(session, drawn.id)] == [10_000, 10_000]
    assert news_of_rep(session, ana(session).id).reviews == 1
    second = session.scalars(select(QualityReview).where(QualityReview.is_calibration)).first()
    assert second is not None
    with pytest.raises(NotFound):
        readable(session, second.id, reader_id=ana(session).id, role=Role.REP, team_id=None)


@pytest.mark.parametrize(
    ("reader", "sees"), [(ana, True), (ben, False), (sue, True), (leo, False), (uma, True)]
)
def test_who_reads_a_review(
    session: Session, drawn: Outcome, reader: Callable[[Session], User], sees: bool
) -> None:
    review, person = hand_in(session, drawn, sue(session)), reader(session)

    def read() -> None:
        readable(session, review.id, reader_id=person.id, role=person.role, team_id=person.team_id)

    if sees:
        read()
    else:
        with pytest.raises(NotFound):
            read()


def test_a_coaching_note_is_for_the_lead_and_their_rep(session: Session, drawn: Outcome) -> None:
    def write(lead: User, text: str = "Name assistance first.", outcome_id: int | None = None) -> int:
        return coaching.write(
            session, rep_id=ana(session).id, text=text, outcome_id=outcome_id, lead_id=lead.id, now=NOON
        )

    note_id = write(sue(session), outcome_id=drawn.id)
    for stranger in (leo(session), ben(session), uma(session)):
        with pytest.raises(NotFound):
            write(stranger)
    with pytest.raises(NotFound):
        write(sue(session), outcome_id=make_outcome(session, rep=ben(session)).id)
    with pytest.raises(Invalid):
        write(sue(session), " ")
    assert news_of_rep(session, ana(session).id).notes == 1
    with pytest.raises(NotFound):
        coaching.acknowledge(session, note_id=note_id, rep_id=ben(session).id, now=NOON)
    for days in (0, 1):
        coaching.acknowledge(session, note_id=note_id, rep_id=ana(session).id, now=NOON + days * DAY)
    assert session.get_one(CoachingNote, note_id).acknowledged_at == NOON


def test_a_card_is_published_as_a_version_and_begun_reviews_stay_with_theirs(
    session: Session, drawn: Outcome
) -> None:
    quality_reviews.save_draft(
        session, outcome_id=drawn.id, answers={}, comment="", lead_id=sue(session).id, now=NOON
    )
    card = Card((Criterion("c1", "Helped", "", 1, 1),))

    def publish(card: Card, after: int) -> int:
        return quality_cards.publish(
            session, card, after_version=after, note="", actor_id=sue(session).id, now=NOON
        )

    assert publish(card, 1) == 2
    with pytest.raises(CardChanged):
        publish(card, 1)
    with pytest.raises(BadCard):
        publish(Card(()), 2)
    assert quality_cards.in_use(session).card == card
    assert hand_in(session, drawn, sue(session)).score_bp == 10_000
    with pytest.raises(IntegrityError, match="never changed"):
        session.execute(update(Scorecard).values(critical_cap_bp=5_000))


def test_the_first_card_can_be_used(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Scorecard)) == 1
    card = quality_cards.in_use(session).card
    assert [each.code for each in card.criteria if each.is_critical] == ["identity", "call_rules"]
