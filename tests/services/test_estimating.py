"""What the office's own outcomes say: counted by hand here, by one statement there, and then in the queue."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.services.desk import unmatched_payment
from tests.services.queues import derive, differences, history_of, task_of, whole_queue
from tests.services.worked import (
    DAY,
    billed,
    moves,
    owes,
    pays,
    remits,
    says,
    touch,
    worked,
)
from workqueue.database import engine_options
from workqueue.models import Account, Estimate
from workqueue.rules.kinds import TaskKind
from workqueue.rules.priors import PRIORS, prior_of
from workqueue.rules.states import CauseKind
from workqueue.services import deriving, estimating, verifying

LONG_AGO = NOON - 45 * DAY
YOUNG = prior_of(TaskKind.PATIENT_BALANCE, 20)


def estimate(session: Session, at: datetime = NOON) -> estimating.EstimateReport:
    report = estimating.estimate_and_rebuild(session, now=at)
    session.expire_all()
    return report


def cell(session: Session, kind: TaskKind = TaskKind.PATIENT_BALANCE, age_days: int = 20) -> Estimate:
    prior = prior_of(kind, age_days)
    return session.get_one(Estimate, (kind, prior.from_days, prior.until_days))


def counts(
    session: Session, kind: TaskKind = TaskKind.PATIENT_BALANCE, age_days: int = 20
) -> tuple[int, int]:
    estimate(session)
    row = cell(session, kind, age_days)
    return row.observed, row.settled


def test_an_office_without_outcomes_keeps_every_default(session: Session) -> None:
    report = estimate(session)
    assert (report.version, report.cells, report.own_chances, report.own_minutes) == (1, len(PRIORS), 0, 0)


@pytest.mark.parametrize(("count", "chance", "minutes"), [(19, None, None), (20, 6_750, 5)])
def test_the_twentieth_outcome_turns_the_default_into_an_estimate(
    session: Session, count: int, chance: int | None, minutes: int | None
) -> None:
    worked(session, count, at=LONG_AGO, paid=10_000)
    account = owes(session, at=NOON)
    report = estimate(session)
    assert report.own_chances == (chance is not None)
    row, task = cell(session), task_of(session, account, TaskKind.PATIENT_BALANCE)
    assert (row.observed, row.settled, row.timed, row.p_now_bp, row.minutes) == (
        count,
        count,
        count,
        chance,
        minutes,
    )
    assert task.p_now_bp == (chance or YOUNG.p_now_bp)
    assert task.minutes == (minutes or YOUNG.minutes)
    assert 0 < task.p_later_bp <= task.p_now_bp
    assert differences(session) == []


def test_what_a_patient_pays_in_part_is_settled_in_part(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=2_500)
    estimate(session)
    assert cell(session).p_now_bp == (2_500 + YOUNG.p_now_bp) // 2


def test_an_outcome_is_judged_when_its_thirty_days_are_over(session: Session) -> None:
    worked(session, 1, at=NOON - 30 * DAY, paid=10_000)
    assert counts(session) == (0, 0)
    assert cell(session).timed == 1
    estimate(session, NOON + timedelta(microseconds=1))
    assert (cell(session).observed, cell(session).settled) == (1, 1)


def test_money_that_comes_after_thirty_days_settles_nothing(session: Session) -> None:
    accounts = [owes(session, at=LONG_AGO) for _ in range(2)]
    for account, late in zip(accounts, (timedelta(microseconds=1), timedelta(0)), strict=True):
        touch(session, account, TaskKind.PATIENT_BALANCE, at=LONG_AGO)
        pays(session, account, 10_000, at=LONG_AGO + 30 * DAY - late)
    assert counts(session) == (2, 1)


def test_money_that_came_before_the_touch_is_not_what_was_at_stake(session: Session) -> None:
    account = owes(session, at=LONG_AGO)
    pays(session, account, 6_000, at=LONG_AGO - timedelta(hours=1))
    touch(session, account, TaskKind.PATIENT_BALANCE, at=LONG_AGO)
    assert counts(session) == (1, 0)


def test_a_year_later_it_says_nothing_any_more(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=10_000)
    estimate(session)
    assert cell(session).p_now_bp is not None
    estimate(session, LONG_AGO + 366 * DAY)
    assert (cell(session).observed, cell(session).p_now_bp, cell(session).minutes) == (0, None, None)


def test_a_task_that_is_tried_again_and_again_counts_once(session: Session) -> None:
    account = owes(session, at=NOON - 100 * DAY)
    for days in (100, 95, 80, 60, 31):
        touch(session, account, TaskKind.PATIENT_BALANCE, at=NOON - days * DAY)
    estimate(session)
    rows = session.scalars(select(Estimate).where(Estimate.kind == TaskKind.PATIENT_BALANCE)).all()
    assert sum(each.observed for each in rows) == 1
    assert sum(each.timed for each in rows) == 5


def test_putting_a_task_off_or_passing_it_on_is_no_work(session: Session) -> None:
    account = owes(session, at=LONG_AGO)
    for hours, disposition in enumerate(("deferred", "passed")):
        at = LONG_AGO + timedelta(hours=hours)
        touch(session, account, TaskKind.PATIENT_BALANCE, at=at, disposition=disposition)
    estimate(session)
    assert (cell(session).observed, cell(session).timed) == (0, 0)


def test_a_touch_counts_for_the_age_the_task_had_then(session: Session) -> None:
    account = owes(session, at=LONG_AGO, age_days=61)
    touch(session, account, TaskKind.PATIENT_BALANCE, at=LONG_AGO)
    assert counts(session, age_days=60) == (0, 0)
    assert counts(session, age_days=61) == (1, 0)


def test_work_at_once_and_work_a_week_late_are_told_apart(session: Session) -> None:
    # A patient is first called fourteen days after the balance became theirs.
    for age_days in (14, 20, 21, 27, 28):
        account = owes(session, at=LONG_AGO - 14 * DAY, age_days=age_days - 14)
        touch(session, account, TaskKind.PATIENT_BALANCE, at=LONG_AGO)
    estimate(session)
    row = cell(session)
    assert (row.observed, row.prompt, row.late) == (5, 2, 2)


def test_minutes_are_the_median_and_no_lease_of_a_moment_counts(session: Session) -> None:
    for seconds in (3, 9.9, 60, 420, 3_000):
        worked(session, 1, at=LONG_AGO, seconds=seconds)
    estimate(session)
    assert cell(session).timed == 3
    worked(session, 17, at=LONG_AGO, seconds=421)
    estimate(session)
    assert cell(session).minutes == 8


def test_what_the_office_writes_off_is_no_success(session: Session) -> None:
    paid, written_off = (billed(session, at=LONG_AGO) for _ in range(2))
    for account in (paid, written_off):
        remits(session, account, denied=10_000, at=LONG_AGO - timedelta(hours=1))
        touch(session, account, TaskKind.DENIAL, at=LONG_AGO, disposition="appeal_sent")
    remits(session, paid, paid=10_000, denied=-10_000, at=LONG_AGO + DAY)
    moves(session, written_off, "write_off", -10_000, 0, at=LONG_AGO + DAY)
    assert counts(session, TaskKind.DENIAL, 0) == (2, 1)


def test_a_denial_is_no_settlement_of_a_claim_without_answer(session: Session) -> None:
    paid, denied = (billed(session, at=LONG_AGO) for _ in range(2))
    for account in (paid, denied):
        touch(session, account, TaskKind.CLAIM_NO_RESPONSE, at=LONG_AGO, disposition="payer_in_process")
    remits(session, paid, paid=6_000, at=LONG_AGO + DAY)
    remits(session, denied, denied=10_000, at=LONG_AGO + DAY)
    assert counts(session, TaskKind.CLAIM_NO_RESPONSE, 50) == (2, 1)


def test_a_rejected_claim_is_settled_by_being_accepted_and_not_by_the_next_trouble(session: Session) -> None:
    accepted, lost, silent = (billed(session, at=LONG_AGO, status="A7") for _ in range(3))
    for account in (accepted, lost, silent):
        touch(session, account, TaskKind.CLAIM_REJECTED, at=LONG_AGO, disposition="corrected_rebilled")
    says(session, accepted, "A2", at=LONG_AGO + DAY)
    says(session, lost, "A4", at=LONG_AGO + DAY)
    assert counts(session, TaskKind.CLAIM_REJECTED, 0) == (3, 1)


def test_a_payment_without_account_is_settled_by_the_office_itself(session: Session) -> None:
    moved, left = (unmatched_payment(session) for _ in range(2))
    # Their payments were posted at noon.
    for account in (moved, left):
        touch(session, account, TaskKind.PAYMENT_UNMATCHED, at=NOON + DAY, disposition="moved")
    moves(session, moved, "transfer", 12_000, 0, at=NOON + DAY)
    estimate(session, NOON + 32 * DAY)
    row = cell(session, TaskKind.PAYMENT_UNMATCHED)
    assert (row.observed, row.settled) == (2, 1)


def test_a_callback_of_somebody_who_owes_nothing_teaches_nothing(session: Session) -> None:
    account = owes(session, at=LONG_AGO)
    pays(session, account, 10_000, at=LONG_AGO - timedelta(hours=1))
    touch(session, account, TaskKind.PATIENT_BALANCE, at=LONG_AGO)
    assert counts(session) == (0, 0)


def test_history_names_the_estimation_and_the_books_know_it(session: Session) -> None:
    account = owes(session, at=NOON)
    worked(session, 20, at=LONG_AGO, paid=10_000)
    report = estimate(session)
    change = history_of(session, account)[-1]
    assert (change.cause, change.cause_id) == (CauseKind.REBUILD, report.version)
    assert (change.before["p_now_bp"], change.after["p_now_bp"]) == (YOUNG.p_now_bp, 6_750)
    causes = [each for each in verifying.certify(session, now=NOON).checks if each.name == "causes"]
    assert [each.is_ok for each in causes] == [True]
    change.cause_id = report.version + 1
    causes = [each for each in verifying.certify(session, now=NOON).checks if each.name == "causes"]
    assert [each.count for each in causes] == [1]


def test_estimating_twice_moves_no_task_the_second_time(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=4_000)
    owes(session, at=NOON)
    assert estimate(session).rebuilt.changed > 0
    again = estimate(session)
    assert again.version == 2
    assert (again.rebuilt.opened, again.rebuilt.changed, again.rebuilt.closed) == (0, 0, 0)


def test_events_after_an_estimation_give_what_a_rebuild_gives(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=4_000)
    estimate(session)
    before = owes(session, at=NOON)
    pays(session, before, 1_000, at=NOON)
    billed(session, at=NOON, status="A7")
    assert task_of(session, before, TaskKind.PATIENT_BALANCE).p_now_bp == cell(session).p_now_bp
    assert differences(session) == []
    live = whole_queue(session)
    deriving.rebuild(session, now=NOON)
    assert whole_queue(session) == live
    session.execute(update(Estimate).values(p_now_bp=9_000, p_later_bp=4_000))
    assert differences(session), "the check reads the numbers the events read"


def test_the_clock_moves_a_task_from_estimate_to_estimate(session: Session) -> None:
    worked(session, 20, at=LONG_AGO, paid=10_000)
    account = owes(session, at=NOON)
    estimate(session)
    for days in (10, 11, 12):
        at = NOON + days * DAY
        deriving.rescore_due(session, now=at)
        assert differences(session, at) == []
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).p_now_bp == 2_200


NEW_YORK = {"midnight": (5, 0), "before two": (6, 59), "two": (7, 0), "before five": (9, 59), "five": (10, 0)}


@pytest.mark.parametrize(
    ("hour", "is_due"), [("midnight", 0), ("before two", 0), ("two", 1), ("before five", 1), ("five", 0)]
)
def test_it_is_due_at_night_by_the_offices_clock(session: Session, hour: str, is_due: int) -> None:
    at = datetime(2026, 1, 15, *NEW_YORK[hour], tzinfo=UTC)
    assert estimating.is_due(session, now=at) == bool(is_due)


def test_it_is_due_once_a_night(session: Session) -> None:
    at = datetime(2026, 1, 15, 7, 30, tzinfo=UTC)
    estimate(session, at)
    assert not estimating.is_due(session, now=at + timedelta(hours=1))
    assert estimating.is_due(session, now=at + DAY)


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    """Real connections: two transactions at once."""
    made = create_engine(fresh_database, connect_args=engine_options()["connect_args"])
    yield made
    made.dispose()


def test_an_event_on_its_way_and_an_estimation_never_leave_a_mixture(engine: Engine) -> None:
    with Session(engine) as session:
        worked(session, 20, at=LONG_AGO, paid=10_000)
        account_id = owes(session, at=NOON).id
        session.commit()
    with Session(engine) as event, Session(engine) as office:
        # The event has derived with the old numbers and has not ended.
        derive(event, event.get_one(Account, account_id))
        thread = threading.Thread(target=lambda: (estimate(office), office.commit()))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "the estimation waits for the event"
        event.commit()
        thread.join(10)
        assert not thread.is_alive()
    with Session(engine) as session:
        account = session.get_one(Account, account_id)
        assert task_of(session, account, TaskKind.PATIENT_BALANCE).p_now_bp == 6_750
        assert differences(session) == []
