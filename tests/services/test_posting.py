"""Posting: what each kind of fact moves, once, and what happens to one that cannot be posted."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_fact, make_patient, make_payer
from tests.factories.files import make_file
from tests.factories.people import sue
from tests.services.desk import open_office
from tests.services.posted import DAY, account, arrive, balances, bill, claim, pay, remit, status
from tests.services.queues import open_kinds
from workqueue.models import Account, File, LedgerEntry, QuarantinedItem
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import EntryKind, FactKind, FactState, FileStatus, QuarantineState
from workqueue.services import posting, verifying
from workqueue.services.intake import quarantine


def test_a_claim_opens_its_account_and_charges_the_payer(session: Session) -> None:
    patient, payer = make_patient(session), make_payer(session)
    fact = bill(session, payload={"patient_id": patient.id}, payer=payer)
    found = account(session)
    assert (found.is_identified, found.patient_id, found.charge_cents) == (True, patient.id, 50_000)
    assert (found.service_on, balances(session)) == (TODAY - 40 * DAY, (50_000, 0))
    assert (claim(session).payer_id, claim(session).charge_cents) == (payer.id, 50_000)
    entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.kind, entry.fact_id, entry.ordinal) == (EntryKind.CHARGE, fact.id, 0)
    assert (fact.state, fact.account_id, fact.attempts) == (FactState.APPLIED, found.id, 1)


def test_an_account_without_insurance_charges_the_patient(session: Session) -> None:
    arrive(session, FactKind.ACCOUNT_OPENED, charge_cents=8_000, code="self_pay")
    assert balances(session) == (0, 8_000)
    assert open_kinds(session, account(session)) == {TaskKind.PATIENT_BALANCE}


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_the_charge_is_the_newest_submissions(session: Session, *, is_newest_first: bool) -> None:
    submissions = [(TODAY - 40 * DAY, 50_000), (TODAY - 3 * DAY, 47_500)]
    for on, cents in reversed(submissions) if is_newest_first else submissions:
        bill(session, cents, on=on)
    assert (account(session).charge_cents, balances(session)) == (47_500, (47_500, 0))
    assert (claim(session).charge_cents, claim(session).submitted_on) == (47_500, TODAY - 3 * DAY)


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_insurance_found_later_takes_the_charge_off_the_patient(
    session: Session, *, is_newest_first: bool
) -> None:
    def open_for_the_patient() -> None:
        arrive(
            session, FactKind.ACCOUNT_OPENED, charge_cents=8_000, code="self_pay", effective_on=TODAY - DAY
        )

    for step in (open_for_the_patient, lambda: bill(session, 8_000, on=TODAY))[
        :: -1 if is_newest_first else 1
    ]:
        step()
    assert balances(session) == (8_000, 0)
    assert account(session).patient_since_on is None


def test_what_the_newest_submission_leaves_unsaid_is_taken_from_the_one_before(session: Session) -> None:
    patient, payer = make_patient(session), make_payer(session)
    bill(session, on=TODAY - 9 * DAY, payload={"patient_id": patient.id}, payer=payer)
    bill(session, on=TODAY, payload={"service_on": None, "service_through_on": None})
    assert account(session).patient_id == patient.id
    assert (claim(session).payer_id, claim(session).service_on) == (payer.id, TODAY - 9 * DAY)


def test_a_payment_for_an_unknown_account_is_kept_and_waits_for_a_person(session: Session) -> None:
    remit(session, 10_000)
    assert (account(session).is_identified, balances(session)) == (False, (-10_000, 0))
    assert open_kinds(session, account(session)) == {TaskKind.PAYMENT_UNMATCHED}


def test_the_claim_that_names_the_account_later_finds_its_payment_there(session: Session) -> None:
    remit(session, 10_000, contractual=40_000)
    bill(session)
    assert (account(session).is_identified, balances(session)) == (True, (0, 0))
    assert open_kinds(session, account(session)) == set()


def test_a_payment_moves_money_from_payer_to_nobody_and_the_share_to_the_patient(session: Session) -> None:
    bill(session)
    remit(session, 30_000, contractual=15_000, share=5_000, effective_on=TODAY - DAY)
    assert balances(session) == (0, 5_000)
    assert account(session).patient_since_on == TODAY - DAY
    found = claim(session)
    assert (found.paid_cents, found.contractual_cents, found.patient_share_cents) == (30_000, 15_000, 5_000)


def test_a_denied_amount_stays_with_the_payer_and_becomes_a_task(session: Session) -> None:
    bill(session)
    arrive(session, FactKind.REMITTANCE_CLAIM, code="4", denied_cents=50_000, reason="CO-50")
    assert balances(session) == (50_000, 0)
    assert (claim(session).denial_code, claim(session).denied_on) == ("CO-50", TODAY)
    assert open_kinds(session, account(session)) == {TaskKind.DENIAL}


def test_a_reversal_takes_back_exactly_what_it_reverses(session: Session) -> None:
    bill(session)
    before = balances(session)
    remit(session, 30_000, contractual=15_000, share=5_000)
    remit(session, -30_000, contractual=-15_000, share=-5_000, code="22")
    assert balances(session) == before
    found = claim(session)
    assert (found.paid_cents, found.contractual_cents, found.patient_share_cents) == (0, 0, 0)
    assert open_kinds(session, account(session)) == {TaskKind.CLAIM_NO_RESPONSE}


def test_a_correction_after_a_reversal_counts_alone(session: Session) -> None:
    bill(session)
    remit(session, 30_000, contractual=15_000, share=5_000)
    remit(session, -30_000, contractual=-15_000, share=-5_000, code="22")
    remit(session, 35_000, contractual=15_000)
    assert (balances(session), claim(session).paid_cents) == ((0, 0), 35_000)


def test_a_forecast_moves_nothing_and_answers_nothing(session: Session) -> None:
    bill(session)
    arrive(session, FactKind.REMITTANCE_CLAIM, code="25", paid_cents=0, effective_on=TODAY)
    assert (balances(session), claim(session).adjudicated_on) == ((50_000, 0), None)


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_the_latest_status_by_its_own_day_counts(session: Session, *, is_newest_first: bool) -> None:
    bill(session)
    told = [("A1", TODAY - 9 * DAY), ("A7", TODAY - 2 * DAY)]
    for category, on in reversed(told) if is_newest_first else told:
        status(session, category, on)
    assert (claim(session).status_category, claim(session).status_on) == ("A7", TODAY - 2 * DAY)


def test_patients_money_lowers_what_the_patient_owes(session: Session) -> None:
    arrive(session, FactKind.ACCOUNT_OPENED, charge_cents=8_000, code="self_pay")
    pay(session, 3_000)
    assert (balances(session), account(session).patient_paid_on) == ((0, 5_000), TODAY)


def test_two_honest_equal_payments_of_one_day_are_two_payments(session: Session) -> None:
    arrive(session, FactKind.ACCOUNT_OPENED, charge_cents=8_000, code="self_pay")
    pay(session, 3_000)
    pay(session, 3_000)
    assert balances(session) == (0, 2_000)


def test_what_a_rep_enters_moves_both_sides(session: Session) -> None:
    bill(session)
    entries = [[EntryKind.TRANSFER, "", "", -50_000, 50_000], [EntryKind.WRITE_OFF, "", "", 0, -20_000]]
    arrive(session, FactKind.OFFICE_ENTRY, payload={"entries": entries})
    assert balances(session) == (0, 30_000)


def test_a_second_fact_with_the_same_key_cannot_exist(session: Session) -> None:
    fact = pay(session, 3_000)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_fact(session, FactKind.PAYMENT, source_key=fact.source_key)


def test_the_ledger_takes_nothing_back(session: Session) -> None:
    pay(session, 3_000)
    entry = session.scalars(select(LedgerEntry)).one()
    entry.patient_cents = -1
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.flush()


def test_posting_twice_posts_once(session: Session) -> None:
    pay(session, 3_000)
    assert posting.post_received(session, now=NOON) == 0
    assert balances(session) == (0, -3_000)


POISON: dict[str, dict[str, Any]] = {
    "an entry of no known kind": {"entries": [["gift", "", "", -1, 0]]},
    "an entry that moves nothing": {"entries": [["refund", "", "", 0, 0]]},
    "an amount that is no number": {"entries": [["refund", "", "", "much", 0]]},
    "an amount too large": {"entries": [["refund", "", "", 10**20, 0]]},
    "no list of entries": {"entries": {"kind": "refund"}},
}


@pytest.mark.parametrize("payload", POISON.values(), ids=POISON)
def test_a_fact_the_database_refuses_is_set_aside_and_holds_nobody_up(
    session: Session, payload: dict[str, Any]
) -> None:
    open_office(session)
    good = [make_fact(session, FactKind.ACCOUNT_OPENED, charge_cents=100, code="self_pay") for _ in range(7)]
    file = make_file(session)
    bad = make_fact(session, FactKind.PAYMENT, payload=payload, file=file)
    good += [make_fact(session, FactKind.ACCOUNT_OPENED, charge_cents=100, code="self_pay") for _ in range(4)]
    assert posting.post_received(session, now=NOON) == 12
    session.expire_all()
    assert {each.state for each in good} == {FactState.APPLIED}
    assert (bad.state, bad.processed_at, bad.account_id) == (FactState.QUARANTINED, NOON, None)
    assert bad.error
    assert "much" not in bad.error
    assert session.scalar(select(func.count()).select_from(Account)) == 11
    assert verifying.certify(session, now=NOON).is_ok
    item = session.scalars(select(QuarantinedItem)).one()
    assert (item.file_id, item.code, item.state) == (file.id, "not_posted", QuarantineState.OPEN)
    assert session.get_one(File, file.id).status is FileStatus.PARTIAL


def test_a_fact_that_was_set_aside_is_posted_once_its_trouble_is_gone(session: Session) -> None:
    open_office(session)
    bad = make_fact(session, FactKind.PAYMENT, payload=POISON["an amount too large"], file=make_file(session))
    posting.post_received(session, now=NOON)
    item = session.scalars(select(QuarantinedItem)).one()
    for _ in range(2):  # released too early it comes back
        quarantine.release(session, item.id, reason="Try again", now=NOON, actor_id=sue(session).id)
        assert posting.post_received(session, now=NOON) == 1
        session.expire_all()
        assert (bad.state, item.state) == (FactState.QUARANTINED, QuarantineState.OPEN)
    bad.payload = {"entries": [[EntryKind.PATIENT_PAYMENT, "", "", 0, -500]]}
    quarantine.release(session, item.id, reason="Corrected", now=NOON, actor_id=sue(session).id)
    posting.post_received(session, now=NOON)
    session.expire_all()
    assert (bad.state, item.state) == (FactState.APPLIED, QuarantineState.RELEASED)
    assert session.get_one(File, item.file_id).status is FileStatus.APPLIED


def test_a_refused_fact_that_no_page_can_show_fails_the_certificate(session: Session) -> None:
    open_office(session)
    make_fact(session, FactKind.PAYMENT, payload=POISON["an amount too large"])
    posting.post_received(session, now=NOON)
    wrong = [each.name for each in verifying.certify(session, now=NOON).checks if not each.is_ok]
    assert wrong == ["facts_refused"]


def test_a_batch_takes_the_oldest_first_and_no_more_than_asked(session: Session) -> None:
    open_office(session)
    facts = [make_fact(session, FactKind.PAYMENT) for _ in range(5)]
    assert [posting.post_received(session, now=NOON, limit=3) for _ in range(3)] == [3, 2, 0]
    assert [each.processed_at for each in facts] == [NOON] * 5


def test_the_facts_of_one_file_can_be_posted_before_all_others(session: Session) -> None:
    open_office(session)
    other = make_fact(session, FactKind.PAYMENT)
    mine = make_fact(session, FactKind.PAYMENT)
    posting.post_facts(session, [mine.id], now=NOON)
    session.expire_all()
    assert (other.state, mine.state) == (FactState.RECEIVED, FactState.APPLIED)
