"""The clocks an account's page shows: the bundle, Medicare, estimates, later steps."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_claim,
    make_ledger_entry,
    make_notice,
    make_patient,
    make_payer,
)
from workqueue.rules.notices import NoticeKind
from workqueue.rules.states import PayerKind
from workqueue.services.reading.collection import collection_view

DAY = timedelta(days=1)


def test_a_bill_without_insurance_shows_until_when_its_estimate_may_be_disputed(session: Session) -> None:
    account = make_account(session, patient_cents=9_000)
    assert collection_view(session, account.id, now=NOON).estimate_dispute_until is None
    make_notice(session, account=account, given_on=TODAY)
    view = collection_view(session, account.id, now=NOON)
    assert view.estimate_dispute_until == TODAY + 120 * DAY
    assert view.medicare is None
    assert view.notices[0].kind is NoticeKind.STATEMENT


def test_medicare_bad_debt_counts_from_the_latest_remittance_and_each_payment(session: Session) -> None:
    account = make_account(session, patient_cents=9_000)
    medicare = make_payer(session, kind=PayerKind.MEDICARE)
    make_claim(session, account=account, payer=medicare, adjudicated_on=TODAY - 140 * DAY)
    make_notice(session, account=account, given_on=TODAY - 10 * DAY)
    clock = collection_view(session, account.id, now=NOON).medicare
    assert clock is not None
    assert (clock.is_billed_in_time, clock.uncollectible_on) == (False, TODAY + 110 * DAY)
    make_claim(session, account=account, sequence=2, adjudicated_on=TODAY - 100 * DAY)
    make_ledger_entry(session, account=account, effective_on=TODAY)
    clock = collection_view(session, account.id, now=NOON).medicare
    assert clock is not None
    assert (clock.is_billed_in_time, clock.uncollectible_on) == (True, TODAY + 120 * DAY)


def test_an_advantage_plan_has_no_medicare_bad_debt(session: Session) -> None:
    account = make_account(session, patient_cents=9_000)
    make_claim(session, account=account, payer=make_payer(session, kind=PayerKind.ADVANTAGE))
    make_notice(session, account=account, given_on=TODAY)
    view = collection_view(session, account.id, now=NOON)
    assert (view.medicare, view.estimate_dispute_until) == (None, None)


def test_the_bundle_is_what_the_person_owes_on_bills_that_were_sent(session: Session) -> None:
    patient = make_patient(session, state="MD")
    first, second, unsent, paid = (
        make_account(session, patient=patient, patient_cents=cents) for cents in (9_000, 8_000, 7_000, 0)
    )
    for account, days in ((first, 200), (second, 50), (paid, 60)):
        make_notice(session, account=account, given_on=TODAY - days * DAY)
    view = collection_view(session, first.id, now=NOON)
    assert [(each.account_id, each.is_chosen) for each in view.bundle] == [
        (first.id, True),
        (second.id, True),
    ]
    assert view.gate.day_0 == TODAY - 50 * DAY
    assert dict(view.later_steps)["Suit, lien or garnishment"] == TODAY + 190 * DAY
    alone = collection_view(session, first.id, chosen=[], now=NOON)
    assert alone.gate.day_0 == TODAY - 200 * DAY
    assert [each.is_chosen for each in alone.bundle] == [True, False]
    # What does not belong to the person is not looked at, whatever is asked.
    asked = collection_view(session, first.id, chosen=[unsent.id, 987_654_321], now=NOON)
    assert asked.gate == alone.gate
