"""What was drawn to be looked at, and what was said of it."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.accounts import make_account
from tests.factories.moments import NOON, TODAY
from tests.factories.patients import make_patient
from tests.factories.people import ana, sue
from tests.factories.queue import make_task
from tests.factories.work import make_call, make_outcome
from workqueue.models import (
    CoachingNote,
    Outcome,
    QualityDispute,
    QualityItem,
    QualityPolicy,
    QualityReview,
    QualitySample,
    Scorecard,
    Team,
    User,
)
from workqueue.rules.kinds import TaskKind
from workqueue.rules.quality import DisputeState, ReviewState, SampleKind
from workqueue.rules.quality_cards import Answer, card_of, raw_answers, score
from workqueue.rules.quality_draw import fingerprint


def make_policy(
    session: Session, team: Team, *, random_per_rep: int = 3, risk_per_rep: int = 2, dispute_days: int = 10
) -> QualityPolicy:
    policy = QualityPolicy(
        team_id=team.id,
        random_per_rep=random_per_rep,
        risk_per_rep=risk_per_rep,
        dispute_days=dispute_days,
        changed_by_id=sue(session).id,
        changed_at=NOON,
    )
    session.add(policy)
    session.flush()
    return policy


def make_item(
    session: Session,
    *,
    outcome: Outcome | None = None,
    kind: SampleKind = SampleKind.RANDOM,
    reasons: list[dict[str, Any]] | None = None,
    first_on: date = TODAY - timedelta(days=7),
    drawn_by: User | None = None,
) -> QualityItem:
    """Make an outcome part of a sample of its own."""
    outcome = outcome or make_outcome(session)
    sample = QualitySample(
        kind=kind,
        rep_id=outcome.rep_id,
        first_on=first_on,
        last_on=first_on + timedelta(days=6),
        asked=1,
        population=1,
        population_digest=fingerprint([outcome.id]),
        seed="5eed" * 8 if kind is SampleKind.RANDOM else "",
        drawn_by_id=(drawn_by or sue(session)).id,
        drawn_at=NOON,
    )
    session.add(sample)
    session.flush()
    item = QualityItem(sample_id=sample.id, outcome_id=outcome.id, position=1, reasons=reasons or [])
    session.add(item)
    session.flush()
    return item


def all_points(session: Session, **less: int) -> dict[str, Answer]:
    """Return answers with all points of the first card, but for what is named."""
    row = session.scalars(select(Scorecard).where(Scorecard.version == 1)).one()
    return {
        each.code: Answer(
            points=less.get(each.code, each.most_points),
            remark="" if less.get(each.code, 1) else "It was missing.",
        )
        for each in card_of(row.criteria, row.critical_cap_bp).criteria
    }


def make_review(
    session: Session,
    *,
    outcome: Outcome | None = None,
    reviewer: User | None = None,
    answers: dict[str, Answer] | None = None,
    comment: str = "",
    state: ReviewState = ReviewState.SUBMITTED,
    is_calibration: bool = False,
    submitted_at: datetime = NOON,
    dispute_until_on: date = TODAY + timedelta(days=10),
    second_asked_at: datetime | None = None,
) -> QualityReview:
    """Make a review by the first card, handed in unless said otherwise; its work is drawn at random."""
    if outcome is None:
        outcome = make_outcome(session)
        make_item(session, outcome=outcome)
    row = session.scalars(select(Scorecard).where(Scorecard.version == 1)).one()
    card = card_of(row.criteria, row.critical_cap_bp)
    answers = answers if answers is not None else all_points(session)
    found, is_submitted = score(card, answers), state is ReviewState.SUBMITTED
    review = QualityReview(
        outcome_id=outcome.id,
        rep_id=outcome.rep_id,
        reviewer_id=(reviewer or sue(session)).id,
        card_id=row.id,
        state=state,
        is_calibration=is_calibration,
        answers=raw_answers(card, answers),
        comment=comment,
        score_bp=found.bp if is_submitted else None,
        failed=list(found.failed),
        started_at=submitted_at,
        saved_at=submitted_at,
        submitted_at=submitted_at if is_submitted else None,
        dispute_until_on=dispute_until_on if is_submitted else None,
        second_asked_at=second_asked_at,
    )
    session.add(review)
    session.flush()
    return review


def make_dispute(
    session: Session, *, review: QualityReview | None = None, reasons: dict[str, str] | None = None
) -> QualityDispute:
    review = review or make_review(session)
    dispute = QualityDispute(
        review_id=review.id,
        reasons=reasons or {"note": "The note says all of it."},
        raised_at=NOON,
        state=DisputeState.OPEN,
    )
    session.add(dispute)
    session.flush()
    return dispute


def make_coaching_note(
    session: Session, *, rep: User, author: User | None = None, text: str = "Well done.", at: datetime = NOON
) -> CoachingNote:
    note = CoachingNote(rep_id=rep.id, author_id=(author or sue(session)).id, text=text, at=at)
    session.add(note)
    session.flush()
    return note


def make_drawn_work(session: Session) -> Outcome:
    """Make work of Ana's about Dana Whitfield, with a call, drawn by risk."""
    patient = make_patient(session, first_name="Dana", last_name="Whitfield")
    account = make_account(session, patient=patient, charge_cents=5_000, patient_cents=5_000)
    task = make_task(session, TaskKind.PATIENT_BALANCE, account=account)
    rule = {"label": "Hours", "sentence": "It is noon there.", "citation": "12 CFR 1006.6"}
    call = make_call(
        session,
        task=task,
        rep=ana(session),
        placed_at=NOON - timedelta(hours=5),
        verdict={"is_allowed": True, "rules": [rule | {"is_ok": True, "inputs": {}}]},
    )
    outcome = make_outcome(
        session,
        task=task,
        rep=ana(session),
        call=call,
        disposition="disputes",
        note="Says the visit was cancelled.",
        at=NOON - timedelta(hours=4),
    )
    words = "The patient was not content: disputes the bill."
    make_item(
        session,
        outcome=outcome,
        kind=SampleKind.RISK,
        reasons=[{"code": "dispute", "weight": 3, "words": words}],
    )
    return outcome
