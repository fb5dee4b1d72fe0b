"""Outcomes that move money, or say that none is owed."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import TODAY, ana, make_fact, otto, sue
from tests.services.desk import (
    billed_to_payer,
    deny,
    log,
    no_difference,
    post,
    refused,
    take,
    task_of,
    unmatched_payment,
)
from workqueue.models import (
    Account,
    Fact,
    LedgerEntry,
)
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import EntryKind, FactKind, FactState, TaskState

DECIDES_ON = TODAY + timedelta(days=9)
IN_PROCESS = OutcomeEntry("payer_in_process", next_on=DECIDES_ON, reference_number="REF-1", spoke_with="Dana")


def test_a_write_off_moves_money_and_closes_what_it_settles(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session, 9_000)
    deny(session, account, 9_000)
    held = take(session, account, TaskKind.DENIAL, rep)
    log(session, held, OutcomeEntry("written_off", amount_cents=9_000, reason="not worth it"), rep.id)
    assert session.get_one(Account, account.id).insurance_cents == 0
    entry = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.WRITE_OFF)).one()
    assert entry.insurance_cents == -9_000
    assert session.get_one(Fact, entry.fact_id).state is FactState.APPLIED
    task = task_of(session, account, TaskKind.DENIAL)
    assert (task.state, task.lease_token) == (TaskState.CLOSED, None)
    no_difference(session)


def test_above_the_limit_a_lead_writes_off(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session, 50_000)
    deny(session, account, 50_000)
    held = take(session, account, TaskKind.DENIAL, rep)
    entry = OutcomeEntry("written_off", amount_cents=10_001, reason="not worth it")
    assert refused(session, held, entry, rep.id) == {
        "amount_cents": "Above $100.00 a lead decides: pass the task on to your lead."
    }
    too_much = OutcomeEntry("written_off", amount_cents=50_001, reason="not worth it")
    assert refused(session, held, too_much, rep.id) == {
        "amount_cents": "There are $500.00 to dispose of; this is more."
    }
    task = task_of(session, account, TaskKind.DENIAL)
    lead = sue(session)
    task.holder_id = lead.id
    session.flush()
    log(session, held, entry, lead.id)
    assert session.get_one(Account, account.id).insurance_cents == 39_999
    assert task_of(session, account, TaskKind.DENIAL).state is TaskState.QUEUED
    no_difference(session)


def test_what_the_patient_owes_moves_to_the_patients_balance(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session, 20_000)
    deny(session, account, 20_000)
    held = take(session, account, TaskKind.DENIAL, rep)
    log(session, held, OutcomeEntry("billed_to_patient", amount_cents=20_000, reason="not covered"), rep.id)
    after = session.get_one(Account, account.id)
    assert (after.insurance_cents, after.patient_cents) == (0, 20_000)
    assert task_of(session, account, TaskKind.DENIAL).state is TaskState.CLOSED
    # The statement comes before the first call.
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    no_difference(session)


def test_money_without_an_account_is_applied_to_the_one_it_belongs_to(session: Session) -> None:
    rep = otto(session)
    owing, placeholder = billed_to_payer(session, 50_000), unmatched_payment(session, 12_000)
    held = take(session, placeholder, TaskKind.PAYMENT_UNMATCHED, rep)
    nowhere = OutcomeEntry("applied_to_account", account_number="NO-SUCH-NUMBER")
    assert set(refused(session, held, nowhere, rep.id)) == {"account_number"}
    itself = OutcomeEntry("applied_to_account", account_number=placeholder.number)
    assert set(refused(session, held, itself, rep.id)) == {"account_number"}
    log(session, held, OutcomeEntry("applied_to_account", account_number=owing.number), rep.id)
    assert session.get_one(Account, placeholder.id).insurance_cents == 0
    assert session.get_one(Account, owing.id).insurance_cents == 38_000
    assert task_of(session, placeholder, TaskKind.PAYMENT_UNMATCHED).state is TaskState.CLOSED
    assert task_of(session, owing, TaskKind.CLAIM_NO_RESPONSE).value_cents == 38_000 * 5_500 // 10_000
    no_difference(session)


def test_a_refund_takes_the_amount_off_the_credit_and_no_more(session: Session) -> None:
    rep, placeholder = otto(session), unmatched_payment(session, 12_000)
    held = take(session, placeholder, TaskKind.PAYMENT_UNMATCHED, rep)
    assert set(refused(session, held, OutcomeEntry("refund_issued", amount_cents=12_001), rep.id)) == {
        "amount_cents"
    }
    log(session, held, OutcomeEntry("refund_issued", amount_cents=12_000), rep.id)
    assert session.get_one(Account, placeholder.id).insurance_cents == 0
    no_difference(session)


def test_accepting_an_underpayment_settles_the_task_until_the_payer_decides_anew(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session, 50_000)
    post(
        session,
        make_fact(
            session,
            FactKind.REMITTANCE_CLAIM,
            account_number=account.number,
            code="1",
            paid_cents=20_000,
            contractual_cents=30_000,
            payload={
                "entries": [["payer_payment", "", "", -20_000, 0], ["contractual", "CO", "45", -30_000, 0]]
            },
        ),
    )
    held = take(session, account, TaskKind.UNDERPAID, rep)
    log(session, held, OutcomeEntry("underpayment_accepted", reason="contract was amended"), rep.id)
    assert task_of(session, account, TaskKind.UNDERPAID).state is TaskState.CLOSED
    no_difference(session)
