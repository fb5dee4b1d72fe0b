"""Reviews of the demonstration: last week drawn at random and by risk, some reviewed, a score disputed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import QualityItem, QualityReview
from workqueue.rules.calendar import office_day
from workqueue.rules.quality import Policy, week_before
from workqueue.rules.quality_cards import Answer, Card
from workqueue.services import (
    coaching,
    quality_cards,
    quality_disputes,
    quality_policies,
    quality_reviews,
    quality_sampling,
)
from workqueue.services.quality_sampling import Period

LEADS = {"sue": ("ana", "ben"), "leo": ("otto", "pia")}
WEEKS_BEFORE = 3
"""So many weeks before the last one are reviewed; the last one waits."""

LESS: tuple[Mapping[str, tuple[int, str]], ...] = (
    {},
    {"note": (1, "The reference number is missing.")},
    {},
    {"next_step": (1, "A month is too long; two weeks would do.")},
    {},
    {"note": (0, "Nobody can tell from it what was agreed.")},
    {},
    {"identity": (0, "The bill was spoken of before the second identifier.")},
)  # fmt: skip
"""What was less than whole, one piece of work after the other; mostly nothing."""
COMMENTS = (
    "Clear and complete. A colleague can go on from here.",
    "Good work; mind the note.",
    "",
    "Calm with somebody who was upset.",
)


def review(session: Session, people: Mapping[str, int], *, seed: int, now: datetime) -> None:
    """Let the leads set a policy, draw, review what is older, and answer to a dispute."""
    less, comments = cycle(LESS), cycle(COMMENTS)
    for lead, reps in LEADS.items():
        lead_id = people[lead]
        quality_policies.change(session, Policy(random_per_rep=3, risk_per_rep=2), lead_id=lead_id, now=now)
        for number, week in enumerate(_weeks(now), 1):
            for rep in reps:
                made = quality_sampling.draw_by_hand(
                    session,
                    rep_id=people[rep],
                    period=week,
                    random_count=2,
                    risk_count=1,
                    seed=f"demonstration {seed} {rep} {number}",
                    lead_id=lead_id,
                    now=now,
                )
                _hand_in(session, made, lead_id, less, comments, now)
    quality_sampling.draw_weekly(session, seed=f"demonstration {seed}", now=now)
    coaching.write(
        session,
        rep_id=people["otto"],
        text="You find the right words when somebody cannot pay. Name assistance a little earlier.",
        lead_id=people["leo"],
        now=now,
    )
    _dispute(session, people["otto"], now)


def _weeks(now: datetime) -> list[Period]:
    """Return whole weeks before the one the timetable draws, the oldest first."""
    first_on, last_on = week_before(office_day(now))
    back = [timedelta(weeks=weeks) for weeks in range(WEEKS_BEFORE, 0, -1)]
    return [Period(first_on - each, last_on - each) for each in back]


def _hand_in(
    session: Session,
    sample_ids: list[int],
    lead_id: int,
    less: Iterator[Mapping[str, tuple[int, str]]],
    comments: Iterator[str],
    now: datetime,
) -> None:
    card = quality_cards.in_use(session).card
    outcome_ids = session.scalars(
        select(QualityItem.outcome_id)
        .where(QualityItem.sample_id.in_(sample_ids))
        .order_by(QualityItem.sample_id, QualityItem.position)
    ).all()
    for outcome_id in outcome_ids:
        quality_reviews.submit(
            session,
            outcome_id=outcome_id,
            answers=_answers(card, next(less)),
            comment=next(comments),
            lead_id=lead_id,
            now=now,
        )


def _answers(card: Card, less: Mapping[str, tuple[int, str]]) -> dict[str, Answer]:
    whole = {each.code: Answer(each.most_points) for each in card.criteria}
    return whole | {code: Answer(points, remark=remark) for code, (points, remark) in less.items()}


def _dispute(session: Session, rep_id: int, now: datetime) -> None:
    """Let a rep dispute the newest score that was less than whole."""
    review_id = session.scalar(
        select(QualityReview.id)
        .where(QualityReview.rep_id == rep_id, QualityReview.answers["note"]["points"].as_integer() < 2)
        .order_by(QualityReview.id.desc())
        .limit(1)
    )
    if review_id is not None:
        quality_disputes.raise_dispute(
            session,
            review_id=review_id,
            reasons={"note": "The amount and the day are in the fields, so I did not write them twice."},
            rep_id=rep_id,
            now=now,
        )
