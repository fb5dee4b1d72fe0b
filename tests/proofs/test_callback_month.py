"""Through a month of absences, crashes and a change of the clocks no promised call is forgotten."""

import os
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, delete, func, select
from sqlalchemy.orm import Session

from tests.proofs.callback_judge import silent
from tests.proofs.callback_month import CHORES, Month
from workqueue.models import Callback, CallbackChange, Message
from workqueue.services import verifying

DAYS = int(os.environ.get("WORKQUEUE_CALLBACK_DAYS", "6"))
"""A whole month takes some minutes; the days of the change of the clocks are among them in any case."""

BEGINS_AT = datetime(2026, 10, 28, 12, 0, tzinfo=UTC)
"""Four days before the clocks go back in the United States (November 1, 2026)."""


def counts(session: Session) -> dict[str, int]:
    rows = session.execute(select(CallbackChange.kind, func.count()).group_by(CallbackChange.kind))
    return {kind.value: number for kind, number in rows}


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_every_promised_call_is_made_in_time_moved_cancelled_or_apologised_for(
    fresh_database: str,
) -> None:
    month = Month(fresh_database, BEGINS_AT, DAYS, seed=20261101)
    month.run()
    engine = create_engine(fresh_database)
    with Session(engine) as session:
        assert silent(session) == {}
        happened = counts(session)
        assert verifying.certify(session, now=BEGINS_AT).is_ok
        assert session.scalar(select(func.count()).select_from(Callback)) == happened["booked"]
        # The judge hears apologies: without one of them he convicts.
        apology = session.scalar(
            select(func.min(Message.id)).where(Message.natural_key.like("callback % missed %"))
        )
        session.execute(delete(Message).where(Message.id == apology))
        assert [*silent(session).values()] == ["the person was not told that it was missed"]
    engine.dispose()
    # Each of what can go wrong did go wrong: the proof is not of a quiet month.
    assert {"booked", "moved", "cancelled", "rehomed", "missed"} <= set(happened)
    assert month.crashes > 0


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_where_nobody_looks_after_the_promises_the_judge_finds_silent_ones(fresh_database: str) -> None:
    month = Month(fresh_database, BEGINS_AT, 3, seed=20261101, chores=CHORES)
    month.run()
    engine = create_engine(fresh_database)
    with Session(engine) as session:
        assert silent(session) != {}
    engine.dispose()
