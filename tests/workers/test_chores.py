"""The nightly estimation: once a night, not by day, and harmless when it is done again."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.services.queues import differences
from tests.services.worked import DAY, owes, worked
from workers.chores import CHORES, estimate_tonight
from workqueue.models import Estimate, TaskChange

NIGHT = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
"""Three in the morning in New York."""


@pytest.fixture(autouse=True)
def _in_the_office(app: Flask) -> object:
    with app.app_context():
        yield


def version(session: Session) -> int | None:
    session.expire_all()
    return session.scalar(select(func.max(Estimate.version)))


def test_the_sweeper_has_it_among_its_chores() -> None:
    assert estimate_tonight in [each.run for each in CHORES]


def test_chances_are_estimated_once_a_night(session: Session) -> None:
    worked(session, 20, at=NIGHT - 45 * DAY, paid=10_000)
    owes(session, at=NIGHT)
    session.commit()
    estimate_tonight(NIGHT)
    changes = session.scalar(select(func.count()).select_from(TaskChange))
    assert version(session) == 1
    assert differences(session, NIGHT) == []
    for minutes in (1, 60):
        estimate_tonight(NIGHT + timedelta(minutes=minutes))
    assert version(session) == 1
    estimate_tonight(NIGHT + DAY)
    assert version(session) == 2
    assert session.scalar(select(func.count()).select_from(TaskChange)) == changes


def test_nothing_is_estimated_by_day(session: Session) -> None:
    estimate_tonight(NIGHT + timedelta(hours=5))
    assert version(session) is None
