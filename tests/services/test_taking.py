"""The next task is one that can be worked now; what cannot waits until its person may be called."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    make_call,
    make_fact,
    make_patient,
    make_phone,
    make_user,
    make_window,
    otto,
)
from tests.services.desk import billed_to_payer, no_difference, owed_by_patient, post, task_of
from tests.services.queues import history_of
from workqueue.models import Account, Lease, Patient, Phone, Task
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.states import CauseKind, FactKind, LeaseEnd, TaskState
from workqueue.services import deriving, taking
from workqueue.services.leasing import LeasedTask
from workqueue.services.reading.history import history


def take_next(session: Session, rep_id: int, now: datetime = NOON) -> LeasedTask | None:
    return taking.take_next(session, rep_id=rep_id, now=now, lease_seconds=600)


def owing(session: Session, cents: int, e164: str = "+13122210142") -> Account:
    patient = make_patient(session, window=make_window(session, "America/Chicago"))
    make_phone(session, patient=patient, e164=e164)
    return owed_by_patient(session, cents, patient=patient)


def balance_of(session: Session, account: Account) -> Task:
    return task_of(session, account, TaskKind.PATIENT_BALANCE)


def called_twice_today(session: Session, account: Account) -> None:
    """Reach the office's limit of a day, in calls nobody answered."""
    phone = session.scalars(select(Phone).where(Phone.patient_id == account.patient_id)).one()
    for hours in (1, 2):
        make_call(
            session,
            task=balance_of(session, account),
            patient=session.get_one(Patient, account.patient_id),
            phone=phone,
            placed_at=NOON - timedelta(hours=hours),
            disposition="no_answer",
        )


def test_a_task_whose_person_may_not_be_called_waits_and_the_next_best_is_taken(session: Session) -> None:
    best, second = owing(session, 90_000), owing(session, 30_000)
    called_twice_today(session, best)
    leased = take_next(session, otto(session).id)
    assert leased is not None
    assert leased.task_id == balance_of(session, second).id
    task = balance_of(session, best)
    tomorrow_at_eight = datetime(2026, 3, 11, 13, 0, tzinfo=UTC)
    assert (task.state, task.deferred_until, task.deferred_for) == (
        TaskState.WAITING,
        tomorrow_at_eight,
        None,
    )
    assert (task.holder_id, task.lease_token) == (None, None)
    ended = session.scalars(select(Lease).where(Lease.task_id == task.id)).one()
    assert ended.ended_by is LeaseEnd.RELEASED
    no_difference(session)


def test_the_history_says_why_it_waits(session: Session) -> None:
    account = owing(session, 90_000)
    called_twice_today(session, account)
    assert take_next(session, otto(session).id) is None
    change = history_of(session, account)[-1]
    assert (change.cause, change.cause_id, change.after["state"]) == (CauseKind.CLOCK, None, "waiting")
    line = history(session, account_id=account.id)[0]
    assert line.words == "Waits until March 11, 2026, 9:00 AM"
    assert line.cause_words.startswith("Not to be called now: 2 calls to this person today; 2 is the limit.")


def test_it_comes_up_again_when_the_person_may_be_called(session: Session) -> None:
    account = owing(session, 90_000)
    called_twice_today(session, account)
    rep = otto(session)
    take_next(session, rep.id)
    morning = datetime(2026, 3, 11, 13, 0, tzinfo=UTC)
    assert deriving.rescore_due(session, now=morning) == 1
    leased = take_next(session, rep.id, morning)
    assert leased is not None
    assert leased.task_id == balance_of(session, account).id


def test_who_has_no_number_is_offered_all_the_same(session: Session) -> None:
    account = owed_by_patient(session)
    leased = take_next(session, otto(session).id)
    assert leased is not None
    assert leased.task_id == balance_of(session, account).id


def test_what_no_waiting_allows_is_offered_so_that_a_letter_is_written(session: Session) -> None:
    account = owing(session, 90_000)
    session.scalars(select(Phone).where(Phone.patient_id == account.patient_id)).one().is_valid = False
    leased = take_next(session, otto(session).id)
    assert leased is not None
    assert leased.task_id == balance_of(session, account).id


def test_what_the_rep_holds_stays_theirs_though_the_hour_has_passed(session: Session) -> None:
    owing(session, 90_000)
    rep = otto(session)
    held = take_next(session, rep.id)
    assert held is not None
    assert take_next(session, rep.id, NOON + timedelta(hours=12)) == held


def test_a_task_about_a_payer_is_taken_at_once(session: Session) -> None:
    account = billed_to_payer(session)
    rep = make_user(session, skills=[Skill.CLAIMS])
    leased = take_next(session, rep.id)
    assert leased is not None
    assert leased.task_id == task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).id


def test_so_many_are_put_off_for_one_question_and_then_one_is_offered_as_it_is(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "TRIES", 2)
    accounts = [owing(session, cents) for cents in (90_000, 80_000, 70_000)]
    for account in accounts:
        called_twice_today(session, account)
    leased = take_next(session, otto(session).id)
    assert leased is not None
    assert leased.task_id == balance_of(session, accounts[2]).id
    assert [balance_of(session, each).state for each in accounts] == [
        TaskState.WAITING,
        TaskState.WAITING,
        TaskState.LEASED,
    ]


def test_news_ends_the_waiting(session: Session) -> None:
    """As any deferral does: what arrives may change whom to call, or whether at all."""
    account = owing(session, 90_000)
    called_twice_today(session, account)
    take_next(session, otto(session).id)
    post(
        session,
        make_fact(
            session,
            FactKind.PAYMENT,
            account_number=account.number,
            paid_cents=1_000,
            code="patient",
            payload={"entries": [["patient_payment", "", "", 0, -1_000]]},
        ),
    )
    assert balance_of(session, account).state is TaskState.QUEUED
    no_difference(session)
