"""My day, the team's queue, and where all open balances stand."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_hold,
    make_lane,
    make_phone,
    make_task,
    otto,
    sue,
)
from tests.services.desk import (
    billed_to_payer,
    deny,
    log,
    owed_by_patient,
    take,
    task_of,
    unmatched_payment,
)
from workqueue.models import Account, Patient, Task
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.refusals import Invalid
from workqueue.rules.states import CauseKind, TaskState
from workqueue.services import callbacks, deriving, leasing
from workqueue.services.reading.my_day import my_day
from workqueue.services.reading.summary import queue_summary
from workqueue.services.reading.team import CallWindow, TeamFilters, counts, team_page, who_holds_what
from workqueue.services.verifying import certify

DECIDES_ON = TODAY + timedelta(days=9)
IN_PROCESS = OutcomeEntry(
    "payer_in_process", next_on=DECIDES_ON, reference_number="REF-1", spoke_with="Dana", note="Will pay"
)


def test_my_day_shows_what_i_hold_what_was_passed_to_me_and_what_i_did(session: Session) -> None:
    rep = ana(session)
    done, held, passed = (billed_to_payer(session) for _ in range(3))
    billed_to_payer(session)
    log(session, take(session, done, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    leasing.reassign(
        session,
        task_of(session, passed, TaskKind.CLAIM_NO_RESPONSE).id,
        to_user_id=rep.id,
        reason="r",
        lead_id=sue(session).id,
        now=NOON,
    )
    task_id, _ = take(session, held, TaskKind.CLAIM_NO_RESPONSE, rep)
    day = my_day(session, rep_id=rep.id, now=NOON)
    assert [line.task_id for line in day.held] == [task_id]
    assert [line.account_id for line in day.passed] == [passed.id]
    assert [(each.kind, each.count) for each in day.open_counts] == [(TaskKind.CLAIM_NO_RESPONSE, 1)]
    assert (day.done_count, day.done[0].disposition_label) == (1, "Payer is working on it")
    assert my_day(session, rep_id=ben(session).id, now=NOON).done_count == 0


def test_patients_are_not_counted_as_open_at_night(session: Session) -> None:
    owed_by_patient(session)
    rep = otto(session)
    assert [each.kind for each in my_day(session, rep_id=rep.id, now=NOON).open_counts] == [
        TaskKind.PATIENT_BALANCE
    ]
    assert my_day(session, rep_id=rep.id, now=NOON + timedelta(hours=12)).open_counts == ()


def test_calls_in_my_time_come_in_their_order_whoever_booked_them(session: Session) -> None:
    rep = otto(session)
    for days in (3, 1):
        account = owed_by_patient(session)
        make_phone(session, patient=session.get_one(Patient, account.patient_id))
        callbacks.book(
            session,
            account_id=account.id,
            at=NOON + timedelta(days=days),
            phone_id=None,
            booked_by_id=sue(session).id,
            now=NOON,
        )
    found = my_day(session, rep_id=rep.id, now=NOON).callbacks
    assert [each.at for each in found] == [NOON + timedelta(days=1), NOON + timedelta(days=3)]
    assert all(each.task_id for each in found)


def test_pages_of_the_teams_queue_follow_each_other_without_gap_or_repeat(session: Session) -> None:
    team = ana(session).team_id or 0
    lane, other = make_lane(session), make_lane(session, skill="denials")
    strangers = make_lane(session, skill="payments")
    for number in range(23):
        # Equal priorities, too: the number of the task tells them apart.
        make_task(session, lane=(lane, other)[number % 2], priority=100 + number // 3)
    make_task(session, lane=lane, priority=999, owner=ben(session))
    make_task(session, TaskKind.CREDIT_BALANCE, lane=strangers, priority=10_000)
    expected = session.execute(
        select(Task.id).where(Task.lane_id != strangers.id).order_by(Task.priority.desc(), Task.id)
    )
    seen, after = [], None
    while True:
        page = team_page(session, team_id=team, filters=TeamFilters(), now=NOON, after=after, limit=5)
        seen.extend(line.task_id for line in page.rows)
        after = page.next
        if after is None:
            break
        assert len(page.rows) == 5
    assert seen == [row.id for row in expected]


def test_the_teams_queue_can_be_narrowed(session: Session) -> None:
    team, rep = ana(session).team_id or 0, ana(session)
    billed, denied = billed_to_payer(session), billed_to_payer(session)
    deny(session, denied, 50_000)
    take(session, billed, TaskKind.CLAIM_NO_RESPONSE, rep)

    def rows(filters: TeamFilters) -> list[TaskKind]:
        return [line.kind for line in team_page(session, team_id=team, filters=filters, now=NOON).rows]

    assert rows(TeamFilters()) == [TaskKind.DENIAL]
    assert rows(TeamFilters(kind=TaskKind.CLAIM_NO_RESPONSE)) == []
    assert rows(TeamFilters(state=TaskState.LEASED, holder_id=rep.id)) == [TaskKind.CLAIM_NO_RESPONSE]
    assert rows(TeamFilters(state=TaskState.LEASED, holder_id=ben(session).id)) == []
    with pytest.raises(Invalid):
        rows(TeamFilters(state=TaskState.CLOSED))


def test_the_teams_queue_can_be_narrowed_to_who_may_be_called_now(session: Session) -> None:
    owed = owed_by_patient(session)
    task = task_of(session, owed, TaskKind.PATIENT_BALANCE)
    team = otto(session).team_id or 0
    credit = make_task(session, TaskKind.CREDIT_BALANCE, lane=make_lane(session, skill="patients"))

    def rows(window: CallWindow | None, hours: int) -> set[int]:
        at = NOON + timedelta(hours=hours)
        page = team_page(session, team_id=team, filters=TeamFilters(window=window), now=at)
        return {line.task_id for line in page.rows}

    assert rows(None, 12) == rows(CallWindow.OPEN, 0) == {task.id, credit.id}
    assert rows(CallWindow.OPEN, 12) == {credit.id}
    assert (rows(CallWindow.CLOSED, 0), rows(CallWindow.CLOSED, 12)) == (set(), {task.id})


def test_what_waits_is_listed_by_when_it_comes_up(session: Session) -> None:
    team, lane = ana(session).team_id or 0, make_lane(session)
    for days in (5, 2, 9, 2):
        make_task(session, lane=lane, state=TaskState.WAITING, rescore_at=NOON + timedelta(days=days))
    filters = TeamFilters(state=TaskState.WAITING)
    first = team_page(session, team_id=team, filters=filters, now=NOON, limit=3)
    second = team_page(session, team_id=team, filters=filters, now=NOON, after=first.next, limit=3)
    days = [(line.rescore_at - NOON).days for line in (*first.rows, *second.rows) if line.rescore_at]
    assert days == [2, 2, 5, 9]
    assert len({line.task_id for line in (*first.rows, *second.rows)}) == 4


def test_the_lead_sees_who_holds_what(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    ben(session), otto(session), sue(session)
    take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    lines = who_holds_what(session, team_id=rep.team_id or 0)
    assert [(each.rep_name, each.task.account_id if each.task else None) for each in lines] == [
        ("Ana", account.id),
        ("Ben", None),
        ("Sue", None),
    ]
    found = {
        each.kind: (each.queued, each.leased, each.waiting)
        for each in counts(session, team_id=rep.team_id or 0)
    }
    assert found == {TaskKind.CLAIM_NO_RESPONSE: (0, 1, 0)}


def test_every_open_balance_is_in_exactly_one_state(session: Session) -> None:
    rep = ana(session)
    _queued, leased, waiting, deferred = (billed_to_payer(session) for _ in range(4))
    held, resting = owed_by_patient(session), owed_by_patient(session, service_on=TODAY)
    unmatched_payment(session)
    assert make_hold(session, account=held).until_at > NOON
    deriving.derive(session, {held.id: None}, cause=CauseKind.HOLD, now=NOON)
    log(session, take(session, waiting, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    put_off = OutcomeEntry("deferred", next_on=TODAY + timedelta(days=3), reason="r")
    log(session, take(session, deferred, TaskKind.CLAIM_NO_RESPONSE, rep), put_off, rep.id)
    take(session, leased, TaskKind.CLAIM_NO_RESPONSE, rep)
    found = queue_summary(session, now=NOON)
    assert found.open_balances == session.scalar(select(func.count()).select_from(Account)) == 7
    assert (found.queued, found.leased, found.deferred, found.held) == (2, 1, 1, 1)
    assert found.waiting == {Party.PAYER: 1, Party.PATIENT: 1, Party.OFFICE: 0}
    assert (found.closed, found.unaccounted) == (0, 0)
    assert resting.patient_cents
    certified = certify(session, now=NOON).open_balances
    assert certified["queued"] == found.queued + found.leased
    assert certified["held"] == found.held
    assert certified["deferred"] + certified["waiting"] == found.deferred + sum(found.waiting.values())
    assert certified["none"] == 0


def test_a_balance_that_no_task_looks_after_is_counted_as_lost(session: Session) -> None:
    account = billed_to_payer(session)
    session.execute(update(Task).where(Task.account_id == account.id).values(state=TaskState.CLOSED))
    assert queue_summary(session, now=NOON).unaccounted == 1


def test_the_books_are_in_order_after_a_day_of_work(session: Session) -> None:
    rep, caller = ana(session), otto(session)
    claim, balance = billed_to_payer(session), owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, balance.patient_id))
    log(session, take(session, claim, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    booked = callbacks.book(
        session,
        account_id=balance.id,
        at=NOON + timedelta(days=1),
        phone_id=None,
        booked_by_id=caller.id,
        now=NOON,
    )
    callbacks.cancel(session, callback_id=booked.callback_id, actor_id=caller.id, now=NOON)
    unmatched = take(session, unmatched_payment(session), TaskKind.PAYMENT_UNMATCHED, caller)
    log(session, unmatched, OutcomeEntry("applied_to_account", account_number=claim.number), caller.id)
    wrong = [check for check in certify(session, now=NOON).checks if not check.is_ok]
    assert wrong == []
