"""The last days replayed: the morning's queue is found again, the same minutes go to either order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_outcome
from tests.rules.test_queue_rules import with_kind
from tests.services.queues import derive, put_in_force, task_of
from tests.services.worked import DAY, billed, owes
from workqueue.models import Account, Task
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.rules.states import CauseKind, TaskState
from workqueue.rules.trials import Replay
from workqueue.services import deriving
from workqueue.services.trials import replaying

MORNING = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
"""Six in New York."""
DAYTIME = MORNING + timedelta(hours=6)
NEXT_DAY = MORNING + DAY + timedelta(hours=7)


def replayed(session: Session, rules: QueueRules, days: int = 3) -> Replay:
    return replaying.replay(session, rules, days=days, now=NEXT_DAY, report=lambda _done, _of, _step: None)


def queue(session: Session) -> dict[int, tuple[Any, ...]]:
    """Return what may be offered now, with what its order rests on."""
    tasks = session.scalars(
        select(Task).where(Task.state == TaskState.QUEUED).execution_options(populate_existing=True)
    )
    return {
        each.id: (each.priority, each.value_cents, each.gain_cents, each.minutes, each.deadline_on)
        for each in tasks
    }


def stood(session: Session) -> dict[int, tuple[Any, ...]]:
    span = {"morning": MORNING, "night": MORNING + DAY, "not_work": []}
    session.connection().exec_driver_sql(replaying.STOOD, span)
    rows = session.execute(
        text("SELECT id, priority, value_cents, gain_cents, minutes, deadline_on FROM stood")
    )
    found = {row[0]: tuple(row[1:]) for row in rows}
    session.execute(text("DROP TABLE stood"))
    return found


def work(session: Session, account: Account, kind: TaskKind, at: datetime = DAYTIME) -> Task:
    task = task_of(session, account, kind)
    make_outcome(session, task=task, at=at)
    task.settled_evidence = task.evidence
    session.flush()
    derive(session, account, at=at, cause=CauseKind.OUTCOME)
    return task


@pytest.fixture
def mixed(session: Session) -> list[Account]:
    """Four patients who owe, from 100 to 400 dollars."""
    return [owes(session, cents, at=MORNING - DAY) for cents in (10_000, 20_000, 30_000, 40_000)]


def test_the_mornings_queue_is_found_again_whatever_came_after(
    session: Session, mixed: list[Account]
) -> None:
    claim = billed(session, at=MORNING - 10 * DAY)
    derive(session, claim, at=MORNING - DAY)
    before = queue(session)
    assert len(before) == 5
    paid, worked, opened_again, _ = mixed
    # Money comes; one is worked; another ends and comes back; one is new; and the rules change.
    paid.patient_cents = 4_000
    derive(session, paid, at=DAYTIME)
    work(session, worked, TaskKind.PATIENT_BALANCE)
    opened_again.patient_cents = 0
    derive(session, opened_again, at=DAYTIME)
    opened_again.patient_cents = 55_000
    derive(session, opened_again, at=DAYTIME + timedelta(hours=1))
    owes(session, 70_000, at=DAYTIME + DAY)
    publication = put_in_force(session, with_kind(TaskKind.PATIENT_BALANCE, weight_percent=500))
    deriving.rebuild(session, now=NEXT_DAY, cause=CauseKind.RULES, cause_id=publication.id)
    assert queue(session) != before
    assert stood(session) == before


def test_the_same_rules_take_the_same_tasks(session: Session, mixed: list[Account]) -> None:
    work(session, mixed[0], TaskKind.PATIENT_BALANCE)
    (day,) = replayed(session, DELIVERED).days
    assert (day.day, day.worked, day.minutes, day.queue) == ("2026-03-09", 1, 6, 4)
    assert day.was == day.now
    assert (day.was.figures.tasks, day.was.figures.value_cents, day.shared) == (1, 40_000, 1)
    # The largest was on top; the smallest was worked.
    assert day.was.worked == 0


def test_other_minutes_make_more_or_less_of_the_same_time(session: Session, mixed: list[Account]) -> None:
    for each in mixed[:2]:
        work(session, each, TaskKind.PATIENT_BALANCE)
    (day,) = replayed(session, with_kind(TaskKind.PATIENT_BALANCE, minutes=3)).days
    assert (day.was.figures.tasks, day.now.figures.tasks, day.shared) == (2, 4, 2)
    assert (day.now.worked, day.now.figures.value_cents) == (2, 100_000)


def test_a_kind_of_another_weight_goes_first(session: Session, mixed: list[Account]) -> None:
    claim = billed(session, 500_000, at=MORNING - 10 * DAY)
    derive(session, claim, at=MORNING - DAY)
    work(session, mixed[0], TaskKind.PATIENT_BALANCE)
    rules = with_kind(TaskKind.CLAIM_NO_RESPONSE, skill=Skill.PATIENTS, tier=1)
    (day,) = replayed(session, rules).days
    assert (day.was.figures.value_cents, day.now.figures.tasks, day.shared) == (40_000, 1, 0)
    assert day.now.figures.value_cents > 40_000


def test_what_is_off_is_not_offered(session: Session, mixed: list[Account]) -> None:
    rejected = billed(session, at=MORNING - 10 * DAY, status="A7")
    work(session, rejected, TaskKind.CLAIM_REJECTED)
    (day,) = replayed(session, with_kind(TaskKind.CLAIM_REJECTED, is_on=False)).days
    assert (day.was.figures.tasks, day.was.worked, day.now.figures.tasks) == (1, 1, 0)


def test_days_without_work_are_left_out_and_the_newest_comes_first(
    session: Session, mixed: list[Account]
) -> None:
    assert replayed(session, DELIVERED).days == ()
    work(session, mixed[0], TaskKind.PATIENT_BALANCE, at=DAYTIME - 2 * DAY)
    work(session, mixed[1], TaskKind.PATIENT_BALANCE)
    assert [each.day for each in replayed(session, DELIVERED).days] == ["2026-03-09", "2026-03-07"]
    assert [each.day for each in replayed(session, DELIVERED, days=1).days] == ["2026-03-09"]


def test_what_was_put_off_was_not_worked(session: Session, mixed: list[Account]) -> None:
    make_outcome(
        session, task=task_of(session, mixed[0], TaskKind.PATIENT_BALANCE), at=DAYTIME, disposition="deferred"
    )
    assert replayed(session, DELIVERED).days == ()
