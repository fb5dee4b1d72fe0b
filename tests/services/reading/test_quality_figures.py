"""Figures: the same as worked out by hand, the two kinds of sample apart, a dispute counted as decided."""

from datetime import timedelta
from statistics import mean, stdev

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, ben, make_outcome, make_task, otto
from tests.factories.quality import all_points, make_dispute, make_item, make_review
from workqueue.models import Outcome, User
from workqueue.rules.quality import DisputeState, ReviewState, SampleKind
from workqueue.services.quality_sampling import Period
from workqueue.services.reading.quality_figures import Figures, figures

LAST_WEEKS = Period(TODAY - timedelta(days=30), TODAY)


def drawn(session: Session, rep: User, kind: SampleKind, **given: object) -> Outcome:
    outcome = make_outcome(session, task=make_task(session), rep=rep, **given)  # type: ignore[arg-type]
    make_item(session, outcome=outcome, kind=kind)
    return outcome


def found(session: Session, rep: User | None = None) -> dict[SampleKind, Figures]:
    team_id = ana(session).team_id
    assert team_id is not None
    return {
        each.kind: each
        for each in figures(session, team_id=team_id, period=LAST_WEEKS, rep_id=rep.id if rep else None)
    }


def test_means_are_those_of_the_single_scores_and_kinds_stay_apart(session: Session) -> None:
    scores = []
    for rep, notes in ((ana(session), (2, 1, 0, 2)), (ben(session), (1, 1))):
        for note in notes:
            outcome = drawn(session, rep, SampleKind.RANDOM)
            review = make_review(session, outcome=outcome, answers=all_points(session, note=note))
            scores.append(review.score_bp)
    make_review(
        session,
        outcome=drawn(session, ana(session), SampleKind.RISK),
        answers=all_points(session, identity=0),
    )
    drawn(session, ben(session), SampleKind.RANDOM)
    at_random, by_risk = found(session)[SampleKind.RANDOM], found(session)[SampleKind.RISK]
    assert (at_random.drawn, at_random.mean.count) == (7, 6)
    assert at_random.mean.mean_bp == pytest.approx(mean(scores), abs=1)
    assert at_random.mean.spread_bp == pytest.approx(stdev(scores), abs=2)
    assert [(each.rep_name, each.drawn, each.mean.count) for each in at_random.reps] == [
        ("Ana", 4, 4),
        ("Ben", 3, 2),
    ]
    assert (by_risk.drawn, by_risk.mean.mean_bp) == (1, 0)
    by_criterion = {each.label: each for each in at_random.criteria}
    note = by_criterion["Note complete"]
    assert (note.count, note.mean_bp, note.without_points) == (6, round(7 / 12 * 10_000), 1)
    assert "Fewer than 20" in at_random.mean.remark
    assert found(session, ben(session))[SampleKind.RANDOM].mean.count == 2


def test_what_is_in_two_samples_of_a_kind_counts_once(session: Session) -> None:
    outcome = drawn(session, ana(session), SampleKind.RANDOM)
    make_item(session, outcome=outcome)
    make_review(session, outcome=outcome)
    at_random = found(session)[SampleKind.RANDOM]
    assert (at_random.drawn, at_random.mean.count) == (1, 1)


def test_a_changed_score_counts_as_decided_and_drafts_and_second_scores_not_at_all(session: Session) -> None:
    outcome = drawn(session, ana(session), SampleKind.RANDOM)
    review = make_review(session, outcome=outcome, answers=all_points(session, note=0))
    dispute = make_dispute(session, review=review)
    dispute.state, dispute.decided_at, dispute.score_bp = DisputeState.CHANGED, NOON, 10_000
    dispute.answers = {"note": {"points": 2, "applies": True, "remark": ""}}
    make_review(session, outcome=outcome, reviewer=ben(session), is_calibration=True)
    make_review(session, outcome=drawn(session, ana(session), SampleKind.RANDOM), state=ReviewState.DRAFT)
    session.flush()
    at_random = found(session)[SampleKind.RANDOM]
    assert (at_random.drawn, at_random.mean.count, at_random.mean.mean_bp) == (2, 1, 10_000)
    assert [(each.label, each.mean_bp) for each in at_random.criteria] == [("Note complete", 10_000)]


def test_other_teams_and_other_days_are_left_out(session: Session) -> None:
    make_review(session, outcome=drawn(session, otto(session), SampleKind.RANDOM))
    old = drawn(session, ana(session), SampleKind.RANDOM, at=NOON - timedelta(days=40))
    make_review(session, outcome=old)
    assert all(each.mean.count == each.drawn == 0 for each in found(session).values())
    assert found(session)[SampleKind.RANDOM].mean.remark == "Nothing reviewed yet."
