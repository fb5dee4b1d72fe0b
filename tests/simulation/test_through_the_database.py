"""The office in memory against the real one: the same bills through the real intake, derivation, leases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import make_user
from tests.services.desk import open_office
from tests.simulation.worlds import CERTAIN
from workqueue.demonstration import history
from workqueue.demonstration.stories import Chronicle
from workqueue.models import Account, Task
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.queue_rules import DELIVERED
from workqueue.services import deriving, leasing
from workqueue.services.outcomes import log_outcome
from workqueue.simulation.bills import Heard, heard
from workqueue.simulation.cases import cases_of
from workqueue.simulation.office import INSURANCE, OPENS_AT_HOUR, PATIENTS, START_ON, Office
from workqueue.simulation.outcomes import LOGGED
from workqueue.simulation.policies import by_rules
from workqueue.simulation.queue import Queue
from workqueue.simulation.queue import Task as SimulatedTask

SEED = 2
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Ten in the morning at the office, on the first day that is simulated."""
MINUTE = (10 - OPENS_AT_HOUR) * 60
ONE_IN = 4
TAKEN = 40
MODELLED = {*LOGGED, TaskKind.APPEAL_DEADLINE, TaskKind.FILING_DEADLINE}


def told() -> list[Heard]:
    """Return a part of what a small office has heard by its first morning."""
    return [
        each for number, each in enumerate(heard(Office(reps=1, days=1, seed=SEED))) if number % ONE_IN == 0
    ]


def simulated() -> list[SimulatedTask]:
    cases = [case for each in told() for case in cases_of(each, DELIVERED)]
    return [SimulatedTask(number, case, CERTAIN, START_ON) for number, case in enumerate(cases)]


@pytest.fixture
def office(session: Session) -> Session:
    """The same bills, brought in day by day as files."""
    open_office(session)
    history.add_payers(session)
    chronicle = Chronicle()
    for each in told():
        chronicle.submitted.append(each.bill)
        chronicle.acknowledged += each.fate.acknowledged
        chronicle.statuses += each.fate.status
        chronicle.settled += each.fate.settled
    for day in history.days_of(chronicle, today=START_ON, now=NOW):
        history.live(session, day, seed=SEED, residents=history.resident_of(SEED))
    deriving.rebuild(session, now=NOW)
    return session


def test_every_task_has_the_same_kind_money_deadline_priority_and_day(office: Session) -> None:
    rows = office.execute(
        text(
            "SELECT a.number, t.kind, t.value_cents, t.deadline_on, t.priority,"
            " greatest(CAST(timezone('America/New_York', t.available_at) AS date), :today) AS comes_on"
            " FROM tasks t JOIN accounts a ON a.id = t.account_id WHERE t.state <> 'closed'"
        ),
        {"today": START_ON},
    )
    real = {tuple(row) for row in rows if row.kind in MODELLED}
    assert real == {said_of(task) for task in simulated()}
    assert len(real) > 100


def said_of(task: SimulatedTask) -> tuple[object, ...]:
    case, seen = task.case, task.seen(START_ON)
    priority = by_rules(DELIVERED).key(seen, START_ON)
    comes_on = max(case.available_on, START_ON)
    return case.number, seen.kind.value, case.value_cents, case.deadline_on, priority, comes_on


@pytest.mark.parametrize("skills", [INSURANCE, PATIENTS])
def test_reps_are_given_the_same_tasks_in_the_same_order(office: Session, skills: tuple[Skill, ...]) -> None:
    queue = Queue(by_rules(DELIVERED))
    for task in simulated():
        if task.case.available_on <= START_ON:
            queue.put(task, START_ON)
    expected = []
    while len(expected) < TAKEN and (task := queue.take(skills, MINUTE)) is not None:
        expected.append((task.case.number, task.kind_on(START_ON)))
    assert len(expected) >= TAKEN / 2

    rep = make_user(office, skills=list(skills))
    given = []
    while len(given) < len(expected):
        leased = leasing.lease_next(office, rep_id=rep.id, now=NOW, lease_seconds=600)
        assert leased is not None
        kind = office.get_one(Task, leased.task_id).kind
        given.append((office.get_one(Account, leased.account_id).number, kind))
        log_outcome(
            office,
            task_id=leased.task_id,
            lease_token=leased.token,
            entry=worked(kind),
            rep_id=rep.id,
            now=NOW,
        )
    assert given == expected


def worked(kind: TaskKind) -> OutcomeEntry:
    """Return what a rep logs of such a task without a call, after which it waits."""
    before = {TaskKind.APPEAL_DEADLINE: TaskKind.DENIAL, TaskKind.FILING_DEADLINE: TaskKind.CLAIM_NOT_FOUND}
    code = LOGGED[before.get(kind, kind)]
    if code == "payer_in_process":
        decides_on: date = START_ON + timedelta(days=10)
        return OutcomeEntry(code, reference_number="REF-1", spoke_with="Dana", next_on=decides_on)
    return OutcomeEntry("letter_sent" if kind is TaskKind.PATIENT_BALANCE else code)
