"""Whatever can be logged of whatever kind of task: the books stay in order and no balance is lost."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_fact, make_phone, make_user, otto
from tests.services.desk import billed_to_payer, deny, owed_by_patient, post, take, task_of, unmatched_payment
from workqueue.models import Account, Outcome, Patient, Phone, Task
from workqueue.rules.disposition_facts import Disposition, Field
from workqueue.rules.dispositions import PUT_ASIDE, dispositions_for
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.roles import Role
from workqueue.rules.states import CauseKind, FactKind, TaskState
from workqueue.services import callbacks, calling, deriving
from workqueue.services.outcomes import log_outcome
from workqueue.services.reading.summary import queue_summary
from workqueue.services.reading.task import task_card
from workqueue.services.verifying import certify

Setting = Callable[[Session], tuple[Account, datetime]]


def with_status(category: str) -> Setting:
    def made(session: Session) -> tuple[Account, datetime]:
        account = billed_to_payer(session)
        status = make_fact(
            session,
            FactKind.CLAIM_STATUS,
            account_number=account.number,
            code=category,
            payload={"status_key": f"2026031050{category}"},
        )
        post(session, status)
        return account, NOON

    return made


def decided(paid_cents: int, contractual_cents: int) -> Setting:
    def made(session: Session) -> tuple[Account, datetime]:
        account = billed_to_payer(session)
        decision = make_fact(
            session,
            FactKind.REMITTANCE_CLAIM,
            account_number=account.number,
            code="1",
            paid_cents=paid_cents,
            contractual_cents=contractual_cents,
            payload={
                "entries": [
                    ["payer_payment", "", "", -paid_cents, 0],
                    ["contractual", "CO", "45", -contractual_cents, 0],
                ]
            },
        )
        post(session, decision)
        return account, NOON

    return made


def denied(days_ago: int) -> Setting:
    def made(session: Session) -> tuple[Account, datetime]:
        account = billed_to_payer(session, submitted_on=TODAY - timedelta(days=190))
        deny(session, account, 50_000, on=TODAY - timedelta(days=days_ago))
        return account, NOON

    return made


def promised(days_later: int) -> Setting:
    def made(session: Session) -> tuple[Account, datetime]:
        account, _ = owing(session)
        entry = OutcomeEntry("promise", amount_cents=5_000, due_on=TODAY + timedelta(days=8), is_inbound=True)
        rep = make_user(session)
        task_id, token = take(session, account, TaskKind.PATIENT_BALANCE, rep)
        log_outcome(session, task_id=task_id, lease_token=token, entry=entry, rep_id=rep.id, now=NOON)
        return account, NOON + timedelta(days=days_later)

    return made


def owing(session: Session) -> tuple[Account, datetime]:
    otto(session)  # somebody is there who calls back
    account = owed_by_patient(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id))
    return account, NOON


def called_back(session: Session) -> tuple[Account, datetime]:
    account, _ = owing(session)
    at = NOON + timedelta(days=1)
    callbacks.book(
        session, account_id=account.id, at=at, phone_id=None, booked_by_id=otto(session).id, now=NOON
    )
    return account, at


SETTINGS: dict[TaskKind, Setting] = {
    TaskKind.CLAIM_REJECTED: with_status("A3"),
    TaskKind.CLAIM_NOT_FOUND: with_status("A4"),
    TaskKind.CLAIM_NO_RESPONSE: lambda session: (billed_to_payer(session), NOON),
    TaskKind.INFORMATION_REQUESTED: with_status("R4"),
    TaskKind.DENIAL: denied(0),
    TaskKind.APPEAL_DEADLINE: denied(174),
    TaskKind.FILING_DEADLINE: lambda session: (
        billed_to_payer(session, submitted_on=TODAY - timedelta(days=174)),
        NOON,
    ),
    TaskKind.UNDERPAID: decided(20_000, 30_000),
    TaskKind.PAYMENT_UNMATCHED: lambda session: (unmatched_payment(session, 9_000), NOON),
    TaskKind.CREDIT_BALANCE: decided(30_000, 29_000),
    TaskKind.PATIENT_BALANCE: owing,
    TaskKind.PROMISE_DUE: promised(8),
    TaskKind.PROMISE_BROKEN: promised(20),
    TaskKind.CALLBACK_DUE: called_back,
    TaskKind.BALANCE_REVIEW: decided(30_000, 15_000),
}

CASES = [
    pytest.param(kind, disposition, id=f"{kind.value}-{disposition.code}")
    for kind in TaskKind
    for disposition in (*dispositions_for(kind), *PUT_ASIDE)
]


def filled_in(session: Session, disposition: Disposition, kind: TaskKind, now: datetime) -> OutcomeEntry:
    """Return an entry with all this disposition asks for, and nothing else."""
    colleague = make_user(session, skills=[KINDS[kind].skill])
    values = {
        Field.AMOUNT: 5_000,
        Field.DUE_ON: now.date() + timedelta(days=9),
        Field.CALLBACK_AT: now + timedelta(days=9),
        Field.REFERENCE: "REF-1",
        Field.SPOKE_WITH: "Dana",
        Field.NEXT_ON: now.date() + timedelta(days=3),
        Field.REASON: "because",
        Field.ACCOUNT: billed_to_payer(session).number,
        Field.COLLEAGUE: colleague.id,
        Field.INSTALMENTS: 2,
        Field.MEDIUM: "text",
        Field.LANGUAGE: "es",
        Field.ATTORNEY: "Ada Sample",
        Field.LETTER_ON: now.date(),
        Field.CHECK_NUMBER: "000123",
        Field.HOLD_MINUTES: 25,
        # Nothing of it is required by itself; some of it has to be said.
        Field.UNTIL_TIME: time(10),
    }
    asked = {
        rule.name.value: values[rule.name]
        for rule in disposition.fields
        if rule.is_required or rule.name is Field.UNTIL_TIME
    }
    return OutcomeEntry(disposition.code, note="what was said", **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "disposition"), CASES)
def test_after_it_the_books_are_in_order_and_no_balance_is_lost(
    session: Session, kind: TaskKind, disposition: Disposition
) -> None:
    account, now = SETTINGS[kind](session)
    deriving.derive(session, {account.id: None}, cause=CauseKind.CLOCK, now=now)
    assert task_of(session, account, kind).state is TaskState.QUEUED or kind is TaskKind.PROMISE_DUE
    rep = make_user(session, role=Role.LEAD)
    entry = filled_in(session, disposition, kind, now)
    task_id, token = take(session, account, kind, rep)
    if disposition.needs_call:
        phone_id = session.scalars(select(Phone.id).where(Phone.patient_id == account.patient_id)).one()
        calling.place_call(
            session, task_id=task_id, lease_token=token, phone_id=phone_id, rep_id=rep.id, now=now
        )
    logged = log_outcome(session, task_id=task_id, lease_token=token, entry=entry, rep_id=rep.id, now=now)
    task = session.get_one(Task, task_id)
    assert (task.holder_id, task.lease_token) == (None, None)
    is_offered_again = task.state is TaskState.QUEUED and task.owner_id is None
    assert not is_offered_again or disposition.lead_above_cents or disposition.code == "billed_to_patient"
    if task.state is TaskState.WAITING:
        assert task.rescore_at is not None
        assert task.rescore_at > now
    assert task_card(session, task_id=task_id, rep_id=rep.id, now=now).kind is kind
    assert deriving.check(session, now=now) == []
    assert [check.sentence for check in certify(session, now=now).checks if not check.is_ok] == []
    assert queue_summary(session, now=now).unaccounted == 0
    assert session.scalar(select(func.count()).where(Outcome.id == logged.outcome_id)) == 1
