"""An account at a glance, and what changed on it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_call,
    make_fact,
    make_note,
    make_outcome,
    make_phone,
    make_promise,
    otto,
    sue,
)
from tests.services.desk import (
    billed_to_payer,
    deny,
    log,
    owed_by_patient,
    post,
    take,
    task_of,
)
from workqueue.models import Account, Patient
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.promises import PromiseState
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import CauseKind, FactKind
from workqueue.services import callbacks, holding, leasing
from workqueue.services.reading.account import account_version, account_view
from workqueue.services.reading.history import change_words, history

DECIDES_ON = TODAY + timedelta(days=9)
IN_PROCESS = OutcomeEntry(
    "payer_in_process", next_on=DECIDES_ON, reference_number="REF-1", spoke_with="Dana", note="Will pay"
)


def test_the_ledger_runs_to_the_balances_of_the_account(session: Session) -> None:
    account = billed_to_payer(session, 50_000)
    post(
        session,
        make_fact(
            session,
            FactKind.REMITTANCE_CLAIM,
            account_number=account.number,
            code="1",
            paid_cents=20_000,
            patient_cents=5_000,
            contractual_cents=25_000,
            payload={
                "entries": [
                    ["payer_payment", "", "", -20_000, 0],
                    ["contractual", "CO", "45", -25_000, 0],
                    ["patient_responsibility", "PR", "1", -5_000, 5_000],
                ]
            },
        ),
    )
    view = account_view(session, account_id=account.id, now=NOON)
    assert [line.insurance_balance_cents for line in view.ledger] == [50_000, 30_000, 5_000, 0]
    last = view.ledger[-1]
    assert (last.insurance_balance_cents, last.patient_balance_cents) == (
        view.insurance_cents,
        view.patient_cents,
    )
    assert (view.insurance_cents, view.patient_cents) == (0, 5_000)
    assert [line.kind_words for line in view.ledger] == [
        "Charge",
        "Payer payment",
        "Contractual adjustment",
        "Patient's share",
    ]
    assert view.ledger[1].source_words == "Remittance"
    assert last.reason_words == "Deductible (1)"


def reachable(session: Session, account: Account) -> None:
    """Have a number for the patient, and somebody who calls patients back."""
    otto(session)
    make_phone(session, patient=session.get_one(Patient, account.patient_id))


def test_the_page_of_an_account_shows_all_that_happened_on_it(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    log(session, take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    make_note(session, account=account)
    make_call(session, account=account)
    reachable(session, account)
    callbacks.book(
        session,
        account_id=account.id,
        at=NOON + timedelta(days=1),
        phone_id=None,
        booked_by_id=rep.id,
        now=NOON,
    )
    holding.place(
        session,
        account_id=account.id,
        reason="estate",
        until_on=TODAY + timedelta(days=10),
        owner_id=rep.id,
        now=NOON,
    )
    view = account_view(session, account_id=account.id, now=NOON)
    assert view.patient is not None
    assert view.patient.name == "Robin Testwell"
    assert view.claims[0].status_words == "Submitted, nothing heard yet"
    assert view.outcomes[0].note == "Will pay"
    assert view.outcomes[0].details == (
        ("Call reference number", "REF-1"),
        ("Spoke with", "Dana"),
        ("Payer expects to decide on", "March 19, 2026"),
    )
    assert view.holds[0].is_in_force
    assert (len(view.notes), len(view.calls), len(view.callbacks)) == (1, 1, 1)
    assert {line.kind for line in view.tasks} == {TaskKind.CLAIM_NO_RESPONSE, TaskKind.CALLBACK_DUE}
    assert view.changes[0].cause_words
    with pytest.raises(NotFound):
        account_view(session, account_id=987_654_321, now=NOON)


def test_the_version_of_a_page_changes_with_whatever_it_shows(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    seen = {account_version(session, account_id=account.id)}
    assert account_version(session, account_id=account.id) in seen

    def is_new() -> bool:
        version = account_version(session, account_id=account.id)
        known = version in seen
        seen.add(version)
        return not known

    make_note(session, account=account)
    assert is_new()
    deny(session, account, 50_000)
    assert is_new()
    log(session, take(session, account, TaskKind.DENIAL, rep), OutcomeEntry("appeal_sent"), rep.id)
    assert is_new()
    hold = holding.place(
        session,
        account_id=account.id,
        reason="estate",
        until_on=TODAY + timedelta(days=10),
        owner_id=rep.id,
        now=NOON,
    )
    assert is_new()
    holding.lift(session, hold_id=hold, reason="settled", actor_id=rep.id, now=NOON)
    assert is_new()
    reachable(session, account)
    booked = callbacks.book(
        session,
        account_id=account.id,
        at=NOON + timedelta(days=1),
        phone_id=None,
        booked_by_id=rep.id,
        now=NOON,
    )
    assert is_new()
    callbacks.cancel(session, callback_id=booked.callback_id, actor_id=rep.id, now=NOON)
    assert is_new()


@pytest.mark.parametrize(
    ("paid", "later_days", "expected"),
    [
        (0, 0, PromiseState.OPEN),
        (4_000, 0, PromiseState.PARTIAL),
        (10_000, 0, PromiseState.KEPT),
        (4_000, 40, PromiseState.BROKEN),
    ],
)
def test_a_promise_is_shown_by_the_money_that_came(
    session: Session, paid: int, later_days: int, expected: PromiseState
) -> None:
    account = owed_by_patient(session)
    logged = make_outcome(session, task=task_of(session, account, TaskKind.PATIENT_BALANCE))
    make_promise(session, account=account, outcome=logged, amount_cents=10_000)
    if paid:
        post(
            session,
            make_fact(
                session,
                FactKind.PAYMENT,
                account_number=account.number,
                payload={"entries": [["patient_payment", "", "", 0, -paid]]},
            ),
        )
    view = account_view(session, account_id=account.id, now=NOON + timedelta(days=later_days))
    assert (view.promises[0].state, view.promises[0].paid_cents) == (expected, paid)


def test_history_says_in_words_what_changed_and_what_caused_it(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    log(session, take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    deny(session, account, 50_000)
    lines = history(session, account_id=account.id)
    assert [(each.words, each.cause_words) for each in lines][:2] == [
        ("Closed", "Remittance arrived"),
        ("Waits until March 24, 2026", "Ana logged: payer is working on it"),
    ]
    assert {each.cause for each in lines} <= set(CauseKind)
    page = history(session, account_id=account.id, limit=1)
    rest = history(session, account_id=account.id, before_id=page[-1].change_id)
    assert (*page, *rest) == lines


def test_a_new_deadline_is_written_as_a_day() -> None:
    moved = change_words({"deadline_on": "2026-03-02"}, {"deadline_on": "2026-03-10"}, {})
    assert moved == "Deadline is now March 10, 2026"
    assert change_words({"deadline_on": "2026-03-02"}, {"deadline_on": None}, {}) == "No deadline any more"


def test_a_leads_reason_and_the_new_owner_are_named(session: Session) -> None:
    account, lead, rep = billed_to_payer(session), sue(session), ben(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    leasing.reassign(session, task.id, to_user_id=rep.id, reason="knows the payer", lead_id=lead.id, now=NOON)
    newest = history(session, account_id=account.id)[0]
    assert newest.words == "Given to Ben"
    assert newest.cause_words == "Sue reassigned it: knows the payer"
