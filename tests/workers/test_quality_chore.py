"""The timetable's part in quality: last week is drawn once, and anybody can draw it again."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from tests.factories import NOON, ana, make_outcome, make_task
from tests.factories.quality import make_policy
from workers.chores import CHORES, draw_last_week
from workqueue.database import transaction
from workqueue.models import QualitySample, Team
from workqueue.rules.quality import SampleKind
from workqueue.services import quality_sampling


def test_last_week_is_drawn_once_by_itself(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        with transaction() as session:
            rep, task = ana(session), make_task(session)
            for _ in range(6):
                make_outcome(session, task=task, rep=rep, at=NOON - timedelta(days=5))
            make_policy(session, session.get_one(Team, rep.team_id))
        for hours in (0, 1):
            draw_last_week(NOON + timedelta(hours=hours))
        with transaction() as session:
            samples = session.scalars(select(QualitySample).order_by(QualitySample.kind)).all()
            assert [(each.kind, each.population) for each in samples] == [
                (SampleKind.RANDOM, 6),
                (SampleKind.RISK, 6),
            ]
            assert quality_sampling.drawn_again(session, samples[0].id).is_same_draw
    assert draw_last_week in {chore.run for chore in CHORES}
