"""What chances and minutes rest on: every cell in a list, and the cell of one task in words."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOON, ana
from tests.services.queues import derive, task_of
from tests.services.worked import DAY, billed, owes, remits, worked
from workqueue.models import Estimate, Task
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import PRIORS
from workqueue.rules.states import TaskState
from workqueue.services import deriving, estimating
from workqueue.services.reading.estimates import all_cells, grounds
from workqueue.services.reading.task import task_card

LONG_AGO = NOON - 45 * DAY


def estimate(session: Session) -> None:
    estimating.estimate_and_rebuild(session, now=NOON)
    session.expire_all()


def test_every_kind_at_every_age_is_listed_with_what_is_in_use(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=10_000)
    assert all_cells(session).version == 0
    estimate(session)
    found = all_cells(session)
    assert (found.version, found.estimated_at, len(found.cells)) == (1, NOON, len(PRIORS))
    own = [each for each in found.cells if each.in_use_words != "Default"]
    assert [(each.kind, each.age_words, each.in_use_words, each.observed) for each in own] == [
        (TaskKind.PATIENT_BALANCE, "Up to 30 days", "Own", 20)
    ]


def test_chances_and_minutes_may_be_of_two_origins(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=10_000, seconds=2)
    worked(session, 20, at=NOON - 5 * DAY)
    estimate(session)
    (cell,) = (each for each in all_cells(session).cells if each.observed)
    assert (cell.in_use_words, cell.observed, cell.timed) == ("Own", 20, 20)
    session.execute(update(Estimate).values(minutes=None))
    assert [each.in_use_words for each in all_cells(session).cells if each.observed] == [
        "Own chances, default minutes"
    ]
    session.execute(update(Estimate).values(minutes=5, p_now_bp=None, p_later_bp=None))
    assert {each.in_use_words for each in all_cells(session).cells} == {"Default chances, own minutes"}


def test_ages_are_said_in_days(session: Session) -> None:
    ages = [each.age_words for each in all_cells(session).cells if each.kind is TaskKind.PATIENT_BALANCE]
    assert ages == ["Up to 30 days", "31 to 60 days", "61 to 90 days", "91 to 120 days", "From 121 days"]
    assert all_cells(session).cells[0].age_words == "Any age"


def test_a_task_says_whether_it_goes_by_the_default_or_by_the_offices_outcomes(session: Session) -> None:
    account = owes(session, at=NOON)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    why = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why
    assert (why.chances_words, why.minutes_words) == ("the reviewed default", "the reviewed default")
    worked(session, 20, at=LONG_AGO, paid=10_000, seconds=2)
    worked(session, 23, at=NOON - 5 * DAY)
    estimate(session)
    why = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why
    assert why.chances_words == "from 20 outcomes of this office"
    assert why.minutes_words == "from 23 outcomes of this office"


def test_a_closed_task_does_not_claim_what_its_old_numbers_rested_on(session: Session) -> None:
    account = owes(session, at=NOON)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    account.patient_cents = 0
    derive(session, account)
    worked(session, 20, at=LONG_AGO, paid=10_000)
    estimate(session)
    assert task.state is TaskState.CLOSED
    assert grounds(session, task, office_day(NOON)).chances_words == "as it was judged last"


@pytest.mark.parametrize("days", [0, 9, 10, 11, 12, 59, 60, 69, 70, 71, 130])
def test_the_age_on_screen_is_the_age_the_derivation_went_by(session: Session, days: int) -> None:
    """Every cell gets minutes of its own: those of a task tell by which cell it was derived."""
    owes(session, at=NOON)
    billed(session, at=NOON)
    remits(session, billed(session, at=NOON), denied=10_000, at=NOON)
    estimate(session)
    for minutes, row in enumerate(session.scalars(select(Estimate)).all(), start=1):
        row.minutes, row.timed = minutes, 1_000 + minutes
    session.flush()
    at = NOON + timedelta(days=days)
    deriving.rebuild(session, now=at)
    tasks = session.scalars(select(Task).where(Task.state != TaskState.CLOSED)).all()
    assert len(tasks) == 3
    for task in tasks:
        words = grounds(session, task, office_day(at)).minutes_words
        assert words == f"from {1_000 + task.minutes:,} outcomes of this office", task.kind
